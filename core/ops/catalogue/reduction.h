// SPDX-License-Identifier: GPL-3.0-or-later
// Reductions over chosen axes: what their attributes mean, and the walk over the input with the reduced axes folded. An
// op states what it folds and how.
#pragma once
#include "core/kernels/strided.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <limits>

namespace gradlens {

// Ports, attributes, inference, cost and samples; the functions and the documentation are the op's own.
OpDefinition reduction(std::string name, OpSample::Fill fill = OpSample::Fill::Normal);

// Input (operand 0, dense) against the reduced output (operand 1, stride 0 along the axes folded).
StridedLayout<2> reductionLayout(const Attributes& attributes, const Shape& input);
// How many elements are folded into one.
std::int64_t reducedElements(const Attributes& attributes, const Shape& input);

// to = map(x) folded over the axes.
template <class T, class Map, class Combine>
void reduceElements(const Arena& arena, const Attributes& attributes, const TensorView& from, T* to, T identity,
                    Map map, Combine combine) {
    const T* source = from.as<const T>().data();
    foldAxes(
        arena, reductionLayout(attributes, from.shape()), to, identity,
        [=](const auto& at, std::int64_t i) { return map(source[at[0] + i], at[1]); }, combine);
}

// body(i, j, count, step): elements i, i + 1 ... of the input belong to elements j, j + step ... of the output.
template <class Body>
void forReduced(const Arena& arena, const Attributes& attributes, const Shape& input, Body&& body) {
    const auto layout = reductionLayout(attributes, input);
    const std::int64_t step = layout.inner().strides[1];
    forRuns(arena, layout, [&](const auto& at, std::int64_t count) { body(at[0], at[1], count, step); });
}

// ReduceSum (kMean false) and ReduceMean.
template <bool kMean>
void sumForward(const ForwardContext& context) {
    const double count =
        kMean ? static_cast<double>(reducedElements(context.attributes, context.inputs[0].shape())) : 1.0;
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const auto to = context.outputs[0].as<T>();
        reduceElements<T>(
            context.arena, context.attributes, context.inputs[0], to.data(), T(0), [](T x, std::int64_t) { return x; },
            [](T a, T b) { return a + b; });
        if (kMean)
            mapElements(context.arena, std::span<const T>(to), to,
                        [count = static_cast<T>(count)](T x) { return x / count; });
    });
}

template <bool kMean>
void sumBackward(const BackwardContext& context) {
    const Shape& shape = context.gradInputs[0].shape();
    const double share = kMean ? 1.0 / static_cast<double>(reducedElements(context.attributes, shape)) : 1.0;
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* from = context.gradOutputs[0].as<const T>().data();
        T* to = context.gradInputs[0].as<T>().data();
        forReduced(
            context.arena, context.attributes, shape,
            [=, factor = static_cast<T>(share)](std::int64_t i, std::int64_t j, std::int64_t count, std::int64_t step) {
                for (std::int64_t k = 0; k < count; ++k) to[i + k] = factor * from[j + k * step];
            });
    });
}

// ReduceMax (kLargest) and ReduceMin. Equal extremes share the gradient evenly; a NaN is the extreme of its group.
template <bool kLargest>
void extremeForward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        constexpr T kInfinity = std::numeric_limits<T>::infinity();
        const auto pick = [](T a, T b) { return (kLargest ? a > b : a < b) || a != a ? a : b; };
        reduceElements<T>(
            context.arena, context.attributes, context.inputs[0], context.outputs[0].as<T>().data(),
            kLargest ? -kInfinity : kInfinity, [](T x, std::int64_t) { return x; }, pick);
    });
}

// The shapes, and room for the number of ties behind each extreme.
Inference inferExtreme(const Attributes& attributes, std::span<const TensorType> inputs);
void extremeBackward(const BackwardContext& context);

// Samples of one number, with no axis to fold: the values stay.
bool reducesNothing(const SourceCall& call);
// "torch.sum(x, dim=(1, 2), keepdim=True)"; `order` goes before the axes.
SourceCode torchReduction(const SourceCall& call, const char* function, const std::string& order = {});
// "ops.sum(x, axis=(1, 2), keepdims=True)" of an expression.
SourceCode kerasReduction(const SourceCall& call, const char* function, const std::string& of);

}  // namespace gradlens
