// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/gaussian.h"
#include "core/ops/catalogue/pairwise_loss.h"

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
    return op;
}

}  // namespace gradlens
