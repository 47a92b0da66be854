// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Exponential {
    explicit Exponential(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return exponential(x);
    }
    template <class T>
    T derivative(T y) const {
        return y;
    }
};
}  // namespace

OpDefinition defineExp() {
    OpDefinition op = pointwise<Exponential, DerivativeOf::Output, 18>("Exp", "exp");
    op.category = "Arithmetic";
    op.summary = "Raises e to the power of each value.";
    op.maths = "y = exp(x).  dL/dx = y · dL/dy.  [the exponential function, as torch.exp]";
    op.exported = {"Exp", "torch.exp", "ops.exp"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.exp"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.exp"); };
    op.samples = pointwiseSamples();
    return op;
}

}  // namespace gradlens
