// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/activation.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Logistic {
    explicit Logistic(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return logistic(x);
    }
};

void backward(const BackwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.outputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(), [](T y, T gradient) { return gradient * (y * (T(1) - y)); });
    });
}
}  // namespace

OpDefinition defineSigmoid() {
    OpDefinition op = activation("Sigmoid", "sigmoid");
    op.summary = "Squeezes values into the range from 0 to 1, as probabilities are.";
    op.maths =
        "y = 1 / (1 + exp(-x)).  dL/dx = y · (1 - y) · dL/dy.  [the logistic function; Rumelhart, Hinton and Williams "
        "1986]";
    op.forward = activationForward<Logistic>;
    op.epilogue = activationEpilogue<Logistic>;
    op.backward = backward;
    op.cost = activationCost<20>;
    op.backwardReadsOutputs = true;
    op.exported = {"Sigmoid", "Sigmoid", "Activation('sigmoid')"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.sigmoid"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.sigmoid"); };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}},
                  {"images", {}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
