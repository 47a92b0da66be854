// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
bool fits(const Shape& shape, const Shape& first, int axis) {
    if (shape.rank() != first.rank()) return false;
    for (int i = 0; i < shape.rank(); ++i)
        if (i != axis && shape[i] != first[i]) return false;
    return true;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    Shape result = inputs[0].shape;
    if (auto problem = sampleAxisProblem(attributes, result)) return inferenceProblem(std::move(*problem));
    const int axis = sampleAxis(attributes, result);
    for (std::size_t i = 1; i < inputs.size(); ++i) {
        const Shape& shape = inputs[i].shape;
        if (!fits(shape, inputs[0].shape, axis))
            return inferenceProblem({static_cast<int>(i),
                                     "cannot join " + shape.toString() + " to " + inputs[0].shape.toString() +
                                         " along axis " + std::to_string(axis - 1) +
                                         " of a sample: all other sizes must be the same",
                                     inputs[0].shape.toString(), shape.toString(),
                                     "Make the branches alike in every other axis, or join along another one"});
        result.set(axis, result[axis] + shape[axis]);
    }
    Inference inference;
    inference.outputs = {{inputs[0].dtype, result}};
    return inference;
}

// Calls body(input index, the part's first byte in a run of the joined tensor, bytes a run of that part).
struct Runs {
    std::int64_t rows, joined;  // runs, and bytes in one run of the joined tensor

    Runs(const TensorView& whole, int axis)
        : rows(whole.shape().slice(0, axis).elements()),
          joined(whole.shape().slice(axis).elements() * static_cast<std::int64_t>(sizeOf(whole.dtype()))) {}
};

std::int64_t runBytes(const TensorView& part, int axis) {
    return part.shape().slice(axis).elements() * static_cast<std::int64_t>(sizeOf(part.dtype()));
}

void forward(const ForwardContext& context) {
    const int axis = sampleAxis(context.attributes, context.outputs[0].shape());
    const Runs runs(context.outputs[0], axis);
    auto* to = static_cast<std::byte*>(context.outputs[0].data());
    for (const TensorView& input : context.inputs) {
        const std::int64_t bytes = runBytes(input, axis);
        copyRows(context.arena, static_cast<const std::byte*>(input.data()), bytes, to, runs.joined, runs.rows, bytes);
        to += bytes;
    }
}

void backward(const BackwardContext& context) {
    const int axis = sampleAxis(context.attributes, context.gradOutputs[0].shape());
    const Runs runs(context.gradOutputs[0], axis);
    const auto* from = static_cast<const std::byte*>(context.gradOutputs[0].data());
    for (const TensorView& gradient : context.gradInputs) {
        const std::int64_t bytes = runBytes(gradient, axis);
        if (gradient)
            copyRows(context.arena, from, runs.joined, static_cast<std::byte*>(gradient.data()), bytes, runs.rows,
                     bytes);
        from += bytes;
    }
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}

SourceCode toSource(const SourceCall& call, const char* function, const char* axis) {
    return pythonFunction(PythonCall(function)
                              .with("[" + joined(call.arguments, ", ") + "]")
                              .with(axis, python(sampleAxis(call.attributes, call.shape()))));
}

SourceCode toPyTorch(const SourceCall& call) {
    return toSource(call, "torch.cat", "dim");
}

SourceCode toKeras(const SourceCall& call) {
    return toSource(call, "ops.concatenate", "axis");
}
}  // namespace

OpDefinition defineConcat() {
    OpDefinition op;
    op.name = "Concat";
    op.category = "Merge";
    op.summary = "Joins tensors along one axis, as where the branches of a network meet.";
    op.maths =
        "y holds x₀, then x₁ ... along the axis; all other sizes are the same.  Each input's gradient is its part of "
        "dL/dy.  [torch.cat; as in DenseNet, Huang et al. 2017]";
    op.baseName = "concat";
    op.inputs = {{"inputs", "Two or more tensors that differ only in the size of the axis", PortKind::Real, true}};
    op.outputs = {{"output", "The inputs' shape, with the sizes along the axis added up"}};
    op.attributes = {sampleAxisAttribute(0, "The axis of a sample to join along: 0 joins the channels of images.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Concat", "torch.cat", "Concatenate"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    op.samples = {
        {"two rows", {}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 2}}}},
        {"channels",
         {},
         {{DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 1, 5, 7}}, {DType::Float32, {2, 2, 5, 7}}}},
        {"last axis", {{"axis", std::int64_t{-1}}}, {{DType::Float32, {2, 3, 1}}, {DType::Float32, {2, 3, 5}}}},
        {"one input", {}, {{DType::Float32, {1, 7}}}}};
    return op;
}

}  // namespace gradlens
