// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/pool2d.h"
#include "core/ops/catalogue/pooling.h"

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    return poolingInference(attributes, inputs[0]);
}

void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        avgPool2dForward<T>(context.arena, poolingGeometry(context.attributes, input.shape()),
                            context.attributes.flag("count_include_pad"), input.as<const T>().data(),
                            context.outputs[0].as<T>().data());
    });
}

void backward(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    dispatchReal(context.gradInputs[0].dtype(), [&]<class T>() {
        avgPool2dBackward<T>(context.arena, poolingGeometry(context.attributes, context.inputs[0].shape()),
                             context.attributes.flag("count_include_pad"), context.gradOutputs[0].as<const T>().data(),
                             context.gradInputs[0].as<T>().data());
    });
}

bool countsPadding(const SourceCall& call) {
    const IntegerList& padding = call.attributes.list("padding");
    return call.attributes.flag("count_include_pad") || (padding[0] == 0 && padding[1] == 0);
}

SourceCode toPyTorch(const SourceCall& call) {
    PythonCall pooling = torchPooling(call, "F.avg_pool2d");
    if (!countsPadding(call)) pooling.with("count_include_pad", python(false));
    return pythonFunction(pooling);
}

// Without counting the padding: the mean over the windows, by the share of them that lies inside.
SourceCode toKeras(const SourceCall& call) {
    const std::string pooling = kerasPooling(call, "ops.average_pool", call.argument(), "0.0");
    if (countsPadding(call)) return pythonFunction(pooling);
    return pythonFunction(pooling + " / " +
                          kerasPooling(call, "ops.average_pool", "ops.ones_like(" + call.argument() + ")", "0.0"));
}
}  // namespace

OpDefinition defineAvgPool2d() {
    OpDefinition op;
    op.name = "AvgPool2D";
    op.category = "Pooling";
    op.summary = "Takes the mean of each window, so that maps become smaller and smoother.";
    op.maths =
        "y[n,c,i,j] = (1/k) Σ over u,v in the window of x[n, c, i·stride + u − padding, j·stride + v − padding], k the "
        "kernel's size or, without counting the padding, the number of elements inside the map.  dL/dx spreads dL/dy / "
        "k over the window.  [LeCun et al. 1998]";
    op.baseName = "pool";
    op.inputs = {{"input", "Maps: batch x channels x height x width"}};
    op.outputs = {{"output", "Smaller maps: batch x channels x height x width"}};
    op.attributes = poolingAttributes();
    op.attributes.push_back(booleanAttribute("count_include_pad", "Count padding", true,
                                             "Whether the zeros of the padding count in the mean."));
    op.infer = infer;
    op.windows = slidingWindows;
    op.forward = forward;
    op.backward = backward;
    op.cost = poolingCost;
    op.exported = {"AveragePool", "AvgPool2d", "AveragePooling2D"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = poolingSamples(OpSample::Fill::Normal);
    OpSample uncounted = op.samples.back();
    uncounted.name = "padding not counted";
    uncounted.attributes.set("count_include_pad", false);
    op.samples.push_back(std::move(uncounted));
    return op;
}

}  // namespace gradlens
