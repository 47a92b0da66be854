// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/series_pyramid.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

SeriesExtent SeriesExtent::of(double value) {
    SeriesExtent extent;
    extent.extend(value);
    return extent;
}

void SeriesExtent::extend(double value) {
    if (count++ == 0) first = value;
    last = value;
    if (std::isnan(value)) {
        ++nan;
    } else if (std::isinf(value)) {
        ++(value > 0 ? positiveInfinite : negativeInfinite);
    } else {
        min = std::min(min, value);
        max = std::max(max, value);
        if (value > 0)
            minPositive = std::min(minPositive, value);
        else
            ++nonPositive;
    }
}

void SeriesExtent::extend(const SeriesExtent& next) {
    if (next.count == 0) return;
    if (count == 0) first = next.first;
    last = next.last;
    min = std::min(min, next.min);
    max = std::max(max, next.max);
    minPositive = std::min(minPositive, next.minPositive);
    count += next.count;
    nan += next.nan;
    positiveInfinite += next.positiveInfinite;
    negativeInfinite += next.negativeInfinite;
    nonPositive += next.nonPositive;
}

void SeriesPyramid::append(double value) {
    if ((m_size & kChunkMask) == 0) m_chunks.push_back(std::make_unique<double[]>(std::size_t{1} << kChunkBits));
    m_chunks.back()[static_cast<std::size_t>(m_size & kChunkMask)] = value;
    ++m_size;
    if (m_size % kBlock != 0) return;

    // A block is complete; it may complete one a level up, and so on.
    SeriesExtent block;
    for (std::int64_t i = m_size - kBlock; i < m_size; ++i) block.extend((*this)[i]);
    for (std::size_t level = 0;; ++level) {
        if (level == m_levels.size()) m_levels.emplace_back();
        auto& blocks = m_levels[level];
        blocks.push_back(block);
        if (static_cast<std::int64_t>(blocks.size()) % kFanOut != 0) return;
        block = {};
        for (auto child = blocks.end() - kFanOut; child != blocks.end(); ++child) block.extend(*child);
    }
}

void SeriesPyramid::clear() {
    m_chunks.clear();
    m_levels.clear();
    m_size = 0;
}

SeriesExtent SeriesPyramid::extent(std::int64_t begin, std::int64_t end) const {
    begin = std::max<std::int64_t>(begin, 0);
    end = std::min(end, m_size);
    SeriesExtent result;
    // Left to right, always by the largest complete block that starts here and fits: first and last come out right.
    while (begin < end) {
        std::int64_t length = kBlock;
        if (begin % length != 0 || begin + length > end) {
            result.extend((*this)[begin++]);
            continue;
        }
        std::size_t level = 0;
        while (level + 1 < m_levels.size() && begin % (length * kFanOut) == 0 && begin + length * kFanOut <= end) {
            length *= kFanOut;
            ++level;
        }
        result.extend(m_levels[level][static_cast<std::size_t>(begin / length)]);
        begin += length;
    }
    return result;
}

}  // namespace gradlens
