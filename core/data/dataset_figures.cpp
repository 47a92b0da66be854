// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset_figures.h"

#include <algorithm>
#include <limits>

namespace gradlens {

namespace {
constexpr std::int64_t kMostStreamed = 2000;   // samples read from files for the ranges
constexpr std::int64_t kPiece = 1 << 22;       // elements between two looks at whether to go on
constexpr std::int64_t kLabelsBetween = 8192;  // likewise, samples

// What the labels of a dataset are.
struct Labels {
    bool oneHot;
    std::int64_t perSample;
    std::size_t classes;

    explicit Labels(const Dataset& dataset)
        : oneHot(!dataset.classification && !dataset.classNames.empty() && dataset.train.stream == nullptr &&
                 dataset.labelShape == Shape{static_cast<std::int64_t>(dataset.classNames.size())}),
          perSample(dataset.labelShape.elements()),
          classes(dataset.classification || oneHot ? dataset.classNames.size() : 0) {}
};

// body(sample, classes of its labels), in order; a class that is none is negative.
template <class Body>
void forLabels(const Labels& labels, const DatasetPart& part, const Progress& progress, Body body) {
    std::vector<std::int32_t> streamed(static_cast<std::size_t>(labels.perSample));
    const auto perSample = static_cast<std::size_t>(labels.perSample);
    for (std::int64_t sample = 0; sample < part.size(); ++sample) {
        if (sample % kLabelsBetween == 0)
            progress.report(static_cast<double>(sample) / static_cast<double>(part.size()));
        const std::size_t first = static_cast<std::size_t>(sample) * perSample;
        if (labels.oneHot) {
            const auto row = part.labels.as<const float>().subspan(first, perSample);
            const auto top = std::ranges::max_element(row);
            const auto number = static_cast<std::int32_t>(*top > 0 ? top - row.begin() : -1);
            body(sample, std::span(&number, 1));
        } else if (part.stream != nullptr) {
            part.stream->readLabels(sample, streamed.data());
            body(sample, std::span<const std::int32_t>(streamed));
        } else {
            body(sample, part.labels.as<const std::int32_t>().subspan(first, perSample));
        }
    }
}

PartFigures partFigures(const Dataset& dataset, const DatasetPart& part, bool bySample, const Progress& progress) {
    PartFigures figures;
    const Labels labels(dataset);
    if (labels.classes == 0) return figures;
    figures.classCounts.assign(labels.classes, 0);
    bySample = bySample && (labels.oneHot || labels.perSample == 1);
    if (bySample) figures.classOf.reserve(static_cast<std::size_t>(part.size()));
    forLabels(labels, part, progress, [&](std::int64_t, std::span<const std::int32_t> numbers) {
        for (const std::int32_t number : numbers)
            if (number >= 0 && static_cast<std::size_t>(number) < labels.classes)
                ++figures.classCounts[static_cast<std::size_t>(number)];
        if (bySample) figures.classOf.push_back(numbers[0]);
    });
    return figures;
}

void addPart(FeatureRanges& ranges, const Tensor& features, const Progress& progress) {
    const std::int64_t samples = features.shape()[0];
    const std::int64_t elements = std::max<std::int64_t>(features.shape().slice(1).elements(), 1);
    const std::int64_t step = std::max<std::int64_t>(kPiece / elements, 1);
    const auto* const bytes = static_cast<const std::byte*>(features.view().data());
    for (std::int64_t first = 0; first < samples; first += step) {
        progress.report(static_cast<double>(first) / static_cast<double>(samples));
        ranges.add(bytes + first * elements * static_cast<std::int64_t>(sizeOf(features.dtype())),
                   std::min(step, samples - first));
    }
}
}  // namespace

std::vector<std::int64_t> classCounts(const Dataset& dataset, const DatasetPart& part, const Progress& progress) {
    return partFigures(dataset, part, false, progress).classCounts;
}

DatasetFigures figuresOf(const Dataset& dataset, const Progress& progress) {
    DatasetFigures figures;
    figures.train = partFigures(dataset, dataset.train, true, progress.part(0, 0.3));
    figures.validation = partFigures(dataset, dataset.validation, true, progress.part(0.3, 0.4));
    const DatasetPart& train = dataset.train;
    if (train.size() == 0 || train.featureType() == DType::Int32 || dataset.featureShape.elements() == 0)
        return figures;
    FeatureRanges ranges(train.featureType(), dataset.featureShape);
    if (train.stream != nullptr)
        addSamples(ranges, *train.stream, dataset.featureShape, dataset.labelShape, kMostStreamed,
                   progress.part(0.4, 1));
    else
        addPart(ranges, train.features, progress.part(0.4, 1));
    figures.featureSamples = train.stream != nullptr ? std::min(train.size(), kMostStreamed) : train.size();
    figures.features = ranges.finish();
    return figures;
}

double imbalanceOf(const std::vector<std::int64_t>& classCounts) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max(), most = 0, present = 0;
    for (const std::int64_t count : classCounts) {
        if (count == 0) continue;
        ++present;
        least = std::min(least, count);
        most = std::max(most, count);
    }
    return present < 2 ? 0 : static_cast<double>(most) / static_cast<double>(least);
}

ScaledRange scaled(const FeatureRange& range, const FeatureScaling& scaling, std::size_t entry) {
    const auto of = [&](const std::vector<float>& list) {
        return static_cast<double>(list[list.size() == 1 ? 0 : entry]);
    };
    const double mean = of(scaling.mean), scale = of(scaling.scale);
    return {(range.minimum - mean) * scale, (range.maximum - mean) * scale, (range.mean() - mean) * scale,
            range.deviation() * scale};
}

}  // namespace gradlens
