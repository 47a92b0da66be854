// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/row_norm.h"

#include "core/kernels/row_norm.h"
#include "core/ops/catalogue/python_text.h"

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

constexpr const char* kTorchRmsNorm = R"(class RMSNorm(nn.Module):
    """Divides rows, the last axes of the given shape, by their root mean square."""

    def __init__(self, shape, eps=1e-6, affine=True):
        super().__init__()
        self.axes = tuple(range(-len(shape), 0))
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(shape)) if affine else None

    def forward(self, x):
        y = x * torch.rsqrt(x.square().mean(dim=self.axes, keepdim=True) + self.eps)
        return y if self.weight is None else y * self.weight)";

constexpr const char* kKerasRmsNorm = R"(class RMSNorm(layers.Layer):
    """Divides rows, the last axes of the given shape, by their root mean square."""

    def __init__(self, shape, eps=1e-6, affine=True, **options):
        super().__init__(**options)
        self.axes = tuple(range(-len(shape), 0))
        self.eps = eps
        self.weight = self.add_weight(shape=shape, initializer="ones", name="weight") if affine else None

    def call(self, x):
        y = x * ops.rsqrt(ops.mean(ops.square(x), axis=self.axes, keepdims=True) + self.eps)
        return y if self.weight is None else y * self.weight)";

Shape rowShape(const SourceCall& call) {
    return call.shape().slice(call.shape().rank() - static_cast<int>(call.attributes.integer("axes")));
}

SourceCode rmsNorm(const SourceCall& call, const char* helper) {
    return pythonModule(call,
                        PythonCall("RMSNorm")
                            .with(python(rowShape(call)))
                            .option("eps", call.attributes.real("epsilon"), 1e-6)
                            .option("affine", call.attributes.flag("affine"), true),
                        sameWeights(call.inference), {helper});
}

template <bool kCentred>
SourceCode toPyTorch(const SourceCall& call) {
    if (!kCentred) return rmsNorm(call, kTorchRmsNorm);
    const Shape rows = rowShape(call);
    return pythonModule(call,
                        PythonCall("nn.LayerNorm")
                            .with(rows.rank() == 1 ? python(rows[0]) : python(rows))
                            .option("eps", call.attributes.real("epsilon"), 1e-5)
                            .option("elementwise_affine", call.attributes.flag("affine"), true),
                        sameWeights(call.inference));
}

template <bool kCentred>
SourceCode toKeras(const SourceCall& call) {
    if (!kCentred) return rmsNorm(call, kKerasRmsNorm);
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = -call.attributes.integer("axes"); axis < 0; ++axis) axes.push_back(axis);
    const bool affine = call.attributes.flag("affine");
    std::vector<SourceCode::Weight> weights;
    if (affine) weights = {{"gamma", {0}}, {"beta", {1}}};
    return pythonModule(call,
                        PythonCall("layers.LayerNormalization")
                            .with("axis", axes.size() == 1 ? "-1" : "list(" + python(axes) + ")")
                            .with("epsilon", python(call.attributes.real("epsilon")))
                            .option("center", affine, true)
                            .option("scale", affine, true),
                        std::move(weights));
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
    op.toPyTorch = centred ? toPyTorch<true> : toPyTorch<false>;
    op.toKeras = centred ? toKeras<true> : toKeras<false>;
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
