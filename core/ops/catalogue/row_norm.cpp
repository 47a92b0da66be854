// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/row_norm.h"

#include "core/kernels/row_norm.h"

namespace gradlens {

namespace {
template <bool kCentred>
RowNorm normOf(const Attributes& attributes, const Shape& input) {
    const int axes = static_cast<int>(attributes.integer("axes"));
    return {input.slice(0, input.rank() - axes).elements(), input.slice(input.rank() - axes).elements(),
            attributes.real("epsilon"), kCentred};
}

template <bool kCentred>
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    const TensorType& input = inputs[0];
    const auto axes = static_cast<int>(attributes.integer("axes"));
    if (input.shape.rank() < axes + 1)
        return inferenceProblem(
            {0, "normalises the last " + std::to_string(axes) + " axes, and the batch does not count",
             "at least " + std::to_string(axes + 1) + " axes", input.shape.toString(), "Normalise fewer axes"});
    const RowNorm norm = normOf<kCentred>(attributes, input.shape);
    if (norm.width < 1)
        return inferenceProblem({0, "expects something to normalise", "sizes of 1 or more", input.shape.toString(),
                                 "Check the layer before this one"});
    Inference inference;
    inference.outputs = {input};
    const Shape widths = input.shape.slice(input.shape.rank() - axes);
    if (attributes.flag("affine")) {
        inference.parameters.push_back({"weight", widths, Initializer::Ones, 1, 1, 1.0, true, false});
        if (kCentred) inference.parameters.push_back({"bias", widths, Initializer::Zeros, 1, 1, 1.0, true, false});
    }
    if (kCentred) inference.saved.push_back({input.dtype, {norm.rows}});
    inference.saved.push_back({input.dtype, {norm.rows}});
    dispatchReal(input.dtype, [&]<class T>() { inference.backwardScratch = rowNormBackwardScratch<T>(norm); });
    return inference;
}

template <class T>
const T* parameter(std::span<const TensorView> parameters, std::size_t index) {
    return index < parameters.size() ? parameters[index].as<const T>().data() : nullptr;
}

template <bool kCentred>
void forward(const ForwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        rowNormForward<T>(context.arena, normOf<kCentred>(context.attributes, input.shape()),
                          input.as<const T>().data(), parameter<T>(context.parameters, 0),
                          parameter<T>(context.parameters, 1), context.outputs[0].as<T>().data(),
                          kCentred ? context.saved[0].as<T>().data() : nullptr, context.saved.back().as<T>().data());
    });
}

template <bool kCentred>
void backward(const BackwardContext& context) {
    const TensorView& input = context.inputs[0];
    dispatchReal(input.dtype(), [&]<class T>() {
        const auto wanted = [](std::span<const TensorView> views, std::size_t index) -> T* {
            return index < views.size() && views[index] ? views[index].as<T>().data() : nullptr;
        };
        rowNormBackward<T>(context.arena, normOf<kCentred>(context.attributes, input.shape()),
                           input.as<const T>().data(), parameter<T>(context.parameters, 0),
                           kCentred ? context.saved[0].as<const T>().data() : nullptr,
                           context.saved.back().as<const T>().data(), context.gradOutputs[0].as<const T>().data(),
                           wanted(context.gradInputs, 0), wanted(context.gradParameters, 0),
                           wanted(context.gradParameters, 1), static_cast<std::byte*>(context.scratch.data()));
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(8, inputs, inference);
}
}  // namespace

OpDefinition rowNormOp(bool centred) {
    OpDefinition op;
    op.category = "Normalisation";
    op.inputs = {{"input", "Any shape; the last axes are normalised, each row of them by itself"}};
    op.outputs = {{"output", "The same shape"}};
    op.attributes = {integerAttribute("axes", "Axes", 1, 1, 7, "How many of the last axes make one row."),
                     realAttribute("epsilon", "Epsilon", centred ? 1e-5 : 1e-6, 1e-12, 1,
                                   "Added under the root, so that nothing is divided by zero."),
                     booleanAttribute("affine", "Learned scale", true,
                                      centred ? "Learned factors and offsets, one for each element of a row."
                                              : "Learned factors, one for each element of a row.")};
    op.infer = centred ? infer<true> : infer<false>;
    op.forward = centred ? forward<true> : forward<false>;
    op.backward = centred ? backward<true> : backward<false>;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.backwardInPlace = true;
    op.samples = {{"rows", {}, {{DType::Float32, {3, 7}}}},
                  {"sequences", {}, {{DType::Float32, {2, 3, 5}}}},
                  {"two axes", {{"axes", AttributeValue(std::int64_t{2})}}, {{DType::Float32, {2, 3, 5}}}},
                  {"nothing learned", {{"affine", AttributeValue(false)}}, {{DType::Float32, {1, 17}}}},
                  {"many rows", {}, {{DType::Float32, {70, 3}}}}};
    return op;
}

}  // namespace gradlens
