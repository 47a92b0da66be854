// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

namespace gradlens {

namespace {
struct Smaller {
    static constexpr bool kReadsInputs = true;
    template <class T>
    static T apply(T a, T b) {
        return a < b || a != a ? a : b;
    }
    template <class T>
    static T gradientA(T a, T b, T gradient) {
        return a < b ? gradient : (a > b ? T(0) : T(0.5) * gradient);
    }
    template <class T>
    static T gradientB(T a, T b, T gradient) {
        return b < a ? gradient : (b > a ? T(0) : T(0.5) * gradient);
    }
};
}  // namespace

OpDefinition defineMin() {
    OpDefinition op = binary<Smaller>("Min", "min");
    op.summary = "Takes the smaller of two inputs, element by element, with broadcasting.";
    op.maths =
        "y = min(a, b).  The gradient goes to the input that was smaller.  Where both are equal each gets half of the "
        "gradient; a NaN on either side goes through.  [as torch.minimum]";
    op.exported = {"Min", "torch.minimum", "Minimum"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.minimum")
                                  .with(alignedOperand(call, 0, torchReshape))
                                  .with(alignedOperand(call, 1, torchReshape)));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.minimum")
                                  .with(alignedOperand(call, 0, kerasReshape))
                                  .with(alignedOperand(call, 1, kerasReshape)));
    };
    return op;
}

}  // namespace gradlens
