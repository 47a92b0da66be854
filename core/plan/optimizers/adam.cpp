// SPDX-License-Identifier: GPL-3.0-or-later
// Adam and AdamW: the same step but for where weight decay enters.
#include "core/plan/optimizers/definitions.h"

#include <cmath>

namespace gradlens {

namespace {
// intoGradient: what of the parameter is added to its gradient (Adam); keep: what of the parameter is left before the
// step (AdamW).
template <class T>
void updateAs(const UpdateContext& context, double intoGradient, double keep) {
    const Moments<T> moments(context);
    const T stepSize = static_cast<T>(context.learningRate / moments.correction1);
    const T epsilon = static_cast<T>(context.attributes.real("epsilon")), kept = static_cast<T>(keep);
    T* firsts = slotOf<T>(context, 0);
    T* seconds = slotOf<T>(context, 1);
    forEachElement<T>(context, intoGradient, [=](std::int64_t i, T gradient, T& parameter) {
        const T first = moments.first(firsts[i], gradient), second = moments.second(seconds[i], gradient);
        firsts[i] = first;
        seconds[i] = second;
        parameter = kept * parameter - stepSize * first / (std::sqrt(second) * moments.root + epsilon);
    });
}

void updateAdam(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() { updateAs<T>(context, weightDecayOf(context), 1.0); });
}

void updateAdamW(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(),
                 [&]<class T>() { updateAs<T>(context, 0.0, 1.0 - context.learningRate * weightDecayOf(context)); });
}

std::vector<AttributeSpec> attributesWith(AttributeSpec weightDecay) {
    return {learningRateAttribute(0.001),
            averageAttribute("beta1", "Beta 1", 0.9, "How slowly the mean of the gradients moves"),
            averageAttribute("beta2", "Beta 2", 0.999, "How slowly the mean of the squared gradients moves"),
            epsilonAttribute(1e-8),
            std::move(weightDecay),
            decayAllAttribute()};
}
}  // namespace

OptimizerDefinition defineAdam() {
    OptimizerDefinition optimizer;
    optimizer.name = "Adam";
    optimizer.summary =
        "Gives every weight a step of its own, by the mean and the spread of its recent gradients. A good first "
        "choice.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g².  p -= rate · m / (1 - β₁ᵗ) / "
        "(√(v / (1 - β₂ᵗ)) + ε) at step t = 1, 2 ...  [Kingma and Ba 2015; as torch.optim.Adam]";
    optimizer.attributes = attributesWith(weightDecayAttribute(
        0, "L2 regularisation: this much of each parameter is added to its gradient. For decay proper take AdamW"));
    optimizer.slotNames = momentSlots;
    optimizer.update = updateAdam;
    optimizer.pytorch = "torch.optim.Adam";
    optimizer.keras = "keras.optimizers.Adam";
    return optimizer;
}

OptimizerDefinition defineAdamW() {
    OptimizerDefinition optimizer;
    optimizer.name = "AdamW";
    optimizer.summary =
        "Adam with weight decay that does not pass through the gradient's statistics; usual for transformers.";
    optimizer.maths =
        "p -= rate · weight_decay · p, then Adam's step with g = dL/dp: m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², "
        "p -= rate · m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε).  [Loshchilov and Hutter 2019; as torch.optim.AdamW]";
    optimizer.attributes = attributesWith(
        weightDecayAttribute(0.01, "At each step, rate times this share of each parameter is taken off"));
    optimizer.slotNames = momentSlots;
    optimizer.update = updateAdamW;
    optimizer.pytorch = "torch.optim.AdamW";
    optimizer.keras = "keras.optimizers.AdamW";
    return optimizer;
}

}  // namespace gradlens
