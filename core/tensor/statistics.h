// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of one tensor from one pass. Elements are visited in fixed tiles whose results combine in order, so the
// figures do not depend on the number of threads.
#pragma once
#include "core/tensor/tensor.h"

#include <cstdint>
#include <vector>

namespace gradlens {

// Counts are of all elements; min, max, mean, standard deviation (population) and L2 norm are of the finite ones
// (0 when there is none).
struct Statistics {
    std::int64_t count = 0, finite = 0;
    std::int64_t nan = 0, positiveInfinite = 0, negativeInfinite = 0;
    std::int64_t zeros = 0, negatives = 0, positives = 0, denormals = 0;  // zeros, negatives, positives: finite only
    double min = 0, max = 0, mean = 0, standardDeviation = 0, l2 = 0;

    friend bool operator==(const Statistics&, const Statistics&) = default;
};

// Equal-width bins over [low, high]; elements outside are counted apart.
struct Histogram {
    double low = 0, high = 0;
    std::vector<std::int64_t> bins;
    std::int64_t below = 0, above = 0, nonFinite = 0;
};

// The running sums that tiles leave and that combine into Statistics.
struct StatisticsSums {
    std::int64_t count = 0, nan = 0, positiveInfinite = 0, negativeInfinite = 0;
    std::int64_t zeros = 0, negatives = 0, denormals = 0;
    double min = 0, max = 0;       // valid when finite() > 0
    double mean = 0, squares = 0;  // mean, and the sum of squared deviations from it (Chan et al. 1983 to combine)
    std::int64_t finite() const { return count - nan - positiveInfinite - negativeInfinite; }
};

inline constexpr std::int64_t kStatisticsTile = 1 << 16;  // elements a tile

// Elements [begin, end) of a tensor of any dtype.
StatisticsSums statisticsOfRange(const TensorView& tensor, std::int64_t begin, std::int64_t end);
StatisticsSums combined(const StatisticsSums& a, const StatisticsSums& b);
Statistics finished(const StatisticsSums& sums);

// The whole tensor on the calling thread, tile by tile.
Statistics statisticsOf(const TensorView& tensor);
Histogram histogramOf(const TensorView& tensor, double low, double high, int bins);
// The values below which the given fractions (0..1) of the finite elements lie, by selection on a copy (all elements up
// to a million, an even stride through larger tensors). Empty tensor or nothing finite: zeros.
std::vector<double> percentilesOf(const TensorView& tensor, std::vector<double> fractions);

}  // namespace gradlens
