// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
// The product of the momenta up to the step. It soon vanishes beside 1, and the momentum becomes beta 1.
struct MomentumSchedule {
    explicit MomentumSchedule(const UpdateContext& context) {
        constexpr double kVanishing = 1e-18;
        const double beta = context.attributes.real("beta1"),
                     ratio = std::pow(0.96, context.attributes.real("momentum_decay"));
        double power = 1;
        for (std::int64_t t = 0; t <= context.step; ++t) {
            power *= ratio;
            momentum = beta * (1 - 0.5 * power);
            product *= momentum;
            if (product < kVanishing) break;
            if (power < kVanishing) {
                product *= std::pow(beta, static_cast<double>(context.step - t));
                break;
            }
        }
        const double steps = static_cast<double>(context.step + 1);
        momentum = beta * (1 - 0.5 * std::pow(ratio, steps));
        next = beta * (1 - 0.5 * std::pow(ratio, steps + 1));
    }
    double momentum = 0, next = 0, product = 1;
};

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        const Moments<T> moments(context);
        const MomentumSchedule schedule(context);
        const T ofGradient = static_cast<T>(context.learningRate * (1 - schedule.momentum) / (1 - schedule.product));
        const T ofMean = static_cast<T>(context.learningRate * schedule.next / (1 - schedule.product * schedule.next));
        const T epsilon = static_cast<T>(context.attributes.real("epsilon"));
        T* firsts = slotOf<T>(context, 0);
        T* seconds = slotOf<T>(context, 1);
        forEachElement<T>(context, weightDecayOf(context), [=](std::int64_t i, T gradient, T& parameter) {
            const T first = moments.first(firsts[i], gradient), second = moments.second(seconds[i], gradient);
            firsts[i] = first;
            seconds[i] = second;
            parameter -= (ofGradient * gradient + ofMean * first) / (std::sqrt(second) * moments.root + epsilon);
        });
    });
}
}  // namespace

OptimizerDefinition defineNAdam() {
    OptimizerDefinition optimizer;
    optimizer.name = "NAdam";
    optimizer.summary = "Adam with Nesterov momentum: looks ahead along the mean of the gradients.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g².  μₜ = β₁ (1 - ½ · 0.96^(t · "
        "momentum_decay)), Πₜ = μ₁ ··· μₜ.  p -= rate · ((1 - μₜ) / (1 - Πₜ) · g + μₜ₊₁ / (1 - Πₜ₊₁) · m) / (√(v / (1 "
        "- β₂ᵗ)) + ε).  [Dozat 2016; as torch.optim.NAdam of PyTorch 2]";
    optimizer.attributes = {
        learningRateAttribute(0.002),
        averageAttribute("beta1", "Beta 1", 0.9, "How slowly the mean of the gradients moves"),
        averageAttribute("beta2", "Beta 2", 0.999, "How slowly the mean of the squared gradients moves"),
        epsilonAttribute(1e-8),
        realAttribute("momentum_decay", "Momentum decay", 0.004, 0, 1, "How soon the momentum grows to beta 1"),
        weightDecayAttribute(0, "L2 regularisation: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = momentSlots;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.NAdam";
    optimizer.keras = "keras.optimizers.Nadam";
    return optimizer;
}

}  // namespace gradlens
