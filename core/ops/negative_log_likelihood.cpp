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
        return inferenceProblem({0, "expects one log-probability per class", "NxC", scores.toString(),
                                 "Put a LogSoftmax before this loss"});
    if (labels != Shape{scores[0]})
        return inferenceProblem({1, "expects one label for each sample", Shape{scores[0]}.toString(), labels.toString(),
                                 "Set the label input's sample shape to nothing (a single number)"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    return inference;
}

// The label of a sample, or nothing where it does not count.
std::optional<std::int64_t> labelOf(const Attributes& attributes, const TensorView& labels, std::int64_t sample,
                                    std::int64_t classes) {
    const std::int64_t label = labels.as<const std::int32_t>()[static_cast<std::size_t>(sample)];
    if (label == attributes.integer("ignore_index")) return std::nullopt;
    if (label < 0 || label >= classes) throw strangeLabel(label, sample, classes);
    return label;
}

std::int64_t counted(const Attributes& attributes, const TensorView& labels) {
    const auto all = labels.as<const std::int32_t>();
    return std::ranges::count_if(
        all, [ignored = attributes.integer("ignore_index")](std::int32_t label) { return label != ignored; });
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* scores = context.inputs[0].as<const T>().data();
        double sum = 0;
        for (std::int64_t n = 0; n < shape[0]; ++n)
            if (const auto label = labelOf(context.attributes, context.inputs[1], n, shape[1]))
                sum -= static_cast<double>(scores[n * shape[1] + *label]);
        const std::int64_t count = counted(context.attributes, context.inputs[1]);
        context.outputs[0].as<T>()[0] =
            count == 0 && shape[0] > 0 ? T(0) : static_cast<T>(sum / static_cast<double>(count));
    });
}

void backward(const BackwardContext& context) {
    if (!context.gradInputs[0]) return;
    const Shape& shape = context.gradInputs[0].shape();
    dispatchReal(context.gradInputs[0].dtype(), [&]<class T>() {
        const auto gradient = context.gradInputs[0].as<T>();
        std::ranges::fill(gradient, T(0));
        const T share = context.gradOutputs[0].as<const T>()[0] /
                        static_cast<T>(std::max<std::int64_t>(counted(context.attributes, context.inputs[1]), 1));
        for (std::int64_t n = 0; n < shape[0]; ++n)
            if (const auto label = labelOf(context.attributes, context.inputs[1], n, shape[1]))
                gradient[static_cast<std::size_t>(n * shape[1] + *label)] = -share;
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const auto samples = static_cast<double>(inputs[0].shape[0]),
               elements = static_cast<double>(inputs[0].shape.elements());
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{samples, samples * (size + 4), size}, {samples, samples * 4, elements * size}};
}

constexpr const char* kKerasLikelihood = R"(def negative_log_likelihood(scores, labels, ignored):
    """The mean over the samples that count of minus the right class's log-probability."""
    counted = ops.cast(labels != ignored, scores.dtype)
    right = ops.sum(scores * ops.one_hot(labels, scores.shape[-1], dtype=scores.dtype), axis=-1)
    return -ops.sum(right * counted) / ops.sum(counted))";

SourceCode toPyTorch(const SourceCall& call) {
    return pythonFunction(PythonCall("F.nll_loss")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .option("ignore_index", call.attributes.integer("ignore_index"), -100));
}

SourceCode toKeras(const SourceCall& call) {
    return pythonFunction(PythonCall("negative_log_likelihood")
                              .with(call.argument(0))
                              .with(call.argument(1))
                              .with(python(call.attributes.integer("ignore_index"))),
                          {kKerasLikelihood});
}
}  // namespace

OpDefinition defineNegativeLogLikelihood() {
    OpDefinition op;
    op.name = "NegativeLogLikelihood";
    op.category = "Loss";
    op.summary = "How unlikely the right classes were, from log-probabilities such as LogSoftmax gives.";
    op.maths =
        "L = -1/N · Σₙ pₙ,label over the N samples that count.  dL/dpₙⱼ = -[j = label] / N.  [as torch.nn.NLLLoss]";
    op.baseName = "loss";
    op.inputs = {{"scores", "Log-probabilities: batch x classes"},
                 {"labels", "The right classes, counted from 0", PortKind::ClassIndex}};
    op.outputs = {{"loss", "One number: the mean over the samples that count"}};
    op.attributes = {integerAttribute("ignore_index", "Ignored label", -100, -2147483648.0, 2147483647.0,
                                      "Samples with this label do not count."),
                     lossWeightAttribute()};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.isLoss = true;
    op.accuracy = OpDefinition::AccuracyPorts{0, 1};
    op.exported = {"NegativeLogLikelihoodLoss", "NLLLoss", "SparseCategoricalCrossentropy"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {{"rows", {}, {{DType::Float32, {5, 3}}, {DType::Int32, {5}}}},
                  {"one class ignored",
                   {{"ignore_index", AttributeValue(std::int64_t{2})}},
                   {{DType::Float32, {9, 3}}, {DType::Int32, {9}}}},
                  {"one sample", {}, {{DType::Float32, {1, 4}}, {DType::Int32, {1}}}}};
    return op;
}

}  // namespace gradlens
