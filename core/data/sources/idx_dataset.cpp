// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sources/idx_dataset.h"

#include "core/base/error.h"
#include "core/data/idx.h"
#include "core/data/preparation.h"

#include <algorithm>

namespace gradlens {

DatasetPart readIdxPart(const IdxFiles& files, const Progress& progress) {
    DatasetPart part;
    part.labels =
        readIdxLabels(files.labels, progress.part(0, 0.1));  // the small file first: most mix-ups show at once
    part.features = readIdxImages(files.images, progress.part(0.1, 1));
    if (part.labels.shape()[0] != part.size()) {
        throw Error("holds " + std::to_string(part.size()) + " images but " + files.labels.filename().string() +
                        " has " + std::to_string(part.labels.shape()[0]) + " labels",
                    files.images.string(), "Choose two files that belong together.");
    }
    return part;
}

void finishImages(Dataset& dataset, std::string_view normalise, double unitMaximum) {
    dataset.featureShape = dataset.train.features.shape().slice(1);
    dataset.labelShape = Shape{};
    dataset.classification = true;
    std::int32_t highest = 0;
    for (const DatasetPart* part : {&dataset.train, &dataset.validation})
        if (part->size() > 0) highest = std::max(highest, std::ranges::max(part->labels.as<const std::int32_t>()));
    while (dataset.classNames.size() <= static_cast<std::size_t>(highest))
        dataset.classNames.push_back(std::to_string(dataset.classNames.size()));
    dataset.scaling = scalingFor(dataset.train.features, normalise, unitMaximum);
}

}  // namespace gradlens
