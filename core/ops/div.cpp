// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

namespace gradlens {

namespace {
struct Quotient {
    static constexpr bool kReadsInputs = true;
    template <class T>
    static T apply(T a, T b) {
        return a / b;
    }
    template <class T>
    static T gradientA(T, T b, T gradient) {
        return gradient / b;
    }
    template <class T>
    static T gradientB(T a, T b, T gradient) {
        return -(a / b) * (gradient / b);
    }
};
}  // namespace

OpDefinition defineDiv() {
    OpDefinition op = binary<Quotient>("Div", "div", OpSample::Fill::Positive);
    op.summary = "Divides the first input by the second, with broadcasting.";
    op.maths =
        "y = a / b.  dL/da = dL/dy / b, dL/db = -a / b² · dL/dy, each summed over the axes along which it repeats.  "
        "[as torch.div]";
    op.exported = {"Div", "torch.div", "ops.divide"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, torchReshape) + " / " + alignedOperand(call, 1, torchReshape));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, kerasReshape) + " / " + alignedOperand(call, 1, kerasReshape));
    };
    return op;
}

}  // namespace gradlens
