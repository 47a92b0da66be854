// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes&) {
    return {"lion_m"};
}

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        const double beta1 = context.attributes.real("beta1"), beta2 = context.attributes.real("beta2");
        const T b1 = static_cast<T>(beta1), rest1 = static_cast<T>(1.0 - beta1), b2 = static_cast<T>(beta2),
                rest2 = static_cast<T>(1.0 - beta2);
        const T rate = static_cast<T>(context.learningRate),
                kept = static_cast<T>(1.0 - context.learningRate * weightDecayOf(context));
        T* momenta = slotOf<T>(context, 0);
        forEachElement<T>(context, 0.0, [=](std::int64_t i, T gradient, T& parameter) {
            const T direction = b1 * momenta[i] + rest1 * gradient;
            const T sign = direction > 0 ? T(1) : direction < 0 ? T(-1) : direction;  // of 0 and NaN: themselves
            momenta[i] = b2 * momenta[i] + rest2 * gradient;
            parameter = kept * parameter - rate * sign;
        });
    });
}
}  // namespace

OptimizerDefinition defineLion() {
    OptimizerDefinition optimizer;
    optimizer.name = "Lion";
    optimizer.summary =
        "Steps of one size in the direction of a momentum: half the memory of Adam. Wants a learning rate three to ten "
        "times smaller.";
    optimizer.maths =
        "c = β₁ m + (1 - β₁) g.  p -= rate · (sign(c) + weight_decay · p).  m = β₂ m + (1 - β₂) g.  [Chen et al. 2023, "
        "algorithm 2]";
    optimizer.attributes = {
        learningRateAttribute(0.0001),
        averageAttribute("beta1", "Beta 1", 0.9, "How much of the momentum is in the direction of a step"),
        averageAttribute("beta2", "Beta 2", 0.99, "How slowly the momentum moves"),
        weightDecayAttribute(0, "At each step, rate times this share of each parameter is taken off"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "lion_pytorch.Lion";
    optimizer.keras = "keras.optimizers.Lion";
    return optimizer;
}

}  // namespace gradlens
