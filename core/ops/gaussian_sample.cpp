// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/gaussian.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    if (auto problem = gaussianProblem(inputs)) return inferenceProblem(std::move(*problem));
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// An exponential and a normal number cost as much as some sixty additions.
constexpr std::int64_t kGrain = kElementwiseGrain / 16;

void forward(const ForwardContext& context) {
    if (!context.training) return copyElements(context.arena, context.inputs[0], context.outputs[0]);
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        const T scale = static_cast<T>(context.attributes.real("scale"));
        const auto mean = context.inputs[0].as<const T>(), logVariance = context.inputs[1].as<const T>();
        const auto to = context.outputs[0].as<T>();
        context.arena.forRange(static_cast<std::int64_t>(to.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                to[i] = mean[i] + scale * std::exp(logVariance[i] / T(2)) * static_cast<T>(context.random.normal(i));
        });
    });
}

// The noise is drawn again: it is a function of step and element, so that nothing need be kept for it.
void backward(const BackwardContext& context) {
    if (context.gradInputs[0]) copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
    if (!context.gradInputs[1]) return;
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T scale = static_cast<T>(context.attributes.real("scale"));
        const auto logVariance = context.inputs[1].as<const T>(), gradient = context.gradOutputs[0].as<const T>();
        const auto to = context.gradInputs[1].as<T>();
        context.arena.forRange(static_cast<std::int64_t>(to.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
            for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
                to[i] = gradient[i] * scale * std::exp(logVariance[i] / T(2)) / T(2) *
                        static_cast<T>(context.random.normal(i));
        });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(4, inputs, inference);
}

constexpr const char* kTorchSample = R"(class GaussianSample(nn.Module):
    """While training, draws from normal distributions; else gives their means."""

    def __init__(self, scale=1.0):
        super().__init__()
        self.scale = scale

    def forward(self, mean, log_variance):
        if not self.training:
            return mean
        return mean + self.scale * torch.exp(log_variance / 2) * torch.randn_like(mean))";

constexpr const char* kKerasSample = R"(class GaussianSample(layers.Layer):
    """While training, draws from normal distributions; else gives their means."""

    def __init__(self, scale=1.0, **options):
        super().__init__(**options)
        self.scale = scale

    def call(self, mean, log_variance, training=False):
        if not training:
            return mean
        noise = keras.random.normal(ops.shape(mean), dtype=mean.dtype)
        return mean + self.scale * ops.exp(log_variance / 2) * noise)";
}  // namespace

OpDefinition defineGaussianSample() {
    OpDefinition op;
    op.name = "GaussianSample";
    op.category = "Regularisation";
    op.summary =
        "Draws from a normal distribution whose mean and variance the network names: the middle of a "
        "variational autoencoder.";
    op.maths =
        "Training: z = μ + scale · e^{v/2} · n, v = log σ², n standard normal, drawn anew at each step for each "
        "element.  "
        "Evaluation: z = μ.  dL/dμ = dL/dz,  dL/dv = ½ scale · e^{v/2} n · dL/dz.  [Kingma and Welling 2014, the "
        "reparameterisation trick]";
    op.baseName = "sample";
    op.inputs = gaussianPorts();
    op.outputs = {{"output", "One number drawn from each, the same shape"}};
    op.attributes = {realAttribute("scale", "Scale of the noise", 1.0, 0.0, 1e6,
                                   "How many standard deviations count as one; 0 hands the mean on.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.random = true;
    op.exported = {"RandomNormalLike, Exp, Mul, Add", "mean + torch.exp(log_variance / 2) * torch.randn_like(mean)",
                   "mean + ops.exp(log_variance / 2) * random.normal(shape)"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonModule(call, PythonCall("GaussianSample").option("scale", call.attributes.real("scale"), 1.0), {},
                            {kTorchSample});
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonModule(call, PythonCall("GaussianSample").option("scale", call.attributes.real("scale"), 1.0), {},
                            {kKerasSample});
    };
    op.samples = {
        {"codes", {}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 5}}}},
        {"maps", {}, {{DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 3, 5, 7}}}},
        {"one number", {}, {{DType::Float32, {1, 1}}, {DType::Float32, {1, 1}}}},
        {"half the noise", {{"scale", AttributeValue(0.5)}}, {{DType::Float32, {3, 4}}, {DType::Float32, {3, 4}}}}};
    return op;
}

}  // namespace gradlens
