// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (auto problem = sampleAxisProblem(attributes, shape)) return inferenceProblem(std::move(*problem));
    const int axis = sampleAxis(attributes, shape);
    if (shape[axis] != 1)
        return inferenceProblem({0, "takes away an axis of size 1, and this one has " + std::to_string(shape[axis]),
                                 "1", std::to_string(shape[axis]), "Choose another axis, or a Reshape"});
    Shape without;
    for (int i = 0; i < shape.rank(); ++i)
        if (i != axis) without.append(shape[i]);
    Inference inference;
    inference.outputs = {{inputs[0].dtype, without}};
    return inference;
}

void forward(const ForwardContext& context) {
    copyElements(context.arena, context.inputs[0], context.outputs[0]);
}

void backward(const BackwardContext& context) {
    copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}
}  // namespace

OpDefinition defineSqueeze() {
    OpDefinition op;
    op.name = "Squeeze";
    op.category = "Shape";
    op.summary = "Takes away an axis that has only one element.";
    op.maths = "The same values in a shape without the axis.  The gradient is laid back the same way.  [torch.squeeze]";
    op.baseName = "squeeze";
    op.inputs = {{"input", "Batch x ..., with an axis of size 1"}};
    op.outputs = {{"output", "The same without that axis"}};
    op.attributes = {sampleAxisAttribute(-1, "The axis that goes.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Squeeze", "torch.squeeze", "squeeze"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.squeeze")
                                  .with(call.argument())
                                  .with("dim", python(sampleAxis(call.attributes, call.shape()))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.squeeze")
                                  .with(call.argument())
                                  .with("axis", python(sampleAxis(call.attributes, call.shape()))));
    };
    const auto axis = [](std::int64_t value) { return Attributes{{"axis", AttributeValue(value)}}; };
    op.samples = {{"last axis", {}, {{DType::Float32, {3, 5, 1}}}},
                  {"channels", axis(0), {{DType::Float32, {2, 1, 3, 4}}}},
                  {"one sample", axis(0), {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
