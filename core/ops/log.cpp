// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct Logarithm {
    explicit Logarithm(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return std::log(x);
    }
    template <class T>
    T derivative(T x) const {
        return T(1) / x;
    }
};
}  // namespace

OpDefinition defineLog() {
    OpDefinition op = pointwise<Logarithm, DerivativeOf::Input, 20>("Log", "log");
    op.category = "Arithmetic";
    op.summary = "Takes the natural logarithm of each value.";
    op.maths =
        "y = ln(x); a negative x gives NaN, 0 gives -infinity.  dL/dx = dL/dy / x.  [the natural logarithm, as "
        "torch.log]";
    op.exported = {"Log", "torch.log", "ops.log"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.log"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.log"); };
    op.samples = pointwiseSamples(OpSample::Fill::Positive);
    return op;
}

}  // namespace gradlens
