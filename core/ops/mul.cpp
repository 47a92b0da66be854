// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

namespace gradlens {

namespace {
struct Product {
    static constexpr bool kReadsInputs = true;
    template <class T>
    static T apply(T a, T b) {
        return a * b;
    }
    template <class T>
    static T gradientA(T, T b, T gradient) {
        return b * gradient;
    }
    template <class T>
    static T gradientB(T a, T, T gradient) {
        return a * gradient;
    }
};
}  // namespace

OpDefinition defineMul() {
    OpDefinition op = binary<Product>("Mul", "mul");
    op.summary = "Multiplies two inputs element by element, with broadcasting: how gates and masks are applied.";
    op.maths =
        "y = a · b.  dL/da = b · dL/dy, dL/db = a · dL/dy, each summed over the axes along which it repeats.  [as "
        "torch.mul]";
    op.exported = {"Mul", "torch.mul", "Multiply"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, torchReshape) + " * " + alignedOperand(call, 1, torchReshape));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(alignedOperand(call, 0, kerasReshape) + " * " + alignedOperand(call, 1, kerasReshape));
    };
    return op;
}

}  // namespace gradlens
