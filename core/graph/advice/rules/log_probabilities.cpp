// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"NegativeLogLikelihood", "KLDivergence"})) continue;
        const NodeAnalysis* before = view.valuesInto(*node);
        if (AdviceView::is(before, "Softmax")) {
            const std::int64_t axis = before->attributes.integer("axis");
            problems.push_back(advice(*node,
                                      view.name(*node) + ": gets probabilities from " + view.name(*before) +
                                          " where it expects their logarithms",
                                      {replacement(view, *before, "LogSoftmax", {{"axis", axis}})}));
        } else if (AdviceView::isLinear(before) || AdviceView::isActivation(before)) {
            problems.push_back(advice(
                *node,
                view.name(*node) + ": gets the output of " + view.name(*before) + " where it expects log-probabilities",
                {{Fix::Kind::InsertBefore, "Insert a LogSoftmax before " + view.name(*node), node->id, 0,
                  "LogSoftmax"}}));
        }
    }
    return problems;
}
}  // namespace

AdviceRule logProbabilities() {
    return {"log-probabilities", "No logarithm before a loss that expects it",
            "The loss only picks the number of the right class and changes its sign: it expects "
            "log-probabilities. Of raw scores or probabilities it has no lower bound or hardly any slope.",
            "[torch.nn.NLLLoss and torch.nn.KLDivLoss: input \"expected to contain log-probabilities\"]", find};
}

}  // namespace gradlens
