// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/pool2d.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 15;  // of the input: about 20 microseconds

struct Range {
    std::int64_t begin, end;
};

// The kernel elements of window `output` that lie in the input.
Range tapsInside(const ConvAxis& axis, std::int64_t output) {
    const std::int64_t start = output * axis.stride - axis.padding;
    return {std::max<std::int64_t>(0, -start), std::min(axis.kernel, axis.input - start)};
}

// The outputs whose kernel element `tap` lies in the input.
Range outputsInside(const ConvAxis& axis, std::int64_t tap) {
    const std::int64_t shift = axis.padding - tap;  // input = output * stride - shift
    const std::int64_t begin = shift <= 0 ? 0 : (shift + axis.stride - 1) / axis.stride;
    const std::int64_t room = axis.input - 1 + shift;
    const std::int64_t end = room < 0 ? 0 : std::min(axis.output(), room / axis.stride + 1);
    return {std::min(begin, end), end};
}

template <class F>
void eachPlane(const Arena& arena, const PoolGeometry& g, F&& body) {
    const std::int64_t plane = std::max<std::int64_t>(1, g.height.input * g.width.input);
    arena.forRange(g.planes, std::max<std::int64_t>(1, kTileElements / plane),
                   [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t i = begin; i < end; ++i) body(i);
                   });
}

// Strides one and two as constants, so that the inner loops vectorise.
template <class F>
void withStride(std::int64_t stride, F&& body) {
    if (stride == 1) {
        body(std::integral_constant<std::int64_t, 1>{});
    } else if (stride == 2) {
        body(std::integral_constant<std::int64_t, 2>{});
    } else {
        body(stride);
    }
}

// Compares places (start + column * stride) of the plane, for columns of outputs, with the best so far. A NaN beats
// all.
template <class T, bool kIndices, class Stride>
void compareRow(const T* __restrict from, std::int32_t start, std::int32_t count, T* __restrict best,
                std::int32_t* __restrict index, Stride stride) {
    const auto step = static_cast<std::int32_t>(stride);
    for (std::int32_t column = 0; column < count; ++column) {
        const T value = from[column * step];
        const T before = best[column];
        const bool wins = (value > before) | (value != value);
        if constexpr (kIndices) index[column] = wins ? start + column * step : index[column];
        best[column] = wins ? value : before;
    }
}

// One row of maxima, one kernel element after the other.
template <class T, bool kIndices, class Stride>
void maxRow(const PoolGeometry& g, std::int64_t row, const T* plane, T* best, std::int32_t* index, Stride stride) {
    const std::int64_t columns = g.width.output();
    const Range rows = tapsInside(g.height, row);
    std::fill(best, best + columns, -std::numeric_limits<T>::infinity());
    if constexpr (kIndices) {
        const std::int64_t first = (row * g.height.stride - g.height.padding + rows.begin) * g.width.input;
        for (std::int64_t column = 0; column < columns; ++column)
            index[column] =
                static_cast<std::int32_t>(first + std::max<std::int64_t>(0, column * g.width.stride - g.width.padding));
    }
    for (std::int64_t u = rows.begin; u < rows.end; ++u) {
        for (std::int64_t v = 0; v < g.width.kernel; ++v) {
            const Range inside = outputsInside(g.width, v);
            const std::int64_t start = (row * g.height.stride - g.height.padding + u) * g.width.input + v -
                                       g.width.padding + inside.begin * stride;
            compareRow<T, kIndices>(plane + start, static_cast<std::int32_t>(start),
                                    static_cast<std::int32_t>(inside.end - inside.begin), best + inside.begin,
                                    kIndices ? index + inside.begin : nullptr, stride);
        }
    }
}

// The commonest case, floats in windows of 2x2 that do not overlap, eight windows at a time.
constexpr std::int64_t kHalved = 8;
using HalvedFloats __attribute__((vector_size(kHalved * sizeof(float)))) = float;
using HalvedPlaces __attribute__((vector_size(kHalved * sizeof(std::int32_t)))) = std::int32_t;

bool isHalving(const PoolGeometry& g) {
    const auto halves = [](const ConvAxis& axis) { return axis.kernel == 2 && axis.stride == 2 && axis.padding == 0; };
    return halves(g.height) && halves(g.width) && g.width.output() >= kHalved;
}

// Eight outputs from 2x16 inputs at `upper`, whose place in the plane is `start`.
void halve(const float* upper, std::int64_t width, std::int32_t start, float* output, std::int32_t* argmax) {
    constexpr HalvedPlaces kEven = {0, 2, 4, 6, 8, 10, 12, 14};
    HalvedFloats rows[4];
    std::memcpy(rows, upper, sizeof rows / 2);
    std::memcpy(rows + 2, upper + width, sizeof rows / 2);
    HalvedFloats best = __builtin_shufflevector(rows[0], rows[1], 0, 2, 4, 6, 8, 10, 12, 14);
    HalvedPlaces place = kEven + start;
    const auto compare = [&](const HalvedFloats& value, std::int32_t offset) {
        const HalvedPlaces wins = (value > best) | (value != value);
        best = wins ? value : best;
        place = wins ? kEven + (start + offset) : place;
    };
    const auto down = static_cast<std::int32_t>(width);
    compare(__builtin_shufflevector(rows[0], rows[1], 1, 3, 5, 7, 9, 11, 13, 15), 1);
    compare(__builtin_shufflevector(rows[2], rows[3], 0, 2, 4, 6, 8, 10, 12, 14), down);
    compare(__builtin_shufflevector(rows[2], rows[3], 1, 3, 5, 7, 9, 11, 13, 15), down + 1);
    std::memcpy(output, &best, sizeof best);
    if (argmax != nullptr) std::memcpy(argmax, &place, sizeof place);
}

// One row of such windows; the last eight overlap those before.
void halveRow(const PoolGeometry& g, std::int64_t row, const float* plane, float* output, std::int32_t* argmax) {
    const std::int64_t columns = g.width.output();
    const std::int64_t start = 2 * row * g.width.input;
    for (std::int64_t next = 0; next < columns; next += kHalved) {
        const std::int64_t column = std::min(next, columns - kHalved);
        halve(plane + start + 2 * column, g.width.input, static_cast<std::int32_t>(start + 2 * column), output + column,
              argmax != nullptr ? argmax + column : nullptr);
    }
}

// Calls body(output column, input place) for every element of a row of windows.
template <class F>
void eachWindowElement(const PoolGeometry& g, std::int64_t row, F&& body) {
    const Range rows = tapsInside(g.height, row);
    withStride(g.width.stride, [&](auto stride) {
        for (std::int64_t u = rows.begin; u < rows.end; ++u) {
            for (std::int64_t v = 0; v < g.width.kernel; ++v) {
                const Range inside = outputsInside(g.width, v);
                const std::int64_t start =
                    (row * g.height.stride - g.height.padding + u) * g.width.input + v - g.width.padding;
                for (std::int64_t column = inside.begin; column < inside.end; ++column)
                    body(column, start + column * stride);
            }
        }
    });
}

template <class T>
T divisor(const PoolGeometry& g, bool countPadding, std::int64_t row, std::int64_t column) {
    if (countPadding) return static_cast<T>(g.height.kernel * g.width.kernel);
    const Range rows = tapsInside(g.height, row);
    const Range columns = tapsInside(g.width, column);
    return static_cast<T>((rows.end - rows.begin) * (columns.end - columns.begin));
}
}  // namespace

template <class T>
void maxPool2dForward(const Arena& arena, const PoolGeometry& g, const T* input, T* output, std::int32_t* argmax) {
    const std::int64_t rows = g.height.output();
    const std::int64_t columns = g.width.output();
    [[maybe_unused]] const bool halving = isHalving(g);
    eachPlane(arena, g, [&](std::int64_t plane) {
        const T* from = input + plane * g.height.input * g.width.input;
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::int64_t at = (plane * rows + row) * columns;
            if constexpr (std::is_same_v<T, float>) {
                if (halving) {
                    halveRow(g, row, from, output + at, argmax != nullptr ? argmax + at : nullptr);
                    continue;
                }
            }
            withStride(g.width.stride, [&](auto stride) {
                if (argmax != nullptr) {
                    maxRow<T, true>(g, row, from, output + at, argmax + at, stride);
                } else {
                    maxRow<T, false>(g, row, from, output + at, nullptr, stride);
                }
            });
        }
    });
}

template <class T>
void maxPool2dBackward(const Arena& arena, const PoolGeometry& g, const T* gradOutput, const std::int32_t* argmax,
                       T* gradInput) {
    const std::int64_t outputs = g.height.output() * g.width.output();
    const std::int64_t inputs = g.height.input * g.width.input;
    eachPlane(arena, g, [&](std::int64_t plane) {
        T* to = gradInput + plane * inputs;
        std::fill(to, to + inputs, T(0));
        for (std::int64_t i = plane * outputs; i < (plane + 1) * outputs; ++i) to[argmax[i]] += gradOutput[i];
    });
}

template <class T>
void avgPool2dForward(const Arena& arena, const PoolGeometry& g, bool countPadding, const T* input, T* output) {
    const std::int64_t rows = g.height.output();
    const std::int64_t columns = g.width.output();
    eachPlane(arena, g, [&](std::int64_t plane) {
        const T* from = input + plane * g.height.input * g.width.input;
        for (std::int64_t row = 0; row < rows; ++row) {
            T* to = output + (plane * rows + row) * columns;
            std::fill(to, to + columns, T(0));
            eachWindowElement(g, row, [&](std::int64_t column, std::int64_t place) { to[column] += from[place]; });
            for (std::int64_t column = 0; column < columns; ++column)
                to[column] /= divisor<T>(g, countPadding, row, column);
        }
    });
}

template <class T>
void avgPool2dBackward(const Arena& arena, const PoolGeometry& g, bool countPadding, const T* gradOutput,
                       T* gradInput) {
    const std::int64_t rows = g.height.output();
    const std::int64_t columns = g.width.output();
    const std::int64_t inputs = g.height.input * g.width.input;
    eachPlane(arena, g, [&](std::int64_t plane) {
        T* to = gradInput + plane * inputs;
        std::fill(to, to + inputs, T(0));
        for (std::int64_t row = 0; row < rows; ++row) {
            const T* from = gradOutput + (plane * rows + row) * columns;
            eachWindowElement(g, row, [&](std::int64_t column, std::int64_t place) {
                to[place] += from[column] / divisor<T>(g, countPadding, row, column);
            });
        }
    });
}

#define GRADLENS_INSTANTIATE(T)                                                                            \
    template void maxPool2dForward(const Arena&, const PoolGeometry&, const T*, T*, std::int32_t*);        \
    template void maxPool2dBackward(const Arena&, const PoolGeometry&, const T*, const std::int32_t*, T*); \
    template void avgPool2dForward(const Arena&, const PoolGeometry&, bool, const T*, T*);                 \
    template void avgPool2dBackward(const Arena&, const PoolGeometry&, bool, const T*, T*);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

}  // namespace gradlens
