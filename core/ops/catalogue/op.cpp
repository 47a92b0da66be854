// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/op.h"

namespace gradlens {

Inference inferenceProblem(OpProblem problem) {
    Inference inference;
    inference.problems.push_back(std::move(problem));
    return inference;
}

OpProblem noBatchProblem(int port) {
    return {port, "expects a batch of samples, not a single number", "Nx...", "scalar", "Connect an input or a layer that keeps the batch"};
}

OpCost elementwiseCost(double flopsPerElement, std::span<const TensorType> inputs, const Inference& inference) {
    const auto bytes = [](const TensorType& type) {
        return static_cast<double>(type.shape.elements()) * static_cast<double>(sizeOf(type.dtype));
    };
    OpCost cost;
    double elements = 0;
    for (const TensorType& output : inference.outputs) {
        elements += static_cast<double>(output.shape.elements());
        cost.forward.bytesWritten += bytes(output);
    }
    for (const TensorType& input : inputs) cost.forward.bytesRead += bytes(input);
    cost.forward.flops = flopsPerElement * elements;
    cost.backward = {2 * cost.forward.flops, cost.forward.bytesRead + cost.forward.bytesWritten, cost.forward.bytesRead};
    return cost;
}

}  // namespace gradlens
