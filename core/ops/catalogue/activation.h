// SPDX-License-Identifier: GPL-3.0-or-later
// What elementwise activations have in common: one input of any shape, an output like it, work in place. An activation
// states its scalar function once, as a class made from the attributes with a `template <class T> T operator()(T x)
// const`:
//     op.forward = activationForward<Function>;
//     op.epilogue = activationEpilogue<Function>;  // where backward reads the output only
#pragma once
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"

namespace gradlens {

// Category, ports, shape inference and in-place flags are set; the rest is the op's own.
OpDefinition activation(std::string name, std::string baseName);

template <class Function>
void activationForward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        mapElements(context.arena, context.inputs[0].as<const T>(), context.outputs[0].as<T>(),
                    [f = Function(context.attributes)](T x) { return f(x); });
    });
}

template <class Function>
void activationEpilogue(const Attributes& attributes, DType dtype, void* data, std::int64_t count) {
    dispatchReal(dtype, [&]<class T>() {
        const Function f(attributes);
        T* const elements = static_cast<T*>(data);
        for (std::int64_t i = 0; i < count; ++i) elements[i] = f(elements[i]);
    });
}

template <int kFlopsPerElement>
OpCost activationCost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(kFlopsPerElement, inputs, inference);
}

}  // namespace gradlens
