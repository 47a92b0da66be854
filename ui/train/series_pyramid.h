// SPDX-License-Identifier: GPL-3.0-or-later
// A sequence of numbers that can be asked for the extent of any range in next to no time: what lets a chart of a
// million points draw one pixel column at a time and lose no spike. Append-only; one owner, one thread; no Qt.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace gradlens {

// What a run of values comes to. min and max are of the finite ones (infinity and -infinity when there is none); first
// and last are as they are, NaN included.
struct SeriesExtent {
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();
    double minPositive =
        std::numeric_limits<double>::infinity();  // least finite value above zero: the floor on a log axis
    double first = std::numeric_limits<double>::quiet_NaN();
    double last = std::numeric_limits<double>::quiet_NaN();
    std::int64_t count = 0;
    std::int64_t nan = 0, positiveInfinite = 0, negativeInfinite = 0;
    std::int64_t nonPositive = 0;  // finite and <= 0

    std::int64_t nonFinite() const { return nan + positiveInfinite + negativeInfinite; }
    bool hasFinite() const { return count > nonFinite(); }

    static SeriesExtent of(double value);
    // This range with `next` behind it.
    void extend(const SeriesExtent& next);
    void extend(double value);
};

class SeriesPyramid {
public:
    static constexpr std::int64_t kBlock = 16;  // values in a block of the lowest level
    static constexpr std::int64_t kFanOut = 8;  // blocks in a block of the next

    std::int64_t size() const { return m_size; }
    double operator[](std::int64_t index) const {
        return m_chunks[static_cast<std::size_t>(index >> kChunkBits)][static_cast<std::size_t>(index & kChunkMask)];
    }
    // O(1) amortised, and never a copy of what is there.
    void append(double value);
    void clear();

    // The extent of values [begin, end), clipped to what there is; an empty range has count 0. O(log size).
    SeriesExtent extent(std::int64_t begin, std::int64_t end) const;

private:
    static constexpr int kChunkBits = 12;
    static constexpr std::int64_t kChunkMask = (std::int64_t{1} << kChunkBits) - 1;

    std::vector<std::unique_ptr<double[]>> m_chunks;
    // m_levels[k] holds the complete blocks of kBlock * kFanOut^k values.
    std::vector<std::vector<SeriesExtent>> m_levels;
    std::int64_t m_size = 0;
};

}  // namespace gradlens
