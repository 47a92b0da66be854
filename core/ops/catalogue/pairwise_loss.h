// SPDX-License-Identifier: GPL-3.0-or-later
// Losses that compare a prediction with a target of the same shape, number by number, and take the mean. Each states
// its Terms: constructed from the attributes, with
//   double value(double p, double t)       the loss of one pair
//   T slope(T p, T t)                      its derivative by the prediction
//   T targetSlope(T p, T t)                its derivative by the target
//   static double count(const Shape&)      what the sum is divided by
// Values add up in double, in eight lanes and in tiles: the order is a matter of the shape alone.
#pragma once
#include "core/kernels/elementwise.h"
#include "core/ops/catalogue/op.h"

#include <algorithm>

namespace gradlens {

// The shapes must agree.
Inference inferPairwiseLoss(const Attributes& attributes, std::span<const TensorType> inputs);
OpCost pairwiseLossCost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference);
// Ports, category, samples (odd sizes, one pair) and flags; functions and texts are the op's own.
OpDefinition pairwiseLossOp();

template <class Terms>
void pairwiseLossForward(const ForwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const Terms terms(context.attributes);
        const auto prediction = context.inputs[0].as<const T>(), target = context.inputs[1].as<const T>();
        const auto count = static_cast<std::int64_t>(prediction.size());
        const auto sumOf = [&](std::int64_t begin, std::int64_t end) {
            constexpr std::int64_t kLanes = 8;
            const T *p = prediction.data(), *t = target.data();
            double lanes[kLanes] = {};
            std::int64_t i = begin;
            for (; i + kLanes <= end; i += kLanes)
                for (std::int64_t lane = 0; lane < kLanes; ++lane)
                    lanes[lane] += terms.value(static_cast<double>(p[i + lane]), static_cast<double>(t[i + lane]));
            double sum = 0;
            for (; i < end; ++i) sum += terms.value(static_cast<double>(p[i]), static_cast<double>(t[i]));
            for (const double lane : lanes) sum += lane;
            return sum;
        };
        const double sum = context.arena.reduceTiles((count + kElementwiseGrain - 1) / kElementwiseGrain, 0.0,
                                                     [&](std::int64_t tile) {
                                                         return sumOf(tile * kElementwiseGrain,
                                                                      std::min(count, (tile + 1) * kElementwiseGrain));
                                                     },
                                                     [](double a, double b) { return a + b; });
        context.outputs[0].as<T>()[0] = static_cast<T>(sum / Terms::count(context.inputs[0].shape()));
    });
}

template <class Terms>
void pairwiseLossBackward(const BackwardContext& context) {
    dispatchReal(context.inputs[0].dtype(), [&]<class T>() {
        const Terms terms(context.attributes);
        const auto prediction = context.inputs[0].as<const T>(), target = context.inputs[1].as<const T>();
        const T factor = static_cast<T>(static_cast<double>(context.gradOutputs[0].as<const T>()[0]) /
                                        Terms::count(context.inputs[0].shape()));
        if (context.gradInputs[0])
            zipElements(context.arena, prediction, target, context.gradInputs[0].as<T>(),
                        [&](T p, T t) { return factor * terms.slope(p, t); });
        if (context.gradInputs[1])
            zipElements(context.arena, prediction, target, context.gradInputs[1].as<T>(),
                        [&](T p, T t) { return factor * terms.targetSlope(p, t); });
    });
}

template <class Terms>
OpDefinition pairwiseLoss() {
    OpDefinition op = pairwiseLossOp();
    op.forward = pairwiseLossForward<Terms>;
    op.backward = pairwiseLossBackward<Terms>;
    return op;
}

// The mean over all numbers.
struct MeanOverAll {
    static double count(const Shape& shape) { return static_cast<double>(shape.elements()); }
};

}  // namespace gradlens
