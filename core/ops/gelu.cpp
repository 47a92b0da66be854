// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/kernels/transcendental.h"
#include "core/ops/catalogue/activation.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
constexpr double kCubic = 0.044715;

template <class T>
inline constexpr T kRootTwoOverPi = std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>;

template <class T>
T tanhArgument(T x) {
    return kRootTwoOverPi<T> * (x + T(kCubic) * x * x * x);
}

template <class T>
T tanhDerivative(T x) {
    const T tangent = hyperbolicTangent(tanhArgument(x));
    const T inner = kRootTwoOverPi<T> * (T(1) + T(3 * kCubic) * x * x);
    return T(0.5) * (T(1) + tangent) + T(0.5) * x * (T(1) - tangent * tangent) * inner;
}

void forward(const ForwardContext& context) {
    const bool approximate = context.attributes.choice("approximation") == "tanh";
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const auto from = context.inputs[0].as<const T>();
        const auto to = context.outputs[0].as<T>();
        if (approximate)
            mapElements(context.arena, from, to,
                        [](T x) { return T(0.5) * x * (T(1) + hyperbolicTangent(tanhArgument(x))); });
        else
            mapElements(context.arena, from, to, [](T x) { return x * normalCdf(x); });
    });
}

void backward(const BackwardContext& context) {
    const bool approximate = context.attributes.choice("approximation") == "tanh";
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const auto inputs = context.inputs[0].as<const T>();
        const auto gradients = context.gradOutputs[0].as<const T>();
        const auto to = context.gradInputs[0].as<T>();
        if (approximate)
            zipElements(context.arena, inputs, gradients, to,
                        [](T x, T gradient) { return gradient * tanhDerivative(x); });
        else
            zipElements(context.arena, inputs, gradients, to,
                        [](T x, T gradient) { return gradient * (normalCdf(x) + x * normalDensity(x)); });
    });
}
}  // namespace

OpDefinition defineGelu() {
    OpDefinition op = activation("GELU", "gelu");
    op.summary = "A smooth ReLU: weighs each value by the share of a normal distribution that lies below it.";
    op.maths =
        "y = x · Φ(x), Φ the standard normal distribution function.  dL/dx = (Φ(x) + x · φ(x)) · dL/dy, φ its density. "
        " Approximation \"tanh\": y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).  [Hendrycks and Gimpel 2016]";
    op.attributes = {choiceAttribute("approximation", "Approximation", "none", {"none", "tanh"},
                                     "Compute Φ itself, or by the tanh formula that GPT-2 and BERT were trained with")};
    op.forward = forward;
    op.backward = backward;
    op.cost = activationCost<30>;
    op.backwardReadsInputs = true;
    op.exported = {"Gelu", "GELU", "Activation('gelu')"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("F.gelu")
                                  .with(call.argument())
                                  .option("approximate", call.attributes.choice("approximation"), "none"));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.gelu")
                                  .with(call.argument())
                                  .with("approximate", python(call.attributes.choice("approximation") == "tanh")));
    };
    op.samples = {{"matrix", {}, {{DType::Float32, {3, 5}}}},
                  {"tanh approximation", {{"approximation", "tanh"}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
