// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isOneOf(node, {"SoftmaxCrossEntropy", "BinaryCrossEntropy", "Hinge"})) continue;
        const NodeAnalysis* before = view.valuesInto(*node);
        const bool softmax = AdviceView::is(before, "Softmax") && !AdviceView::is(node, "SoftmaxCrossEntropy");
        if (!AdviceView::isActivation(before) && !softmax) continue;
        // Behind nothing that is trained it may well belong to the data.
        problems.push_back(advice(*before,
                                  view.name(*before) + ": a " + before->op->name + " right before " + view.name(*node) +
                                      ", which expects unbounded scores",
                                  {removal(view, *before)}));
    }
    return problems;
}
}  // namespace

AdviceRule activationAfterLogits() {
    return {"activation-after-logits", "Activation on the logits",
            "Scores go into this loss as they are: it has its own softmax or sigmoid. An activation before it "
            "takes values away from them (ReLU all below 0, Sigmoid and Tanh all that are large), and the "
            "network cannot say how sure it is.",
            "[Goodfellow, Bengio and Courville 2016, section 6.2.2; torch.nn.BCEWithLogitsLoss, "
            "torch.nn.CrossEntropyLoss]",
            find};
}

}  // namespace gradlens
