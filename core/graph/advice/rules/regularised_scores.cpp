// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"SoftmaxCrossEntropy", "BinaryCrossEntropy", "Hinge"})) continue;
        const NodeAnalysis* before = view.into(*node);
        while (AdviceView::isOneOf(before, {"Flatten", "Reshape", "Squeeze"})) before = view.into(*before);
        if (!AdviceView::isOneOf(before, {"BatchNorm", "Dropout", "SpatialDropout"})) continue;
        if (!AdviceView::isLinear(view.into(*before))) continue;
        problems.push_back(advice(*before, view.name(*before) + ": stands between the scores and " + view.name(*node),
                                  {removal(view, *before)}));
    }
    return problems;
}
}  // namespace

AdviceRule regularisedScores() {
    return {"regularised-scores", "BatchNorm or dropout on the scores",
            "The loss should see the scores as the last layer gives them. BatchNorm ties the scores of a sample "
            "to those of the others in its batch; dropout puts some at 0 at random.",
            "[Ioffe and Szegedy 2015, section 3.2: before the nonlinearity of hidden layers; Srivastava et al. "
            "2014: input and hidden units]",
            find};
}

}  // namespace gradlens
