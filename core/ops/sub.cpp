// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

namespace gradlens {

namespace {
struct Difference {
    static constexpr bool kReadsInputs = false;
    template <class T>
    static T apply(T a, T b) {
        return a - b;
    }
    template <class T>
    static T gradientA(T, T, T gradient) {
        return gradient;
    }
    template <class T>
    static T gradientB(T, T, T gradient) {
        return -gradient;
    }
};
}  // namespace

OpDefinition defineSub() {
    OpDefinition op = binary<Difference>("Sub", "sub");
    op.summary = "Subtracts the second input from the first, with broadcasting.";
    op.maths =
        "y = a - b.  dL/da = dL/dy, dL/db = -dL/dy, each summed over the axes along which it repeats.  [as torch.sub]";
    op.exported = {"Sub", "torch.sub", "Subtract"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, torchReshape) + " - " + alignedOperand(call, 1, torchReshape));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, kerasReshape) + " - " + alignedOperand(call, 1, kerasReshape));
    };
    return op;
}

}  // namespace gradlens
