// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/batch_norm.h"

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
constexpr std::int64_t kBlock = 16;  // channels a tile at most
constexpr std::int64_t kTileElements = 1 << 15;
constexpr int kParts = 16;  // sums kept apart so that they vectorise

std::int64_t channelsPerTile(const BatchNormGeometry& g) {
    return std::clamp<std::int64_t>(kTileElements / std::max<std::int64_t>(1, g.samples()), 1, kBlock);
}

// For each channel in [begin, end) the sum over samples of f(channel, index): along pixels when there are many,
// across channels when a sample has one pixel.
template <class F>
std::array<double, kBlock> sumsOf(const BatchNormGeometry& g, std::int64_t begin, std::int64_t end, F&& f) {
    std::array<double, kBlock> sums{};
    if (g.pixels == 1) {
        for (std::int64_t n = 0; n < g.batch; ++n)
            for (std::int64_t c = begin; c < end; ++c)
                sums[static_cast<std::size_t>(c - begin)] += f(c, n * g.channels + c);
        return sums;
    }
    for (std::int64_t c = begin; c < end; ++c) {
        double parts[kParts] = {};
        for (std::int64_t n = 0; n < g.batch; ++n) {
            const std::int64_t first = (n * g.channels + c) * g.pixels;
            std::int64_t i = 0;
            for (; i + kParts <= g.pixels; i += kParts)
                for (int part = 0; part < kParts; ++part) parts[part] += f(c, first + i + part);
            for (; i < g.pixels; ++i) parts[0] += f(c, first + i);
        }
        double& sum = sums[static_cast<std::size_t>(c - begin)];
        for (const double part : parts) sum += part;
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

// f(channel, index) for every element of channels [begin, end).
template <class F>
void eachElement(const BatchNormGeometry& g, std::int64_t begin, std::int64_t end, F&& f) {
    eachRun(g, begin, end, [&](std::int64_t c, std::int64_t first, std::int64_t count) {
        if (g.pixels == 1)
            for (std::int64_t i = 0; i < count; ++i) f(c + i, first + i);
        else
            for (std::int64_t i = first; i < first + count; ++i) f(c, i);
    });
}
}  // namespace

template <class T>
void batchMoments(const Arena& arena, const BatchNormGeometry& g, const T* input, double* mean, double* variance) {
    if (g.samples() == 0) return;
    const auto count = static_cast<double>(g.samples());
    arena.forRange(g.channels, channelsPerTile(g), [&](std::int64_t begin, std::int64_t end) {
        const auto sums =
            sumsOf(g, begin, end, [&](std::int64_t, std::int64_t i) { return static_cast<double>(input[i]); });
        for (std::int64_t c = begin; c < end; ++c) mean[c] = sums[static_cast<std::size_t>(c - begin)] / count;
        const auto squares = sumsOf(g, begin, end, [&](std::int64_t c, std::int64_t i) {
            const double deviation = static_cast<double>(input[i]) - mean[c];
            return deviation * deviation;
        });
        for (std::int64_t c = begin; c < end; ++c) variance[c] = squares[static_cast<std::size_t>(c - begin)] / count;
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
                for (std::int64_t i = first; i < first + count; ++i)
                    output[i] = (input[i] - mean[channel]) * (inverse[channel] * weight[channel]) + bias[channel];
            if (finish.apply != nullptr) finish.apply(finish.context, output + first, count);
        });
    });
}

template <class T>
void batchNormBackward(const Arena& arena, const BatchNormGeometry& g, const T* input, const T* gradOutput,
                       const T* mean, const T* inverse, const T* weight, T* gradInput, T* gradWeight, T* gradBias) {
    const auto count = static_cast<double>(std::max<std::int64_t>(1, g.samples()));
    arena.forRange(g.channels, channelsPerTile(g), [&](std::int64_t begin, std::int64_t end) {
        const auto sums =
            sumsOf(g, begin, end, [&](std::int64_t, std::int64_t i) { return static_cast<double>(gradOutput[i]); });
        const auto products = sumsOf(g, begin, end, [&](std::int64_t c, std::int64_t i) {
            return static_cast<double>(gradOutput[i]) * static_cast<double>((input[i] - mean[c]) * inverse[c]);
        });
        std::array<T, kBlock> meanGradient{}, meanProduct{};
        for (std::int64_t c = begin; c < end; ++c) {
            const auto at = static_cast<std::size_t>(c - begin);
            if (gradWeight != nullptr) gradWeight[c] = static_cast<T>(products[at]);
            if (gradBias != nullptr) gradBias[c] = static_cast<T>(sums[at]);
            meanGradient[at] = static_cast<T>(sums[at] / count);
            meanProduct[at] = static_cast<T>(products[at] / count);
        }
        if (gradInput == nullptr) return;
        eachElement(g, begin, end, [&](std::int64_t c, std::int64_t i) {
            const auto at = static_cast<std::size_t>(c - begin);
            const T normalised = (input[i] - mean[c]) * inverse[c];
            gradInput[i] = weight[c] * inverse[c] * (gradOutput[i] - meanGradient[at] - normalised * meanProduct[at]);
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
