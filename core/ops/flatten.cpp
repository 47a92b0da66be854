// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, {shape[0], shape.slice(1).elements()}}};
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

OpDefinition defineFlatten() {
    OpDefinition op;
    op.name = "Flatten";
    op.category = "Shape";
    op.summary = "Lays all the values of a sample out in one row, as dense layers want them.";
    op.maths =
        "y[n, i] = the i-th value of sample n, the innermost axis running fastest.  The gradient is laid back the same "
        "way.  [row-major order, as torch.flatten(x, 1)]";
    op.baseName = "flatten";
    op.inputs = {{"input", "Any shape: batch x ..."}};
    op.outputs = {{"output", "batch x values of a sample"}};
    op.infer = infer;
    op.windows = everythingSeen;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Flatten", "Flatten", "Flatten"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(call.shape().rank() < 2 ? torchReshape(call.argument(), {1})
                                                      : "torch.flatten(" + call.argument() + ", 1)");
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(kerasReshape(call.argument(), call.inference.outputs[0].shape.slice(1)));
    };
    op.samples = {{"images", {}, {{DType::Float32, {3, 2, 5, 7}}}},
                  {"one sample", {}, {{DType::Float32, {1, 3, 3}}}},
                  {"already flat", {}, {{DType::Float32, {5, 3}}}},
                  {"single values", {}, {{DType::Float32, {5}}}}};
    return op;
}

}  // namespace gradlens
