// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/global_pool.h"

#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    if (input.rank() < 3)
        return inferenceProblem({0, "expects maps: channels with at least one axis behind them",
                                 "NxCxL, NxCxHxW or more", input.toString(),
                                 "Leave this layer out, or insert a Reshape before it"});
    if (input.slice(2).elements() == 0)
        return inferenceProblem({0, "expects maps that are not empty", "sizes of 1 or more", input.toString(),
                                 "Check the layer before this one"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, input.slice(0, 2)}};
    return inference;
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    const auto read = static_cast<double>(inputs[0].shape.elements()),
               written = static_cast<double>(inference.outputs[0].shape.elements());
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{read, read * size, written * size}, {read, (read + written) * size, read * size}};
}
}  // namespace

OpDefinition globalPoolOp() {
    OpDefinition op;
    op.category = "Pooling";
    op.baseName = "pool";
    op.inputs = {{"input", "Maps: batch x channels x height x width, or with other axes behind the channels"}};
    op.outputs = {{"output", "One number for each map: batch x channels"}};
    op.infer = infer;
    op.windows = everythingSeen;
    op.cost = cost;
    op.samples = {{"images", {}, {{DType::Float32, {2, 3, 4, 5}}}, OpSample::Fill::Distinct},
                  {"sequences", {}, {{DType::Float32, {3, 2, 7}}}, OpSample::Fill::Distinct},
                  {"one pixel, batch of one", {}, {{DType::Float32, {1, 3, 1, 1}}}, OpSample::Fill::Distinct},
                  {"large maps", {}, {{DType::Float32, {1, 2, 9, 11}}}, OpSample::Fill::Distinct}};
    return op;
}

SourceCode globalPoolSource(const SourceCall& call, const char* function, const char* axes) {
    std::vector<std::int64_t> places;
    for (int axis = 2; axis < call.shape().rank(); ++axis) places.push_back(axis);
    return pythonFunction(PythonCall(function).with(call.argument()).with(axes, python(places)));
}

}  // namespace gradlens
