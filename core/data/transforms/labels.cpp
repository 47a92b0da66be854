// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms of labels.
#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/transforms/transforms.h"

namespace gradlens {

namespace {
void encode(DatasetPart& part, std::int64_t classes) {
    if (part.size() == 0) return;
    Tensor targets(DType::Float32, Shape{part.size(), classes});
    const auto values = targets.as<float>();
    std::fill(values.begin(), values.end(), 0.0f);
    const auto labels = part.labels.as<const std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i) if (labels[i] >= 0) values[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(labels[i])] = 1.0f;
    part.labels = std::move(targets);
}

void oneHot(const Attributes&, Dataset& dataset) {
    const auto classes = static_cast<std::int64_t>(dataset.classNames.size());
    if (!dataset.classification || dataset.labelShape.rank() != 0 || dataset.train.stream != nullptr || classes == 0)
        throw Error("needs one class number a sample, which " + dataset.name + " does not have", "transform one_hot", "Leave it out for this data.");
    encode(dataset.train, classes);
    encode(dataset.validation, classes);
    dataset.labelShape = Shape{classes};
    dataset.classification = false;
}
}  // namespace

TransformDefinition oneHotTransform() {
    return {"one_hot", "One-hot labels", "Makes of each class number a row of zeros with a 1 at the class: targets for losses of real numbers", {}, nullptr, oneHot};
}

}  // namespace gradlens
