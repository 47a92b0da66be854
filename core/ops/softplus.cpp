// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct SmoothRamp {
    explicit SmoothRamp(const Attributes& attributes)
        : beta(attributes.real("beta")), threshold(attributes.real("threshold")) {}
    template <class T>
    T operator()(T x) const {
        const T scaled = static_cast<T>(beta) * x;
        if (scaled > static_cast<T>(threshold)) return x;
        return std::log1p(std::exp(scaled)) / static_cast<T>(beta);
    }
    template <class T>
    T derivative(T x) const {
        const T scaled = static_cast<T>(beta) * x;
        return scaled > static_cast<T>(threshold) ? T(1) : logistic(scaled);
    }
    double beta, threshold;
};

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.softplus")
                              .with(call.argument())
                              .option("beta", call.attributes.real("beta"), 1.0)
                              .option("threshold", call.attributes.real("threshold"), 20.0));
}

// Without a threshold of its own: Keras' formula does not overflow.
SourceCode toKeras(const SourceCall& call) {
    const std::string& x = call.argument();
    const double beta = call.attributes.real("beta"), threshold = call.attributes.real("threshold");
    const std::string scaled = beta == 1 ? x : python(beta) + " * " + x;
    const std::string smooth = "ops.softplus(" + scaled + ")" + (beta == 1 ? "" : " / " + python(beta));
    if (threshold >= 20) return pythonFunction(smooth);
    return pythonFunction("ops.where(" + scaled + " > " + python(threshold) + ", " + x + ", " + smooth + ")");
}
}  // namespace

OpDefinition defineSoftplus() {
    OpDefinition op = pointwise<SmoothRamp, DerivativeOf::Input, 40>("Softplus", "softplus");
    op.summary = "A smooth ReLU: always positive, close to zero on the left and to the value itself on the right.";
    op.maths =
        "y = log(1 + exp(β · x)) / β, and x itself where β · x is above the threshold.  dL/dx = σ(β · x) · dL/dy, σ "
        "the logistic function.  [Dugas et al. 2001; as torch.nn.Softplus]";
    op.attributes = {
        realAttribute("beta", "Beta", 1.0, 1e-3, 1e3, "How sharply it bends; the larger, the closer to a ReLU"),
        realAttribute("threshold", "Threshold", 20.0, 0, 1e3,
                      "Where beta times the input is above this, the output is the input")};
    op.exported = {"Softplus", "Softplus", "Activation('softplus')"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = pointwiseSamples();
    op.samples.push_back({"sharp", {{"beta", 4.0}}, {{DType::Float32, {3, 7}}}});
    return op;
}

}  // namespace gradlens
