// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/rules/rules.h"

namespace gradlens {

namespace {
std::vector<Problem> find(const AdviceView& view) {
    std::vector<Problem> problems;
    for (const NodeAnalysis* node : view.nodes()) {
        if (!AdviceView::isLinear(node) || !node->attributes.flag("bias")) continue;
        const NodeAnalysis* reader = view.onlyReader(*node);
        if (!AdviceView::is(reader, "BatchNorm")) continue;
        // Over axes other than the channels' BatchNorm takes other means.
        const Shape& output = node->inference.outputs[0].shape;
        if (AdviceView::is(node, "Dense") && output.rank() != 2) continue;
        const std::int64_t biases = node->inference.parameters.back().shape.elements();
        problems.push_back(advice(*node,
                                  view.name(*node) + ": its " + figure(static_cast<double>(biases)) +
                                      (biases == 1 ? " bias is" : " biases are") + " undone by " + view.name(*reader),
                                  {setting(*node, "Leave out the bias of " + view.name(*node), {{"bias", false}})}));
    }
    return problems;
}
}  // namespace

AdviceRule biasBeforeBatchNorm() {
    return {"bias-before-batch-norm", "Bias before BatchNorm",
            "BatchNorm subtracts the mean of each channel, and with it any bias added before; its own offset "
            "takes the place. The bias costs memory and time and learns nothing.",
            "[Ioffe and Szegedy 2015, section 3.2]", find};
}

}  // namespace gradlens
