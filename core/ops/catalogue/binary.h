// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic on two inputs with broadcasting: the batch axes are equal, the axes of a sample are aligned at the last
// and those of size 1 (or missing) repeat, as in NumPy. An op states its function and both derivatives once, as a class
//     struct Product {
//         static constexpr bool kReadsInputs = true;  // whether the derivatives need a and b (else they are given
//         zeros) template <class T> static T apply(T a, T b); template <class T> static T gradientA(T a, T b, T
//         gradient);  // and gradientB
//     };
#pragma once
#include "core/kernels/strided.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

// Ports, category, inference, cost and samples; the functions and the documentation are the op's own.
OpDefinition binaryOp(std::string name, std::string baseName, OpSample::Fill fill);
Inference inferBroadcast(const Attributes& attributes, std::span<const TensorType> inputs);
// An operand as Python: with sizes of 1 behind the batch where it has fewer axes than the other.
std::string alignedOperand(const SourceCall& call, std::size_t input, ReshapeText* reshape);

// body.operator()<strideA, strideB>() with the innermost strides (0 or 1) as constants, so that the loops vectorise.
template <class F>
void withStrides(std::int64_t a, std::int64_t b, F&& body) {
    if (a != 0 && b != 0)
        body.template operator()<1, 1>();
    else if (a != 0)
        body.template operator()<1, 0>();
    else if (b != 0)
        body.template operator()<0, 1>();
    else
        body.template operator()<0, 0>();
}

// to = f(a, b); the operands in the shapes of the views.
template <class T, class F>
void broadcastZip(const Arena& arena, const TensorView& a, const TensorView& b, const TensorView& to, F f) {
    const StridedLayout<3> layout(to.shape(),
                                  {broadcastStrides(to.shape(), to.shape()), broadcastStrides(a.shape(), to.shape()),
                                   broadcastStrides(b.shape(), to.shape())});
    const T* first = a.as<const T>().data();
    const T* second = b.as<const T>().data();
    T* target = to.as<T>().data();
    withStrides(layout.inner().strides[1], layout.inner().strides[2], [&]<int A, int B>() {
        forRuns(arena, layout, [&](const auto& at, std::int64_t count) {
            const T* x = first + at[1];
            const T* y = second + at[2];
            T* z = target + at[0];
            for (std::int64_t i = 0; i < count; ++i) z[i] = f(x[i * A], y[i * B]);
        });
    });
}

// gradient of one operand = the terms g(a, b, dy) summed over the axes along which that operand repeats. a and b may
// lack memory when they are not read.
template <bool kReadsInputs, class T, class F>
void broadcastGradient(const Arena& arena, const TensorView& a, const TensorView& b, const TensorView& gradOutput,
                       const TensorView& to, F g) {
    const Shape& whole = gradOutput.shape();
    const StridedLayout<4> layout(whole, {broadcastStrides(whole, whole), broadcastStrides(a.shape(), whole),
                                          broadcastStrides(b.shape(), whole), broadcastStrides(to.shape(), whole)});
    const T* first = a.as<const T>().data();
    const T* second = b.as<const T>().data();
    const T* gradient = gradOutput.as<const T>().data();
    withStrides(layout.inner().strides[1], layout.inner().strides[2], [&]<int A, int B>() {
        const auto term = [=](const auto& at, std::int64_t i) {
            if constexpr (kReadsInputs)
                return g(first[at[1] + i * A], second[at[2] + i * B], gradient[at[0] + i]);
            else
                return g(T(0), T(0), gradient[at[0] + i]);
        };
        foldAxes(arena, layout, to.as<T>().data(), T(0), term, [](T x, T y) { return x + y; });
    });
}

template <class Function>
void binaryForward(const ForwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        broadcastZip<T>(context.arena, context.inputs[0], context.inputs[1], context.outputs[0],
                        [](T a, T b) { return Function::apply(a, b); });
    });
}

template <class Function>
void binaryBackward(const BackwardContext& context) {
    const TensorView &a = context.inputs[0], &b = context.inputs[1], &gradient = context.gradOutputs[0];
    dispatchReal(gradient.dtype(), [&]<class T>() {
        if (context.gradInputs[0])
            broadcastGradient<Function::kReadsInputs, T>(context.arena, a, b, gradient, context.gradInputs[0],
                                                         [](T x, T y, T g) { return Function::gradientA(x, y, g); });
        if (context.gradInputs[1])
            broadcastGradient<Function::kReadsInputs, T>(context.arena, a, b, gradient, context.gradInputs[1],
                                                         [](T x, T y, T g) { return Function::gradientB(x, y, g); });
    });
}

template <class Function>
OpDefinition binary(std::string name, std::string baseName, OpSample::Fill fill = OpSample::Fill::Normal) {
    OpDefinition op = binaryOp(std::move(name), std::move(baseName), fill);
    op.forward = binaryForward<Function>;
    op.backward = binaryBackward<Function>;
    op.backwardReadsInputs = Function::kReadsInputs;
    return op;
}

}  // namespace gradlens
