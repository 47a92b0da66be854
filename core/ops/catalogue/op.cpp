// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/op.h"

#include <algorithm>

namespace gradlens {

Inference inferenceProblem(OpProblem problem) {
    Inference inference;
    inference.problems.push_back(std::move(problem));
    return inference;
}

OpProblem noBatchProblem(int port) {
    return {port, "expects a batch of samples, not a single number", "Nx...", "scalar",
            "Connect an input or a layer that keeps the batch"};
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
    cost.backward = {2 * cost.forward.flops, cost.forward.bytesRead + cost.forward.bytesWritten,
                     cost.forward.bytesRead};
    return cost;
}

void decidePrecision(Inference& inference, std::span<const TensorType> inputs, DType real) {
    if (std::ranges::any_of(inputs, [](const TensorType& input) { return isReal(input.dtype); })) return;
    for (auto* types : {&inference.outputs, &inference.saved})
        for (TensorType& type : *types)
            if (isReal(type.dtype)) type.dtype = real;
}

int outputCountOf(const OpDefinition& op, const Attributes& attributes) {
    return op.outputCount != nullptr ? op.outputCount(attributes) : static_cast<int>(op.outputs.size());
}

std::string outputNameOf(const OpDefinition& op, int port) {
    const int last = static_cast<int>(op.outputs.size()) - 1;
    if (op.outputs.back().variadic && port >= last) return op.outputs.back().name + std::to_string(port - last);
    return op.outputs[static_cast<std::size_t>(port)].name;
}

AttributeSpec lossWeightAttribute() {
    return realAttribute("weight", "Weight", 1.0, 0.0, 1e6, "What this loss counts where several are summed.");
}

}  // namespace gradlens
