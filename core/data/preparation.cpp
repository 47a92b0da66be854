// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/preparation.h"

#include "core/base/error.h"
#include "core/base/philox.h"
#include "core/data/row_stream.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
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

// What is known of one channel or column.
struct Range {
    double minimum = std::numeric_limits<double>::infinity(), maximum = -std::numeric_limits<double>::infinity();
    double sum = 0, squares = 0;  // of the deviations from `origin`
    double origin = 0;
    std::int64_t count = 0;

    double mean() const { return origin + sum / static_cast<double>(count); }
    double deviation() const {
        const double shifted = sum / static_cast<double>(count);
        return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - shifted * shifted));
    }
    void add(double value, double times) {
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
        const double shifted = value - origin;
        sum += times * shifted;
        squares += times * shifted * shifted;
    }
};

// The ranges of channels or columns, from pieces of the samples: bytes by counting (exact sums and a fast pass), real
// numbers as they come.
class Ranges {
public:
    Ranges(DType type, const Shape& sample)
        : m_entries(sample.rank() > 0 ? sample[0] : 1),
          m_inner(sample.elements() / m_entries),
          m_ranges(static_cast<std::size_t>(m_entries)) {
        if (type == DType::UInt8) m_counts.resize(m_ranges.size());
    }
    void add(const Tensor& features) {
        if (!m_counts.empty()) {
            const std::uint8_t* value = features.as<const std::uint8_t>().data();
            for (std::int64_t sample = 0; sample < features.shape()[0]; ++sample)
                for (auto& table : m_counts)
                    for (std::int64_t i = 0; i < m_inner; ++i) ++table[*value++];
            return;
        }
        const float* value = features.as<const float>().data();
        // The first value is near the rest: deviations from it lose nothing when the mean is large.
        if (m_ranges[0].count == 0)
            for (std::int64_t entry = 0; entry < m_entries; ++entry)
                m_ranges[static_cast<std::size_t>(entry)].origin = static_cast<double>(value[entry * m_inner]);
        for (std::int64_t sample = 0; sample < features.shape()[0]; ++sample)
            for (Range& range : m_ranges)
                for (std::int64_t i = 0; i < m_inner; ++i) range.add(static_cast<double>(*value++), 1);
        for (Range& range : m_ranges) range.count += features.shape()[0] * m_inner;
    }
    std::vector<Range> finish() {
        for (std::size_t entry = 0; entry < m_counts.size(); ++entry) {
            for (std::size_t value = 0; value < 256; ++value) {
                if (m_counts[entry][value] == 0) continue;
                m_ranges[entry].add(static_cast<double>(value), static_cast<double>(m_counts[entry][value]));
                m_ranges[entry].count += m_counts[entry][value];
            }
        }
        return std::move(m_ranges);
    }

private:
    std::int64_t m_entries, m_inner;
    std::vector<Range> m_ranges;
    std::vector<std::array<std::int64_t, 256>> m_counts;
};

FeatureScaling scalingFrom(const std::vector<Range>& ranges, bool unit) {
    FeatureScaling scaling;
    scaling.mean.clear();
    scaling.scale.clear();
    for (const Range& range : ranges) {
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
    Ranges ranges(features.dtype(), features.shape().slice(1));
    ranges.add(features);
    return scalingFrom(ranges.finish(), mode == "unit");
}

FeatureScaling scalingFor(const SampleStream& samples, const Shape& sampleShape, const Shape& labelShape,
                          std::string_view mode, double unitMaximum, std::int64_t atMost, const Progress& progress) {
    FeatureScaling scaling;
    if (samples.featureType() == DType::Int32 || samples.size() == 0) return scaling;
    if (mode == "unit" && unitMaximum > 0) scaling.scale = {static_cast<float>(1 / unitMaximum)};
    const bool known = mode == "none" || (mode == "unit" && unitMaximum > 0);
    if (known) return scaling;
    Ranges ranges(samples.featureType(), sampleShape);
    Tensor sample(samples.featureType(), sampleShape.withFront(1)),
        labels(samples.labelType(), labelShape.withFront(1));
    const std::int64_t count = std::min(samples.size(), atMost);
    for (std::int64_t i = 0; i < count; ++i) {
        // Evenly spread.
        samples.read(static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(samples.size()) /
                                               static_cast<double>(count)),
                     sample.view().data(), labels.view().data());
        ranges.add(sample);
        if (i % 256 == 0) progress.report(static_cast<double>(i) / static_cast<double>(count));
    }
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
