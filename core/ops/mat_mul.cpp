// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gemm.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>

namespace gradlens {

namespace {
// One product C = op(A) op(B) for each index of the leading axes.
struct Sizes {
    std::int64_t count, m, n, k, rowA, rowB;  // rowA, rowB: widths as stored
    Transposed a, b;

    Sizes(const Attributes& attributes, const Shape& left, const Shape& right)
        : count(left.slice(0, left.rank() - 2).elements()),
          rowA(left[-1]),
          rowB(right[-1]),
          a(attributes.flag("transpose_a") ? Transposed::Yes : Transposed::No),
          b(attributes.flag("transpose_b") ? Transposed::Yes : Transposed::No) {
        m = a == Transposed::Yes ? left[-1] : left[-2];
        k = a == Transposed::Yes ? left[-2] : left[-1];
        n = b == Transposed::Yes ? right[-2] : right[-1];
    }
    double macs() const {
        return static_cast<double>(count) * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
    }
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape &left = inputs[0].shape, &right = inputs[1].shape;
    if (left.rank() < 3)
        return inferenceProblem(
            {0, "expects a matrix for each sample", "NxRxC", left.toString(), "Insert a Reshape before this layer"});
    if (right.rank() != left.rank() || right.slice(0, right.rank() - 2) != left.slice(0, left.rank() - 2))
        return inferenceProblem({1, "expects as many matrices as the other input",
                                 left.toString() + " but for the last two sizes", right.toString(),
                                 "Bring both to the same leading sizes"});
    const Sizes s(attributes, left, right);
    const std::int64_t inner = s.b == Transposed::Yes ? right[-1] : right[-2];
    if (inner != s.k)
        return inferenceProblem({1, "cannot be multiplied: the inner sizes differ", std::to_string(s.k),
                                 std::to_string(inner), "Transpose one of the inputs, or change its size"});
    Shape output = left;
    output.set(-2, s.m);
    output.set(-1, s.n);
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    return inference;
}

// Many small products run side by side, few large ones one after the other, each on all threads.
template <class T>
void products(const Arena& arena, std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t k,
              MatrixOperand<T> a, std::int64_t stepA, MatrixOperand<T> b, std::int64_t stepB, T* c) {
    constexpr std::int64_t kLarge = 1 << 21;  // multiplications
    const std::int64_t work = std::max<std::int64_t>(m * n * k, 1);
    const auto left = [&](std::int64_t i) { return MatrixOperand<T>{a.data + i * stepA, a.stride, a.transposed}; };
    const auto right = [&](std::int64_t i) { return MatrixOperand<T>{b.data + i * stepB, b.stride, b.transposed}; };
    if (work >= kLarge) {
        for (std::int64_t i = 0; i < count; ++i)
            gemm<T>(arena, m, n, k, T(1), left(i), right(i), T(0), c + i * m * n, n);
        return;
    }
    arena.forRange(count, std::max<std::int64_t>(1, kLarge / work), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            gemmSerial<T>(m, n, k, T(1), left(i), right(i), T(0), c + i * m * n, n);
    });
}

void forward(const ForwardContext& context) {
    const Sizes s(context.attributes, context.inputs[0].shape(), context.inputs[1].shape());
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        products<T>(context.arena, s.count, s.m, s.n, s.k, {context.inputs[0].as<const T>().data(), s.rowA, s.a},
                    s.m * s.k, {context.inputs[1].as<const T>().data(), s.rowB, s.b}, s.k * s.n,
                    context.outputs[0].as<T>().data());
    });
}

void backward(const BackwardContext& context) {
    const Sizes s(context.attributes, context.inputs[0].shape(), context.inputs[1].shape());
    const auto flipped = [](Transposed t) { return t == Transposed::Yes ? Transposed::No : Transposed::Yes; };
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const MatrixOperand<T> a{context.inputs[0].as<const T>().data(), s.rowA, s.a},
            b{context.inputs[1].as<const T>().data(), s.rowB, s.b};
        const MatrixOperand<T> g{context.gradOutputs[0].as<const T>().data(), s.n};
        const std::int64_t stepA = s.m * s.k, stepB = s.k * s.n, stepG = s.m * s.n;
        const MatrixOperand<T> gT{g.data, g.stride, Transposed::Yes};
        if (context.gradInputs[0]) {
            T* const to = context.gradInputs[0].as<T>().data();
            // dA = G op(B)ᵀ; of a stored transpose its transpose: op(B) Gᵀ.
            if (s.a == Transposed::No)
                products<T>(context.arena, s.count, s.m, s.k, s.n, g, stepG, {b.data, b.stride, flipped(s.b)}, stepB,
                            to);
            else
                products<T>(context.arena, s.count, s.k, s.m, s.n, b, stepB, gT, stepG, to);
        }
        if (context.gradInputs[1]) {
            T* const to = context.gradInputs[1].as<T>().data();
            if (s.b == Transposed::No)
                products<T>(context.arena, s.count, s.k, s.n, s.m, {a.data, a.stride, flipped(s.a)}, stepA, g, stepG,
                            to);
            else
                products<T>(context.arena, s.count, s.n, s.k, s.m, gT, stepG, a, stepA, to);
        }
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const Sizes s(attributes, inputs[0].shape, inputs[1].shape);
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    const double read = static_cast<double>(inputs[0].shape.elements() + inputs[1].shape.elements()) * size,
                 written = static_cast<double>(inference.outputs[0].shape.elements()) * size;
    return {{2 * s.macs(), read, written}, {4 * s.macs(), read + written, read}};
}

SourceCode toPyTorch(const SourceCall& call) {
    const auto operand = [&](std::size_t i, const char* transposed) {
        return call.argument(i) + (call.attributes.flag(transposed) ? ".transpose(-2, -1)" : "");
    };
    return pythonFunction(PythonCall("torch.matmul").with(operand(0, "transpose_a")).with(operand(1, "transpose_b")));
}

SourceCode toKeras(const SourceCall& call) {
    const auto operand = [&](std::size_t i, const char* transposed) {
        return call.attributes.flag(transposed) ? "ops.swapaxes(" + call.argument(i) + ", -2, -1)" : call.argument(i);
    };
    return pythonFunction(PythonCall("ops.matmul").with(operand(0, "transpose_a")).with(operand(1, "transpose_b")));
}
}  // namespace

OpDefinition defineMatMul() {
    OpDefinition op;
    op.name = "MatMul";
    op.category = "Arithmetic";
    op.summary = "Multiplies two matrices for each sample.";
    op.maths = "C = op(A) op(B) for every index of the leading axes.  dL/dA = dL/dC op(B)ᵀ,  dL/dB = op(A)ᵀ dL/dC.";
    op.baseName = "matmul";
    op.inputs = {{"a", "Matrices: batch x ... x rows x columns"}, {"b", "Matrices with the same leading sizes"}};
    op.outputs = {{"output", "The products"}};
    op.attributes = {
        booleanAttribute("transpose_a", "Transpose A", false, "Takes the first input's matrices transposed."),
        booleanAttribute("transpose_b", "Transpose B", false, "Takes the second input's matrices transposed.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"MatMul", "matmul", "Dot"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto flags = [](bool a, bool b) {
        return Attributes{{"transpose_a", AttributeValue(a)}, {"transpose_b", AttributeValue(b)}};
    };
    const auto real = [](Shape shape) { return TensorType{DType::Float32, shape}; };
    op.samples = {{"plain", {}, {real({2, 3, 4}), real({2, 4, 5})}},
                  {"b transposed", flags(false, true), {real({2, 3, 4}), real({2, 5, 4})}},
                  {"a transposed", flags(true, false), {real({3, 4, 2}), real({3, 4, 3})}},
                  {"both, two leading axes", flags(true, true), {real({1, 2, 4, 3}), real({1, 2, 5, 4})}}};
    return op;
}

}  // namespace gradlens
