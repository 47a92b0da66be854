// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct Magnitude {
    explicit Magnitude(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return std::fabs(x);
    }
    template <class T>
    T derivative(T x) const {
        return x > T(0) ? T(1) : (x < T(0) ? T(-1) : x);
    }
};
}  // namespace

OpDefinition defineAbs() {
    OpDefinition op = pointwise<Magnitude, DerivativeOf::Input, 1>("Abs", "abs");
    op.category = "Arithmetic";
    op.summary = "Drops the sign of each value.";
    op.maths = "y = |x|.  dL/dx = sign(x) · dL/dy, 0 where x is 0.  [the absolute value, as torch.abs]";
    op.kinks = {0};
    op.exported = {"Abs", "torch.abs", "ops.abs"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.abs"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.abs"); };
    op.samples = pointwiseSamples(OpSample::Fill::Away);
    return op;
}

}  // namespace gradlens
