// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes& attributes) {
    if (attributes.real("momentum") > 0) return {"momentum"};
    return {};
}

// What is switched off is not computed at all: zero times an infinite parameter would be NaN.
template <class T, bool Decays>
void updatePlain(const UpdateContext& context) {
    const T rate = static_cast<T>(context.learningRate);
    [[maybe_unused]] const T decay = static_cast<T>(weightDecayOf(context));
    const Clipping<T> clipped(context);
    T* parameters = context.parameter.as<T>().data();
    const T* gradients = context.gradient.as<const T>().data();
    for (std::int64_t i = 0, count = context.parameter.elements(); i < count; ++i) {
        T gradient = clipped(gradients[i]);
        if constexpr (Decays) gradient += decay * parameters[i];
        parameters[i] -= rate * gradient;
    }
}

// PyTorch starts the velocity as the first gradient; from zero it becomes just that.
template <class T, bool Decays, bool Nesterov>
void updateWithMomentum(const UpdateContext& context) {
    const T rate = static_cast<T>(context.learningRate);
    [[maybe_unused]] const T decay = static_cast<T>(weightDecayOf(context));
    const T momentum = static_cast<T>(context.attributes.real("momentum"));
    const Clipping<T> clipped(context);
    T* parameters = context.parameter.as<T>().data();
    T* velocities = context.slotTensors[0].as<T>().data();
    const T* gradients = context.gradient.as<const T>().data();
    for (std::int64_t i = 0, count = context.parameter.elements(); i < count; ++i) {
        T gradient = clipped(gradients[i]);
        if constexpr (Decays) gradient += decay * parameters[i];
        const T velocity = momentum * velocities[i] + gradient;
        velocities[i] = velocity;
        parameters[i] -= rate * (Nesterov ? gradient + momentum * velocity : velocity);
    }
}

template <class T, bool Decays>
void updateAs(const UpdateContext& context) {
    if (context.slotTensors.empty())
        updatePlain<T, Decays>(context);
    else if (context.attributes.flag("nesterov"))
        updateWithMomentum<T, Decays, true>(context);
    else
        updateWithMomentum<T, Decays, false>(context);
}

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        if (weightDecayOf(context) != 0)
            updateAs<T, true>(context);
        else
            updateAs<T, false>(context);
    });
}
}  // namespace

OptimizerDefinition defineSgd() {
    OptimizerDefinition optimizer;
    optimizer.name = "SGD";
    optimizer.summary = "Stochastic gradient descent: a step against the gradient, with a memory of earlier steps if wanted.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  Without momentum: p -= rate · g.  With: v = momentum · v + g, p -= rate · v; "
        "Nesterov: p -= rate · (g + momentum · v).  [Sutskever et al. 2013, in the form of torch.optim.SGD without dampening]";
    optimizer.attributes = {
        learningRateAttribute(0.001),
        realAttribute("momentum", "Momentum", 0, 0, 1, "How much of the last step is kept; 0.9 is usual, 0 switches it off"),
        booleanAttribute("nesterov", "Nesterov", false, "Look ahead along the momentum before stepping. Without momentum it changes nothing"),
        weightDecayAttribute(0, "Pulls weights towards zero: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.SGD";
    optimizer.keras = "keras.optimizers.SGD";
    return optimizer;
}

}  // namespace gradlens
