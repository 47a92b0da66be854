// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/strided.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/windows.h"

namespace gradlens {

namespace {
// Operand 0 is the output, operand 1 the input, which stands still along the axes that are repeated.
StridedLayout<2> layoutOf(const Shape& input, const Shape& output) {
    return {output, {broadcastStrides(output, output), broadcastStrides(input, output)}};
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& input = inputs[0].shape;
    const IntegerList& sizes = attributes.list("sizes");
    if (input.rank() == 0) return inferenceProblem(noBatchProblem(0));
    const std::string wanted = toText(sizes), sample = input.slice(1).toString();
    if (static_cast<int>(sizes.size()) < input.rank() - 1)
        return inferenceProblem({0, "names " + std::to_string(sizes.size()) + " sizes for a sample of shape " + sample,
                                 "a size for each of its axes", wanted, "Add sizes; -1 leaves an axis as it is"});
    Shape output = {input[0]};
    const int added = static_cast<int>(sizes.size()) - (input.rank() - 1);
    for (int i = 0; i < static_cast<int>(sizes.size()); ++i) {
        const std::int64_t size = sizes[static_cast<std::size_t>(i)], before = i < added ? 1 : input[i - added + 1];
        if (size == 0 || (size == -1 && i < added))
            return inferenceProblem({-1,
                                     "has size " + std::to_string(size) + " for " +
                                         (i < added ? "a new axis" : "axis " + std::to_string(i)),
                                     "1 or more", wanted, "Give it a size"});
        if (size != -1 && before != 1 && before != size)
            return inferenceProblem({0,
                                     "cannot repeat an axis of " + std::to_string(before) + " to " +
                                         std::to_string(size) + ": only axes of size 1 can be repeated",
                                     wanted, sample, "Set this size to " + std::to_string(before) + " or -1"});
        output.append(size == -1 ? before : size);
    }
    if (!isPayable(output)) return inferenceProblem(tooLarge("an output", output));
    Inference inference;
    inference.outputs = {{inputs[0].dtype, output}};
    return inference;
}

void forward(const ForwardContext& context) {
    const auto layout = layoutOf(context.inputs[0].shape(), context.outputs[0].shape());
    const std::int64_t step = layout.inner().strides[1];
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* from = context.inputs[0].as<const T>().data();
        T* to = context.outputs[0].as<T>().data();
        forRuns(context.arena, layout, [=](const auto& at, std::int64_t count) {
            for (std::int64_t k = 0; k < count; ++k) to[at[0] + k] = from[at[1] + k * step];
        });
    });
}

void backward(const BackwardContext& context) {
    const auto layout = layoutOf(context.gradInputs[0].shape(), context.gradOutputs[0].shape());
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* from = context.gradOutputs[0].as<const T>().data();
        foldAxes(
            context.arena, layout, context.gradInputs[0].as<T>().data(), T(0),
            [=](const auto& at, std::int64_t i) { return from[at[0] + i]; }, [](T a, T b) { return a + b; });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    const auto small = static_cast<double>(inputs[0].shape.elements()),
               large = static_cast<double>(inference.outputs[0].shape.elements());
    const auto size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{0, small * size, large * size}, {large, large * size, small * size}};
}

// The input with axes of size 1 where new ones come in front.
std::string withNewAxes(const SourceCall& call, ReshapeText* reshape) {
    const Shape& output = call.inference.outputs[0].shape;
    Shape sample;
    for (int i = call.shape().rank(); i < output.rank(); ++i) sample.append(1);
    for (const std::int64_t size : call.shape().slice(1)) sample.append(size);
    return sample.rank() + 1 == call.shape().rank() ? call.argument() : reshape(call.argument(), sample);
}

SourceCode toPyTorch(const SourceCall& call) {
    std::string text = withNewAxes(call, torchReshape) + ".expand(-1";
    for (const std::int64_t size : call.inference.outputs[0].shape.slice(1)) text += ", " + python(size);
    return pythonFunction(text + ")");
}

SourceCode toKeras(const SourceCall& call) {
    const Shape& output = call.inference.outputs[0].shape;
    const int added = output.rank() - call.shape().rank();
    Shape times = {1};
    for (int i = 1; i < output.rank(); ++i)
        times.append(i > added && call.shape()[i - added] == output[i] ? 1 : output[i]);
    return pythonFunction("ops.tile(" + withNewAxes(call, kerasReshape) + ", " + python(times) + ")");
}
}  // namespace

OpDefinition defineExpand() {
    OpDefinition op;
    op.name = "Expand";
    op.category = "Shape";
    op.summary = "Repeats axes of size 1, and may add axes in front of a sample's.";
    op.maths =
        "y[n, ..., i, ...] = x[n, ..., 0, ...] along the repeated axes.  dL/dx sums dL/dy over them.  [as "
        "torch.Tensor.expand]";
    op.baseName = "expand";
    op.inputs = {{"input", "Batch x ..."}};
    op.outputs = {{"output", "Batch x the sizes"}};
    op.attributes = {listAttribute(
        "sizes", "Sizes", {-1}, -1, 1e9, 1, Shape::kMaxRank - 1,
        "The sample's sizes, without the batch; -1 leaves an axis as it is. More sizes than axes add axes in front.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.exported = {"Expand", "torch.Tensor.expand", "ops.broadcast_to"};
    op.toPyTorch = toPyTorch;
    op.toKeras = toKeras;
    const auto sizes = [](IntegerList list) { return Attributes{{"sizes", AttributeValue(std::move(list))}}; };
    op.samples = {{"last axis", sizes({-1, 4}), {{DType::Float32, {2, 3, 1}}}},
                  {"maps of numbers", sizes({-1, 3, 5}), {{DType::Float32, {2, 3, 1, 1}}}},
                  {"a new axis", sizes({4, -1}), {{DType::Float32, {3, 5}}}},
                  {"as it is", sizes({-1}), {{DType::Float32, {1, 3}}}}};
    return op;
}

}  // namespace gradlens
