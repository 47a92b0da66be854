// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/activation.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Tangent {
    explicit Tangent(const Attributes&) {}
    template <class T>
    T operator()(T x) const {
        return hyperbolicTangent(x);
    }
};

void backward(const BackwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.outputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(), [](T y, T gradient) { return gradient * (T(1) - y * y); });
    });
}
}  // namespace

OpDefinition defineTanh() {
    OpDefinition op = activation("Tanh", "tanh");
    op.summary = "Squeezes values into the range from -1 to 1.";
    op.maths =
        "y = tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)).  dL/dx = (1 - y²) · dL/dy.  [LeCun et al. 1998, "
        "Efficient BackProp]";
    op.forward = activationForward<Tangent>;
    op.epilogue = activationEpilogue<Tangent>;
    op.backward = backward;
    op.cost = activationCost<20>;
    op.backwardReadsOutputs = true;
    op.exported = {"Tanh", "Tanh", "Activation('tanh')"};
    op.toPyTorch = [](const SourceCall& call) { return pythonFunctionOf(call, "torch.tanh"); };
    op.toKeras = [](const SourceCall& call) { return pythonFunctionOf(call, "ops.tanh"); };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}},
                  {"images", {}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
