// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        const bool takesSoftmax = AdviceView::isOneOf(node, {"SoftmaxCrossEntropy", "Softmax"});
        const NodeAnalysis* before = takesSoftmax ? view.valuesInto(*node) : nullptr;
        if (!AdviceView::isOneOf(before, {"Softmax", "LogSoftmax"})) continue;
        problems.push_back(
            advice(*before, view.name(*before) + ": its output goes through a second softmax in " + view.name(*node),
                   {removal(view, *before)}));
    }
    return problems;
}
}  // namespace

AdviceRule softmaxTwice() {
    return {"softmax-twice", "Softmax twice",
            "SoftmaxCrossEntropy takes the softmax itself. Of probabilities between 0 and 1 it sees nearly "
            "equal scores: the loss cannot come near 0 and gradients are small.",
            "[Goodfellow, Bengio and Courville 2016, section 6.2.2.3; torch.nn.CrossEntropyLoss: \"unnormalized "
            "logits\"]",
            find};
}

}  // namespace gradlens
