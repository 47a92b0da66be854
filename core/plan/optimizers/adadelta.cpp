// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes&) {
    return {"square_average", "step_average"};
}

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        const double rho = context.attributes.real("rho");
        const T kept = static_cast<T>(rho), rest = static_cast<T>(1.0 - rho),
                rate = static_cast<T>(context.learningRate);
        const T epsilon = static_cast<T>(context.attributes.real("epsilon"));
        T* squares = slotOf<T>(context, 0);
        T* steps = slotOf<T>(context, 1);
        forEachElement<T>(context, weightDecayOf(context), [=](std::int64_t i, T gradient, T& parameter) {
            const T square = squares[i] = kept * squares[i] + rest * (gradient * gradient);
            const T step = std::sqrt(steps[i] + epsilon) / std::sqrt(square + epsilon) * gradient;
            steps[i] = kept * steps[i] + rest * (step * step);
            parameter -= rate * step;
        });
    });
}
}  // namespace

OptimizerDefinition defineAdadelta() {
    OptimizerDefinition optimizer;
    optimizer.name = "Adadelta";
    optimizer.summary =
        "Finds the size of its steps from the steps before; the learning rate only scales them and may stay at 1.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  v = ρ v + (1 - ρ) g², d = √(u + ε) / √(v + ε) · g, u = ρ u + (1 - ρ) d².  p -= "
        "rate · d.  [Zeiler 2012; as torch.optim.Adadelta]";
    optimizer.attributes = {
        learningRateAttribute(1), averageAttribute("rho", "Rho", 0.9, "How slowly both means move"),
        epsilonAttribute(1e-6),
        weightDecayAttribute(0, "L2 regularisation: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.Adadelta";
    optimizer.keras = "keras.optimizers.Adadelta";
    return optimizer;
}

}  // namespace gradlens
