// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes& attributes) {
    if (attributes.real("momentum") > 0) return {"momentum"};
    return {};
}

template <class T>
void updatePlain(const UpdateContext& context) {
    const T rate = static_cast<T>(context.learningRate);
    forEachElement<T>(context, weightDecayOf(context),
                      [=](std::int64_t, T gradient, T& parameter) { parameter -= rate * gradient; });
}

// PyTorch starts the velocity as the first gradient; from zero it becomes just that.
template <class T, bool Nesterov>
void updateWithMomentum(const UpdateContext& context) {
    const T rate = static_cast<T>(context.learningRate), momentum = static_cast<T>(context.attributes.real("momentum"));
    T* velocities = slotOf<T>(context, 0);
    forEachElement<T>(context, weightDecayOf(context), [=](std::int64_t i, T gradient, T& parameter) {
        const T velocity = momentum * velocities[i] + gradient;
        velocities[i] = velocity;
        parameter -= rate * (Nesterov ? gradient + momentum * velocity : velocity);
    });
}

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        if (context.slotTensors.empty())
            updatePlain<T>(context);
        else if (context.attributes.flag("nesterov"))
            updateWithMomentum<T, true>(context);
        else
            updateWithMomentum<T, false>(context);
    });
}
}  // namespace

OptimizerDefinition defineSgd() {
    OptimizerDefinition optimizer;
    optimizer.name = "SGD";
    optimizer.summary =
        "Stochastic gradient descent: a step against the gradient, with a memory of earlier steps if wanted.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  Without momentum: p -= rate · g.  With: v = momentum · v + g, p -= rate · v; "
        "Nesterov: p -= rate · (g + momentum · v).  [Sutskever et al. 2013, in the form of torch.optim.SGD without "
        "dampening]";
    optimizer.attributes = {
        learningRateAttribute(0.001),
        realAttribute("momentum", "Momentum", 0, 0, 1,
                      "How much of the last step is kept; 0.9 is usual, 0 switches it off"),
        booleanAttribute("nesterov", "Nesterov", false,
                         "Look ahead along the momentum before stepping. Without momentum it changes nothing"),
        weightDecayAttribute(0, "Pulls weights towards zero: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.SGD";
    optimizer.keras = "keras.optimizers.SGD";
    return optimizer;
}

}  // namespace gradlens
