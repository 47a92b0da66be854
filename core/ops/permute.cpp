// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/strided.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
constexpr std::int64_t kBlock = 32;  // rows and columns of the squares that are transposed in the cache

// Axis i of the output is axis order[i] of the input; the batch stays in front. inverse turns it round.
Strides sourceAxes(const Attributes& attributes, bool inverse) {
    const IntegerList& order = attributes.list("order");
    Strides axes{};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::size_t from = static_cast<std::size_t>(order[i]) + 1;
        if (inverse)
            axes[from] = static_cast<std::int64_t>(i) + 1;
        else
            axes[i + 1] = static_cast<std::int64_t>(from);
    }
    return axes;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    const IntegerList& order = attributes.list("order");
    if (shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    const auto axes = static_cast<std::size_t>(shape.rank() - 1);
    bool fits = order.size() == axes;
    std::array<bool, Shape::kMaxRank> seen{};
    for (const std::int64_t axis : order) {
        const auto at = static_cast<std::size_t>(axis);
        fits = fits && at < axes && !seen[at];
        if (at < seen.size()) seen[at] = true;
    }
    if (!fits)
        return inferenceProblem({0,
                                 "cannot bring the " + std::to_string(axes) + " axes of a sample into the order " +
                                     toText(attributes.list("order")),
                                 std::to_string(order.size()) + " axes a sample", shape.toString(),
                                 "Name every axis of the sample once; 0 is the first after the batch"});
    Shape result = shape;
    for (std::size_t i = 0; i < axes; ++i) result.set(static_cast<int>(i) + 1, shape[static_cast<int>(order[i]) + 1]);
    Inference inference;
    inference.outputs = {{inputs[0].dtype, result}};
    return inference;
}

// Squares of the plane that the target's innermost axis and the source's (`crossed`, of step 1 there) make.
template <class T>
void transposePlanes(const Arena& arena, const StridedLayout<2>& layout, std::size_t crossed, const T* source,
                     T* target) {
    using Layout = StridedLayout<2>;
    std::array<Layout::Axis, Shape::kMaxRank> rest{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < layout.outer().size(); ++i)
        if (i != crossed) rest[count++] = layout.outer()[i];
    const std::span<const Layout::Axis> others(rest.data(), count);
    const Layout::Axis rows = layout.outer()[crossed], columns = layout.inner();
    const std::int64_t down = (rows.size + kBlock - 1) / kBlock, across = (columns.size + kBlock - 1) / kBlock;
    const std::int64_t square = std::min(rows.size, kBlock) * std::min(columns.size, kBlock);
    arena.forRange(Layout::count(others) * down * across,
                   std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(1, square)),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t tile = begin; tile < end; ++tile) {
                           const auto at = Layout::offsetsOf(others, tile / (down * across));
                           const std::int64_t firstRow = tile / across % down * kBlock,
                                              firstColumn = tile % across * kBlock;
                           const std::int64_t lastRow = std::min(rows.size, firstRow + kBlock),
                                              lastColumn = std::min(columns.size, firstColumn + kBlock);
                           for (std::int64_t row = firstRow; row < lastRow; ++row) {
                               const T* from = source + at[1] + row;
                               T* to = target + at[0] + row * rows.strides[0];
                               for (std::int64_t column = firstColumn; column < lastColumn; ++column)
                                   to[column] = from[column * columns.strides[1]];
                           }
                       }
                   });
}

template <class T>
void permuted(const Arena& arena, const Strides& axes, const TensorView& from, const TensorView& to) {
    const Strides dense = broadcastStrides(to.shape(), to.shape());
    Strides own{}, source{};
    std::int64_t step = 1;
    for (int axis = from.shape().rank() - 1; axis >= 0; --axis) {
        own[static_cast<std::size_t>(axis)] = step;
        step *= from.shape()[axis];
    }
    for (int axis = 0; axis < to.shape().rank(); ++axis)
        source[static_cast<std::size_t>(axis)] = own[static_cast<std::size_t>(axes[static_cast<std::size_t>(axis)])];
    const StridedLayout<2> layout(to.shape(), {dense, source});
    const T* values = from.as<const T>().data();
    T* target = to.as<T>().data();
    if (layout.inner().strides[1] == 1)
        return forRuns(arena, layout,
                       [&](const auto& at, std::int64_t count) { std::copy_n(values + at[1], count, target + at[0]); });
    std::size_t crossed = 0;
    while (layout.outer()[crossed].strides[1] != 1) ++crossed;
    transposePlanes(arena, layout, crossed, values, target);
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        permuted<T>(context.arena, sourceAxes(context.attributes, false), context.inputs[0], context.outputs[0]);
    });
}

void backward(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        permuted<T>(context.arena, sourceAxes(context.attributes, true), context.gradOutputs[0], context.gradInputs[0]);
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}

std::string orderText(const SourceCall& call) {
    std::vector<std::int64_t> axes{0};
    for (const std::int64_t axis : call.attributes.list("order")) axes.push_back(axis + 1);
    return python(axes);
}

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("torch.permute").with(call.argument()).with(orderText(call)));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(PythonCall("ops.transpose").with(call.argument()).with(orderText(call)));
}
}  // namespace

OpDefinition definePermute() {
    OpDefinition op;
    op.name = "Permute";
    op.category = "Shape";
    op.summary = "Brings the axes of each sample into another order.";
    op.maths =
        "Axis i of a sample of y is axis order[i] of x.  The gradient is brought back into the old order.  [as "
        "torch.permute, with the batch in front]";
    op.baseName = "permute";
    op.inputs = {{"input", "batch x ..."}};
    op.outputs = {{"output", "The same values, the axes in the new order"}};
    op.attributes = {listAttribute(
        "order", "Order", {1, 0}, 0, Shape::kMaxRank - 2, 0, Shape::kMaxRank - 1,
        "For each axis of a sample of the output, which axis of the input it is; 0 is the first after the batch")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Transpose", "torch.permute", "Permute"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"rows and columns", {}, {{DType::Float32, {3, 5, 7}}}},
                  {"large", {}, {{DType::Float32, {2, 37, 67}}}},
                  {"heads", {{"order", IntegerList{1, 0, 2}}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"channels last", {{"order", IntegerList{1, 2, 0}}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"five axes", {{"order", IntegerList{3, 1, 0, 2}}}, {{DType::Float32, {1, 2, 3, 4, 5}}}},
                  {"as it was", {{"order", IntegerList{0, 1}}}, {{DType::Float32, {2, 3, 5}}}},
                  {"one", {}, {{DType::Float32, {1, 1, 1}}}}};
    return op;
}

}  // namespace gradlens
