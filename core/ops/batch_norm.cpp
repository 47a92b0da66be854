// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/batch_norm.h"

#include "core/ops/catalogue/epilogue.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>
#include <vector>

namespace gradlens {

namespace {
enum Parameter { Weight, Bias, RunningMean, RunningVariance };

BatchNormGeometry geometryOf(const Shape& shape) {
    return {shape[0], shape[1], shape.slice(2).elements()};
}

ParameterSpec channelParameter(const char* name, std::int64_t channels, Initializer initializer, bool trainable) {
    ParameterSpec spec;
    spec.name = name;
    spec.shape = {channels};
    spec.initializer = initializer;
    spec.trainable = trainable;
    spec.decays = false;
    return spec;
}

Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    if (input.shape.rank() < 2)
        return inferenceProblem({0, "expects an input with channels or features on axis 1", "NxF or NxCxHxW",
                                 input.shape.toString(), "Insert a Reshape before this layer"});
    const std::int64_t channels = input.shape[1];
    if (channels < 1)
        return inferenceProblem({0, "expects at least one channel", "NxF or NxCxHxW", input.shape.toString(),
                                 "Check the layer before this one"});
    Inference inference;
    inference.outputs = {input};
    inference.parameters = {channelParameter("weight", channels, Initializer::Ones, true),
                            channelParameter("bias", channels, Initializer::Zeros, true),
                            channelParameter("running_mean", channels, Initializer::Zeros, false),
                            channelParameter("running_var", channels, Initializer::Ones, false)};
    inference.saved = {{input.dtype, {channels}}, {input.dtype, {channels}}};  // mean, inverse standard deviation
    inference.forwardScratch = 4 * static_cast<std::size_t>(channels) * sizeof(double);
    return inference;
}

// Batch statistics into mean and variance (double), and a step of the running ones towards them.
template <class T>
void measure(const ForwardContext& context, const BatchNormGeometry& g, double* mean, double* variance) {
    batchMoments<T>(context.arena, g, context.inputs[0].as<const T>().data(), mean, variance);
    const double momentum = context.attributes.real("momentum");
    const std::span<T> runningMean = context.parameters[RunningMean].as<T>();
    const std::span<T> runningVariance = context.parameters[RunningVariance].as<T>();
    const auto samples = static_cast<double>(g.samples());
    for (std::size_t c = 0; c < runningMean.size(); ++c) {
        runningMean[c] = static_cast<T>((1 - momentum) * static_cast<double>(runningMean[c]) + momentum * mean[c]);
        // One sample has no unbiased variance: the running one stays.
        if (g.samples() > 1)
            runningVariance[c] = static_cast<T>((1 - momentum) * static_cast<double>(runningVariance[c]) +
                                                momentum * variance[c] * samples / (samples - 1));
    }
}

template <class T>
void normalise(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    const BatchNormGeometry g = geometryOf(input.shape());
    if (g.samples() == 0) return;
    const auto channels = static_cast<std::size_t>(g.channels);
    auto* const mean = static_cast<double*>(context.scratch.data());
    double* const variance = mean + channels;
    T* usedMean = reinterpret_cast<T*>(variance + channels);
    T* inverse = reinterpret_cast<T*>(variance + 2 * channels);
    if (context.training) {
        measure<T>(context, g, mean, variance);
        if (context.saved.size() == 2 && context.saved[0] && context.saved[1]) {
            usedMean = context.saved[0].as<T>().data();
            inverse = context.saved[1].as<T>().data();
        }
    } else {
        for (std::size_t c = 0; c < channels; ++c) {
            mean[c] = static_cast<double>(context.parameters[RunningMean].as<const T>()[c]);
            variance[c] = static_cast<double>(context.parameters[RunningVariance].as<const T>()[c]);
        }
    }
    const double epsilon = context.attributes.real("epsilon");
    for (std::size_t c = 0; c < channels; ++c) {
        usedMean[c] = static_cast<T>(mean[c]);
        inverse[c] = static_cast<T>(1 / std::sqrt(variance[c] + epsilon));
    }
    BatchNormFinish<T> finish;
    finishWith<T>(context.epilogue, finish);
    batchNormalise<T>(context.arena, g, input.as<const T>().data(), usedMean, inverse,
                      context.parameters[Weight].as<const T>().data(), context.parameters[Bias].as<const T>().data(),
                      context.outputs[0].as<T>().data(), finish);
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { normalise<T>(context); });
}

void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const auto wanted = [](const TensorView& view) { return view ? view.as<T>().data() : nullptr; };
        batchNormBackward<T>(context.arena, geometryOf(input.shape()), input.as<const T>().data(),
                             context.gradOutputs[0].as<const T>().data(), context.saved[0].as<const T>().data(),
                             context.saved[1].as<const T>().data(), context.parameters[Weight].as<const T>().data(),
                             wanted(context.gradInputs[0]), wanted(context.gradParameters[Weight]),
                             wanted(context.gradParameters[Bias]));
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const auto elements = static_cast<double>(inputs[0].shape.elements());
    const double bytes = elements * static_cast<double>(sizeOf(inputs[0].dtype));
    OpCost result;
    result.forward = {8 * elements, 3 * bytes, bytes};
    result.backward = {12 * elements, 6 * bytes, bytes};
    return result;
}

SourceCode toPyTorch(const SourceCall& call) {
    const int rank = call.shape().rank();
    // PyTorch has it for up to three axes behind the channels; more count as one.
    const std::string axes = rank <= 3 || rank > 5 ? "1" : python(rank - 2);
    SourceCode code = pythonModule(call,
                                   PythonCall("nn.BatchNorm" + axes + "d")
                                       .with(python(call.shape()[1]))
                                       .option("eps", call.attributes.real("epsilon"), 1e-5)
                                       .option("momentum", call.attributes.real("momentum"), 0.1),
                                   sameWeights(call.inference));
    if (rank > 5)
        code.results = {call.module + "(" + call.argument() + ".flatten(2)).reshape(" + call.argument() + ".shape)"};
    return code;
}

SourceCode toKeras(const SourceCall& call) {
    return pythonModule(call,
                        PythonCall("layers.BatchNormalization")
                            .with("axis", "1")
                            .with("momentum", python(1 - call.attributes.real("momentum")))
                            .with("epsilon", python(call.attributes.real("epsilon"))),
                        {{"gamma", {Weight}},
                         {"beta", {Bias}},
                         {"moving_mean", {RunningMean}},
                         {"moving_variance", {RunningVariance}}});
}
}  // namespace

OpDefinition defineBatchNorm() {
    OpDefinition op;
    op.name = "BatchNorm";
    op.category = "Normalisation";
    op.summary = "Gives every channel mean 0 and variance 1 over the batch, then a learned scale and shift.";
    op.maths =
        "y = γ · (x − μ) / √(σ² + ε) + β for each channel (axis 1). Training: μ and σ² are the batch's mean and biased "
        "variance, and running values move towards them: r ← (1 − momentum) · r + momentum · batch (the variance "
        "unbiased). Evaluation: μ and σ² are the running values.  dL/dx = γ/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · "
        "x̂)) with g = dL/dy, x̂ = (x − μ)/√(σ² + ε).  [Ioffe and Szegedy 2015]";
    op.baseName = "norm";
    op.inputs = {{"input", "batch x features, or batch x channels x height x width"}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {realAttribute("momentum", "Momentum", 0.1, 0, 1,
                                   "How far the running mean and variance move towards each batch's."),
                     realAttribute("epsilon", "Epsilon", 1e-5, 1e-12, 1,
                                   "Added to the variance, so that a constant channel does not divide by zero.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.takesEpilogue = true;
    op.exported = {"BatchNormalization", "BatchNorm2d", "BatchNormalization"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"images", {}, {{DType::Float32, {3, 2, 4, 5}}}},
                  {"features", {}, {{DType::Float32, {7, 5}}}},
                  {"batch of one", {}, {{DType::Float32, {1, 3, 3, 2}}}},
                  {"sequences",
                   {{"momentum", AttributeValue(0.3)}, {"epsilon", AttributeValue(1e-3)}},
                   {{DType::Float32, {4, 3, 17}}}}};
    return op;
}

}  // namespace gradlens
