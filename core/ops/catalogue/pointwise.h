// SPDX-License-Identifier: GPL-3.0-or-later
// Elementwise ops of one input: beside the function itself (see activation.h) its class states the derivative once,
// from the input or from the output. Functions that need the output only may be fused as epilogues.
#pragma once
#include "core/ops/catalogue/activation.h"

namespace gradlens {

// `template <class T> T derivative(T x) const`, of the input.
template <class Function>
void backwardByInput(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.inputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(),
                    [f = Function(context.attributes)](T x, T gradient) { return f.derivative(x) * gradient; });
    });
}

// `template <class T> T derivative(T y) const`, of the output.
template <class Function>
void backwardByOutput(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        zipElements(context.arena, context.outputs[0].as<const T>(), context.gradOutputs[0].as<const T>(),
                    context.gradInputs[0].as<T>(),
                    [f = Function(context.attributes)](T y, T gradient) { return f.derivative(y) * gradient; });
    });
}

enum class DerivativeOf { Input, Output };

// An op of one input with forward, backward and cost; documentation, attributes and samples are the op's own.
template <class Function, DerivativeOf From, int kFlopsPerElement>
OpDefinition pointwise(std::string name, std::string baseName) {
    OpDefinition op = activation(std::move(name), std::move(baseName));
    op.forward = activationForward<Function>;
    op.cost = activationCost<kFlopsPerElement>;
    if constexpr (From == DerivativeOf::Input) {
        op.backward = backwardByInput<Function>;
        op.backwardReadsInputs = true;
    } else {
        op.backward = backwardByOutput<Function>;
        op.backwardReadsOutputs = true;
        op.epilogue = activationEpilogue<Function>;
    }
    return op;
}

// Samples of odd sizes with default attributes.
std::vector<OpSample> pointwiseSamples(OpSample::Fill fill = OpSample::Fill::Normal);

}  // namespace gradlens
