// SPDX-License-Identifier: GPL-3.0-or-later
// Lengths of vectors. Sums in double, tile by tile in a fixed order.
#pragma once
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <span>

namespace gradlens {

// The sum of f(i) for i in [0, count), in double: every tile sums its part in lanes of its own, and tiles are added in
// order.
template <class F>
double sumOver(const Arena& arena, std::int64_t count, F&& f) {
    constexpr std::int64_t kTile = 1 << 14, kLanes = 8;
    return arena.reduceTiles((count + kTile - 1) / kTile, 0.0,
                             [&](std::int64_t tile) {
                                 const std::int64_t begin = tile * kTile,
                                                    end = begin + kTile < count ? begin + kTile : count;
                                 double lanes[kLanes] = {};
                                 std::int64_t i = begin;
                                 for (; i + kLanes <= end; i += kLanes)
                                     for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += f(i + lane);
                                 for (; i < end; ++i) lanes[i - begin - (end - begin) / kLanes * kLanes] += f(i);
                                 double sum = 0;
                                 for (const double lane : lanes) sum += lane;
                                 return sum;
                             },
                             [](double a, double b) { return a + b; });
}

// The sum of squares of a tensor of real numbers.
double squaredNorm(const Arena& arena, const TensorView& tensor);
// The Euclidean length of all tensors together.
double normOf(const Arena& arena, std::span<const TensorView> tensors);

}  // namespace gradlens
