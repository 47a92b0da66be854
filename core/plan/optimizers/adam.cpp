// SPDX-License-Identifier: GPL-3.0-or-later
// Adam and AdamW: the same step but for where weight decay enters.
#include "core/plan/optimizers/definitions.h"

#include <cmath>

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes&) {
    return {"adam_m", "adam_v"};
}

// intoGradient: what of the parameter is added to its gradient (Adam); keep: what of the parameter is left before the
// step (AdamW). Without the former it is not computed at all: zero times an infinite parameter would be NaN.
template <class T, bool Decays>
void updateAs(const UpdateContext& context, double intoGradient, double keep) {
    const double beta1 = context.attributes.real("beta1"), beta2 = context.attributes.real("beta2");
    const double steps = static_cast<double>(context.step + 1);
    // The two corrections for the moments' start at zero, once per parameter and in double.
    const T stepSize = static_cast<T>(context.learningRate / (1.0 - std::pow(beta1, steps)));
    const T root = static_cast<T>(1.0 / std::sqrt(1.0 - std::pow(beta2, steps)));
    const T b1 = static_cast<T>(beta1), rest1 = static_cast<T>(1.0 - beta1);
    const T b2 = static_cast<T>(beta2), rest2 = static_cast<T>(1.0 - beta2);
    const T epsilon = static_cast<T>(context.attributes.real("epsilon"));
    [[maybe_unused]] const T decay = static_cast<T>(intoGradient);
    const T kept = static_cast<T>(keep);
    const Clipping<T> clipped(context);
    T* parameters = context.parameter.as<T>().data();
    T* firsts = context.slotTensors[0].as<T>().data();
    T* seconds = context.slotTensors[1].as<T>().data();
    const T* gradients = context.gradient.as<const T>().data();
    for (std::int64_t i = 0, count = context.parameter.elements(); i < count; ++i) {
        T gradient = clipped(gradients[i]);
        if constexpr (Decays) gradient += decay * parameters[i];
        const T first = b1 * firsts[i] + rest1 * gradient;
        const T second = b2 * seconds[i] + rest2 * (gradient * gradient);
        firsts[i] = first;
        seconds[i] = second;
        parameters[i] = kept * parameters[i] - stepSize * first / (std::sqrt(second) * root + epsilon);
    }
}

void updateAdam(const UpdateContext& context) {
    const double decay = weightDecayOf(context);
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        if (decay != 0)
            updateAs<T, true>(context, decay, 1.0);
        else
            updateAs<T, false>(context, 0.0, 1.0);
    });
}

void updateAdamW(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(),
                 [&]<class T>() { updateAs<T, false>(context, 0.0, 1.0 - context.learningRate * weightDecayOf(context)); });
}

std::vector<AttributeSpec> attributesWith(AttributeSpec weightDecay) {
    constexpr double kBelowOne = 0.999999;
    return {learningRateAttribute(0.001),
            realAttribute("beta1", "Beta 1", 0.9, 0, kBelowOne, "How slowly the mean of the gradients moves"),
            realAttribute("beta2", "Beta 2", 0.999, 0, kBelowOne, "How slowly the mean of the squared gradients moves"),
            realAttribute("epsilon", "Epsilon", 1e-8, 0, 1, "Keeps the division finite where gradients are tiny; larger makes steps gentler"),
            std::move(weightDecay), decayAllAttribute()};
}
}  // namespace

OptimizerDefinition defineAdam() {
    OptimizerDefinition optimizer;
    optimizer.name = "Adam";
    optimizer.summary = "Gives every weight a step of its own, by the mean and the spread of its recent gradients. A good first choice.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g².  "
        "p -= rate · m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε) at step t = 1, 2 ...  [Kingma and Ba 2015; as torch.optim.Adam]";
    optimizer.attributes = attributesWith(weightDecayAttribute(0, "L2 regularisation: this much of each parameter is added to its gradient. For decay proper take AdamW"));
    optimizer.slotNames = slotNames;
    optimizer.update = updateAdam;
    optimizer.pytorch = "torch.optim.Adam";
    optimizer.keras = "keras.optimizers.Adam";
    return optimizer;
}

OptimizerDefinition defineAdamW() {
    OptimizerDefinition optimizer;
    optimizer.name = "AdamW";
    optimizer.summary = "Adam with weight decay that does not pass through the gradient's statistics; usual for transformers.";
    optimizer.maths =
        "p -= rate · weight_decay · p, then Adam's step with g = dL/dp: m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², "
        "p -= rate · m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε).  [Loshchilov and Hutter 2019; as torch.optim.AdamW]";
    optimizer.attributes = attributesWith(weightDecayAttribute(0.01, "At each step, rate times this share of each parameter is taken off"));
    optimizer.slotNames = slotNames;
    optimizer.update = updateAdamW;
    optimizer.pytorch = "torch.optim.AdamW";
    optimizer.keras = "keras.optimizers.AdamW";
    return optimizer;
}

}  // namespace gradlens
