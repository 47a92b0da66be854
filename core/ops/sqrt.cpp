// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct SquareRoot {
    explicit SquareRoot(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return std::sqrt(x);
    }
    template <class T>
    T derivative(T y) const {
        return T(0.5) / y;
    }
};
}  // namespace

OpDefinition defineSqrt() {
    OpDefinition op = pointwise<SquareRoot, DerivativeOf::Output, 6>("Sqrt", "sqrt");
    op.category = "Arithmetic";
    op.summary = "Takes the square root of each value.";
    op.maths = "y = √x; a negative x gives NaN.  dL/dx = dL/dy / (2 · y).  [the square root, as torch.sqrt]";
    op.exported = {"Sqrt", "torch.sqrt", "ops.sqrt"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.sqrt"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.sqrt"); };
    op.samples = pointwiseSamples(OpSample::Fill::Positive);
    return op;
}

}  // namespace gradlens
