// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

#include <algorithm>
#include <limits>

namespace gradlens {

namespace {
// What is taken of an axis of `size`, as Python's [start:end:step].
struct Range {
    std::int64_t start, count, step;
    Range(const Attributes& attributes, std::int64_t size) : step(attributes.integer("step")) {
        const auto within = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
        start = within(attributes.integer("start"));
        const std::int64_t end = within(attributes.integer("end"));
        count = end > start ? (end - start + step - 1) / step : 0;
    }
};

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    Shape shape = inputs[0].shape;
    if (auto problem = sampleAxisProblem(attributes, shape)) return inferenceProblem(std::move(*problem));
    const int axis = sampleAxis(attributes, shape);
    const Range range(attributes, shape[axis]);
    if (range.count == 0)
        return inferenceProblem(
            {0, "takes nothing of an axis of " + std::to_string(shape[axis]), "start before end",
             std::to_string(attributes.integer("start")) + " to " + std::to_string(attributes.integer("end")),
             "Choose start and end within the axis"});
    shape.set(axis, range.count);
    Inference inference;
    inference.outputs = {{inputs[0].dtype, shape}};
    return inference;
}

// Rows of bytes: for each index of the axes before, `count` pieces `step` apart.
struct Pieces {
    std::int64_t rows, piece, whole;
    Range range;
    Pieces(const Attributes& attributes, const TensorView& input, int axis)
        : rows(input.shape().slice(0, axis).elements()),
          piece(input.shape().slice(axis + 1).elements() * static_cast<std::int64_t>(sizeOf(input.dtype()))),
          whole(piece * input.shape()[axis]),
          range(attributes, input.shape()[axis]) {}
};

void forward(const ForwardContext& context) {
    const Pieces p(context.attributes, context.inputs[0], sampleAxis(context.attributes, context.inputs[0].shape()));
    const auto* from = static_cast<const std::byte*>(context.inputs[0].data());
    auto* const to = static_cast<std::byte*>(context.outputs[0].data());
    const std::int64_t run = p.range.step == 1 ? p.range.count : 1, runs = p.range.count / run;
    for (std::int64_t k = 0; k < runs; ++k)
        copyRows(context.arena, from + (p.range.start + k * p.range.step) * p.piece, p.whole, to + k * p.piece,
                 p.range.count * p.piece, p.rows, run * p.piece);
}

void backward(const BackwardContext& context) {
    const Pieces p(context.attributes, context.gradInputs[0],
                   sampleAxis(context.attributes, context.gradInputs[0].shape()));
    const auto* from = static_cast<const std::byte*>(context.gradOutputs[0].data());
    auto* const to = static_cast<std::byte*>(context.gradInputs[0].data());
    std::memset(to, 0, context.gradInputs[0].bytes());
    const std::int64_t run = p.range.step == 1 ? p.range.count : 1, runs = p.range.count / run;
    for (std::int64_t k = 0; k < runs; ++k)
        copyRows(context.arena, from + k * p.piece, p.range.count * p.piece,
                 to + (p.range.start + k * p.range.step) * p.piece, p.whole, p.rows, run * p.piece);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}

// Python's own slices.
SourceCode toSource(const SourceCall& call) {
    const std::int64_t start = call.attributes.integer("start"), end = call.attributes.integer("end"),
                       step = call.attributes.integer("step");
    const int axis = sampleAxis(call.attributes, call.shape());
    std::string range = (start == 0 ? "" : python(start)) + ":";
    if (end < call.shape()[axis]) range += python(end);
    if (step != 1) range += ":" + python(step);
    return pythonFunction(call.argument() + pythonSlice(axis, range));
}
}  // namespace

OpDefinition defineSlice() {
    OpDefinition op;
    op.name = "Slice";
    op.category = "Shape";
    op.summary = "Takes a part of one axis, such as the last step of a sequence or every second column.";
    op.maths =
        "y = x[..., start:end:step, ...] as Python counts: negative numbers from the end.  dL/dx is dL/dy where "
        "something was taken, else 0.";
    op.baseName = "slice";
    op.inputs = {{"input", "Batch x ..."}};
    op.outputs = {{"output", "The same, with fewer along the axis"}};
    op.attributes = {
        integerAttribute("start", "Start", 0, -1e12, 1e12, "The first that is taken; negative counts from the end."),
        integerAttribute("end", "End", 1000000000, -1e12, 1e12,
                         "The first that is not taken any more; negative counts from the end."),
        integerAttribute("step", "Step", 1, 1, 1e9, "2 takes every second, and so on."),
        sampleAxisAttribute(0, "The axis that is cut.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Slice", "torch.narrow", "slice"};
    op.toPyTorch = toSource;
    op.toKeras = toSource;
    const auto with = [](std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t axis) {
        return Attributes{{"start", AttributeValue(start)},
                          {"end", AttributeValue(end)},
                          {"step", AttributeValue(step)},
                          {"axis", AttributeValue(axis)}};
    };
    op.samples = {{"middle of the rows", with(1, 4, 1, 0), {{DType::Float32, {3, 6}}}},
                  {"last step", with(-1, 1000, 1, 0), {{DType::Float32, {3, 2, 3}}}},
                  {"every second column", with(0, 1000, 2, -1), {{DType::Float32, {2, 3, 5}}}},
                  {"all, one sample", with(0, 1000, 1, 0), {{DType::Float32, {1, 3}}}}};
    return op;
}

}  // namespace gradlens
