// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"

namespace gradlens {

namespace {
Inference infer(const Attributes&, std::span<const TensorType> inputs) {
    if (inputs[0].shape != inputs[1].shape)
        return inferenceProblem({1, "compares a prediction of shape " + inputs[0].shape.toString() + " with a target of shape " + inputs[1].shape.toString(),
                                 inputs[0].shape.toString(), inputs[1].shape.toString(),
                                 "Both must have the same shape: change the target input's sample shape or the last layer's units, or put a Reshape between"});
    Inference inference;
    inference.outputs = {{inputs[0].dtype, Shape{}}};
    return inference;
}

// Squares add up in double, in eight lanes and in tiles: the order is a matter of the shape alone.
template <class T>
double squaredDistance(const T* a, const T* b, std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t kLanes = 8;
    double lanes[kLanes] = {};
    std::int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes)
        for (std::int64_t lane = 0; lane < kLanes; ++lane) {
            const double difference = static_cast<double>(a[i + lane]) - static_cast<double>(b[i + lane]);
            lanes[lane] += difference * difference;
        }
    double rest = 0;
    for (; i < end; ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        rest += difference * difference;
    }
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7])) + rest;
}

template <class T>
void forwardAs(const ForwardContext& context) {
    const auto prediction = context.inputs[0].as<const T>();
    const auto target = context.inputs[1].as<const T>();
    const auto count = static_cast<std::int64_t>(prediction.size());
    const double sum = context.arena.reduceTiles(
        (count + kElementwiseGrain - 1) / kElementwiseGrain, 0.0,
        [&](std::int64_t tile) {
            const std::int64_t begin = tile * kElementwiseGrain;
            return squaredDistance(prediction.data(), target.data(), begin, std::min(count, begin + kElementwiseGrain));
        },
        [](double a, double b) { return a + b; });
    context.outputs[0].as<T>()[0] = static_cast<T>(sum / static_cast<double>(count));
}

template <class T>
void backwardAs(const BackwardContext& context) {
    const auto prediction = context.inputs[0].as<const T>();
    const auto target = context.inputs[1].as<const T>();
    const double gradient = static_cast<double>(context.gradOutputs[0].as<const T>()[0]);
    const T factor = static_cast<T>(2.0 * gradient / static_cast<double>(prediction.size()));
    if (context.gradInputs[0])
        zipElements(context.arena, prediction, target, context.gradInputs[0].as<T>(), [factor](T p, T t) { return factor * (p - t); });
    if (context.gradInputs[1])
        zipElements(context.arena, prediction, target, context.gradInputs[1].as<T>(), [factor](T p, T t) { return factor * (t - p); });
}

void forward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { forwardAs<T>(context); });
}

void backward(const BackwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() { backwardAs<T>(context); });
}

OpCost cost(const Attributes&, std::span<const TensorType> inputs, const Inference&) {
    const double elements = static_cast<double>(inputs[0].shape.elements());
    const double size = static_cast<double>(sizeOf(inputs[0].dtype));
    return {{3 * elements, 2 * elements * size, size}, {2 * elements, 2 * elements * size, elements * size}};
}
}  // namespace

OpDefinition defineMeanSquaredError() {
    OpDefinition op;
    op.name = "MeanSquaredError";
    op.category = "Loss";
    op.summary = "How far predictions are from targets: the mean of the squared differences.";
    op.maths = "L = 1/K · Σ (p - t)² over all K values of the batch.  dL/dp = 2 (p - t) / K.  [least squares; as torch.nn.MSELoss]";
    op.baseName = "loss";
    op.inputs = {{"prediction", "What the network says, any shape"}, {"target", "What it should say, the same shape"}};
    op.outputs = {{"loss", "One number: the mean over all values of the batch"}};
    op.attributes = {lossWeightAttribute()};
    op.infer = infer;
    op.forward = forward;
    op.backward = backward;
    op.cost = cost;
    op.backwardReadsInputs = true;
    op.isLoss = true;
    op.exported = {"MeanSquaredError", "MSELoss", "MeanSquaredError"};
    op.samples = {{"rows", {}, {{DType::Float32, {3, 5}}, {DType::Float32, {3, 5}}}},
                  {"images", {}, {{DType::Float32, {2, 3, 5, 7}}, {DType::Float32, {2, 3, 5, 7}}}},
                  {"single values", {}, {{DType::Float32, {7}}, {DType::Float32, {7}}}},
                  {"one", {}, {{DType::Float32, {1, 1}}, {DType::Float32, {1, 1}}}}};
    return op;
}

}  // namespace gradlens
