// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/initializer_attribute.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace gradlens {

namespace {
constexpr std::array<std::pair<std::string_view, Initializer>, 6> kChoices = {{{"zeros", Initializer::Zeros},
                                                                               {"normal", Initializer::Normal},
                                                                               {"glorot_uniform", Initializer::GlorotUniform},
                                                                               {"glorot_normal", Initializer::GlorotNormal},
                                                                               {"he_uniform", Initializer::HeUniform},
                                                                               {"he_normal", Initializer::HeNormal}}};
constexpr double kNormalDeviation = 0.05;
}  // namespace

AttributeSpec weightInitAttribute(std::string defaultValue) {
    std::vector<std::string> names;
    for (const auto& [name, initializer] : kChoices) names.emplace_back(name);
    return choiceAttribute("weight_init", "Initial weights", std::move(defaultValue), std::move(names),
                           "How the weights begin. He [2015] keeps the size of signals through ReLU layers, Glorot [2010] through "
                           "tanh, sigmoid and output layers; normal has standard deviation 0.05; zeros make all units alike and learn nothing "
                           "in hidden layers.");
}

ParameterSpec weightParameter(std::string_view choice, const Shape& shape, std::int64_t fanIn, std::int64_t fanOut) {
    const auto* found = std::ranges::find(kChoices, choice, &std::pair<std::string_view, Initializer>::first);
    assert(found != kChoices.end());
    ParameterSpec spec;
    spec.name = "weight";
    spec.shape = shape;
    spec.initializer = found->second;
    spec.fanIn = fanIn;
    spec.fanOut = fanOut;
    if (spec.initializer == Initializer::Normal) spec.scale = kNormalDeviation;
    return spec;
}

ParameterSpec biasParameter(std::int64_t size) {
    ParameterSpec spec;
    spec.name = "bias";
    spec.shape = {size};
    spec.initializer = Initializer::Zeros;
    spec.decays = false;
    return spec;
}

}  // namespace gradlens
