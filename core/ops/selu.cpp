// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct ScaledExponentialLinear {
    explicit ScaledExponentialLinear(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return static_cast<T>(kScale) * (x > T(0) ? x : static_cast<T>(kAlpha) * (exponential(x) - T(1)));
    }
    template <class T>
    T derivative(T y) const {
        return y > T(0) ? static_cast<T>(kScale) : y + static_cast<T>(kScale * kAlpha);
    }
    static constexpr double kScale = 1.0507009873554804934193349852946, kAlpha = 1.6732632423543772848170429916717;
};
}  // namespace

OpDefinition defineSelu() {
    OpDefinition op = pointwise<ScaledExponentialLinear, DerivativeOf::Output, 20>("SELU", "selu");
    op.summary = "An ELU scaled so that activations keep mean 0 and variance 1 from layer to layer.";
    op.maths =
        "y = λ · x where x > 0, else λ · α · (exp(x) - 1), λ = 1.0507, α = 1.6733.  dL/dx = λ · dL/dy where x > 0, "
        "else (y + λα) · dL/dy.  [Klambauer et al. 2017]";
    op.kinks = {0};
    op.exported = {"Selu", "SELU", "Activation('selu')"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "F.selu"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.selu"); };
    op.samples = pointwiseSamples(OpSample::Fill::Away);
    return op;
}

}  // namespace gradlens
