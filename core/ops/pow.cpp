// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/binary.h"

#include <cmath>

namespace gradlens {

namespace {
// The derivatives at their limits are PyTorch's: nothing flows to a base under exponent 0, nor to an exponent over base
// 0.
struct Power {
    static constexpr bool kReadsInputs = true;
    template <class T>
    static T apply(T a, T b) {
        return b == T(2) ? a * a : std::pow(a, b);
    }
    template <class T>
    static T gradientA(T a, T b, T gradient) {
        if (b == T(2)) return T(2) * a * gradient;
        return b == T(0) ? T(0) : gradient * (b * std::pow(a, b - T(1)));
    }
    template <class T>
    static T gradientB(T a, T b, T gradient) {
        return a == T(0) && b >= T(0) ? T(0) : gradient * (std::pow(a, b) * std::log(a));
    }
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    if (inputs.size() > 1) return inferBroadcast(attributes, inputs);
    if (inputs[0].shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

void forward(const ForwardContext& context) {
    if (context.inputs.size() > 1) return binaryForward<Power>(context);
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        mapElements(context.arena, context.inputs[0].as<const T>(), context.outputs[0].as<T>(),
                    [exponent = static_cast<T>(context.attributes.real("exponent"))](T x) {
                        return Power::apply(x, exponent);
                    });
    });
}

void backward(const BackwardContext& context) {
    if (context.inputs.size() > 1) return binaryBackward<Power>(context);
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.inputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(),
                    [exponent = static_cast<T>(context.attributes.real("exponent"))](T x, T gradient) {
                        return Power::gradientA(x, exponent, gradient);
                    });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(30, inputs, inference);
}

SourceCode toSource(const SourceCall& call, const char* function, ReshapeText* reshape) {
    PythonCall power(function);
    if (call.inputs.size() > 1)
        power.with(alignedOperand(call, 0, reshape)).with(alignedOperand(call, 1, reshape));
    else
        power.with(call.argument()).with(python(call.attributes.real("exponent")));
    return pythonFunction(power);
}

SourceCode toPyTorch(const SourceCall& call) {
    return toSource(call, "torch.pow", torchReshape);
}

SourceCode toKeras(const SourceCall& call) {
    return toSource(call, "ops.power", kerasReshape);
}
}  // namespace

OpDefinition definePow() {
    OpDefinition op = binaryOp("Pow", "pow", OpSample::Fill::Positive);
    op.summary = "Raises each value to a power: a fixed exponent, or that of a second input.";
    op.maths =
        "y = aᵇ; a negative a gives NaN unless b is a whole number.  dL/da = b · aᵇ⁻¹ · dL/dy, dL/db = aᵇ · ln(a) · "
        "dL/dy, each summed over the axes along which it repeats.  [as torch.pow]";
    op.inputs = {
        {"a", "The base: batch x ..."},
        {"exponent", "The exponents, broadcast; left open, the attribute counts", PortKind::Real, false, true}};
    op.attributes = {
        realAttribute("exponent", "Exponent", 2.0, -1e6, 1e6, "The power, where no exponent is connected")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.backwardReadsInputs = true;
    op.cost = cost;
    op.exported = {"Pow", "torch.pow", "ops.power"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples.push_back({"squares", {}, {{DType::Float32, {3, 5}}}});
    op.samples.push_back(
        {"fixed exponent", {{"exponent", -1.5}}, {{DType::Float32, {2, 3, 5}}}, OpSample::Fill::Positive});
    return op;
}

}  // namespace gradlens
