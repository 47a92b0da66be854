// SPDX-License-Identifier: GPL-3.0-or-later
// Softmax along one axis of a tensor seen as [outer, classes, inner]. Numerically stable (the maximum is subtracted).
// Source and target may be the same memory. NaN, or +infinity anywhere, makes NaN of the whole group.
#pragma once
#include "core/kernels/transcendental.h"
#include "core/tensor/shape.h"

#include <algorithm>
#include <cstdint>

namespace gradlens {

struct AxisLayout {
    std::int64_t outer = 1, classes = 1, inner = 1;
};

// `axis` counts from 0.
inline AxisLayout axisLayout(const Shape& shape, int axis) {
    return {shape.slice(0, axis).elements(), shape[axis], shape.slice(axis + 1).elements()};
}

// A sum in 16 lanes that combine in a fixed order: vectorises, and does not depend on anything but the values.
template <class T, class F>
T laneSum(std::int64_t count, F&& term) {
    constexpr std::int64_t kLanes = 16;
    T lanes[kLanes] = {};
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
    T rest = 0;
    for (; i < count; ++i) rest += term(i);
    for (std::int64_t width = kLanes / 2; width > 0; width /= 2)
        for (std::int64_t lane = 0; lane < width; ++lane) lanes[lane] += lanes[lane + width];
    return lanes[0] + rest;
}

// The groups of one softmax as tiles: whole rows where the axis is innermost, otherwise `width` columns of one outer
// index. Chosen from the layout only.
struct SoftmaxTiles {
    static constexpr std::int64_t kElements = 1 << 13;  // of work, about
    static constexpr std::int64_t kMaxColumns = 256;

    explicit SoftmaxTiles(const AxisLayout& axis) : layout(axis) {
        const std::int64_t fitting = std::max<std::int64_t>(1, kElements / std::max<std::int64_t>(1, axis.classes));
        if (axis.classes == 0 || axis.outer == 0 || axis.inner == 0) return;
        if (axis.inner == 1) {
            groups = fitting;
            perOuter = 1;
            count = (axis.outer + groups - 1) / groups;
        } else {
            groups = std::min({fitting < 16 ? std::int64_t{16} : fitting, kMaxColumns, axis.inner});
            perOuter = (axis.inner + groups - 1) / groups;
            count = axis.outer * perOuter;
        }
    }

    AxisLayout layout;
    std::int64_t groups = 1;    // groups a tile, at most
    std::int64_t perOuter = 1;  // tiles an outer index, where inner > 1
    std::int64_t count = 0;
};

// target = softmax(source) over `classes` adjacent elements; leaves the maximum and the sum of exp(x - maximum).
template <class T>
void softmaxRow(const T* source, T* target, std::int64_t classes, T& maximum, T& sum) {
    T largest = source[0];
    for (std::int64_t c = 1; c < classes; ++c) largest = source[c] > largest ? source[c] : largest;
    for (std::int64_t c = 0; c < classes; ++c) target[c] = exponential(source[c] - largest);
    const T total = laneSum<T>(classes, [&](std::int64_t c) { return target[c]; });
    const T factor = T(1) / total;
    for (std::int64_t c = 0; c < classes; ++c) target[c] *= factor;
    maximum = largest;
    sum = total;
}

// The same for `width` columns whose classes lie `stride` apart in source and `targetStride` apart in target; maxima
// and sums hold `width` elements each.
template <class T>
void softmaxColumns(const T* source, std::int64_t stride, T* target, std::int64_t targetStride, std::int64_t classes,
                    std::int64_t width, T* maxima, T* sums) {
    for (std::int64_t i = 0; i < width; ++i) {
        maxima[i] = source[i];
        sums[i] = 0;
    }
    for (std::int64_t c = 1; c < classes; ++c) {
        const T* row = source + c * stride;
        for (std::int64_t i = 0; i < width; ++i) maxima[i] = row[i] > maxima[i] ? row[i] : maxima[i];
    }
    for (std::int64_t c = 0; c < classes; ++c) {
        const T* row = source + c * stride;
        T* out = target + c * targetStride;
        for (std::int64_t i = 0; i < width; ++i) {
            const T value = exponential(row[i] - maxima[i]);
            out[i] = value;
            sums[i] += value;
        }
    }
    for (std::int64_t c = 0; c < classes; ++c) {
        T* out = target + c * targetStride;
        for (std::int64_t i = 0; i < width; ++i) out[i] /= sums[i];
    }
}

}  // namespace gradlens
