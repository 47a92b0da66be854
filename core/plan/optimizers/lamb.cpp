// SPDX-License-Identifier: GPL-3.0-or-later
// Adam whose step is as long as the parameter is: for large batches.
#include "core/kernels/norm.h"
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
template <class T>
struct Step {
    explicit Step(const UpdateContext& context)
        : moments(context),
          correction1(static_cast<T>(1.0 / moments.correction1)),
          epsilon(static_cast<T>(context.attributes.real("epsilon"))),
          decay(static_cast<T>(weightDecayOf(context))) {}
    T operator()(T first, T second, T parameter) const {
        const T step = first * correction1 / (std::sqrt(second) * moments.root + epsilon);
        return decay != 0 ? step + decay * parameter : step;
    }
    Moments<T> moments;
    T correction1, epsilon, decay;
};

// The lengths of the parameter and of its step.
std::array<double, 2> measure(const Arena& arena, const UpdateContext& whole) {
    std::array<double, 2> lengths{std::sqrt(squaredNorm(arena, whole.parameter)), 0};
    dispatchReal(whole.parameter.dtype(), [&]<class T>() {
        const Step<T> step(whole);
        const Clipping<T> clipped(whole);
        const T* parameters = whole.parameter.as<const T>().data();
        const T* gradients = whole.gradient.as<const T>().data();
        const T* firsts = slotOf<T>(whole, 0);
        const T* seconds = slotOf<T>(whole, 1);
        lengths[1] = std::sqrt(sumOver(arena, whole.parameter.elements(), [=](std::int64_t i) {
            const T gradient = clipped(gradients[i]);
            const double value = static_cast<double>(step(step.moments.first(firsts[i], gradient),
                                                          step.moments.second(seconds[i], gradient), parameters[i]));
            return value * value;
        }));
    });
    return lengths;
}

void update(const UpdateContext& context) {
    // NaN among the lengths goes through; a parameter of zeros takes Adam's own step.
    const auto& [ofParameter, ofStep] = context.measured;
    const double trust = ofParameter == 0 || ofStep == 0 ? 1.0 : ofParameter / ofStep;
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        const Step<T> step(context);
        const T rate = static_cast<T>(context.learningRate * trust);
        T* firsts = slotOf<T>(context, 0);
        T* seconds = slotOf<T>(context, 1);
        forEachElement<T>(context, 0.0, [=](std::int64_t i, T gradient, T& parameter) {
            firsts[i] = step.moments.first(firsts[i], gradient);
            seconds[i] = step.moments.second(seconds[i], gradient);
            parameter -= rate * step(firsts[i], seconds[i], parameter);
        });
    });
}
}  // namespace

OptimizerDefinition defineLamb() {
    OptimizerDefinition optimizer;
    optimizer.name = "LAMB";
    optimizer.summary =
        "Adam with a step for each layer in proportion to the size of its weights; for very large batches.";
    optimizer.maths =
        "m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g².  u = m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε) + weight_decay · "
        "p.  p -= rate · ‖p‖ / ‖u‖ · u, the norms over the whole parameter; their ratio is 1 where one of them is 0.  "
        "[You et al. 2020, algorithm 2, with φ(x) = x]";
    optimizer.attributes = {
        learningRateAttribute(0.001),
        averageAttribute("beta1", "Beta 1", 0.9, "How slowly the mean of the gradients moves"),
        averageAttribute("beta2", "Beta 2", 0.999, "How slowly the mean of the squared gradients moves"),
        epsilonAttribute(1e-6),
        weightDecayAttribute(0.01, "This much of each parameter is added to its step, before the step is scaled"),
        decayAllAttribute()};
    optimizer.slotNames = momentSlots;
    optimizer.measure = measure;
    optimizer.update = update;
    optimizer.pytorch = "torch_optimizer.Lamb";
    optimizer.keras = "keras.optimizers.Lamb";
    return optimizer;
}

}  // namespace gradlens
