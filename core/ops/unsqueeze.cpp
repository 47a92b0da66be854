// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/copy.h"
#include "core/ops/catalogue/op.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (shape.rank() < 1) return inferenceProblem(noBatchProblem(0));
    if (shape.rank() >= Shape::kMaxRank)
        return inferenceProblem({0, "has no room for another axis",
                                 "at most " + std::to_string(Shape::kMaxRank - 1) + " axes", shape.toString(),
                                 "Reshape it first"});
    // 0 puts it right behind the batch, -1 at the end.
    const auto given = static_cast<int>(attributes.integer("axis"));
    const int place = given < 0 ? given + shape.rank() + 1 : given + 1;
    if (place < 1 || place > shape.rank())
        return inferenceProblem({0,
                                 "has no place " + std::to_string(given) + " for a new axis in a sample of shape " +
                                     shape.slice(1).toString(),
                                 "from 0 to " + std::to_string(shape.rank() - 1), std::to_string(given),
                                 "Choose such a place, or -1 for the end"});
    Shape with;
    for (int i = 0; i <= shape.rank(); ++i) {
        if (i == place) with.append(1);
        if (i < shape.rank()) with.append(shape[i]);
    }
    Inference inference;
    inference.outputs = {{inputs[0].dtype, with}};
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

int placeOf(const Attributes& attributes, const Shape& shape) {
    const auto given = static_cast<int>(attributes.integer("axis"));
    return given < 0 ? given + shape.rank() + 1 : given + 1;
}
}  // namespace

OpDefinition defineUnsqueeze() {
    OpDefinition op;
    op.name = "Unsqueeze";
    op.category = "Shape";
    op.summary = "Puts in an axis with one element, as where a picture needs a channel.";
    op.maths =
        "The same values in a shape with one more axis of size 1.  The gradient is laid back the same way.  "
        "[torch.unsqueeze]";
    op.baseName = "unsqueeze";
    op.inputs = {{"input", "Batch x ..."}};
    op.outputs = {{"output", "The same with one more axis"}};
    op.attributes = {integerAttribute("axis", "Axis", 0, -Shape::kMaxRank, Shape::kMaxRank - 1,
                                      "Where the new axis stands: 0 is right behind the batch, -1 the end.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Unsqueeze", "torch.unsqueeze", "expand_dims"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.unsqueeze")
                                  .with(call.argument())
                                  .with("dim", python(placeOf(call.attributes, call.shape()))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.expand_dims")
                                  .with(call.argument())
                                  .with("axis", python(placeOf(call.attributes, call.shape()))));
    };
    const auto axis = [](std::int64_t value) { return Attributes{{"axis", AttributeValue(value)}}; };
    op.samples = {{"channels", {}, {{DType::Float32, {3, 5, 4}}}},
                  {"end", axis(-1), {{DType::Float32, {2, 3}}}},
                  {"single values", axis(0), {{DType::Float32, {5}}}}};
    return op;
}

}  // namespace gradlens
