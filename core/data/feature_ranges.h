// SPDX-License-Identifier: GPL-3.0-or-later
// How the numbers of samples spread, by channel of images and by column of tables. Values; any thread.
#pragma once
#include "core/data/byte_stream.h"
#include "core/data/dataset.h"

#include <array>
#include <limits>
#include <vector>

namespace gradlens {

// What is known of one channel or column.
struct FeatureRange {
    double minimum = std::numeric_limits<double>::infinity(), maximum = -std::numeric_limits<double>::infinity();
    double sum = 0, squares = 0;  // of the deviations from `origin`
    double origin = 0;
    std::int64_t count = 0;

    double mean() const;
    double deviation() const;
    void add(double value, double times);
};

// Gathers ranges piece by piece: bytes by counting (exact sums and a fast pass), real numbers as they come.
class FeatureRanges {
public:
    // type: UInt8 or Float32.
    FeatureRanges(DType type, const Shape& sample);
    // `count` samples, one after the other.
    void add(const void* samples, std::int64_t count);
    // By channel or column. Nothing may be added after it.
    std::vector<FeatureRange> finish();

private:
    std::int64_t m_entries, m_inner;
    std::vector<FeatureRange> m_ranges;
    std::vector<std::array<std::int64_t, 256>> m_counts;
};

// Adds at most `atMost` samples of a stream, evenly spread. Throws what reading throws.
void addSamples(FeatureRanges& ranges, const SampleStream& samples, const Shape& sampleShape, const Shape& labelShape,
                std::int64_t atMost, const Progress& progress);

}  // namespace gradlens
