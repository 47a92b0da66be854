// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/channelwise.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
int slopeAxis(const Attributes& attributes, const Shape& shape) {
    return attributes.flag("shared") ? kNoChannels : sampleAxis(attributes, shape);
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    const bool shared = attributes.flag("shared");
    if (shared && shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    if (!shared)
        if (auto problem = sampleAxisProblem(attributes, shape)) return inferenceProblem(std::move(*problem));
    Inference inference;
    inference.outputs = {inputs[0]};
    ParameterSpec slope{"weight",
                        {shared ? 1 : shape[sampleAxis(attributes, shape)]},
                        Initializer::Constant,
                        1,
                        1,
                        attributes.real("slope")};
    slope.decays = false;
    inference.parameters = {std::move(slope)};
    return inference;
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T *x = context.inputs[0].as<const T>().data(), *slope = context.parameters[0].as<const T>().data();
        T* y = context.outputs[0].as<T>().data();
        forChannels(context.arena, channelLayout(shape, slopeAxis(context.attributes, shape)),
                    [=](std::int64_t i, std::int64_t c) { y[i] = x[i] > T(0) ? x[i] : slope[c] * x[i]; });
    });
}

void backward(const BackwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T *x = context.inputs[0].as<const T>().data(), *slope = context.parameters[0].as<const T>().data(),
                *dy = context.gradOutputs[0].as<const T>().data();
        const auto layout = channelLayout(shape, slopeAxis(context.attributes, shape));
        if (context.gradParameters[0])
            sumChannels(context.arena, layout, context.gradParameters[0].as<T>().data(),
                        [=](std::int64_t i, std::int64_t) { return x[i] > T(0) ? T(0) : x[i] * dy[i]; });
        if (!context.gradInputs[0]) return;
        T* dx = context.gradInputs[0].as<T>().data();
        forChannels(context.arena, layout,
                    [=](std::int64_t i, std::int64_t c) { dx[i] = x[i] > T(0) ? dy[i] : slope[c] * dy[i]; });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(2, inputs, inference);
}

// PyTorch's channels lie on axis 1.
SourceCode toPyTorch(const SourceCall& call) {
    const int axis = call.attributes.flag("shared") ? 1 : sampleAxis(call.attributes, call.shape());
    SourceCode code = pythonModule(call,
                                   PythonCall("nn.PReLU")
                                       .option("num_parameters", call.inference.parameters[0].shape[0], 1)
                                       .option("init", call.attributes.real("slope"), 0.25),
                                   sameWeights(call.inference));
    if (axis != 1)
        code.results = {call.module + "(" + call.argument() + ".movedim(" + python(axis) + ", 1)).movedim(1, " +
                        python(axis) + ")"};
    return code;
}

SourceCode toKeras(const SourceCall& call) {
    const Shape& shape = call.shape();
    const int axis = call.attributes.flag("shared") ? 0 : sampleAxis(call.attributes, shape);
    if (shape.rank() < 2) return pythonProblem("Keras' PReLU wants an axis behind the batch");
    std::vector<std::int64_t> sharedAxes;
    Shape slopes;
    for (int i = 1; i < shape.rank(); ++i) {
        if (i != axis) sharedAxes.push_back(i);
        slopes.append(i == axis ? shape[i] : 1);
    }
    PythonCall construct("layers.PReLU");
    construct.with("alpha_initializer", "keras.initializers.Constant(" + python(call.attributes.real("slope")) + ")");
    if (!sharedAxes.empty()) construct.with("shared_axes", python(sharedAxes));
    return pythonModule(call, construct, {{"alpha", {0}, "{0}.reshape" + python(slopes)}});
}
}  // namespace

OpDefinition definePrelu() {
    OpDefinition op;
    op.name = "PReLU";
    op.category = "Activation";
    op.summary = "Keeps what is positive and multiplies the rest by a slope that is learned.";
    op.maths =
        "y = x where x > 0, else a · x, with a slope a for each channel or one for all.  dL/dx = dL/dy where x > 0, "
        "else a · dL/dy;  dL/da = Σ x · dL/dy where x ≤ 0.  [He et al. 2015]";
    op.baseName = "prelu";
    op.inputs = {{"input", "Batch x channels x ..."}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {realAttribute("slope", "Initial slope", 0.25, -100, 100, "What the slopes begin with."),
                     booleanAttribute("shared", "One slope for all", false, "Or one for each channel."),
                     sampleAxisAttribute(0, "The axis of the channels.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.backwardInPlace = true;
    op.kinks = {0};
    op.exported = {"PRelu", "PReLU", "PReLU"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {
        {"images", {}, {{DType::Float32, {2, 3, 5, 7}}}, OpSample::Fill::Away},
        {"vectors", {}, {{DType::Float32, {3, 5}}}, OpSample::Fill::Away},
        {"last axis",
         {{"axis", AttributeValue(std::int64_t{-1})}},
         {{DType::Float32, {2, 3, 19}}},
         OpSample::Fill::Away},
        {"one for all", {{"shared", AttributeValue(true)}}, {{DType::Float32, {1, 3, 5}}}, OpSample::Fill::Away}};
    return op;
}

}  // namespace gradlens
