// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/multi_head.h"

#include "core/kernels/attention.h"
#include "core/kernels/gemm.h"
#include "core/kernels/sums.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
// Inputs: what asks, what is asked (of self-attention the same), the mask.
template <bool kCross>
struct Layout {
    std::int64_t batch, queries, keys, width, heads;
    bool bias, causal;

    Layout(const Attributes& attributes, const Shape& asking, const Shape& asked)
        : batch(asking[0]),
          queries(asking[1]),
          keys(asked[1]),
          width(asking[2]),
          heads(attributes.integer("heads")),
          bias(attributes.flag("bias")),
          causal(attributes.flag("causal")) {}

    std::int64_t queryRows() const { return batch * queries; }
    std::int64_t keyRows() const { return batch * keys; }
    // Elements from a row of queries to the next, and of keys and values.
    std::int64_t queryStride() const { return kCross ? width : 3 * width; }
    std::int64_t keyStride() const { return kCross ? 2 * width : 3 * width; }
    AttentionGeometry geometry() const {
        const std::int64_t size = width / heads;
        return {batch, heads, queries, keys, size, size, causal, 1 / std::sqrt(static_cast<double>(size))};
    }
    template <class T>
    HeadRows<T> queryRowsIn(T* projected) const {
        return {projected, queries * queryStride(), width / heads, queryStride()};
    }
    // part 0: keys, 1: values.
    template <class T>
    HeadRows<T> keyRowsIn(T* projected, std::int64_t part) const {
        return {projected + (kCross ? part : part + 1) * width, keys * keyStride(), width / heads, keyStride()};
    }
    template <class T>
    HeadRows<T> foundRowsIn(T* found) const {
        return {found, queries * width, width / heads, width};
    }
};

template <bool kCross>
const Shape& askedShape(std::span<const TensorType> inputs) {
    return inputs[kCross ? 1 : 0].shape;
}

template <bool kCross>
Layout<kCross> layoutOf(const Attributes& attributes, std::span<const TensorView> inputs) {
    return {attributes, inputs[0].shape(), inputs[kCross ? 1 : 0].shape()};
}

constexpr std::size_t kInWeight = 0, kOutWeight = 1, kInBias = 2, kOutBias = 3;  // parameters
// saved: self: queries, keys and values side by side; cross: queries, then keys and values. Then what the heads found,
// and the logarithms of the sums.

template <bool kCross>
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape &asking = inputs[0].shape, &asked = askedShape<kCross>(inputs);
    const std::int64_t heads = attributes.integer("heads");
    for (int port = 0; port <= (kCross ? 1 : 0); ++port)
        if (inputs[static_cast<std::size_t>(port)].shape.rank() != 3)
            return inferenceProblem({port, "expects a batch of sequences of vectors", "NxTxD",
                                     inputs[static_cast<std::size_t>(port)].shape.toString(),
                                     "Insert a Reshape before this layer"});
    const std::int64_t width = asking[2];
    if (width < 1 || width % heads != 0)
        return inferenceProblem(
            {0, "cannot share vectors of " + std::to_string(width) + " among " + std::to_string(heads) + " heads",
             "a multiple of " + std::to_string(heads), std::to_string(width),
             "Choose a number of heads that divides the size"});
    if (kCross && (asked[0] != asking[0] || asked[2] != width))
        return inferenceProblem({1, "expects a context with the queries' batch and size", asking.toString(),
                                 asked.toString(), "Bring both to one size with a Dense layer"});
    constexpr std::size_t kMask = kCross ? 2 : 1;
    if (inputs.size() > kMask && inputs[kMask].shape != Shape{asked[0], asked[1]})
        return inferenceProblem({static_cast<int>(kMask), "expects a mask of batch x keys",
                                 Shape{asked[0], asked[1]}.toString(), inputs[kMask].shape.toString(),
                                 "Give one number for each key"});
    if (!isPayable({asking[0], heads, asking[1], asked[1]}))
        return inferenceProblem(tooLarge("its scores", {asking[0], heads, asking[1], asked[1]}));

    const Layout<kCross> layout(attributes, asking, asked);
    const DType dtype = inputs[0].dtype;
    Inference inference;
    inference.outputs = {{dtype, asking}};
    // As PyTorch begins: Glorot for the stacked projection, Kaiming's bound 1/√fan-in for the other, no offsets.
    inference.parameters = {{"in_proj_weight", {3 * width, width}, Initializer::GlorotUniform, width, 3 * width},
                            {"out_proj_weight",
                             {width, width},
                             Initializer::Uniform,
                             width,
                             width,
                             1 / std::sqrt(static_cast<double>(width))}};
    if (layout.bias) {
        inference.parameters.push_back({"in_proj_bias", {3 * width}, Initializer::Zeros, 1, 1, 1.0, true, false});
        inference.parameters.push_back({"out_proj_bias", {width}, Initializer::Zeros, 1, 1, 1.0, true, false});
    }
    if (kCross)
        inference.saved = {{dtype, {layout.batch, layout.queries, width}},
                           {dtype, {layout.batch, layout.keys, 2 * width}}};
    else
        inference.saved = {{dtype, {layout.batch, layout.queries, 3 * width}}};
    inference.saved.push_back({dtype, asking});
    inference.saved.push_back({dtype, {layout.batch, heads, layout.queries}});
    dispatchReal(dtype, [&]<class T>() {
        const std::int64_t rows = std::max(layout.queryRows(), layout.keyRows());
        const auto elements = static_cast<std::size_t>(layout.queryRows() * (layout.queryStride() + width) +
                                                       (kCross ? layout.keyRows() * layout.keyStride() : 0));
        inference.backwardScratch =
            elements * sizeof(T) + 192 +
            std::max(gemmScratchBytes<T>(3 * width, width, rows), gemmScratchBytes<T>(width, width, rows));
    });
    return inference;
}

template <class T>
T* dataOf(std::span<const TensorView> views, std::size_t index) {
    return index < views.size() && views[index] ? views[index].as<T>().data() : nullptr;
}

template <class T, bool kCross>
void forwardAs(const ForwardContext& context) {
    const Layout<kCross> layout = layoutOf<kCross>(context.attributes, context.inputs);
    const std::int64_t d = layout.width;
    const T *weight = dataOf<const T>(context.parameters, kInWeight),
            *bias = dataOf<const T>(context.parameters, kInBias);
    const T* asking = dataOf<const T>(context.inputs, 0);
    T* const queries = dataOf<T>(context.saved, 0);
    T* const keys = kCross ? dataOf<T>(context.saved, 1) : queries;
    gemm<T>(context.arena, layout.queryRows(), layout.queryStride(), d, T(1), {asking, d}, {weight, d, Transposed::Yes},
            T(0), queries, layout.queryStride(), nullptr, {bias});
    if (kCross)
        gemm<T>(context.arena, layout.keyRows(), 2 * d, d, T(1), {dataOf<const T>(context.inputs, 1), d},
                {weight + d * d, d, Transposed::Yes}, T(0), keys, 2 * d, nullptr,
                {bias != nullptr ? bias + d : nullptr});
    T* const found = dataOf<T>(context.saved, kCross ? 2 : 1);
    attentionForward<T>(context.arena, layout.geometry(), layout.template queryRowsIn<const T>(queries),
                        layout.template keyRowsIn<const T>(keys, 0), layout.template keyRowsIn<const T>(keys, 1),
                        dataOf<const T>(context.inputs, kCross ? 2 : 1), layout.foundRowsIn(found),
                        dataOf<T>(context.saved, kCross ? 3 : 2));
    gemm<T>(context.arena, layout.queryRows(), d, d, T(1), {found, d},
            {dataOf<const T>(context.parameters, kOutWeight), d, Transposed::Yes}, T(0), dataOf<T>(context.outputs, 0),
            d, nullptr, {dataOf<const T>(context.parameters, kOutBias)});
}

template <class T, bool kCross>
void backwardAs(const BackwardContext& context) {
    const Layout<kCross> layout = layoutOf<kCross>(context.attributes, context.inputs);
    const std::int64_t d = layout.width, rows = layout.queryRows();
    const Arena& arena = context.arena;
    const auto aligned = [](std::byte* at, std::int64_t elements) {
        return at + (static_cast<std::size_t>(elements) * sizeof(T) + 63) / 64 * 64;
    };
    auto* const memory = static_cast<std::byte*>(context.scratch.data());
    T* const gradFound = reinterpret_cast<T*>(memory);
    std::byte* next = aligned(memory, rows * d);
    T* const gradQueries = reinterpret_cast<T*>(next);
    next = aligned(next, rows * layout.queryStride());
    T* const gradKeys = kCross ? reinterpret_cast<T*>(next) : gradQueries;
    if (kCross) next = aligned(next, layout.keyRows() * layout.keyStride());
    std::byte* const products = next;

    const T* gradOutput = dataOf<const T>(context.gradOutputs, 0);
    const T* found = dataOf<const T>(context.saved, kCross ? 2 : 1);
    gemm<T>(arena, rows, d, d, T(1), {gradOutput, d}, {dataOf<const T>(context.parameters, kOutWeight), d}, T(0),
            gradFound, d);
    if (T* const gradient = dataOf<T>(context.gradParameters, kOutWeight))
        gemm<T>(arena, d, d, rows, T(1), {gradOutput, d, Transposed::Yes}, {found, d}, T(0), gradient, d, products);
    if (T* const gradient = dataOf<T>(context.gradParameters, kOutBias))
        sumRows<T>(arena, rows, d, gradOutput, gradient);

    const T* queries = dataOf<const T>(context.saved, 0);
    const T* keys = kCross ? dataOf<const T>(context.saved, 1) : queries;
    attentionBackward<T>(arena, layout.geometry(), layout.queryRowsIn(queries), layout.keyRowsIn(keys, 0),
                         layout.keyRowsIn(keys, 1), dataOf<const T>(context.inputs, kCross ? 2 : 1),
                         dataOf<const T>(context.saved, kCross ? 3 : 2),
                         layout.template foundRowsIn<const T>(gradFound), layout.queryRowsIn(gradQueries),
                         layout.keyRowsIn(gradKeys, 0), layout.keyRowsIn(gradKeys, 1));

    // Back through the projection of one input, which made `width` columns beginning with row `first` of the weight.
    const T* weight = dataOf<const T>(context.parameters, kInWeight);
    const auto project = [&](std::size_t input, std::int64_t inputRows, const T* gradient, std::int64_t width,
                             std::int64_t first) {
        if (T* const gradWeight = dataOf<T>(context.gradParameters, kInWeight))
            gemm<T>(arena, width, d, inputRows, T(1), {gradient, width, Transposed::Yes},
                    {dataOf<const T>(context.inputs, input), d}, T(0), gradWeight + first * d, d, products);
        if (T* const gradBias = dataOf<T>(context.gradParameters, kInBias))
            sumRows<T>(arena, inputRows, width, gradient, gradBias + first);
        if (T* const gradInput = dataOf<T>(context.gradInputs, input))
            gemm<T>(arena, inputRows, d, width, T(1), {gradient, width}, {weight + first * d, d}, T(0), gradInput, d);
    };
    project(0, rows, gradQueries, layout.queryStride(), 0);
    if (kCross) project(1, layout.keyRows(), gradKeys, 2 * d, d);
    if (T* const gradMask = dataOf<T>(context.gradInputs, kCross ? 2 : 1))
        std::fill_n(gradMask, layout.keyRows(), T(0));
}

template <bool kCross>
void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { forwardAs<T, kCross>(context); });
}

template <bool kCross>
void backward(const BackwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { backwardAs<T, kCross>(context); });
}

template <bool kCross>
OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const Layout<kCross> layout(attributes, inputs[0].shape, askedShape<kCross>(inputs));
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype)), d = static_cast<double>(layout.width);
    const double projections =
        d * d * (2 * static_cast<double>(layout.queryRows()) + 2 * static_cast<double>(layout.keyRows()));
    const double attention = layout.geometry().macs();
    double read = 0, kept = 0;
    for (const TensorType& input : inputs) read += static_cast<double>(input.shape.elements()) * size;
    for (const ParameterSpec& parameter : inference.parameters)
        read += static_cast<double>(parameter.shape.elements()) * size;
    for (const TensorType& saved : inference.saved) kept += static_cast<double>(saved.shape.elements()) * size;
    const double output = static_cast<double>(inference.outputs[0].shape.elements()) * size;
    return {{2 * (projections + attention), read, output + kept},
            {4 * projections + 5 * attention, read + output + kept, read}};
}
}  // namespace

OpDefinition multiHeadOp(bool cross) {
    OpDefinition op;
    op.category = "Attention";
    op.attributes = {
        integerAttribute("heads", "Heads", 8, 1, 1024,
                         "How many times attention is paid side by side; must divide the size of the vectors."),
        booleanAttribute("causal", "Causal", false, "Each step sees only itself and what came before."),
        booleanAttribute("bias", "Bias", true, "Adds learned numbers to the projections.")};
    op.infer = cross ? infer<true> : infer<false>;
    op.windows = everythingSeen;
    op.forward = cross ? forward<true> : forward<false>;
    op.backward = cross ? backward<true> : backward<false>;
    op.cost = cross ? cost<true> : cost<false>;
    op.toPyTorch = cross ? [](const SourceCall& call) { return multiHeadToPyTorch(call, true); }
                         : [](const SourceCall& call) { return multiHeadToPyTorch(call, false); };
    op.toKeras = cross ? [](const SourceCall& call) { return multiHeadToKeras(call, true); }
                       : [](const SourceCall& call) { return multiHeadToKeras(call, false); };
    op.backwardReadsInputs = true;
    return op;
}

}  // namespace gradlens
