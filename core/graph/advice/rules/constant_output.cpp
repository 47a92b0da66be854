// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
bool isEmptyClip(const NodeAnalysis& node) {
    return AdviceView::is(&node, "Clip") && node.attributes.real("min") >= node.attributes.real("max");
}

std::int64_t normalisedOver(const NodeAnalysis& node) {
    const Shape& shape = node.inputs[0].shape;
    if (AdviceView::is(&node, "SoftmaxCrossEntropy"))
        return shape[node.attributes.choice("class_axis") == "last" ? -1 : 1];
    const auto axis = static_cast<int>(node.attributes.integer("axis"));
    return shape[axis < 0 ? axis : axis + 1];
}

std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (isEmptyClip(*node)) {
            problems.push_back(advice(*node, view.name(*node) + ": gives " + figure(node->attributes.real("max")) +
                                                 " for every input: its minimum is not below its maximum"));
        } else if (AdviceView::isOneOf(node, {"Softmax", "LogSoftmax", "SoftmaxCrossEntropy"}) &&
                   normalisedOver(*node) == 1) {
            const bool loss = node->op->isLoss;
            Problem problem = advice(*node, view.name(*node) + ": the softmax of a single number is always 1" +
                                                (loss ? ", and this loss always 0" : ""));
            if (loss) problem.hint = "Give the last layer one unit a class, or use BinaryCrossEntropy for yes or no.";
            if (!loss) problem.fixes = {replacement(view, *node, "Sigmoid")};
            problems.push_back(std::move(problem));
        }
    }
    return problems;
}
}  // namespace

AdviceRule constantOutput() {
    return {"constant-output", "An output that is always the same",
            "What does not depend on its input carries nothing on and stops every gradient behind it.",
            "[by definition: the softmax of one number is 1; Clip with an empty range]", find};
}

}  // namespace gradlens
