// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/statistics.h"

#include <algorithm>

namespace gradlens {

Statistics statisticsOf(const Arena& arena, const TensorView& tensor) {
    const std::int64_t tiles = (tensor.elements() + kStatisticsTile - 1) / kStatisticsTile;
    return finished(arena.reduceTiles(
        tiles, StatisticsSums{},
        [&](std::int64_t tile) {
            const std::int64_t begin = tile * kStatisticsTile;
            return statisticsOfRange(tensor, begin, std::min(tensor.elements(), begin + kStatisticsTile));
        },
        [](const StatisticsSums& a, const StatisticsSums& b) { return combined(a, b); }));
}

}  // namespace gradlens
