// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct HardGate {
    explicit HardGate(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return x * gate(x);
    }
    template <class T>
    T derivative(T x) const {
        return x < T(-3) ? T(0) : (x > T(3) ? T(1) : (T(2) * x + T(3)) * T(1.0 / 6.0));
    }
    template <class T>
    static T gate(T x) {
        const T shifted = (x + T(3)) * T(1.0 / 6.0);
        return shifted < T(0) ? T(0) : (shifted > T(1) ? T(1) : shifted);
    }
};
}  // namespace

OpDefinition defineHardSwish() {
    OpDefinition op = pointwise<HardGate, DerivativeOf::Input, 5>("HardSwish", "hard_swish");
    op.summary = "A SiLU of straight pieces, cheap to compute: 0 below -3, the value itself above 3.";
    op.maths =
        "y = x · min(max(x + 3, 0), 6) / 6.  dL/dx = 0 below -3, dL/dy above 3, else (2x + 3) / 6 · dL/dy.  [Howard et "
        "al. 2019, MobileNetV3]";
    op.kinks = {-3, 3};
    op.exported = {"HardSwish", "Hardswish", "Activation('hard_silu')"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "F.hardswish"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.hard_silu"); };
    op.samples = pointwiseSamples(OpSample::Fill::Away);
    return op;
}

}  // namespace gradlens
