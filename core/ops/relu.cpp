// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/activation.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Relu {
    explicit Relu(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return x < T(0) ? T(0) : x;  // a NaN goes through
    }
};

void backward(const BackwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.outputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(),
                    [](T y, T gradient) { return y > T(0) ? gradient : (y == T(0) ? T(0) : y * gradient); });
    });
}
}  // namespace

OpDefinition defineRelu() {
    OpDefinition op = activation("ReLU", "relu");
    op.summary = "Keeps what is positive and replaces the rest by zero.";
    op.maths = "y = max(0, x).  dL/dx = dL/dy where x > 0, else 0.  [Nair and Hinton 2010]";
    op.forward = activationForward<Relu>;
    op.epilogue = activationEpilogue<Relu>;
    op.backward = backward;
    op.cost = activationCost<1>;
    op.backwardReadsOutputs = true;
    op.kinks = {0};
    op.exported = {"Relu", "ReLU", "ReLU"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "F.relu"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.relu"); };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}, OpSample::Fill::Away},
                  {"images", {}, {{DType::Float32, {2, 3, 5, 7}}}, OpSample::Fill::Away},
                  {"one", {}, {{DType::Float32, {1, 1}}}, OpSample::Fill::Away}};
    return op;
}

}  // namespace gradlens
