// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/softmax.h"

#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    if (auto problem = sampleAxisProblem(attributes, inputs[0].shape)) return inferenceProblem(std::move(*problem));
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

template <class T>
void forwardAs(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const AxisLayout layout = axisLayout(shape, sampleAxis(context.attributes, shape));
    const SoftmaxTiles tiles(layout);
    const T* source = context.inputs[0].as<const T>().data();
    T* target = context.outputs[0].as<T>().data();
    context.arena.forTiles(tiles.count, [&](std::int64_t tile) {
        T maxima[SoftmaxTiles::kMaxColumns], sums[SoftmaxTiles::kMaxColumns];
        if (layout.inner == 1) {
            const std::int64_t end = std::min(layout.outer, (tile + 1) * tiles.groups);
            for (std::int64_t row = tile * tiles.groups; row < end; ++row)
                softmaxRow(source + row * layout.classes, target + row * layout.classes, layout.classes, maxima[0],
                           sums[0]);
        } else {
            const std::int64_t column = tile % tiles.perOuter * tiles.groups;
            const std::int64_t start = tile / tiles.perOuter * layout.classes * layout.inner + column;
            softmaxColumns(source + start, layout.inner, target + start, layout.inner, layout.classes,
                           std::min(tiles.groups, layout.inner - column), maxima, sums);
        }
    });
}

// dx = y (dy - sum over the group of y dy), for columns `stride` apart.
template <class T>
void backwardColumns(const T* y, const T* gradient, T* target, const AxisLayout& layout, std::int64_t width) {
    T dots[SoftmaxTiles::kMaxColumns] = {};
    for (std::int64_t c = 0; c < layout.classes; ++c)
        for (std::int64_t i = 0; i < width; ++i) dots[i] += y[c * layout.inner + i] * gradient[c * layout.inner + i];
    for (std::int64_t c = 0; c < layout.classes; ++c)
        for (std::int64_t i = 0; i < width; ++i) {
            const std::int64_t at = c * layout.inner + i;
            target[at] = y[at] * (gradient[at] - dots[i]);
        }
}

template <class T>
void backwardAs(const BackwardContext& context) {
    const Shape& shape = context.outputs[0].shape();
    const AxisLayout layout = axisLayout(shape, sampleAxis(context.attributes, shape));
    const SoftmaxTiles tiles(layout);
    const T* y = context.outputs[0].as<const T>().data();
    const T* gradient = context.gradOutputs[0].as<const T>().data();
    T* target = context.gradInputs[0].as<T>().data();
    context.arena.forTiles(tiles.count, [&](std::int64_t tile) {
        if (layout.inner == 1) {
            const std::int64_t end = std::min(layout.outer, (tile + 1) * tiles.groups);
            for (std::int64_t row = tile * tiles.groups; row < end; ++row) {
                const std::int64_t at = row * layout.classes;
                const T dot = laneSum<T>(layout.classes, [&](std::int64_t c) { return y[at + c] * gradient[at + c]; });
                for (std::int64_t c = 0; c < layout.classes; ++c) target[at + c] = y[at + c] * (gradient[at + c] - dot);
            }
        } else {
            const std::int64_t column = tile % tiles.perOuter * tiles.groups;
            const std::int64_t start = tile / tiles.perOuter * layout.classes * layout.inner + column;
            backwardColumns(y + start, gradient + start, target + start, layout,
                            std::min(tiles.groups, layout.inner - column));
        }
    });
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { forwardAs<T>(context); });
}

void backward(const BackwardContext& context) {
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() { backwardAs<T>(context); });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(16, inputs, inference);
}
}  // namespace

OpDefinition defineSoftmax() {
    OpDefinition op;
    op.name = "Softmax";
    op.category = "Activation";
    op.summary = "Turns scores into probabilities that add up to 1 along one axis.";
    op.maths =
        "yᵢ = exp(xᵢ - max x) / Σⱼ exp(xⱼ - max x) along the axis.  dL/dxᵢ = yᵢ · (dL/dyᵢ - Σⱼ yⱼ dL/dyⱼ).  [Bridle "
        "1990]  The SoftmaxCrossEntropy loss has one built in: give it the scores themselves.";
    op.baseName = "softmax";
    op.inputs = {{"input", "Scores: batch x ..., at least one axis beside the batch"}};
    op.outputs = {{"output", "Probabilities, the input's shape"}};
    op.attributes = {sampleAxisAttribute(-1, "The axis to normalise over.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsOutputs = true;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"Softmax", "Softmax", "Softmax"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.softmax")
                                  .with(call.argument())
                                  .with("dim", python(sampleAxis(call.attributes, call.shape()))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.softmax")
                                  .with(call.argument())
                                  .with("axis", python(sampleAxis(call.attributes, call.shape()))));
    };
    op.samples = {{"rows", {}, {{DType::Float32, {3, 5}}}},
                  {"channels of images", {{"axis", std::int64_t{0}}}, {{DType::Float32, {2, 3, 5, 7}}}},
                  {"middle axis", {{"axis", std::int64_t{-2}}}, {{DType::Float32, {3, 2, 19, 3}}}},
                  {"long rows", {}, {{DType::Float32, {2, 67}}}},
                  {"one class, one sample", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
