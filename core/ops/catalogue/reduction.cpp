// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

#include <bitset>

namespace gradlens {

namespace {
using Axes = std::bitset<Shape::kMaxRank>;

// 0 is the first axis behind the batch, negative ones count from the last; an empty list is every axis but the batch.
std::int64_t resolved(std::int64_t axis, const Shape& shape) {
    return axis < 0 ? axis + shape.rank() : axis + 1;
}

Axes axesOf(const Attributes& attributes, const Shape& shape) {
    const IntegerList& list = attributes.list("axes");
    Axes axes;
    for (const std::int64_t axis : list) axes.set(static_cast<std::size_t>(resolved(axis, shape)));
    if (list.empty())
        for (int axis = 1; axis < shape.rank(); ++axis) axes.set(static_cast<std::size_t>(axis));
    return axes;
}

Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const Shape& shape = inputs[0].shape;
    if (shape.rank() == 0) return inferenceProblem(noBatchProblem(0));
    const std::string last = std::to_string(shape.rank() - 2);
    const std::string hint = shape.rank() == 1 ? "Leave the axes empty: these samples have none"
                                               : "Choose axes from 0 to " + last + ", or negative ones from the last";
    Axes seen;
    for (const std::int64_t given : attributes.list("axes")) {
        const std::int64_t axis = resolved(given, shape);
        const std::string name = std::to_string(given);
        if (axis == 0)
            return inferenceProblem({0, "cannot reduce axis " + name + " of " + shape.toString() + ": it is the batch",
                                     "axes of a sample", name, hint});
        if (axis < 0 || axis >= shape.rank())
            return inferenceProblem({0, "has no axis " + name + " in " + shape.toString(), "an input with such an axis",
                                     shape.toString(), hint});
        if (seen.test(static_cast<std::size_t>(axis)))
            return inferenceProblem({-1, "names axis " + name + " twice", "each axis once",
                                     toText(attributes.list("axes")), "Remove one of them"});
        seen.set(static_cast<std::size_t>(axis));
    }
    const Axes axes = axesOf(attributes, shape);
    Shape result;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        if (!axes.test(static_cast<std::size_t>(axis)))
            result.append(shape[axis]);
        else if (attributes.flag("keep_dims"))
            result.append(1);
    }
    Inference inference;
    inference.outputs = {{inputs[0].dtype, result}};
    return inference;
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    const auto elements = static_cast<double>(inputs[0].shape.elements()),
               size = static_cast<double>(sizeOf(inputs[0].dtype));
    const double results = static_cast<double>(inference.outputs[0].shape.elements()) * size;
    return {{elements, elements * size, results}, {elements, results, elements * size}};
}
}  // namespace

StridedLayout<2> reductionLayout(const Attributes& attributes, const Shape& input) {
    const Axes axes = axesOf(attributes, input);
    Strides target{};
    std::int64_t step = 1;
    for (int axis = input.rank() - 1; axis >= 0; --axis) {
        const auto at = static_cast<std::size_t>(axis);
        if (axes.test(at)) continue;
        target[at] = step;
        step *= input[axis];
    }
    return {input, {broadcastStrides(input, input), target}};
}

std::int64_t reducedElements(const Attributes& attributes, const Shape& input) {
    const Axes axes = axesOf(attributes, input);
    std::int64_t count = 1;
    for (int axis = 1; axis < input.rank(); ++axis)
        if (axes.test(static_cast<std::size_t>(axis))) count *= input[axis];
    return count;
}

Inference inferExtreme(const Attributes& attributes, std::span<const TensorType> inputs) {
    Inference inference = infer(attributes, inputs);
    if (inference.problems.empty())
        inference.backwardScratch =
            static_cast<std::size_t>(inference.outputs[0].shape.elements()) * sizeOf(inputs[0].dtype);
    return inference;
}

void extremeBackward(const BackwardContext& context) {
    dispatchReal(context.gradOutputs[0].dtype(), [&]<class T>() {
        const T* x = context.inputs[0].as<const T>().data();
        const T* y = context.outputs[0].as<const T>().data();
        const T* gradient = context.gradOutputs[0].as<const T>().data();
        T* to = context.gradInputs[0].as<T>().data();
        const auto same = [](T a, T b) { return a == b || (a != a && b != b) ? T(1) : T(0); };
        T* const ties = static_cast<T*>(context.scratch.data());
        const auto layout = reductionLayout(context.attributes, context.inputs[0].shape());
        const std::int64_t step = layout.inner().strides[1];
        foldAxes(
            context.arena, layout, ties, T(0),
            [=](const auto& at, std::int64_t i) { return same(x[at[0] + i], y[at[1] + i * step]); },
            [](T a, T b) { return a + b; });
        forReduced(context.arena, context.attributes, context.inputs[0].shape(),
                   [=](std::int64_t i, std::int64_t j, std::int64_t count, std::int64_t) {
                       for (std::int64_t k = 0; k < count; ++k)
                           to[i + k] = same(x[i + k], y[j + k * step]) * (gradient[j + k * step] / ties[j + k * step]);
                   });
    });
}

OpDefinition reduction(std::string name, OpSample::Fill fill) {
    OpDefinition op;
    op.baseName = name;
    for (char& letter : op.baseName)
        letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    op.name = std::move(name);
    op.category = "Reduction";
    op.inputs = {{"input", "batch x ..."}};
    op.outputs = {{"output", "The input's shape without the reduced axes, or with 1 in their place"}};
    op.attributes = {
        listAttribute("axes", "Axes", {}, -(Shape::kMaxRank - 1), Shape::kMaxRank - 2, 0, Shape::kMaxRank - 1,
                      "The axes to fold: 0 is the first behind the batch, -1 the last; none: all but the batch"),
        booleanAttribute("keep_dims", "Keep axes", false, "Leave an axis of size 1 where one was folded")};
    op.infer = infer;
    op.cost = cost;
    const auto sample = [fill](std::string title, IntegerList axes, bool keep, Shape shape) {
        return OpSample{
            std::move(title), {{"axes", std::move(axes)}, {"keep_dims", keep}}, {{DType::Float32, shape}}, fill};
    };
    op.samples = {sample("all", {}, false, {3, 5, 7}),          sample("last axis", {-1}, false, {3, 37}),
                  sample("channels", {0}, true, {2, 3, 5, 7}),  sample("height and width", {1, 2}, true, {2, 3, 5, 7}),
                  sample("apart", {0, 2}, false, {2, 3, 5, 7}), sample("one", {}, false, {1, 1})};
    return op;
}

namespace {
std::vector<std::int64_t> axisList(const SourceCall& call) {
    const Axes axes = axesOf(call.attributes, call.shape());
    std::vector<std::int64_t> list;
    for (int axis = 1; axis < call.shape().rank(); ++axis)
        if (axes.test(static_cast<std::size_t>(axis))) list.push_back(axis);
    return list;
}

// One axis reads better without a tuple.
std::string axesText(const std::vector<std::int64_t>& axes) {
    return axes.size() == 1 ? python(axes[0]) : python(axes);
}
}  // namespace

bool reducesNothing(const SourceCall& call) {
    return axisList(call).empty();
}

SourceCode torchReduction(const SourceCall& call, const char* function, const std::string& order) {
    if (reducesNothing(call)) return pythonFunction(call.argument());
    PythonCall folded(function);
    folded.with(call.argument());
    if (!order.empty()) folded.with(order);
    folded.with("dim", axesText(axisList(call))).option("keepdim", call.attributes.flag("keep_dims"), false);
    return pythonFunction(folded);
}

SourceCode kerasReduction(const SourceCall& call, const char* function, const std::string& of) {
    if (reducesNothing(call)) return pythonFunction(of);
    return pythonFunction(PythonCall(function)
                              .with(of)
                              .with("axis", axesText(axisList(call)))
                              .option("keepdims", call.attributes.flag("keep_dims"), false));
}

}  // namespace gradlens
