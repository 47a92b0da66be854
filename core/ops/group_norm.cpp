// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/row_norm.h"
#include "core/ops/catalogue/channelwise.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
// A group's channels lie side by side: one row.
RowNorm rowsOf(const Attributes& attributes, const Shape& shape) {
    const std::int64_t groups = attributes.integer("groups");
    return {shape[0] * groups, shape.slice(1).elements() / groups, attributes.real("epsilon"), true};
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    const std::int64_t groups = attributes.integer("groups");
    if (shape.rank() < 2)
        return inferenceProblem(
            {0, "expects channels", "NxC or NxCx...", shape.toString(), "Put a layer with channels before it"});
    if (shape[1] % groups != 0)
        return inferenceProblem({0,
                                 "cannot divide " + std::to_string(shape[1]) + " channels into " +
                                     std::to_string(groups) + " groups of equal size",
                                 "a multiple of " + std::to_string(groups) + " channels", shape.toString(),
                                 "Choose a number of groups that divides " + std::to_string(shape[1])});
    const RowNorm norm = rowsOf(attributes, shape);
    if (norm.width < 1)
        return inferenceProblem({0, "expects something to normalise", "sizes of 1 or more", shape.toString(),
                                 "Check the layer before this one"});
    Inference inference;
    inference.outputs = {inputs[0]};
    if (attributes.flag("affine")) {
        inference.parameters.push_back({"weight", {shape[1]}, Initializer::Ones, 1, 1, 1.0, true, false});
        inference.parameters.push_back({"bias", {shape[1]}, Initializer::Zeros, 1, 1, 1.0, true, false});
    }
    inference.saved = {{inputs[0].dtype, {norm.rows}},
                       {inputs[0].dtype, {norm.rows}}};  // means and reciprocal deviations
    dispatchReal(inputs[0].dtype, [&]<class T>() { inference.backwardScratch = rowNormBackwardScratch<T>(norm); });
    return inference;
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        T* y = context.outputs[0].as<T>().data();
        rowNormForward<T>(context.arena, rowsOf(context.attributes, shape), context.inputs[0].as<const T>().data(),
                          nullptr, nullptr, y, context.saved[0].as<T>().data(), context.saved[1].as<T>().data());
        if (context.parameters.empty()) return;
        const T *weight = context.parameters[0].as<const T>().data(),
                *bias = context.parameters[1].as<const T>().data();
        forChannels(context.arena, channelLayout(shape, 1),
                    [=](std::int64_t i, std::int64_t c) { y[i] = y[i] * weight[c] + bias[c]; });
    });
}

template <class T>
void gradientsOfParameters(const BackwardContext& context, const RowNorm& norm) {
    const Shape& shape = context.inputs[0].shape();
    const T *x = context.inputs[0].as<const T>().data(), *dy = context.gradOutputs[0].as<const T>().data();
    const T *mean = context.saved[0].as<const T>().data(), *reciprocal = context.saved[1].as<const T>().data();
    const auto layout = channelLayout(shape, 1);
    if (context.gradParameters[0])
        sumChannels(context.arena, layout, context.gradParameters[0].as<T>().data(),
                    [=, width = norm.width](std::int64_t i, std::int64_t) {
                        const std::int64_t row = i / width;
                        return dy[i] * ((x[i] - mean[row]) * reciprocal[row]);
                    });
    if (context.gradParameters[1])
        sumChannels(context.arena, layout, context.gradParameters[1].as<T>().data(),
                    [=](std::int64_t i, std::int64_t) { return dy[i]; });
}

void backward(const BackwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const RowNorm norm = rowsOf(context.attributes, shape);
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        if (!context.parameters.empty()) gradientsOfParameters<T>(context, norm);
        if (!context.gradInputs[0]) return;
        const T* dy = context.gradOutputs[0].as<const T>().data();
        T* const dx = context.gradInputs[0].as<T>().data();
        const T* gradient = dy;
        if (!context.parameters.empty()) {
            forChannels(context.arena, channelLayout(shape, 1),
                        [=, weight = context.parameters[0].as<const T>().data()](std::int64_t i, std::int64_t c) {
                            dx[i] = dy[i] * weight[c];
                        });
            gradient = dx;
        }
        rowNormBackward<T>(context.arena, norm, context.inputs[0].as<const T>().data(), nullptr,
                           context.saved[0].as<const T>().data(), context.saved[1].as<const T>().data(), gradient, dx,
                           nullptr, nullptr, static_cast<std::byte*>(context.scratch.data()));
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(8, inputs, inference);
}

SourceCode toPyTorch(const SourceCall& call) {
    return pythonModule(call,
                        PythonCall("nn.GroupNorm")
                            .with(python(call.attributes.integer("groups")))
                            .with(python(call.shape()[1]))
                            .option("eps", call.attributes.real("epsilon"), 1e-5)
                            .option("affine", call.attributes.flag("affine"), true),
                        sameWeights(call.inference));
}

SourceCode toKeras(const SourceCall& call) {
    const bool affine = call.attributes.flag("affine");
    std::vector<SourceCode::Weight> weights;
    if (affine) weights = {{"gamma", {0}}, {"beta", {1}}};
    return pythonModule(call,
                        PythonCall("layers.GroupNormalization")
                            .with("groups", python(call.attributes.integer("groups")))
                            .with("axis", "1")
                            .with("epsilon", python(call.attributes.real("epsilon")))
                            .option("center", affine, true)
                            .option("scale", affine, true),
                        std::move(weights));
}
}  // namespace

OpDefinition defineGroupNorm() {
    OpDefinition op;
    op.name = "GroupNorm";
    op.category = "Normalisation";
    op.summary =
        "Gives groups of channels mean 0 and variance 1 in each sample, then a learned scale and shift: as good with "
        "small batches. As many groups as channels is instance normalisation.";
    op.maths =
        "y = (x - μ) / √(σ² + ε) · γ + β, μ and σ² (biased) over a group's channels and all their places, γ and β for "
        "each channel.  [Wu and He 2018; as torch.nn.GroupNorm]";
    op.baseName = "norm";
    op.inputs = {{"input", "Batch x channels x ..."}};
    op.outputs = {{"output", "The input's shape"}};
    op.attributes = {
        integerAttribute("groups", "Groups", 8, 1, 65536,
                         "How many groups the channels are divided into; 1 normalises a whole sample."),
        realAttribute("epsilon", "Epsilon", 1e-5, 1e-12, 1,
                      "Added to the variance, so that a constant group does not divide by zero."),
        booleanAttribute("affine", "Learned scale", true, "A learned factor and offset for each channel.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.exported = {"GroupNormalization", "GroupNorm", "GroupNormalization"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto groups = [](std::int64_t count) { return Attributes{{"groups", AttributeValue(count)}}; };
    op.samples = {{"images", groups(2), {{DType::Float32, {2, 6, 3, 5}}}},
                  {"each channel", groups(3), {{DType::Float32, {3, 3, 7}}}},
                  {"vectors, one group", groups(1), {{DType::Float32, {3, 5}}}},
                  {"nothing learned",
                   {{"groups", AttributeValue(std::int64_t{2})}, {"affine", AttributeValue(false)}},
                   {{DType::Float32, {1, 4, 5}}}}};
    return op;
}

}  // namespace gradlens
