// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms of labels.
#include "core/base/error.h"
#include "core/data/dataset.h"
#include "core/data/dataset_figures.h"
#include "core/data/transforms/transforms.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gradlens {

namespace {
void encode(DatasetPart& part, std::int64_t classes) {
    if (part.size() == 0) return;
    Tensor targets(DType::Float32, Shape{part.size(), classes});
    const auto values = targets.as<float>();
    std::fill(values.begin(), values.end(), 0.0f);
    const auto labels = part.labels.as<const std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] >= 0) values[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(labels[i])] = 1.0f;
    part.labels = std::move(targets);
}

void oneHot(const Attributes&, Dataset& dataset) {
    const auto classes = static_cast<std::int64_t>(dataset.classNames.size());
    if (!dataset.classification || dataset.labelShape.rank() != 0 || dataset.train.stream != nullptr || classes == 0)
        throw Error("needs one class number a sample, which " + dataset.name + " does not have", "transform one_hot",
                    "Leave it out for this data.");
    encode(dataset.train, classes);
    encode(dataset.validation, classes);
    dataset.labelShape = Shape{classes};
    dataset.classification = false;
}

// (n / (classes · n_c))^strength: at 1 every class has the same share of the loss [King and Zeng 2001; as
// scikit-learn's balanced weights].
void weighClasses(const Attributes& attributes, Dataset& dataset) {
    const std::size_t classes = dataset.classNames.size();
    if (!dataset.classification || classes == 0)
        throw Error("needs classes, which " + dataset.name + " does not have", "transform class_weights",
                    "Leave it out for this data.");
    const std::vector<std::int64_t> counts = classCounts(dataset, dataset.train);
    const double all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
    dataset.classWeights.assign(classes, 1.0);
    for (std::size_t c = 0; c < classes; ++c)
        if (counts[c] > 0)
            dataset.classWeights[c] = std::pow(all / (static_cast<double>(classes) * static_cast<double>(counts[c])),
                                               attributes.real("strength"));
}
}  // namespace

TransformDefinition classWeightsTransform() {
    return {"class_weights",
            "Class weights",
            "Makes rare classes count more in the loss, by how many samples of each the training part has",
            {realAttribute("strength", "Strength", 1.0, 0.0, 1.0,
                           "1: every class has the same share of the loss. 0: every sample. 0.5 lies between: the "
                           "square root of the weights.")},
            nullptr,
            weighClasses};
}

TransformDefinition oneHotTransform() {
    return {"one_hot",
            "One-hot labels",
            "Makes of each class number a row of zeros with a 1 at the class: targets for losses of real numbers",
            {},
            nullptr,
            oneHot};
}

}  // namespace gradlens
