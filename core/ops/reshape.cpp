// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr double kLargestSize = 1 << 24;

// The shape as the user wrote it: "64x?x7".
std::string wanted(const IntegerList& sizes) {
    std::string text;
    for (const std::int64_t size : sizes)
        text += (text.empty() ? "" : "x") + (size < 0 ? std::string("?") : std::to_string(size));
    return text.empty() ? "scalar" : text;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    if (inputs[0].shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    const IntegerList& sizes = attributes.list("shape");
    const Shape sample = inputs[0].shape.slice(1);
    const std::int64_t available = sample.elements();
    const std::string given = wanted(sizes) + " a sample";
    if (std::ranges::count(sizes, 0) > 0)
        return inferenceProblem({-1, "cannot reshape to " + given + ": no size may be 0", "", given,
                                 "Use -1 for the one size that follows from the others"});
    if (std::ranges::count(sizes, -1) > 1)
        return inferenceProblem({-1, "cannot reshape to " + given + ": only one size may be left open",
                                 "one -1 at most", given, "Give all sizes but one"});
    Shape known;
    for (const std::int64_t size : sizes) known.append(size < 0 ? 1 : size);
    const auto product = known.checkedElements();
    const bool open = std::ranges::count(sizes, -1) == 1;
    if (!product || (open ? available % *product != 0 : available != *product))
        return inferenceProblem(
            {0,
             "cannot lay " + std::to_string(available) + " values a sample (" + sample.toString() + ") out as " +
                 wanted(sizes),
             (product ? (open ? "a multiple of " : "") + std::to_string(*product) : std::string("fewer")) +
                 " values a sample",
             std::to_string(available) + " values a sample (" + sample.toString() + ")",
             "Choose sizes whose product is " + std::to_string(available) + ", or -1 for one of them"});
    for (int axis = 0; axis < known.rank(); ++axis)
        if (sizes[static_cast<std::size_t>(axis)] < 0) known.set(axis, available / *product);
    Inference inference;
    inference.outputs = {{inputs[0].dtype, known.withFront(inputs[0].shape[0])}};
    return inference;
}

void forward(const ForwardContext& context) {
    copyElements(context.arena, context.inputs[0], context.outputs[0]);
}

void backward(const BackwardContext& context) {
    copyElements(context.arena, context.gradOutputs[0], context.gradInputs[0]);
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(0, inputs, inference);
}
}  // namespace

OpDefinition defineReshape() {
    OpDefinition op;
    op.name = "Reshape";
    op.category = "Shape";
    op.summary = "Gives the values of each sample another shape, in the same order.";
    op.maths =
        "y[n, ...] holds the values of x[n, ...], the innermost axis running fastest in both.  The gradient is laid "
        "back the same way.  [row-major order, as torch.reshape]";
    op.baseName = "reshape";
    op.inputs = {{"input", "Any shape: batch x ..."}};
    op.outputs = {{"output", "batch x the chosen shape"}};
    op.attributes = {listAttribute(
        "shape", "Sample shape", {-1}, -1, kLargestSize, 0, Shape::kMaxRank - 1,
        "The new shape of one sample, without the batch; one size may be -1 and follows from the others")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Reshape", "Unflatten", "Reshape"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(torchReshape(call.argument(), call.inference.outputs[0].shape.slice(1)));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(kerasReshape(call.argument(), call.inference.outputs[0].shape.slice(1)));
    };
    op.samples = {{"row to image", {{"shape", IntegerList{1, 5, 7}}}, {{DType::Float32, {3, 35}}}},
                  {"one size open", {{"shape", IntegerList{3, -1}}}, {{DType::Float32, {2, 5, 9}}}},
                  {"one sample", {{"shape", IntegerList{-1}}}, {{DType::Float32, {1, 3, 3}}}},
                  {"to single values", {{"shape", IntegerList{}}}, {{DType::Float32, {5, 1}}}}};
    return op;
}

}  // namespace gradlens
