// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/feature_ranges.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace gradlens {

double FeatureRange::mean() const {
    return origin + sum / static_cast<double>(count);
}

double FeatureRange::deviation() const {
    const double shifted = sum / static_cast<double>(count);
    return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - shifted * shifted));
}

void FeatureRange::add(double value, double times) {
    minimum = std::min(minimum, value);
    maximum = std::max(maximum, value);
    const double shifted = value - origin;
    sum += times * shifted;
    squares += times * shifted * shifted;
}

FeatureRanges::FeatureRanges(DType type, const Shape& sample)
    : m_entries(sample.rank() > 0 ? sample[0] : 1),
      m_inner(sample.elements() / m_entries),
      m_ranges(static_cast<std::size_t>(m_entries)) {
    assert(type == DType::UInt8 || type == DType::Float32);
    if (type == DType::UInt8) m_counts.resize(m_ranges.size());
}

void FeatureRanges::add(const void* samples, std::int64_t count) {
    if (!m_counts.empty()) {
        const auto* value = static_cast<const std::uint8_t*>(samples);
        for (std::int64_t sample = 0; sample < count; ++sample)
            for (auto& table : m_counts)
                for (std::int64_t i = 0; i < m_inner; ++i) ++table[*value++];
        return;
    }
    const auto* value = static_cast<const float*>(samples);
    // The first value is near the rest: deviations from it lose nothing when the mean is large.
    if (m_ranges[0].count == 0 && count > 0)
        for (std::int64_t entry = 0; entry < m_entries; ++entry)
            m_ranges[static_cast<std::size_t>(entry)].origin = static_cast<double>(value[entry * m_inner]);
    for (std::int64_t sample = 0; sample < count; ++sample)
        for (FeatureRange& range : m_ranges)
            for (std::int64_t i = 0; i < m_inner; ++i) range.add(static_cast<double>(*value++), 1);
    for (FeatureRange& range : m_ranges) range.count += count * m_inner;
}

std::vector<FeatureRange> FeatureRanges::finish() {
    for (std::size_t entry = 0; entry < m_counts.size(); ++entry) {
        for (std::size_t value = 0; value < 256; ++value) {
            if (m_counts[entry][value] == 0) continue;
            m_ranges[entry].add(static_cast<double>(value), static_cast<double>(m_counts[entry][value]));
            m_ranges[entry].count += m_counts[entry][value];
        }
    }
    return std::move(m_ranges);
}

void addSamples(FeatureRanges& ranges, const SampleStream& samples, const Shape& sampleShape, const Shape& labelShape,
                std::int64_t atMost, const Progress& progress) {
    Tensor sample(samples.featureType(), sampleShape.withFront(1)),
        labels(samples.labelType(), labelShape.withFront(1));
    const std::int64_t count = std::min(samples.size(), atMost);
    for (std::int64_t i = 0; i < count; ++i) {
        // Evenly spread.
        samples.read(static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(samples.size()) /
                                               static_cast<double>(count)),
                     sample.view().data(), labels.view().data());
        ranges.add(sample.view().data(), 1);
        if (i % 256 == 0) progress.report(static_cast<double>(i) / static_cast<double>(count));
    }
}

}  // namespace gradlens
