// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct SigmoidLinear {
    explicit SigmoidLinear(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return x / (T(1) + exponential(-x));
    }
    template <class T>
    T derivative(T x) const {
        const T gate = logistic(x);
        return gate * (T(1) + x * (T(1) - gate));
    }
};
}  // namespace

OpDefinition defineSilu() {
    OpDefinition op = pointwise<SigmoidLinear, DerivativeOf::Input, 20>("SiLU", "silu");
    op.summary = "Weighs each value by its own sigmoid: smooth, and slightly negative below zero (also called Swish).";
    op.maths =
        "y = x · σ(x), σ the logistic function.  dL/dx = σ(x) · (1 + x · (1 - σ(x))) · dL/dy.  [Elfwing, Uchibe and "
        "Doya 2018; Ramachandran et al. 2017]";
    op.exported = {"Swish", "SiLU", "Activation('silu')"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "F.silu"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.silu"); };
    op.samples = pointwiseSamples();
    return op;
}

}  // namespace gradlens
