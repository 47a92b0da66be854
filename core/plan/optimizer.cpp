// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/optimizer.h"

#include "core/plan/optimizers/definitions.h"

#include <algorithm>
#include <array>

namespace gradlens {

std::span<const OptimizerDefinition> optimizers() {
    static const std::array<OptimizerDefinition, 9> kOptimizers = {defineSgd(),     defineAdam(),    defineAdamW(),
                                                                   defineNAdam(),   defineLamb(),    defineLion(),
                                                                   defineRmsProp(), defineAdagrad(), defineAdadelta()};
    return kOptimizers;
}

const OptimizerDefinition* findOptimizer(std::string_view name) {
    const auto all = optimizers();
    const auto found = std::ranges::find(all, name, &OptimizerDefinition::name);
    return found == all.end() ? nullptr : &*found;
}

// Only the last * has to be tried again: what an earlier one could match besides, that one can too.
bool matchesPattern(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

const ParameterGroup* groupOf(std::span<const ParameterGroup> groups, std::string_view parameterName) {
    const auto found = std::ranges::find_if(
        groups, [&](const ParameterGroup& group) { return matchesPattern(group.pattern, parameterName); });
    return found == groups.end() ? nullptr : &*found;
}

AttributeSpec learningRateAttribute(double defaultValue) {
    return realAttribute(
        "learning_rate", "Learning rate", defaultValue, 0, 1000,
        "How far each step goes. Too large and the loss jumps about or grows; too small and it hardly falls");
}

AttributeSpec weightDecayAttribute(double defaultValue, std::string help) {
    return realAttribute("weight_decay", "Weight decay", defaultValue, 0, 1, std::move(help));
}

AttributeSpec decayAllAttribute() {
    return booleanAttribute(
        "decay_all", "Decay every parameter", true,
        "As PyTorch does. Off: weights only; biases and the parameters of normalisation layers are left alone");
}

AttributeSpec epsilonAttribute(double defaultValue) {
    return realAttribute("epsilon", "Epsilon", defaultValue, 0, 1,
                         "Keeps the division finite where gradients are tiny; larger makes steps gentler");
}

AttributeSpec averageAttribute(std::string name, std::string label, double defaultValue, std::string help) {
    constexpr double kBelowOne = 0.999999;
    return realAttribute(std::move(name), std::move(label), defaultValue, 0, kBelowOne, std::move(help));
}

std::vector<std::string> momentSlots(const Attributes&) {
    return {"adam_m", "adam_v"};
}

double weightDecayOf(const UpdateContext& context) {
    if (context.weightDecay) return *context.weightDecay;
    return context.decays || context.attributes.flag("decay_all") ? context.attributes.real("weight_decay") : 0.0;
}

}  // namespace gradlens
