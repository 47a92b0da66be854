// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/row_norm.h"

#include "core/kernels/softmax.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 14;
constexpr std::int64_t kMostTiles = 64;  // sums of the tiles are combined one after the other

// Rows a tile: of about the same work, and few enough tiles, from the extents alone.
std::int64_t rowsOfTile(const RowNorm& norm) {
    const std::int64_t fitting = std::max<std::int64_t>(1, kTileElements / std::max<std::int64_t>(norm.width, 1));
    return std::max(fitting, (norm.rows + kMostTiles - 1) / kMostTiles);
}

std::int64_t tilesOf(const RowNorm& norm) {
    return norm.rows == 0 ? 0 : (norm.rows + rowsOfTile(norm) - 1) / rowsOfTile(norm);
}
}  // namespace

template <class T>
void rowNormForward(const Arena& arena, const RowNorm& norm, const T* input, const T* weight, const T* bias, T* output,
                    T* means, T* reciprocals) {
    const std::int64_t width = norm.width;
    arena.forRange(norm.rows, rowsOfTile(norm), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const T* x = input + row * width;
            T* y = output + row * width;
            T mean = 0;
            if (norm.centred) {
                mean = laneSum<T>(width, [&](std::int64_t i) { return x[i]; }) / static_cast<T>(width);
                means[row] = mean;
            }
            const T squares = laneSum<T>(width, [&](std::int64_t i) { return (x[i] - mean) * (x[i] - mean); });
            const T reciprocal = T(1) / std::sqrt(squares / static_cast<T>(width) + static_cast<T>(norm.epsilon));
            reciprocals[row] = reciprocal;
            if (weight != nullptr && bias != nullptr) {
                for (std::int64_t i = 0; i < width; ++i) y[i] = (x[i] - mean) * reciprocal * weight[i] + bias[i];
            } else if (weight != nullptr) {
                for (std::int64_t i = 0; i < width; ++i) y[i] = (x[i] - mean) * reciprocal * weight[i];
            } else {
                for (std::int64_t i = 0; i < width; ++i) y[i] = (x[i] - mean) * reciprocal;
            }
        }
    });
}

template <class T>
std::size_t rowNormBackwardScratch(const RowNorm& norm) {
    return static_cast<std::size_t>(2 * tilesOf(norm) * norm.width) * sizeof(T);
}

template <class T>
void rowNormBackward(const Arena& arena, const RowNorm& norm, const T* input, const T* weight, const T* means,
                     const T* reciprocals, const T* gradOutput, T* gradInput, T* gradWeight, T* gradBias,
                     std::byte* scratch) {
    const std::int64_t width = norm.width, tileRows = rowsOfTile(norm), tiles = tilesOf(norm);
    T* const sums = reinterpret_cast<T*>(scratch);  // by tile: of the weight's gradient, then of the bias's
    const bool wantsSums = gradWeight != nullptr || gradBias != nullptr;
    arena.forTiles(tiles, [&](std::int64_t tile) {
        T* const weightSums = sums + 2 * tile * width;
        T* const biasSums = weightSums + width;
        if (wantsSums) std::fill_n(weightSums, 2 * width, T(0));
        const std::int64_t end = std::min(norm.rows, (tile + 1) * tileRows);
        for (std::int64_t row = tile * tileRows; row < end; ++row) {
            const T* x = input + row * width;
            const T* g = gradOutput + row * width;
            const T mean = norm.centred ? means[row] : T(0);
            const T reciprocal = reciprocals[row];
            if (wantsSums)
                for (std::int64_t i = 0; i < width; ++i) {
                    weightSums[i] += g[i] * (x[i] - mean) * reciprocal;
                    biasSums[i] += g[i];
                }
            if (gradInput == nullptr) continue;
            const auto scaled = [&](std::int64_t i) { return weight != nullptr ? g[i] * weight[i] : g[i]; };
            const T count = static_cast<T>(width);
            const T along = laneSum<T>(width, [&](std::int64_t i) { return scaled(i) * (x[i] - mean); }) * reciprocal *
                            reciprocal / count;
            const T average = norm.centred ? laneSum<T>(width, scaled) / count : T(0);
            T* const to = gradInput + row * width;
            for (std::int64_t i = 0; i < width; ++i) to[i] = (scaled(i) - average - (x[i] - mean) * along) * reciprocal;
        }
    });
    const auto combine = [&](T* target, std::int64_t offset) {
        if (target == nullptr) return;
        std::fill_n(target, width, T(0));
        for (std::int64_t tile = 0; tile < tiles; ++tile)
            for (std::int64_t i = 0; i < width; ++i) target[i] += sums[2 * tile * width + offset + i];
    };
    combine(gradWeight, 0);
    combine(gradBias, width);
}

#define GRADLENS_INSTANTIATE(T)                                                                                      \
    template void rowNormForward<T>(const Arena&, const RowNorm&, const T*, const T*, const T*, T*, T*, T*);         \
    template std::size_t rowNormBackwardScratch<T>(const RowNorm&);                                                  \
    template void rowNormBackward<T>(const Arena&, const RowNorm&, const T*, const T*, const T*, const T*, const T*, \
                                     T*, T*, T*, std::byte*);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

}  // namespace gradlens
