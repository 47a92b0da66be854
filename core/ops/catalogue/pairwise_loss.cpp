// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pairwise_loss.h"

namespace gradlens {

Inference inferPairwiseLoss(const Attributes&, std::span<const TensorType> inputs) {
    if (inputs[0].shape != inputs[1].shape)
        return inferenceProblem({1,
                                 "compares a prediction of shape " + inputs[0].shape.toString() +
                                     " with a target of shape " + inputs[1].shape.toString(),
                                 inputs[0].shape.toString(), inputs[1].shape.toString(),
                                 "Both must have the same shape: change the target input's sample shape or the last "
                                 "layer's units, or put a Reshape between"});
    if (inputs[0].shape.rank() < 1) return inferenceProblem(noBatchProblem(0));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    return inference;
}

OpCost pairwiseLossCost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const double elements = static_cast<double>(inputs[0].shape.elements());
    const double size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{3 * elements, 2 * elements * size, size}, {2 * elements, 2 * elements * size, elements * size}};
}

OpDefinition pairwiseLossOp() {
    OpDefinition op;
    op.category = "Loss";
    op.baseName = "loss";
    op.inputs = {{"prediction", "What the network says, any shape"}, {"target", "What it should say, the same shape"}};
    op.outputs = {{"loss", "One number: the mean over all values of the batch"}};
    op.attributes = {lossWeightAttribute()};
    op.infer = inferPairwiseLoss;
    op.cost = pairwiseLossCost;
    op.backwardReadsInputs = true;
    op.isLoss = true;
    op.samples = {{"rows", {}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 5}}}},
                  {"images", {}, {{DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 3, 5, 7}}}},
                  {"single values", {}, {{DType::Float32, {7}}, {DType::Float32, {7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}, {DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
