// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/gaussian.h"
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
// The mean and the logarithm of the variance stand where other losses have a prediction and a target.
struct Terms {
    explicit Terms(const Attributes&) {}
    double value(double mean, double logVariance) const {
        return (mean * mean + std::expm1(logVariance) - logVariance) / 2;
    }
    template <class T>
    T slope(T mean, T) const {
        return mean;
    }
    template <class T>
    T targetSlope(T, T logVariance) const {
        return std::expm1(logVariance) / T(2);
    }
    static double count(const Shape& shape) { return static_cast<double>(shape[0]); }
};

Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    if (auto problem = gaussianProblem(inputs)) return inferenceProblem(std::move(*problem));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    return inference;
}

constexpr const char* kTorchDivergence = R"(def gaussian_kl_divergence(mean, log_variance):
    """How far normal distributions are from the standard one, a mean over the samples."""
    return (mean**2 + torch.expm1(log_variance) - log_variance).sum() / (2 * mean.shape[0]))";

constexpr const char* kKerasDivergence = R"(def gaussian_kl_divergence(mean, log_variance):
    """How far normal distributions are from the standard one, a mean over the samples."""
    terms = mean**2 + ops.expm1(log_variance) - log_variance
    return ops.sum(terms) / ops.cast(2 * ops.shape(mean)[0], mean.dtype))";

SourceCode source(const SourceCall& call, const char* helper) {
    return pythonFunction(PythonCall("gaussian_kl_divergence").with(call.argument(0)).with(call.argument(1)), {helper});
}
}  // namespace

OpDefinition defineGaussianKlDivergence() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "GaussianKLDivergence";
    op.summary =
        "How far normal distributions are from the standard one: what keeps the codes of a variational autoencoder "
        "close together.";
    op.maths =
        "L = 1/N · Σ ½ (μ² + eᵛ - 1 - v), v = log σ², N samples: the divergence KL(N(μ, σ²) ‖ N(0, 1)), summed over "
        "the numbers of a sample.  dL/dμ = μ / N,  dL/dv = ½ (eᵛ - 1) / N.  [Kingma and Welling 2014, appendix B]";
    op.inputs = gaussianPorts();
    op.outputs = {{"loss", "One number: the mean over the samples of the batch"}};
    op.infer = infer;
    op.exported = {"ReduceSum", "torch.distributions.kl_divergence", "ops.sum"};
    op.toPyTorch = [](const SourceCall& call) { return source(call, kTorchDivergence); };
    op.toKeras = [](const SourceCall& call) { return source(call, kKerasDivergence); };
    return op;
}

}  // namespace gradlens
