// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizers/definitions.h"

namespace gradlens {

namespace {
std::vector<std::string> slotNames(const Attributes& attributes) {
    std::vector<std::string> names{"square_average"};
    if (attributes.flag("centred")) names.emplace_back("gradient_average");
    if (attributes.real("momentum") > 0) names.emplace_back("momentum");
    return names;
}

template <class T, bool Centred, bool HasMomentum>
void updateAs(const UpdateContext& context) {
    const double alpha = context.attributes.real("alpha");
    const T kept = static_cast<T>(alpha), rest = static_cast<T>(1.0 - alpha);
    const T epsilon = static_cast<T>(context.attributes.real("epsilon")), rate = static_cast<T>(context.learningRate);
    [[maybe_unused]] const T momentum = static_cast<T>(context.attributes.real("momentum"));
    T* squares = slotOf<T>(context, 0);
    [[maybe_unused]] T* means = Centred ? slotOf<T>(context, 1) : nullptr;
    [[maybe_unused]] T* momenta = HasMomentum ? slotOf<T>(context, Centred ? 2 : 1) : nullptr;
    forEachElement<T>(context, weightDecayOf(context), [=](std::int64_t i, T gradient, T& parameter) {
        T spread = squares[i] = kept * squares[i] + rest * (gradient * gradient);
        if constexpr (Centred) {
            means[i] = kept * means[i] + rest * gradient;
            const T variance = spread - means[i] * means[i];
            spread = variance < 0 ? T(0) : variance;  // rounding
        }
        T step = gradient / (std::sqrt(spread) + epsilon);
        if constexpr (HasMomentum) step = momenta[i] = momentum * momenta[i] + step;
        parameter -= rate * step;
    });
}

void update(const UpdateContext& context) {
    const bool centred = context.attributes.flag("centred"), momentum = context.attributes.real("momentum") > 0;
    dispatchReal(context.parameter.dtype(), [&]<class T>() {
        if (centred)
            momentum ? updateAs<T, true, true>(context) : updateAs<T, true, false>(context);
        else
            momentum ? updateAs<T, false, true>(context) : updateAs<T, false, false>(context);
    });
}
}  // namespace

OptimizerDefinition defineRmsProp() {
    OptimizerDefinition optimizer;
    optimizer.name = "RMSProp";
    optimizer.summary = "Divides each gradient by the recent size of its like; usual for recurrent networks.";
    optimizer.maths =
        "g = dL/dp + weight_decay · p.  v = α v + (1 - α) g².  Centred: a = α a + (1 - α) g and v - a² stands for v.  "
        "s = g / (√v + ε); with momentum b = momentum · b + s stands for s.  p -= rate · s.  [Tieleman and Hinton "
        "2012; Graves 2013; as torch.optim.RMSprop]";
    optimizer.attributes = {
        learningRateAttribute(0.01),
        averageAttribute("alpha", "Alpha", 0.99, "How slowly the mean of the squared gradients moves"),
        epsilonAttribute(1e-8),
        realAttribute("momentum", "Momentum", 0, 0, 1, "How much of the last step is kept; 0 switches it off"),
        booleanAttribute("centred", "Centred", false,
                         "Divide by the deviation of the gradients from their mean: more even, a little more memory"),
        weightDecayAttribute(0, "L2 regularisation: this much of each parameter is added to its gradient"),
        decayAllAttribute()};
    optimizer.slotNames = slotNames;
    optimizer.update = update;
    optimizer.pytorch = "torch.optim.RMSprop";
    optimizer.keras = "keras.optimizers.RMSprop";
    return optimizer;
}

}  // namespace gradlens
