// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes&) {
    return {"square_sum"};
}

void update(const UpdateContext& context) {
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        const T rate = static_cast<T>(
            context.learningRate / (1.0 + static_cast<double>(context.step) * context.attributes.real("rate_decay")));
        const T epsilon = static_cast<T>(context.attributes.real("epsilon"));
        T* sums = slotOf<T>(context, 0);
        forEachElement<T>(context, weightDecayOf(context), [=](std::int64_t i, T gradient, T& parameter) {
            sums[i] += gradient * gradient;
            parameter -= rate * gradient / (std::sqrt(sums[i]) + epsilon);
        });
    });
}
}  // namespace

OptimizerDefinition defineAdagrad() {
    OptimizerDefinition optimizer;
    optimizer.name = "Adagrad";
    optimizer.summary = "Steps that shrink with all the gradients a weight has seen; good for rare features.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  s += g².  p -= rate / (1 + (t - 1) · rate_decay) · g / (√s + ε) at step t = 1, "
        "2 ...  [Duchi et al. 2011; as torch.optim.Adagrad]";
    optimizer.attributes = {
        learningRateAttribute(0.01),
        realAttribute("rate_decay", "Rate decay", 0, 0, 1, "How fast the learning rate falls with the number of steps"),
        epsilonAttribute(1e-10),
        weightDecayAttribute(0, "L2 regularisation: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.Adagrad";
    optimizer.keras = "keras.optimizers.Adagrad";
    return optimizer;
}

}  // namespace gradlens
