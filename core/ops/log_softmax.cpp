// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/softmax.h"
#include "core/ops/catalogue/python_text.h"
#include "core/ops/catalogue/sample_axis.h"

#include <cmath>

namespace gradlens {

namespace {
Inference infer(const Attributes& attributes, std::span<const TensorType> inputs) {
    if (auto problem = sampleAxisProblem(attributes, inputs[0].shape)) return inferenceProblem(std::move(*problem));
    Inference inference;
    inference.outputs = {inputs[0]};
    return inference;
}

// Calls body(first element of a group) for every group of the axis; its elements lie `inner` apart.
template <class Body>
void forGroups(const Arena& arena, const AxisLayout& layout, Body body) {
    const std::int64_t grain = std::max<std::int64_t>(1, (1 << 12) / std::max<std::int64_t>(layout.classes, 1));
    arena.forRange(layout.outer * layout.inner, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t group = begin; group < end; ++group)
            body(group / layout.inner * layout.classes * layout.inner + group % layout.inner);
    });
}

void forward(const ForwardContext& context) {
    const Shape& shape = context.inputs[0].shape();
    const AxisLayout layout = axisLayout(shape, sampleAxis(context.attributes, shape));
    if (layout.classes == 0) return;
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const T* x = context.inputs[0].as<const T>().data();
        T* const y = context.outputs[0].as<T>().data();
        forGroups(context.arena, layout, [&](std::int64_t first) {
            const auto at = [&](std::int64_t c) { return first + c * layout.inner; };
            T largest = x[first];
            for (std::int64_t c = 1; c < layout.classes; ++c) largest = x[at(c)] > largest ? x[at(c)] : largest;
            const T sum = laneSum<T>(layout.classes, [&](std::int64_t c) { return exponential(x[at(c)] - largest); });
            const T offset = largest + std::log(sum);
            for (std::int64_t c = 0; c < layout.classes; ++c) y[at(c)] = x[at(c)] - offset;
        });
    });
}

void backward(const BackwardContext& context) {
    const Shape& shape = context.outputs[0].shape();
    const AxisLayout layout = axisLayout(shape, sampleAxis(context.attributes, shape));
    dispatchReal(context.outputs[0].dtype(), [&]<class T>() {
        const T *y = context.outputs[0].as<const T>().data(), *gradient = context.gradOutputs[0].as<const T>().data();
        T* const target = context.gradInputs[0].as<T>().data();
        forGroups(context.arena, layout, [&](std::int64_t first) {
            const auto at = [&](std::int64_t c) { return first + c * layout.inner; };
            const T sum = laneSum<T>(layout.classes, [&](std::int64_t c) { return gradient[at(c)]; });
            for (std::int64_t c = 0; c < layout.classes; ++c)
                target[at(c)] = gradient[at(c)] - exponential(y[at(c)]) * sum;
        });
    });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(16, inputs, inference);
}
}  // namespace

OpDefinition defineLogSoftmax() {
    OpDefinition op;
    op.name = "LogSoftmax";
    op.category = "Activation";
    op.summary =
        "Turns scores into logarithms of probabilities along one axis, exact where the probabilities would vanish.";
    op.maths =
        "yᵢ = xᵢ - max x - log Σⱼ exp(xⱼ - max x) along the axis.  dL/dxᵢ = dL/dyᵢ - exp(yᵢ) Σⱼ dL/dyⱼ.  [as "
        "torch.nn.LogSoftmax]";
    op.baseName = "log_softmax";
    op.inputs = {{"input", "Scores: batch x ..., at least one axis beside the batch"}};
    op.outputs = {{"output", "Log-probabilities, the input's shape"}};
    op.attributes = {sampleAxisAttribute(-1, "The axis to normalise over.")};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsOutputs = true;
    op.forwardInPlace = true;
    op.backwardInPlace = true;
    op.exported = {"LogSoftmax", "LogSoftmax", "log_softmax"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("torch.log_softmax")
                                  .with(call.argument())
                                  .with("dim", python(sampleAxis(call.attributes, call.shape()))));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction(PythonCall("ops.log_softmax")
                                  .with(call.argument())
                                  .with("axis", python(sampleAxis(call.attributes, call.shape()))));
    };
    const auto axis = [](std::int64_t value) { return Attributes{{"axis", AttributeValue(value)}}; };
    op.samples = {{"rows", {}, {{DType::Float32, {3, 5}}}},
                  {"channels of images", axis(0), {{DType::Float32, {2, 3, 5, 7}}}},
                  {"long rows", {}, {{DType::Float32, {2, 67}}}},
                  {"one class, one sample", {}, {{DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
