// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/transform.h"

#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/transforms/transforms.h"

#include <algorithm>
#include <array>

namespace gradlens {

std::span<const TransformDefinition> transforms() {
    static const std::array<TransformDefinition, 7> all{flipTransform(),     cropTransform(),   rotateTransform(),
                                                        cutoutTransform(),   oneHotTransform(), classWeightsTransform(),
                                                        normaliseTransform()};
    return all;
}

const TransformDefinition* findTransform(std::string_view name) {
    const auto all = transforms();
    const auto found = std::ranges::find(all, name, &TransformDefinition::name);
    return found == all.end() ? nullptr : &*found;
}

void bindTransforms(std::span<const TransformSpec> specs, Dataset& dataset) {
    for (const TransformSpec& spec : specs) {
        const TransformDefinition* definition = findTransform(spec.name);
        if (definition == nullptr) {
            std::string known;
            for (const TransformDefinition& each : transforms()) known += (known.empty() ? "" : ", ") + each.name;
            throw Error("there is no transform '" + spec.name + "'", "data.transforms", "Choose one of " + known + ".");
        }
        std::vector<AttributeFault> faults;
        BoundTransform bound{definition, completed(definition->attributes, spec.attributes, &faults)};
        if (!faults.empty())
            throw Error("'" + faults[0].attribute + "' " + faults[0].message, "transform " + spec.name,
                        "Correct it in the data settings.");
        if (definition->apply != nullptr && dataset.featureShape.rank() != 3)
            throw Error("works on images (channels x height x width), and the samples of " + dataset.name + " are " +
                            dataset.featureShape.toString(),
                        "transform " + spec.name, "Leave it out for this data.");
        if (definition->movesPixels && dataset.labelShape.rank() > 1)
            throw Error("moves the pixels of an image, and the labels of " + dataset.name + " are maps that would stay",
                        "transform " + spec.name, "Leave it out for this data.");
        if (definition->prepare != nullptr) definition->prepare(bound.attributes, dataset);
        if (definition->apply != nullptr) dataset.transforms.push_back(std::move(bound));
    }
}

}  // namespace gradlens
