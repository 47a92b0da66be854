// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/sums.h"

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 15;
}

template <class T>
void repeatRow(const Arena& arena, std::int64_t rows, std::int64_t columns, const T* row, T* matrix) {
    arena.forRange(rows, std::max<std::int64_t>(1, kTileElements / std::max<std::int64_t>(1, columns)),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t i = begin; i < end; ++i) std::copy(row, row + columns, matrix + i * columns);
                   });
}

template <class T>
void sumRows(const Arena& arena, std::int64_t rows, std::int64_t columns, const T* matrix, T* sums) {
    constexpr std::int64_t kColumns = 64;  // a block's sums stay in registers and L1
    const std::int64_t blocks = std::max<std::int64_t>(1, kTileElements / std::max<std::int64_t>(1, rows * kColumns));
    arena.forRange(columns, blocks * kColumns, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t first = begin; first < end; first += kColumns) {
            const std::int64_t count = std::min(kColumns, end - first);
            std::array<double, kColumns> totals{};
            for (std::int64_t row = 0; row < rows; ++row) {
                const T* from = matrix + row * columns + first;
                for (std::int64_t i = 0; i < count; ++i)
                    totals[static_cast<std::size_t>(i)] += static_cast<double>(from[i]);
            }
            for (std::int64_t i = 0; i < count; ++i)
                sums[first + i] = static_cast<T>(totals[static_cast<std::size_t>(i)]);
        }
    });
}

template void repeatRow(const Arena&, std::int64_t, std::int64_t, const float*, float*);
template void repeatRow(const Arena&, std::int64_t, std::int64_t, const double*, double*);
template void sumRows(const Arena&, std::int64_t, std::int64_t, const float*, float*);
template void sumRows(const Arena&, std::int64_t, std::int64_t, const double*, double*);

}  // namespace gradlens
