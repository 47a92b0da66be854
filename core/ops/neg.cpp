// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pointwise.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Negation {
    explicit Negation(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return -x;
    }
};

void backward(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        mapElements(context.arena, context.gradOutputs[0].as<const T>(), context.gradInputs[0].as<T>(),
                    [](T gradient) { return -gradient; });
    });
}
}  // namespace

OpDefinition defineNeg() {
    OpDefinition op = activation("Neg", "neg");
    op.category = "Arithmetic";
    op.summary = "Turns the sign of each value.";
    op.maths = "y = -x.  dL/dx = -dL/dy.  [negation, as torch.neg]";
    op.forward = activationForward<Negation>;
    op.epilogue = activationEpilogue<Negation>;
    op.backward = backward;
    op.cost = activationCost<1>;
    op.exported = {"Neg", "torch.neg", "ops.negative"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.neg"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.negative"); };
    op.samples = pointwiseSamples();
    return op;
}

}  // namespace gradlens
