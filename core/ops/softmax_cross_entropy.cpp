// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/kernels/softmax.h"
#include "core/ops/catalogue/op.h"

#include <limits>

namespace gradlens {

namespace {
// Logits are NxC or NxCx..., labels N or Nx... .
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape& logits = inputs[0].shape;
    const Shape& labels = inputs[1].shape;
    if (logits.rank() < 2)
        return inferenceProblem({0, "expects one score per class", "NxC or NxCx...", logits.toString(),
                                 "End the network with a Dense layer that has as many units as there are classes"});
    Shape wanted{logits[0]};
    for (const std::int64_t size : logits.slice(2)) wanted.append(size);
    if (labels != wanted)
        return inferenceProblem({1, "has scores of shape " + logits.toString() + ", which want labels of shape " + wanted.toString() + ", got " + labels.toString(),
                                 wanted.toString(), labels.toString(),
                                 "Set the label input's sample shape to " + (wanted.rank() == 1 ? std::string("nothing (a single number)") : wanted.slice(1).toString())});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    inference.saved = {inputs[0]};  // the loss's gradient before its scale: probabilities, less 1 at the label
    return inference;
}

// One tile of groups: where it starts and what it holds.
struct Tile {
    std::int64_t start, label, width;  // first logit, first label, groups side by side
};

Tile tileOf(const SoftmaxTiles& tiles, std::int64_t index) {
    const AxisLayout& layout = tiles.layout;
    if (layout.inner == 1) {
        const std::int64_t row = index * tiles.groups;
        return {row * layout.classes, row, std::min(tiles.groups, layout.outer - row)};
    }
    const std::int64_t outer = index / tiles.perOuter, column = index % tiles.perOuter * tiles.groups;
    return {outer * layout.classes * layout.inner + column, outer * layout.inner + column, std::min(tiles.groups, layout.inner - column)};
}

// Of one group: its loss log Σ exp(x - max) - (x[label] - max); makes of its probabilities the gradient. A label that is
// no class gives NaN rather than a read outside the logits.
template <class T>
double settle(const T* logits, T* probabilities, std::int64_t stride, std::int64_t targetStride, std::int64_t classes,
              std::int32_t label, T maximum, T sum) {
    if (label < 0 || label >= classes) {
        for (std::int64_t c = 0; c < classes; ++c) probabilities[c * targetStride] = std::numeric_limits<T>::quiet_NaN();
        return std::numeric_limits<double>::quiet_NaN();
    }
    probabilities[label * targetStride] -= T(1);
    return std::log(static_cast<double>(sum)) - (static_cast<double>(logits[label * stride]) - static_cast<double>(maximum));
}

template <class T>
double lossOfTile(const SoftmaxTiles& tiles, const Tile& tile, const T* logits, const std::int32_t* labels, T* saved, T* scratch) {
    const AxisLayout& layout = tiles.layout;
    double loss = 0;
    if (layout.inner == 1) {
        for (std::int64_t i = 0; i < tile.width; ++i) {
            const T* row = logits + tile.start + i * layout.classes;
            T* out = saved != nullptr ? saved + tile.start + i * layout.classes : scratch;
            T maximum, sum;
            softmaxRow(row, out, layout.classes, maximum, sum);
            loss += settle(row, out, 1, 1, layout.classes, labels[tile.label + i], maximum, sum);
        }
        return loss;
    }
    T maxima[SoftmaxTiles::kMaxColumns], sums[SoftmaxTiles::kMaxColumns];
    T* out = saved != nullptr ? saved + tile.start : scratch;
    const std::int64_t outStride = saved != nullptr ? layout.inner : tile.width;
    softmaxColumns(logits + tile.start, layout.inner, out, outStride, layout.classes, tile.width, maxima, sums);
    for (std::int64_t i = 0; i < tile.width; ++i)
        loss += settle(logits + tile.start + i, out + i, layout.inner, outStride, layout.classes, labels[tile.label + i], maxima[i], sums[i]);
    return loss;
}

template <class T>
void forwardAs(const ForwardContext& context) {
    const SoftmaxTiles tiles(axisLayout(context.inputs[0].shape(), 1));
    const AxisLayout& layout = tiles.layout;
    const T* logits = context.inputs[0].as<const T>().data();
    const std::int32_t* labels = context.inputs[1].as<const std::int32_t>().data();
    // An evaluation keeps nothing for backward.
    T* saved = context.saved.empty() ? nullptr : static_cast<T*>(context.saved[0].data());
    const std::int64_t groupsInScratch = layout.inner == 1 ? 1 : tiles.groups;
    const double sum = context.arena.reduceTiles(
        tiles.count, 0.0,
        [&](std::int64_t index) {
            T* scratch = nullptr;
            if (saved == nullptr)
                scratch = reinterpret_cast<T*>(context.arena.workerScratch(static_cast<std::size_t>(groupsInScratch * layout.classes) * sizeof(T)));
            return lossOfTile(tiles, tileOf(tiles, index), logits, labels, saved, scratch);
        },
        [](double a, double b) { return a + b; });
    context.outputs[0].as<T>()[0] = static_cast<T>(sum / static_cast<double>(layout.outer * layout.inner));
}

template <class T>
void backwardAs(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    const double gradient = static_cast<double>(context.gradOutputs[0].as<const T>()[0]);
    const T scale = static_cast<T>(gradient / static_cast<double>(context.inputs[1].elements()));
    mapElements(context.arena, context.saved[0].as<const T>(), context.gradInputs[0].as<T>(), [scale](T x) { return scale * x; });
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { forwardAs<T>(context); });
}

void backward(const BackwardContext& context) {
    dispatchReal(context.saved[0].dtype(), [&]<class T>() { backwardAs<T>(context); });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const double elements = static_cast<double>(inputs[0].shape.elements());
    const double bytes = elements * static_cast<double>(sizeOf(inputs[0].dtype));
    const double labelBytes = 4 * static_cast<double>(inputs[1].shape.elements());
    return {{16 * elements, bytes + labelBytes, bytes}, {elements, bytes, bytes}};
}
}  // namespace

OpDefinition defineSoftmaxCrossEntropy() {
    OpDefinition op;
    op.name = "SoftmaxCrossEntropy";
    op.category = "Loss";
    op.summary = "How surprised the network is by the right class: a softmax and the negative logarithm of the label's probability.";
    op.maths =
        "L = 1/N · Σₙ (log Σⱼ exp(xₙⱼ - mₙ) - (xₙ,label - mₙ)), mₙ = maxⱼ xₙⱼ, over all N labels of the batch.  "
        "dL/dxₙⱼ = (softmax(xₙ)ⱼ - [j = label]) / N.  [Bishop 1995, 6.9; as torch.nn.CrossEntropyLoss]";
    op.baseName = "loss";
    op.inputs = {{"logits", "One score per class, before any softmax: batch x classes, or batch x classes x ..."},
                 {"labels", "The right classes, counted from 0: batch, or batch x ...", PortKind::ClassIndex}};
    op.outputs = {{"loss", "One number: the mean over all labels of the batch"}};
    op.attributes = {lossWeightAttribute()};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.isLoss = true;
    op.accuracy = OpDefinition::AccuracyPorts{0, 1};
    op.exported = {"SoftmaxCrossEntropyLoss", "CrossEntropyLoss", "SparseCategoricalCrossentropy(from_logits=True)"};
    op.samples = {{"rows", {}, {{DType::Float32, {5, 3}}, {DType::Int32, {5}}}},
                  {"many classes", {}, {{DType::Float32, {3, 67}}, {DType::Int32, {3}}}, OpSample::Fill::Normal, 67},
                  {"labelled pixels", {}, {{DType::Float32, {2, 3, 5, 7}}, {DType::Int32, {2, 5, 7}}}},
                  {"one sample", {}, {{DType::Float32, {1, 3}}, {DType::Int32, {1}}}}};
    return op;
}

}  // namespace gradlens
