// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
int outputCount(const Attributes& attributes) {
    return static_cast<int>(attributes.integer("parts"));
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (auto problem = sampleAxisProblem(attributes, shape)) return inferenceProblem(std::move(*problem));
    const int axis = sampleAxis(attributes, shape);
    const std::int64_t parts = attributes.integer("parts");
    if (shape[axis] % parts != 0)
        return inferenceProblem(
            {0, "cannot cut " + std::to_string(shape[axis]) + " into " + std::to_string(parts) + " equal parts",
             "a multiple of " + std::to_string(parts), std::to_string(shape[axis]),
             "Choose a number of parts that divides the axis"});
    Shape part = shape;
    part.set(axis, shape[axis] / parts);
    Inference inference;
    inference.outputs.assign(static_cast<std::size_t>(parts), {inputs[0].dtype, part});
    return inference;
}

// Bytes of one run of a part: everything from the axis on.
std::int64_t runBytes(const TensorView& part, int axis) {
    return part.shape().slice(axis).elements() * static_cast<std::int64_t>(sizeOf(part.dtype()));
}

void forward(const ForwardContext& context) {
    const int axis = sampleAxis(context.attributes, context.inputs[0].shape());
    const std::int64_t rows = context.inputs[0].shape().slice(0, axis).elements(),
                       whole = runBytes(context.inputs[0], axis);
    const auto* from = static_cast<const std::byte*>(context.inputs[0].data());
    for (const TensorView& part : context.outputs) {
        const std::int64_t bytes = runBytes(part, axis);
        copyRows(context.arena, from, whole, static_cast<std::byte*>(part.data()), bytes, rows, bytes);
        from += bytes;
    }
}

void backward(const BackwardContext& context) {
    const int axis = sampleAxis(context.attributes, context.gradInputs[0].shape());
    const std::int64_t rows = context.gradInputs[0].shape().slice(0, axis).elements(),
                       whole = runBytes(context.gradInputs[0], axis);
    auto* to = static_cast<std::byte*>(context.gradInputs[0].data());
    for (const TensorView& part : context.gradOutputs) {
        const std::int64_t bytes = runBytes(part, axis);
        if (part) {
            copyRows(context.arena, static_cast<const std::byte*>(part.data()), bytes, to, whole, rows, bytes);
        } else {
            for (std::int64_t row = 0; row < rows; ++row)
                std::memset(to + row * whole, 0, static_cast<std::size_t>(bytes));
        }
        to += bytes;
    }
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}

SourceCode toSource(const SourceCall& call) {
    const int axis = sampleAxis(call.attributes, call.shape());
    SourceCode code;
    std::int64_t begin = 0;
    for (const TensorType& part : call.inference.outputs) {
        const std::int64_t end = begin + part.shape[axis];
        code.results.push_back(call.argument() + pythonSlice(axis, python(begin) + ":" + python(end)));
        begin = end;
    }
    return code;
}
}  // namespace

OpDefinition defineSplit() {
    OpDefinition op;
    op.name = "Split";
    op.category = "Shape";
    op.summary = "Cuts a tensor into equal parts along one axis, each an output of its own.";
    op.maths =
        "yₖ holds the k-th part of x along the axis.  The parts of dL/dx are the dL/dyₖ; an output that nobody uses "
        "gives zeros.  [torch.chunk]";
    op.baseName = "split";
    op.inputs = {{"input", "Batch x ..., with an axis that the number of parts divides"}};
    op.outputs = {{"outputs", "One part each, in order", PortKind::Real, true}};
    op.outputCount = outputCount;
    op.attributes = {integerAttribute("parts", "Parts", 2, 1, 64, "Into how many parts the axis is cut."),
                     sampleAxisAttribute(0, "The axis that is cut.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Split", "torch.chunk", "split"};
    op.toPyTorch = toSource;
    op.toKeras = toSource;
    const auto with = [](std::int64_t parts, std::int64_t axis) {
        return Attributes{{"parts", AttributeValue(parts)}, {"axis", AttributeValue(axis)}};
    };
    op.samples = {{"rows", with(2, 0), {{DType::Float32, {3, 6}}}},
                  {"channels", with(3, 0), {{DType::Float32, {2, 6, 2, 3}}}},
                  {"last axis", with(2, -1), {{DType::Float32, {2, 3, 4}}}},
                  {"one part", with(1, 0), {{DType::Float32, {1, 5}}}}};
    return op;
}

}  // namespace gradlens
