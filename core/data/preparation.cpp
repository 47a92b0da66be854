// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/preparation.h"

#include "core/base/error.h"
#include "core/base/philox.h"
#include "core/data/feature_ranges.h"
#include "core/data/row_stream.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <vector>

namespace gradlens {

namespace {
Tensor rowsOf(const Tensor& source, std::span<const std::int64_t> rows) {
    const Shape sample = source.shape().slice(1);
    Tensor result(source.dtype(), sample.withFront(static_cast<std::int64_t>(rows.size())));
    const std::size_t bytes = static_cast<std::size_t>(sample.elements()) * sizeOf(source.dtype());
    const std::byte* from = static_cast<const std::byte*>(source.view().data());
    std::byte* to = static_cast<std::byte*>(result.view().data());
    for (const std::int64_t row : rows) {
        std::memcpy(to, from + static_cast<std::size_t>(row) * bytes, bytes);
        to += bytes;
    }
    return result;
}

FeatureScaling scalingFrom(const std::vector<FeatureRange>& ranges, bool unit) {
    FeatureScaling scaling;
    scaling.mean.clear();
    scaling.scale.clear();
    for (const FeatureRange& range : ranges) {
        const double width = unit ? range.maximum - range.minimum : range.deviation();
        const auto scale = static_cast<float>(1 / width);
        scaling.mean.push_back(static_cast<float>(unit ? range.minimum : range.mean()));
        // A width of zero, or so near to it that its inverse is not a float.
        scaling.scale.push_back(range.maximum > range.minimum && std::isfinite(scale) ? scale : 1.0f);
    }
    return scaling;
}
}  // namespace

std::pair<DatasetPart, DatasetPart> splitPart(const DatasetPart& all, double fraction, std::uint64_t seed) {
    const std::int64_t samples = all.size();
    if (fraction <= 0 || samples < 2) return {all, {}};
    const auto wanted = static_cast<std::int64_t>(std::llround(fraction * static_cast<double>(samples)));
    const std::int64_t held = std::clamp<std::int64_t>(wanted, 1, samples - 1);

    std::vector<std::int64_t> order(static_cast<std::size_t>(samples));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const Random random(seed, RandomStream::Split);
    for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(i, i + 1)]);
    const auto middle = order.begin() + held;
    std::sort(order.begin(), middle);
    std::sort(middle, order.end());
    const std::span<const std::int64_t> validation(order.begin(), middle), train(middle, order.end());
    if (all.stream != nullptr) {
        const auto selected = [&](std::span<const std::int64_t> indices) {
            DatasetPart part;
            part.stream = std::make_shared<SelectedSamples>(all.stream, std::vector(indices.begin(), indices.end()));
            return part;
        };
        return {selected(train), selected(validation)};
    }
    return {{rowsOf(all.features, train), rowsOf(all.labels, train)},
            {rowsOf(all.features, validation), rowsOf(all.labels, validation)}};
}

FeatureScaling scalingFor(const Tensor& features, std::string_view mode, double unitMaximum) {
    FeatureScaling scaling;
    if (mode == "none" || features.elements() == 0) return scaling;
    if (mode == "unit" && unitMaximum > 0) {
        scaling.scale = {static_cast<float>(1 / unitMaximum)};
        return scaling;
    }
    FeatureRanges ranges(features.dtype(), features.shape().slice(1));
    ranges.add(features.view().data(), features.shape()[0]);
    return scalingFrom(ranges.finish(), mode == "unit");
}

FeatureScaling scalingFor(const SampleStream& samples, const Shape& sampleShape, const Shape& labelShape,
                          std::string_view mode, double unitMaximum, std::int64_t atMost, const Progress& progress) {
    FeatureScaling scaling;
    if (samples.featureType() == DType::Int32 || samples.size() == 0) return scaling;
    if (mode == "unit" && unitMaximum > 0) scaling.scale = {static_cast<float>(1 / unitMaximum)};
    const bool known = mode == "none" || (mode == "unit" && unitMaximum > 0);
    if (known) return scaling;
    FeatureRanges ranges(samples.featureType(), sampleShape);
    addSamples(ranges, samples, sampleShape, labelShape, atMost, progress);
    return scalingFrom(ranges.finish(), mode == "unit");
}

AttributeSpec validationAttribute(double fraction) {
    return realAttribute("validation", "Validation share", fraction, 0, 0.9,
                         "Share of the samples that is kept out of training to measure the model on. Drawn by the "
                         "seed, not stratified by class.");
}

AttributeSpec normaliseAttribute(std::string mode) {
    return choiceAttribute("normalise", "Normalise", std::move(mode), {"none", "unit", "standardise"},
                           "How features are scaled, from the training part alone: unit maps them to 0..1, standardise "
                           "to mean 0 and standard deviation 1 (per channel of images, per column of tables).");
}

std::filesystem::path resolved(const std::string& path, const std::filesystem::path& folder, const std::string& what) {
    if (path.empty()) throw Error("no file is chosen for " + what, "data", "Choose one in the data settings.");
    return folder / std::filesystem::path(path);  // an absolute path replaces the folder
}

}  // namespace gradlens
