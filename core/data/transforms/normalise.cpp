// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisation by given figures, such as those a network was trained with before.
#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/transforms/transforms.h"

namespace gradlens {

namespace {
// After the scaling s (v - m) comes (s (v - m) - mean) / deviation = (s / deviation) (v - (m + mean / s)).
void normalise(const Attributes& attributes, Dataset& dataset) {
    const RealList &means = attributes.realList("mean"), &deviations = attributes.realList("deviation");
    const auto channels = static_cast<std::size_t>(dataset.featureShape.rank() > 0 ? dataset.featureShape[0] : 1);
    const auto fits = [&](const RealList& list) { return list.size() == 1 || list.size() == channels; };
    if (dataset.train.featureType() == DType::Int32 || !fits(means) || !fits(deviations))
        throw Error("needs a mean and a deviation for all, or one for each of the " + std::to_string(channels) +
                        " channels or columns of " + dataset.name,
                    "transform normalise", "Correct the lists in the data settings.");
    const FeatureScaling before = dataset.scaling;
    dataset.scaling = {std::vector<float>(channels), std::vector<float>(channels)};
    for (std::size_t i = 0; i < channels; ++i) {
        const auto of = [&](const auto& list) { return static_cast<double>(list[list.size() == 1 ? 0 : i]); };
        dataset.scaling.mean[i] = static_cast<float>(of(before.mean) + of(means) / of(before.scale));
        dataset.scaling.scale[i] = static_cast<float>(of(before.scale) / of(deviations));
    }
}
}  // namespace

TransformDefinition normaliseTransform() {
    return {"normalise",
            "Normalise by figures",
            "Subtracts a given mean and divides by a given deviation, on both parts, after the source's own scaling",
            {realListAttribute("mean", "Mean", {0.5}, -1e30, 1e30, 1, 4096, "One for all, or one a channel or column."),
             realListAttribute("deviation", "Deviation", {0.5}, 1e-30, 1e30, 1, 4096,
                               "One for all, or one a channel or column.")},
            nullptr,
            normalise};
}

}  // namespace gradlens
