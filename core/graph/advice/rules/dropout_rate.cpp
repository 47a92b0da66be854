// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
constexpr double kMost = 0.5;

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"Dropout", "SpatialDropout"})) continue;
        const double rate = node->attributes.real("rate");
        if (rate <= kMost) continue;
        problems.push_back(
            advice(*node, view.name(*node) + ": drops " + figure(100 * rate) + " % of what comes in",
                   {setting(*node, "Set the rate of " + view.name(*node) + " to 0.5", {{"rate", kMost}})}));
    }
    return problems;
}
}  // namespace

AdviceRule dropoutRate() {
    return {"dropout-above-half", "Dropout above 0.5",
            "Half is where dropout regularises most: beyond it most of the signal is thrown away and the rest "
            "is scaled up, which mostly adds noise. Usual are 0.1 to 0.5.",
            "[Srivastava et al. 2014, section 7.3; Baldi and Sadowski 2013]", find};
}

}  // namespace gradlens
