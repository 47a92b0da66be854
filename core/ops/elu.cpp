// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct ExponentialLinear {
    explicit ExponentialLinear(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
    template <class T>
    T operator()(T x) const {
        return x > T(0) ? x : static_cast<T>(alpha) * (exponential(x) - T(1));
    }
    template <class T>
    T derivative(T y) const {
        // alpha is not negative, so the output is positive exactly where the input is; a NaN goes through.
        return y > T(0) ? T(1) : y + static_cast<T>(alpha);
    }
    double alpha;
};
}  // namespace

OpDefinition defineElu() {
    OpDefinition op = pointwise<ExponentialLinear, DerivativeOf::Output, 20>("ELU", "elu");
    op.summary = "Keeps what is positive and bends the rest smoothly towards a negative bound.";
    op.maths =
        "y = x where x > 0, else α · (exp(x) - 1).  dL/dx = dL/dy where x > 0, else (y + α) · dL/dy.  [Clevert, "
        "Unterthiner and Hochreiter 2016]";
    op.attributes = {realAttribute("alpha", "Alpha", 1.0, 0, 100, "Very negative values tend towards minus this")};
    op.kinks = {0};
    op.exported = {"Elu", "ELU", "ELU"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(
            PythonCall("F.elu").with(call.argument()).option("alpha", call.attributes.real("alpha"), 1.0));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(
            PythonCall("ops.elu").with(call.argument()).option("alpha", call.attributes.real("alpha"), 1.0));
    };
    op.samples = pointwiseSamples(OpSample::Fill::Away);
    op.samples.push_back({"another alpha", {{"alpha", 0.5}}, {{DType::Float32, {3, 7}}}, OpSample::Fill::Away});
    return op;
}

}  // namespace gradlens
