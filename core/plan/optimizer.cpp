// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizer.h"

#include "core/plan/optimizers/definitions.h"

#include <algorithm>
#include <array>

namespace gradlens {

std::span<const OptimizerDefinition> optimizers() {
    static const std::array<OptimizerDefinition, 3> kOptimizers = {defineSgd(), defineAdam(), defineAdamW()};
    return kOptimizers;
}

const OptimizerDefinition* findOptimizer(std::string_view name) {
    const auto all = optimizers();
    const auto found = std::ranges::find(all, name, &OptimizerDefinition::name);
    return found == all.end() ? nullptr : &*found;
}

AttributeSpec learningRateAttribute(double defaultValue) {
    return realAttribute("learning_rate", "Learning rate", defaultValue, 0, 1000,
                         "How far each step goes. Too large and the loss jumps about or grows; too small and it hardly falls");
}

AttributeSpec weightDecayAttribute(double defaultValue, std::string help) {
    return realAttribute("weight_decay", "Weight decay", defaultValue, 0, 1, std::move(help));
}

AttributeSpec decayAllAttribute() {
    return booleanAttribute("decay_all", "Decay every parameter", true,
                            "As PyTorch does. Off: weights only; biases and the parameters of normalisation layers are left alone");
}

double weightDecayOf(const UpdateContext& context) {
    return context.decays || context.attributes.flag("decay_all") ? context.attributes.real("weight_decay") : 0.0;
}

}  // namespace gradlens
