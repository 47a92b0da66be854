// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
// Whether another layer with weights reads it, straight or past activations: then it is hidden. A layer that is added
// to a path around it may well begin at zero, and the last one may too.
bool isHidden(const AdviceView& view, const NodeAnalysis& node) {
    const NodeAnalysis* at = view.onlyReader(node);
    while (at != nullptr && (AdviceView::isTransparent(*at) || AdviceView::isActivation(at) ||
                             AdviceView::isOneOf(at, {"MaxPool2D", "AvgPool2D", "GlobalAvgPool", "GlobalMaxPool"})))
        at = view.onlyReader(*at);
    return AdviceView::isLinear(at);
}

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isLinear(node) || view.drawn(*node).sharesWith != NodeId::None) continue;
        const std::string& begin = node->attributes.choice("weight_init");
        if ((begin != "zeros" && begin != "constant") || !isHidden(view, *node)) continue;
        const std::string usual = AdviceView::is(node, "Dense") ? "glorot_uniform" : "he_normal";
        problems.push_back(
            advice(*node, view.name(*node) + ": all its weights begin with the same number",
                   {setting(*node, "Begin " + view.name(*node) + " with " + usual, {{"weight_init", usual}})}));
    }
    return problems;
}
}  // namespace

AdviceRule zeroWeights() {
    return {"zero-weights", "Hidden weights that begin all alike",
            "Units that begin alike get the same gradient and stay alike for ever: the layer is worth one unit. "
            "Begun at zero, it also passes no gradient on.",
            "[Goodfellow, Bengio and Courville 2016, section 8.4]", find};
}

}  // namespace gradlens
