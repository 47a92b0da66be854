// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/kernels/softmax.h"
#include "core/ops/catalogue/batch_error.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>
#include <numeric>

namespace gradlens {

namespace {
int classAxis(const Attributes& attributes, const Shape& logits) {
    return attributes.choice("class_axis") == "last" ? logits.rank() - 1 : 1;
}

// Logits are NxC, NxCx... or Nx...xC; labels are the same without the classes.
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& logits = inputs[0].shape;
    const Shape& labels = inputs[1].shape;
    if (logits.rank() < 2)
        return inferenceProblem({0, "expects one score per class", "NxC or NxCx...", logits.toString(),
                                 "End the network with a Dense layer that has as many units as there are classes"});
    const int axis = classAxis(attributes, logits);
    Shape wanted;
    for (int i = 0; i < logits.rank(); ++i)
        if (i != axis) wanted.append(logits[i]);
    if (labels != wanted)
        return inferenceProblem(
            {1,
             "has scores of shape " + logits.toString() + ", which want labels of shape " + wanted.toString() +
                 ", got " + labels.toString(),
             wanted.toString(), labels.toString(),
             "Set the label input's sample shape to " +
                 (wanted.rank() == 1 ? std::string("nothing (a single number)") : wanted.slice(1).toString())});
    const auto weights = static_cast<std::int64_t>(attributes.realList("class_weights").size());
    if (weights != 0 && weights != logits[axis])
        return inferenceProblem(
            {0, "has " + std::to_string(weights) + " class weights for " + std::to_string(logits[axis]) + " classes",
             std::to_string(logits[axis]), std::to_string(weights), "Give one weight for each class, or none"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    // The gradient before its scale, and the scale: one over the summed weights of the labels.
    inference.saved = {inputs[0], {inputs[0].dtype, Shape{}}};
    return inference;
}

// What counts how much: a label's weight, and the share of the loss that is spread over all classes.
class Weighing {
public:
    Weighing(const Attributes& attributes, std::int64_t classes)
        : m_weights(attributes.realList("class_weights")),
          m_smoothing(attributes.real("label_smoothing")),
          m_ignored(attributes.integer("ignore_index")),
          m_classes(classes) {
        m_sum =
            m_weights.empty() ? static_cast<double>(classes) : std::accumulate(m_weights.begin(), m_weights.end(), 0.0);
    }
    bool plain() const { return m_weights.empty() && m_smoothing == 0; }
    bool ignores(std::int32_t label) const { return label == m_ignored; }
    double of(std::int64_t c) const { return m_weights.empty() ? 1.0 : m_weights[static_cast<std::size_t>(c)]; }
    double sum() const { return m_sum; }
    double smoothing() const { return m_smoothing; }
    std::int64_t classes() const { return m_classes; }

private:
    const RealList& m_weights;
    double m_smoothing, m_sum = 0;
    std::int64_t m_ignored, m_classes;
};

struct Sums {
    double loss = 0, weight = 0;
};

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
    return {outer * layout.classes * layout.inner + column, outer * layout.inner + column,
            std::min(tiles.groups, layout.inner - column)};
}

[[noreturn]] void throwStrangeLabel(std::int32_t label, std::int64_t place, std::int64_t perSample,
                                    std::int64_t classes) {
    throw strangeLabel(label, place / std::max<std::int64_t>(perSample, 1), classes);
}

// One group: adds its loss log Σ exp(x - max) - (x[label] - max), weighed; makes of its probabilities the gradient.
template <class T>
void settle(const Weighing& weighing, const T* logits, T* probabilities, std::int64_t stride, std::int64_t targetStride,
            std::int32_t label, T maximum, T sum, Sums& sums) {
    const std::int64_t classes = weighing.classes();
    if (weighing.ignores(label)) {
        for (std::int64_t c = 0; c < classes; ++c) probabilities[c * targetStride] = T(0);
        return;
    }
    const double logSum = std::log(static_cast<double>(sum)) + static_cast<double>(maximum);
    const double loss = logSum - static_cast<double>(logits[label * stride]);
    if (weighing.plain()) {
        probabilities[label * targetStride] -= T(1);
        sums.loss += loss;
        sums.weight += 1;
        return;
    }
    const double weight = weighing.of(label), right = (1 - weighing.smoothing()) * weight,
                 spread = weighing.smoothing() / static_cast<double>(classes);
    double everywhere = 0;
    for (std::int64_t c = 0; c < classes; ++c)
        everywhere += weighing.of(c) * (logSum - static_cast<double>(logits[c * stride]));
    const T factor = static_cast<T>(right + spread * weighing.sum());
    for (std::int64_t c = 0; c < classes; ++c)
        probabilities[c * targetStride] =
            factor * probabilities[c * targetStride] - static_cast<T>(spread * weighing.of(c));
    probabilities[label * targetStride] -= static_cast<T>(right);
    sums.loss += right * loss + spread * everywhere;
    sums.weight += weight;
}

template <class T>
Sums sumsOfTile(const Weighing& weighing, const SoftmaxTiles& tiles, const Tile& tile, const T* logits,
                const std::int32_t* labels, T* saved, T* scratch) {
    const AxisLayout& layout = tiles.layout;
    Sums sums;
    if (layout.inner == 1) {
        for (std::int64_t i = 0; i < tile.width; ++i) {
            const T* row = logits + tile.start + i * layout.classes;
            T* out = saved != nullptr ? saved + tile.start + i * layout.classes : scratch;
            T maximum, sum;
            softmaxRow(row, out, layout.classes, maximum, sum);
            settle(weighing, row, out, 1, 1, labels[tile.label + i], maximum, sum, sums);
        }
        return sums;
    }
    T maxima[SoftmaxTiles::kMaxColumns], totals[SoftmaxTiles::kMaxColumns];
    T* out = saved != nullptr ? saved + tile.start : scratch;
    const std::int64_t outStride = saved != nullptr ? layout.inner : tile.width;
    softmaxColumns(logits + tile.start, layout.inner, out, outStride, layout.classes, tile.width, maxima, totals);
    for (std::int64_t i = 0; i < tile.width; ++i)
        settle(weighing, logits + tile.start + i, out + i, layout.inner, outStride, labels[tile.label + i], maxima[i],
               totals[i], sums);
    return sums;
}

template <class T>
void forwardAs(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const SoftmaxTiles tiles(axisLayout(shape, classAxis(context.attributes, shape)));
    const AxisLayout& layout = tiles.layout;
    const Weighing weighing(context.attributes, layout.classes);
    const T* logits = context.inputs[0].as<const T>().data();
    const auto labels = context.inputs[1].as<const std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (!weighing.ignores(labels[i]) && (labels[i] < 0 || labels[i] >= layout.classes))
            throwStrangeLabel(labels[i], static_cast<std::int64_t>(i), context.inputs[1].shape().slice(1).elements(),
                              layout.classes);
    // An evaluation keeps nothing for backward.
    T* saved = context.saved.empty() ? nullptr : static_cast<T*>(context.saved[0].data());
    const std::int64_t groupsInScratch = layout.inner == 1 ? 1 : tiles.groups;
    const Sums sums = context.arena.reduceTiles(
        tiles.count, Sums{},
        [&](std::int64_t index) {
            T* scratch = nullptr;
            if (saved == nullptr)
                scratch = reinterpret_cast<T*>(context.arena.workerScratch(
                    static_cast<std::size_t>(groupsInScratch * layout.classes) * sizeof(T)));
            return sumsOfTile(weighing, tiles, tileOf(tiles, index), logits, labels.data(), saved, scratch);
        },
        [](const Sums& a, const Sums& b) {
            return Sums{a.loss + b.loss, a.weight + b.weight};
        });
    // Where every label is ignored there is nothing to learn: no loss, no gradient. Of no sample at all the mean is no
    // number.
    const bool nothing = sums.weight == 0 && !labels.empty();
    context.outputs[0].as<T>()[0] = nothing ? T(0) : static_cast<T>(sums.loss / sums.weight);
    if (saved != nullptr && context.saved[1])
        context.saved[1].as<T>()[0] = nothing ? T(0) : static_cast<T>(1 / sums.weight);
}

template <class T>
void backwardAs(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    const T scale = context.gradOutputs[0].as<const T>()[0] * context.saved[1].as<const T>()[0];
    mapElements(context.arena, context.saved[0].as<const T>(), context.gradInputs[0].as<T>(),
                [scale](T x) { return scale * x; });
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

constexpr const char* kKerasCrossEntropy =
    R"(def cross_entropy(logits, labels, axis, smoothing=0.0, weights=None, ignored=None):
    """Softmax cross-entropy over the labels that count, with smoothed labels and weighed classes."""
    scores = ops.moveaxis(ops.log_softmax(logits, axis=axis), axis, -1)
    classes = scores.shape[-1]
    weights = ops.ones(classes, scores.dtype) if weights is None else ops.convert_to_tensor(weights, scores.dtype)
    counted = ops.ones_like(scores[..., 0]) if ignored is None else ops.cast(labels != ignored, scores.dtype)
    right = ops.one_hot(labels, classes, dtype=scores.dtype)
    target = (1 - smoothing) * right + smoothing / classes
    losses = -ops.sum(weights * target * scores, axis=-1) * counted
    return ops.sum(losses) / ops.sum(ops.sum(weights * right, axis=-1) * counted))";

constexpr std::int64_t kIgnoredByDefault = -100;

SourceCode toPyTorch(const SourceCall& call) {
    const Attributes& a = call.attributes;
    const std::string& logits = call.argument();
    const int axis = classAxis(a, call.shape());
    PythonCall loss("F.cross_entropy");
    loss.with(axis == 1 ? logits : logits + ".movedim(" + python(axis) + ", 1)").with(call.argument(1));
    if (const RealList& weights = a.realList("class_weights"); !weights.empty())
        loss.with("weight", logits + ".new_tensor(" + python(weights) + ")");
    loss.option("ignore_index", a.integer("ignore_index"), kIgnoredByDefault)
        .option("label_smoothing", a.real("label_smoothing"), 0.0);
    return pythonFunction(loss);
}

SourceCode toKeras(const SourceCall& call) {
    const Attributes& a = call.attributes;
    PythonCall loss("cross_entropy");
    loss.with(call.argument(0)).with(call.argument(1)).with(python(classAxis(a, call.shape())));
    loss.option("smoothing", a.real("label_smoothing"), 0.0);
    if (const RealList& weights = a.realList("class_weights"); !weights.empty()) loss.with("weights", python(weights));
    if (a.integer("ignore_index") != kIgnoredByDefault) loss.with("ignored", python(a.integer("ignore_index")));
    return pythonFunction(loss, {kKerasCrossEntropy});
}
}  // namespace

OpDefinition defineSoftmaxCrossEntropy() {
    OpDefinition op;
    op.name = "SoftmaxCrossEntropy";
    op.category = "Loss";
    op.summary =
        "How surprised the network is by the right class: a softmax and the negative logarithm of the label's "
        "probability.";
    op.maths =
        "L = 1/N · Σₙ (log Σⱼ exp(xₙⱼ - mₙ) - (xₙ,label - mₙ)), mₙ = maxⱼ xₙⱼ, over all N labels of the batch.  "
        "dL/dxₙⱼ = (softmax(xₙ)ⱼ - [j = label]) / N.  With class weights each term counts w[label], and their sum "
        "takes the place of N; label smoothing ε mixes in ε/C · Σⱼ wⱼ · -log softmax(xₙ)ⱼ.  [Bishop 1995, 6.9; "
        "smoothing: Szegedy et al. 2016; as torch.nn.CrossEntropyLoss]";
    op.baseName = "loss";
    op.inputs = {{"logits",
                  "One score per class, before any softmax: batch x classes, or batch x classes x ..., or batch x ... "
                  "x classes"},
                 {"labels", "The right classes, counted from 0: batch, or batch x ...", PortKind::ClassIndex}};
    op.outputs = {{"loss", "One number: the mean over all labels of the batch"}};
    op.attributes = {
        realAttribute(
            "label_smoothing", "Label smoothing", 0.0, 0.0, 1.0,
            "This share of each label is spread evenly over all classes: keeps the network from being too sure."),
        realListAttribute("class_weights", "Class weights", {}, 0.0, 1e9, 0, 100000,
                          "How much each class counts, for classes of unequal size; empty: all the same."),
        integerAttribute("ignore_index", "Ignored label", -100, -2147483648.0, 2147483647.0,
                         "Samples or steps with this label do not count."),
        choiceAttribute("class_axis", "Class axis", "first", {"first", "last"},
                        "Where the classes lie: right behind the batch, or last (sequences: batch x steps x classes)."),
        lossWeightAttribute()};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.isLoss = true;
    op.accuracy = OpDefinition::AccuracyPorts{0, 1};
    op.exported = {"SoftmaxCrossEntropyLoss", "CrossEntropyLoss", "SparseCategoricalCrossentropy(from_logits=True)"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {
        {"rows", {}, {{DType::Float32, {5, 3}}, {DType::Int32, {5}}}},
        {"many classes", {}, {{DType::Float32, {3, 67}}, {DType::Int32, {3}}}, OpSample::Fill::Normal, 67},
        {"labelled pixels", {}, {{DType::Float32, {2, 3, 5, 7}}, {DType::Int32, {2, 5, 7}}}},
        {"one sample", {}, {{DType::Float32, {1, 3}}, {DType::Int32, {1}}}},
        {"smoothed", {{"label_smoothing", AttributeValue(0.1)}}, {{DType::Float32, {4, 3}}, {DType::Int32, {4}}}},
        {"weighed and smoothed",
         {{"label_smoothing", AttributeValue(0.2)}, {"class_weights", AttributeValue(RealList{1, 0.5, 2})}},
         {{DType::Float32, {2, 3, 4}}, {DType::Int32, {2, 4}}}},
        {"one class ignored",
         {{"ignore_index", AttributeValue(std::int64_t{2})}},
         {{DType::Float32, {9, 3}}, {DType::Int32, {9}}}},
        {"sequences, classes last",
         {{"class_axis", AttributeValue(std::string("last"))}},
         {{DType::Float32, {2, 5, 3}}, {DType::Int32, {2, 5}}}}};
    return op;
}

}  // namespace gradlens
