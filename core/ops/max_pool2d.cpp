// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/pool2d.h"
#include "core/ops/catalogue/pooling.h"

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    Inference inference = poolingInference(attributes, inputs[0]);
    if (!inference.problems.empty()) return inference;
    if (inputs[0].shape[2] * inputs[0].shape[3] > std::numeric_limits<std::int32_t>::max())
        return inferenceProblem(tooLarge("an index", inputs[0].shape));
    inference.saved = {{DType::Int32, inference.outputs[0].shape}};
    return inference;
}

void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const bool kept = !context.saved.empty() && context.saved[0];
        maxPool2dForward<T>(context.arena, poolingGeometry(context.attributes, input.shape()),
                            input.as<const T>().data(), context.outputs[0].as<T>().data(),
                            kept ? context.saved[0].as<std::int32_t>().data() : nullptr);
    });
}

void backward(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    dispatchReal(context.gradInputs[0].dtype(), [&]<class T>() {
        maxPool2dBackward<T>(context.arena, poolingGeometry(context.attributes, context.inputs[0].shape()),
                             context.gradOutputs[0].as<const T>().data(),
                             context.saved[0].as<const std::int32_t>().data(), context.gradInputs[0].as<T>().data());
    });
}

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(torchPooling(call, "F.max_pool2d"));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(kerasPooling(call, "ops.max_pool", call.argument(), "float(\"-inf\")"));
}
}  // namespace

OpDefinition defineMaxPool2d() {
    OpDefinition op;
    op.name = "MaxPool2D";
    op.category = "Pooling";
    op.summary = "Keeps the largest value of each window, so that maps become smaller and small shifts matter less.";
    op.maths =
        "y[n,c,i,j] = max over u,v in the window of x[n, c, i·stride + u − padding, j·stride + v − padding].  dL/dx "
        "gives dL/dy to the element that was largest (the first of equals) and 0 to the others.  [Ranzato et al. 2007]";
    op.baseName = "pool";
    op.inputs = {{"input", "Maps: batch x channels x height x width"}};
    op.outputs = {{"output", "Smaller maps: batch x channels x height x width"}};
    op.attributes = poolingAttributes();
    op.infer = infer;
    op.windows = slidingWindows;
    op.forward = forward;
    op.backward = backward;
    op.cost = poolingCost;
    op.exported = {"MaxPool", "MaxPool2d", "MaxPooling2D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = poolingSamples(OpSample::Fill::Distinct);
    return op;
}

}  // namespace gradlens
