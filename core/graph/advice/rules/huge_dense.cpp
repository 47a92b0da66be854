// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
constexpr double kMany = 16e6, kMostOfAll = 0.8;

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::is(node, "Dense")) continue;
        const NodeAnalysis* flat = view.into(*node);
        if (!AdviceView::is(flat, "Flatten") || flat->inputs[0].shape.rank() != 4) continue;
        const auto own = static_cast<double>(node->parameterCount()), all = static_cast<double>(view.parameters());
        if (own < kMany || own < kMostOfAll * all) continue;
        Problem problem = advice(*node, view.name(*node) + ": holds " + figure(own) + " of the " + figure(all) +
                                            " parameters of the network");
        // Of the picture itself only colours would be left.
        if (!AdviceView::isFeatures(view.into(*flat)) && view.onlyReader(*flat) == node)
            problem.fixes = {replacement(view, *flat, "GlobalAvgPool")};
        problems.push_back(std::move(problem));
    }
    return problems;
}
}  // namespace

AdviceRule hugeDense() {
    return {"huge-dense", "A very large dense layer behind a Flatten",
            "Nearly all parameters are in one layer that has a weight for each place of each map: slow, and "
            "quick to learn samples by heart. Pooling the maps first needs a small part of them.",
            "[Lin, Chen and Yan 2014, \"Network In Network\", section 3.2]", find};
}

}  // namespace gradlens
