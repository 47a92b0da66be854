// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/attention.h"
#include "core/ops/catalogue/attention_source.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
AttentionGeometry geometryOf(const Attributes& attributes, const Shape& query, const Shape& key, const Shape& value) {
    AttentionGeometry g;
    g.batch = query[0];
    g.heads = query.rank() == 4 ? query[1] : 1;
    g.queries = query[-2];
    g.keys = key[-2];
    g.size = query[-1];
    g.valueSize = value[-1];
    g.causal = attributes.flag("causal");
    g.scale = 1 / std::sqrt(static_cast<double>(g.size));
    return g;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape &query = inputs[0].shape, &key = inputs[1].shape, &value = inputs[2].shape;
    const int rank = query.rank();
    if (rank != 3 && rank != 4)
        return inferenceProblem({0, "expects queries of a sequence, with or without heads", "NxTxD or NxHxTxD",
                                 query.toString(), "Insert a Reshape before this layer"});
    if (key.rank() != rank || key.slice(0, rank - 2) != query.slice(0, rank - 2) || key[-1] != query[-1])
        return inferenceProblem({1, "expects keys like the queries but for the number of steps", query.toString(),
                                 key.toString(), "Give both the same heads and size"});
    if (value.rank() != rank || value.slice(0, rank - 1) != key.slice(0, rank - 1))
        return inferenceProblem({2, "expects a value for every key", key.toString(), value.toString(),
                                 "Take values and keys from the same sequence"});
    if (query[-1] < 1 || value[-1] < 1)
        return inferenceProblem({0, "expects vectors with at least one element", "sizes of 1 or more", query.toString(),
                                 "Check the layer before this one"});
    if (inputs.size() > 3 && inputs[3].shape != Shape{query[0], key[-2]})
        return inferenceProblem({3, "expects a mask of batch x keys", Shape{query[0], key[-2]}.toString(),
                                 inputs[3].shape.toString(), "Give one number for each key"});
    Shape output = query;
    output.set(-1, value[-1]);
    const AttentionGeometry g = geometryOf(attributes, query, key, value);
    if (!isPayable({g.batch, g.heads, g.queries, g.keys}))
        return inferenceProblem(tooLarge("its scores", {g.batch, g.heads, g.queries, g.keys}));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    inference.saved = {{inputs[0].dtype, {g.batch, g.heads, g.queries}}};
    return inference;
}

// Heads lie one behind the other.
template <class T>
HeadRows<T> rowsOf(const TensorView& view, std::int64_t heads) {
    const std::int64_t size = view.shape()[-1], steps = view.shape()[-2];
    return {view ? view.as<T>().data() : nullptr, heads * steps * size, steps * size, size};
}

void forward(const ForwardContext& context) {
    const auto& in = context.inputs;
    const AttentionGeometry g = geometryOf(context.attributes, in[0].shape(), in[1].shape(), in[2].shape());
    dispatchReal(in[0].dtype(), [&]<class T>() {
        attentionForward<T>(context.arena, g, rowsOf<const T>(in[0], g.heads), rowsOf<const T>(in[1], g.heads),
                            rowsOf<const T>(in[2], g.heads), in.size() > 3 ? in[3].as<const T>().data() : nullptr,
                            rowsOf<T>(context.outputs[0], g.heads), context.saved[0].as<T>().data());
    });
}

void backward(const BackwardContext& context) {
    const auto& in = context.inputs;
    const AttentionGeometry g = geometryOf(context.attributes, in[0].shape(), in[1].shape(), in[2].shape());
    dispatchReal(in[0].dtype(), [&]<class T>() {
        attentionBackward<T>(context.arena, g, rowsOf<const T>(in[0], g.heads), rowsOf<const T>(in[1], g.heads),
                             rowsOf<const T>(in[2], g.heads), in.size() > 3 ? in[3].as<const T>().data() : nullptr,
                             context.saved[0].as<const T>().data(), rowsOf<const T>(context.gradOutputs[0], g.heads),
                             rowsOf<T>(context.gradInputs[0], g.heads), rowsOf<T>(context.gradInputs[1], g.heads),
                             rowsOf<T>(context.gradInputs[2], g.heads));
        if (in.size() > 3 && context.gradInputs[3]) std::ranges::fill(context.gradInputs[3].as<T>(), T(0));
    });
}

OpCost cost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference) {
    const AttentionGeometry g = geometryOf(attributes, inputs[0].shape, inputs[1].shape, inputs[2].shape);
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    double read = 0;
    for (const TensorType& input : inputs) read += static_cast<double>(input.shape.elements()) * size;
    const double written = static_cast<double>(inference.outputs[0].shape.elements()) * size;
    return {{2 * g.macs(), read, written}, {5 * g.macs(), read + written, read}};
}

SourceCode toSource(const SourceCall& call, const char* helper) {
    PythonCall attention("attention");
    attention.with(call.argument(0)).with(call.argument(1)).with(call.argument(2));
    if (call.inputs.size() > 3) attention.with("seen", call.argument(3));
    attention.option("causal", call.attributes.flag("causal"), false);
    return pythonFunction(attention, {helper});
}

SourceCode toPyTorch(const SourceCall& call) {
    return toSource(call, kTorchAttention);
}

SourceCode toKeras(const SourceCall& call) {
    return toSource(call, kKerasAttention);
}
}  // namespace

OpDefinition defineScaledDotProductAttention() {
    OpDefinition op;
    op.name = "ScaledDotProductAttention";
    op.category = "Attention";
    op.summary = "Each query gathers the values whose keys it resembles.";
    op.maths =
        "y = softmax(Q Kᵀ / √d) V for each head; with `causal` query t sees the keys up to t only.  [Vaswani et al. "
        "2017, eq. 1]";
    op.baseName = "attention";
    op.inputs = {{"query", "What is looked for: batch x steps x size, or batch x heads x steps x size"},
                 {"key", "What is looked at: the same, perhaps with other steps"},
                 {"value", "What is gathered: one vector for each key"},
                 {"mask", "Batch x keys: a key counts where this is above 0", PortKind::Real, false, true}};
    op.outputs = {{"output", "Like the queries, with the values' size"}};
    op.attributes = {booleanAttribute("causal", "Causal", false, "Each step sees only itself and what came before.")};
    op.infer = infer;
    op.windows = everythingSeen;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"Attention", "functional.scaled_dot_product_attention", "Attention"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const Attributes causal{{"causal", AttributeValue(true)}};
    const auto real = [](Shape shape) { return TensorType{DType::Float32, shape}; };
    op.samples = {{"one head", {}, {real({2, 3, 5}), real({2, 3, 5}), real({2, 3, 5})}},
                  {"heads, causal", causal, {real({2, 3, 4, 2}), real({2, 3, 4, 2}), real({2, 3, 4, 2})}},
                  {"other steps and sizes", {}, {real({3, 2, 4}), real({3, 5, 4}), real({3, 5, 3})}},
                  {"mask", {}, {real({2, 2, 3, 2}), real({2, 2, 4, 2}), real({2, 2, 4, 2}), real({2, 4})}},
                  {"one key", {}, {real({1, 2, 3}), real({1, 1, 3}), real({1, 1, 3})}}};
    return op;
}

}  // namespace gradlens
