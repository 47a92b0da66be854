// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/initializer_attribute.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>
#include <utility>

namespace gradlens {

namespace {
constexpr double kUsualDeviation = 0.05;  // and half width

struct Choice {
    std::string_view name;
    Initializer initializer;
    double usualScale;
};
constexpr std::array<Choice, 11> kChoices = {{{"zeros", Initializer::Zeros, 1},
                                              {"constant", Initializer::Constant, 1},
                                              {"normal", Initializer::Normal, kUsualDeviation},
                                              {"truncated_normal", Initializer::TruncatedNormal, kUsualDeviation},
                                              {"uniform", Initializer::Uniform, kUsualDeviation},
                                              {"orthogonal", Initializer::Orthogonal, 1},
                                              {"glorot_uniform", Initializer::GlorotUniform, 1},
                                              {"glorot_normal", Initializer::GlorotNormal, 1},
                                              {"he_uniform", Initializer::HeUniform, 1},
                                              {"he_normal", Initializer::HeNormal, 1},
                                              {"file", Initializer::File, 1}}};
constexpr double kLargestScale = 1e6;
}  // namespace

std::vector<AttributeSpec> withWeightInit(std::vector<AttributeSpec> attributes, std::string defaultChoice) {
    std::vector<std::string> names;
    for (const Choice& choice : kChoices) names.emplace_back(choice.name);
    attributes.push_back(choiceAttribute(
        "weight_init", "Initial weights", std::move(defaultChoice), std::move(names),
        "How the weights begin. He [2015] keeps the size of signals through ReLU layers, Glorot [2010] through tanh, "
        "sigmoid and output layers; orthogonal [Saxe et al. 2014] keeps lengths whatever the depth; normal, "
        "truncated_normal (nothing beyond two deviations) and uniform have the spread you give; zeros and constant "
        "make all units alike and learn nothing in hidden layers; file takes what was trained elsewhere."));
    attributes.push_back(
        realAttribute("init_scale", "Initial scale", 0, 0, kLargestScale,
                      "Of the initial weights: the standard deviation of normal and truncated_normal, half the width "
                      "of uniform, a factor on orthogonal, Glorot and He. 0 is the usual: 0.05, and 1 as a factor."));
    attributes.push_back(realAttribute("init_value", "Initial value", 0, -kLargestScale, kLargestScale,
                                       "What every weight begins with where the initial weights are constant."));
    attributes.push_back(pathAttribute(
        "init_file", "Weights file", "",
        "Where the initial weights are read from where they come from a file: safetensors, such as a checkpoint, or "
        "NumPy's .npy and .npz. It must stay as it is for as long as the run is looked at."));
    attributes.push_back(textAttribute(
        "init_tensor", "Weights name", "",
        "Which tensor of that file; empty: the one named as this layer's weight (dense1.weight), or the only one."));
    return attributes;
}

void addWeight(Inference& inference, const Attributes& attributes, const Shape& shape, std::int64_t fanIn,
               std::int64_t fanOut) {
    const auto* choice = std::ranges::find(kChoices, attributes.choice("weight_init"), &Choice::name);
    assert(choice != kChoices.end());
    ParameterSpec spec;
    spec.name = "weight";
    spec.shape = shape;
    spec.initializer = choice->initializer;
    spec.fanIn = fanIn;
    spec.fanOut = fanOut;
    const double scale = attributes.real("init_scale");
    spec.scale = choice->initializer == Initializer::Constant ? attributes.real("init_value")
                 : scale > 0                                  ? scale
                                                              : choice->usualScale;
    if (choice->initializer == Initializer::File) {
        spec.file = attributes.text("init_file");
        spec.fileTensor = attributes.text("init_tensor");
        if (spec.file.empty())
            inference.problems.push_back({-1, "is to take its weights from a file, but has none",
                                          "a .safetensors, .npy or .npz file", "none",
                                          "Choose the weights file, or other initial weights"});
    }
    inference.parameters.push_back(std::move(spec));
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
