// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/channelwise.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
int scaledAxis(const Attributes& attributes, const Shape& shape) {
    return attributes.flag("shared") ? kNoChannels : sampleAxis(attributes, shape);
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    const bool shared = attributes.flag("shared");
    if (shared && shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    if (!shared)
        if (auto problem = sampleAxisProblem(attributes, shape)) return inferenceProblem(std::move(*problem));
    const Shape channels = {shared ? 1 : shape[sampleAxis(attributes, shape)]};
    Inference inference;
    inference.outputs = {inputs[0]};
    inference.parameters.push_back(
        {"weight", channels, Initializer::Constant, 1, 1, attributes.real("initial"), true, false});
    if (attributes.flag("bias"))
        inference.parameters.push_back({"bias", channels, Initializer::Zeros, 1, 1, 1.0, true, false});
    return inference;
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const auto layout = channelLayout(shape, scaledAxis(context.attributes, shape));
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T *x = context.inputs[0].as<const T>().data(), *weight = context.parameters[0].as<const T>().data();
        T* y = context.outputs[0].as<T>().data();
        if (context.parameters.size() == 1)
            return forChannels(context.arena, layout, [=](std::int64_t i, std::int64_t c) { y[i] = weight[c] * x[i]; });
        forChannels(context.arena, layout,
                    [=, bias = context.parameters[1].as<const T>().data()](std::int64_t i, std::int64_t c) {
                        y[i] = weight[c] * x[i] + bias[c];
                    });
    });
}

void backward(const BackwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const auto layout = channelLayout(shape, scaledAxis(context.attributes, shape));
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T *x = context.inputs[0].as<const T>().data(), *weight = context.parameters[0].as<const T>().data(),
                *dy = context.gradOutputs[0].as<const T>().data();
        const auto gradParameters = context.gradParameters;
        if (gradParameters[0])
            sumChannels(context.arena, layout, gradParameters[0].as<T>().data(),
                        [=](std::int64_t i, std::int64_t) { return x[i] * dy[i]; });
        if (gradParameters.size() > 1 && gradParameters[1])
            sumChannels(context.arena, layout, gradParameters[1].as<T>().data(),
                        [=](std::int64_t i, std::int64_t) { return dy[i]; });
        if (!context.gradInputs[0]) return;
        T* dx = context.gradInputs[0].as<T>().data();
        forChannels(context.arena, layout, [=](std::int64_t i, std::int64_t c) { dx[i] = weight[c] * dy[i]; });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(2, inputs, inference);
}

constexpr const char* kTorchScale = R"(class Scale(nn.Module):
    """Multiplies by learned factors, broadcast over the sample, and may add learned offsets."""

    def __init__(self, shape, initial=1.0, bias=False):
        super().__init__()
        self.weight = nn.Parameter(torch.full(shape, initial))
        self.bias = nn.Parameter(torch.zeros(shape)) if bias else None

    def forward(self, x):
        return x * self.weight if self.bias is None else x * self.weight + self.bias)";

constexpr const char* kKerasScale = R"(class Scale(layers.Layer):
    """Multiplies by learned factors, broadcast over the sample, and may add learned offsets."""

    def __init__(self, shape, initial=1.0, bias=False, **options):
        super().__init__(**options)
        self.weight = self.add_weight(
            shape=shape, initializer=keras.initializers.Constant(initial), name="weight")
        self.bias = self.add_weight(shape=shape, initializer="zeros", name="bias") if bias else None

    def call(self, x):
        return x * self.weight if self.bias is None else x * self.weight + self.bias)";

SourceCode toSource(const SourceCall& call, const char* helper) {
    // The factors' shape as the values of a sample see it: the channels, with axes of size 1 behind.
    Shape shape = call.inference.parameters[0].shape;
    if (!call.attributes.flag("shared"))
        for (int i = sampleAxis(call.attributes, call.shape()) + 1; i < call.shape().rank(); ++i) shape.append(1);
    const std::string convert = shape.rank() == 1 ? "{0}" : "{0}.reshape" + python(shape);
    std::vector<SourceCode::Weight> weights{{"weight", {0}, convert}};
    if (call.attributes.flag("bias")) weights.push_back({"bias", {1}, convert});
    return pythonModule(call,
                        PythonCall("Scale")
                            .with(python(shape))
                            .option("initial", call.attributes.real("initial"), 1.0)
                            .option("bias", call.attributes.flag("bias"), false),
                        std::move(weights), {helper});
}

SourceCode toPyTorch(const SourceCall& call) {
    return toSource(call, kTorchScale);
}

SourceCode toKeras(const SourceCall& call) {
    return toSource(call, kKerasScale);
}
}  // namespace

OpDefinition defineScale() {
    OpDefinition op;
    op.name = "Scale";
    op.category = "Arithmetic";
    op.summary =
        "Multiplies each channel by a learned factor and may add a learned offset: a gate for a branch, or LayerScale.";
    op.maths =
        "y = w · x + b, with w and b for each channel or one for all.  dL/dx = w · dL/dy;  dL/dw = Σ x · dL/dy;  dL/db "
        "= Σ dL/dy.  [LayerScale: Touvron et al. 2021]";
    op.baseName = "scale";
    op.inputs = {{"input", "Batch x channels x ..."}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {
        realAttribute("initial", "Initial factor", 1.0, -1e6, 1e6,
                      "What the factors begin with; small for LayerScale, 0 switches a branch off at first."),
        booleanAttribute("bias", "Offset", false, "Adds a learned number, at first 0."),
        booleanAttribute("shared", "One factor for all", false, "Or one for each channel."),
        sampleAxisAttribute(0, "The axis of the channels.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.backwardInPlace = true;
    op.exported = {"Mul", "nn.Parameter", "Scale"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"images with offset", {{"bias", AttributeValue(true)}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"vectors", {{"initial", AttributeValue(0.5)}}, {{DType::Float32, {3, 5}}}},
                  {"last axis",
                   {{"axis", AttributeValue(std::int64_t{-1})}, {"bias", AttributeValue(true)}},
                   {{DType::Float32, {2, 3, 19}}}},
                  {"one for all",
                   {{"shared", AttributeValue(true)}, {"bias", AttributeValue(true)}},
                   {{DType::Float32, {1, 3, 5}}}}};
    return op;
}

}  // namespace gradlens
