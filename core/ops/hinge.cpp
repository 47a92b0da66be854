// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/batch_error.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>
#include <string>

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    const Shape &scores = inputs[0].shape, &labels = inputs[1].shape;
    if (scores.rank() != 2 || scores[1] < 1)
        return inferenceProblem({0, "expects one score per class", "NxC", scores.toString(),
                                 "End the network with a Dense layer that has as many units as there are classes"});
    if (labels != Shape{scores[0]})
        return inferenceProblem({1, "expects one label for each sample", Shape{scores[0]}.toString(), labels.toString(),
                                 "Set the label input's sample shape to nothing (a single number)"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    return inference;
}

// Calls body(index of a wrong class's score, index of the right one's, by how much the margin is missed) for each miss.
template <class T, class Body>
void forMisses(const Attributes& attributes, const TensorView& scores, const TensorView& labels, Body body) {
    const std::int64_t classes = scores.shape()[1];
    const T margin = static_cast<T>(attributes.real("margin"));
    const T* values = scores.as<const T>().data();
    for (std::int64_t n = 0; n < scores.shape()[0]; ++n) {
        const std::int64_t label = labels.as<const std::int32_t>()[static_cast<std::size_t>(n)];
        if (label < 0 || label >= classes) throw strangeLabel(label, n, classes);
        const std::int64_t right = n * classes + label;
        for (std::int64_t at = n * classes; at < (n + 1) * classes; ++at) {
            const T missed = margin - values[right] + values[at];
            if (at != right && !(missed <= T(0))) body(at, right, missed);  // a NaN counts
        }
    }
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        double sum = 0;
        forMisses<T>(context.attributes, context.inputs[0], context.inputs[1],
                     [&](std::int64_t, std::int64_t, T missed) { sum += static_cast<double>(missed); });
        context.outputs[0].as<T>()[0] = static_cast<T>(sum / static_cast<double>(context.inputs[0].elements()));
    });
}

void backward(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        T* const gradient = context.gradInputs[0].as<T>().data();
        std::fill_n(gradient, context.gradInputs[0].elements(), T(0));
        const T share = context.gradOutputs[0].as<const T>()[0] /
                        static_cast<T>(std::max<std::int64_t>(context.gradInputs[0].elements(), 1));
        forMisses<T>(context.attributes, context.inputs[0], context.inputs[1],
                     [&](std::int64_t wrong, std::int64_t right, T) {
                         gradient[wrong] += share;
                         gradient[right] -= share;
                     });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const auto elements = static_cast<double>(inputs[0].shape.elements()),
               size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{3 * elements, elements * size, size}, {3 * elements, elements * size, elements * size}};
}

constexpr const char* kKerasHinge = R"(def multi_margin(scores, labels, margin):
    """By how much the right class's score fails to lead every other by the margin."""
    classes = scores.shape[-1]
    right = ops.sum(scores * ops.one_hot(labels, classes, dtype=scores.dtype), axis=-1, keepdims=True)
    return ops.mean(ops.relu(margin - right + scores)) - margin / classes)";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.multi_margin_loss")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .option("margin", call.attributes.real("margin"), 1.0));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(PythonCall("multi_margin")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .with(python(call.attributes.real("margin"))),
                          {kKerasHinge});
}
}  // namespace

OpDefinition defineHinge() {
    OpDefinition op;
    op.name = "Hinge";
    op.category = "Loss";
    op.summary = "Asks that the right class's score lead every other by a margin, as support vector machines do.";
    op.maths =
        "L = 1/(N C) · Σₙ Σ_{j ≠ label} max(0, margin - xₙ,label + xₙⱼ).  [Crammer and Singer 2001; as "
        "torch.nn.MultiMarginLoss]";
    op.baseName = "loss";
    op.inputs = {{"scores", "One score per class: batch x classes"},
                 {"labels", "The right classes, counted from 0", PortKind::ClassIndex}};
    op.outputs = {{"loss", "One number: the mean over all scores"}};
    op.attributes = {realAttribute("margin", "Margin", 1.0, 0.0, 1e6, "By how much the right class should lead."),
                     lossWeightAttribute()};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.isLoss = true;
    op.accuracy = OpDefinition::AccuracyPorts{0, 1};
    op.exported = {"HingeLoss", "MultiMarginLoss", "CategoricalHinge"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {
        {"rows", {}, {{DType::Float32, {5, 3}}, {DType::Int32, {5}}}},
        {"narrow margin", {{"margin", AttributeValue(0.25)}}, {{DType::Float32, {4, 3}}, {DType::Int32, {4}}}},
        {"one sample", {}, {{DType::Float32, {1, 5}}, {DType::Int32, {1}}}}};
    return op;
}

}  // namespace gradlens
