// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/batch_norm.h"

#include "core/kernels/simd.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace gradlens {

namespace {
constexpr std::int64_t kBlock = 16;  // channels a tile at most
constexpr std::int64_t kTileElements = 1 << 15;
constexpr std::int64_t kParts = 16;  // sums kept apart, in two vectors

typedef double Doubles __attribute__((vector_size(kParts / 2 * sizeof(double))));
template <class T>
struct HalfOf {
    typedef T Type __attribute__((vector_size(kParts / 2 * sizeof(T))));
};

// Reads one element or half a row of parts, so that a term is written once for both.
template <class T>
struct ReadOne {
    std::int64_t index;
    T operator()(const T* from) const { return from[index]; }
};
template <class T>
struct ReadHalf {
    std::int64_t index;
    typename HalfOf<T>::Type operator()(const T* from) const {
        typename HalfOf<T>::Type value;
        std::memcpy(&value, from + index, sizeof value);
        return value;
    }
};
inline double widened(float value) {
    return static_cast<double>(value);
}
inline double widened(double value) {
    return value;
}
template <class V>
requires(sizeof(V) > sizeof(double)) inline Doubles widened(const V& value) {
    return __builtin_convertvector(value, Doubles);
}

std::int64_t channelsPerTile(const BatchNormGeometry& g) {
    return std::clamp<std::int64_t>(kTileElements / std::max<std::int64_t>(1, g.samples()), 1, kBlock);
}

// For each channel in [begin, end) the sums over samples of each f(channel, read), where `read` gives the element or
// elements of an array: along pixels when there are many, across channels when a sample has one pixel. Several sums
// read the elements once.
template <class T, class... F>
GRADLENS_WIDE std::array<std::array<double, kBlock>, sizeof...(F)> sumsOf(const BatchNormGeometry& g,
                                                                          std::int64_t begin, std::int64_t end,
                                                                          const F&... f) {
    std::array<std::array<double, kBlock>, sizeof...(F)> sums{};
    if (g.pixels == 1) {
        for (std::int64_t n = 0; n < g.batch; ++n)
            for (std::int64_t c = begin; c < end; ++c) {
                std::size_t k = 0;
                ((sums[k++][static_cast<std::size_t>(c - begin)] += f(c, ReadOne<T>{n * g.channels + c})), ...);
            }
        return sums;
    }
    for (std::int64_t c = begin; c < end; ++c) {
        Doubles parts[sizeof...(F)][2] = {};
        for (std::int64_t n = 0; n < g.batch; ++n) {
            std::int64_t i = (n * g.channels + c) * g.pixels;
            const std::int64_t last = i + g.pixels;
            for (; i + kParts <= last; i += kParts) {
                std::size_t k = 0;
                ((parts[k][0] += f(c, ReadHalf<T>{i}), parts[k][1] += f(c, ReadHalf<T>{i + kParts / 2}), ++k), ...);
            }
            for (; i < last; ++i) {
                std::size_t k = 0;
                ((parts[k++][0][0] += f(c, ReadOne<T>{i})), ...);
            }
        }
        for (std::size_t k = 0; k < sizeof...(F); ++k)
            for (const Doubles& half : parts[k])
                for (int lane = 0; lane < kParts / 2; ++lane)
                    sums[k][static_cast<std::size_t>(c - begin)] += half[lane];
    }
    return sums;
}

// f(channel, first index, count) for every run of adjacent elements of channels [begin, end): pixels of one channel,
// or, where a sample has one pixel, channels from that one on.
template <class F>
void eachRun(const BatchNormGeometry& g, std::int64_t begin, std::int64_t end, F&& f) {
    if (g.pixels == 1) {
        for (std::int64_t n = 0; n < g.batch; ++n) f(begin, n * g.channels + begin, end - begin);
        return;
    }
    for (std::int64_t c = begin; c < end; ++c)
        for (std::int64_t n = 0; n < g.batch; ++n) f(c, (n * g.channels + c) * g.pixels, g.pixels);
}

// Values by copy: they cannot lie in what is written.
template <class T>
GRADLENS_WIDE void normaliseRun(std::int64_t count, const T* input, T* output, T mean, T scale, T bias) {
    for (std::int64_t i = 0; i < count; ++i) output[i] = (input[i] - mean) * scale + bias;
}

// What the gradients of one channel have in common.
template <class T>
struct ChannelGradient {
    T mean, inverse, scale, meanGradient, meanProduct;
};

template <class T>
GRADLENS_WIDE void inputGradients(std::int64_t count, const T* input, const T* gradOutput, T* gradInput,
                                  const ChannelGradient<T> channel) {
    for (std::int64_t i = 0; i < count; ++i) {
        const T normalised = (input[i] - channel.mean) * channel.inverse;
        gradInput[i] = channel.scale * (gradOutput[i] - channel.meanGradient - normalised * channel.meanProduct);
    }
}
}  // namespace

template <class T>
void batchMoments(const Arena& arena, const BatchNormGeometry& g, const T* input, double* mean, double* variance) {
    if (g.samples() == 0) return;
    const auto count = static_cast<double>(g.samples());
    arena.forRange(g.channels, channelsPerTile(g), [&](std::int64_t begin, std::int64_t end) {
        const auto sums =
            sumsOf<T>(g, begin, end, [&](std::int64_t, const auto& read) { return widened(read(input)); });
        for (std::int64_t c = begin; c < end; ++c) mean[c] = sums[0][static_cast<std::size_t>(c - begin)] / count;
        const auto squares = sumsOf<T>(g, begin, end, [&](std::int64_t c, const auto& read) {
            const auto deviation = widened(read(input)) - mean[c];
            return deviation * deviation;
        });
        for (std::int64_t c = begin; c < end; ++c)
            variance[c] = squares[0][static_cast<std::size_t>(c - begin)] / count;
    });
}

template <class T>
void batchNormalise(const Arena& arena, const BatchNormGeometry& g, const T* input, const T* mean, const T* inverse,
                    const T* weight, const T* bias, T* output, const BatchNormFinish<T>& finish) {
    arena.forRange(g.channels, channelsPerTile(g), [&](std::int64_t begin, std::int64_t end) {
        eachRun(g, begin, end, [&](std::int64_t channel, std::int64_t first, std::int64_t count) {
            if (g.pixels == 1)
                for (std::int64_t i = 0; i < count; ++i) {
                    const std::int64_t c = channel + i;
                    output[first + i] = (input[first + i] - mean[c]) * (inverse[c] * weight[c]) + bias[c];
                }
            else
                normaliseRun<T>(count, input + first, output + first, mean[channel], inverse[channel] * weight[channel],
                                bias[channel]);
            if (finish.apply != nullptr) finish.apply(finish.context, output + first, count);
        });
    });
}

template <class T>
void batchNormBackward(const Arena& arena, const BatchNormGeometry& g, const T* input, const T* gradOutput,
                       const T* mean, const T* inverse, const T* weight, T* gradInput, T* gradWeight, T* gradBias) {
    const auto count = static_cast<double>(std::max<std::int64_t>(1, g.samples()));
    arena.forRange(g.channels, channelsPerTile(g), [&](std::int64_t begin, std::int64_t end) {
        const auto sums = sumsOf<T>(
            g, begin, end, [&](std::int64_t, const auto& read) { return widened(read(gradOutput)); },
            [&](std::int64_t c, const auto& read) {
                return widened(read(gradOutput)) * widened((read(input) - mean[c]) * inverse[c]);
            });
        std::array<T, kBlock> meanGradient{}, meanProduct{}, scale{};
        for (std::int64_t c = begin; c < end; ++c) {
            const auto at = static_cast<std::size_t>(c - begin);
            if (gradWeight != nullptr) gradWeight[c] = static_cast<T>(sums[1][at]);
            if (gradBias != nullptr) gradBias[c] = static_cast<T>(sums[0][at]);
            meanGradient[at] = static_cast<T>(sums[0][at] / count);
            meanProduct[at] = static_cast<T>(sums[1][at] / count);
            scale[at] = weight[c] * inverse[c];
        }
        if (gradInput == nullptr) return;
        eachRun(g, begin, end, [&](std::int64_t channel, std::int64_t first, std::int64_t run) {
            if (g.pixels == 1) {
                for (std::int64_t i = 0; i < run; ++i) {
                    const auto at = static_cast<std::size_t>(channel - begin + i);
                    const T normalised = (input[first + i] - mean[channel + i]) * inverse[channel + i];
                    gradInput[first + i] =
                        scale[at] * (gradOutput[first + i] - meanGradient[at] - normalised * meanProduct[at]);
                }
                return;
            }
            const auto at = static_cast<std::size_t>(channel - begin);
            inputGradients<T>(run, input + first, gradOutput + first, gradInput + first,
                              {mean[channel], inverse[channel], scale[at], meanGradient[at], meanProduct[at]});
        });
    });
}

#define GRADLENS_INSTANTIATE(T)                                                                                     \
    template void batchMoments(const Arena&, const BatchNormGeometry&, const T*, double*, double*);                 \
    template void batchNormalise(const Arena&, const BatchNormGeometry&, const T*, const T*, const T*, const T*,    \
                                 const T*, T*, const BatchNormFinish<T>&);                                          \
    template void batchNormBackward(const Arena&, const BatchNormGeometry&, const T*, const T*, const T*, const T*, \
                                    const T*, T*, T*, T*);
GRADLENS_INSTANTIATE(float)
GRADLENS_INSTANTIATE(double)
#undef GRADLENS_INSTANTIATE

}  // namespace gradlens
