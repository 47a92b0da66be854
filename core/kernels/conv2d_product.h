// SPDX-License-Identifier: GPL-3.0-or-later
// The inner product of the forward pass and of the gradient with respect to the input: some output channels times some
// vectors of pixels, summed over the taps in registers. Internal to core/kernels.
#pragma once
#include "core/kernels/conv2d_tiles.h"

#include <array>
#include <span>
#include <utility>

namespace gradlens::conv {

inline constexpr int kProductChannels = simd::kManyRegisters ? 8 : 4;  // x kBlockVectors accumulators

inline std::int64_t channelBlocks(std::int64_t channels) {
    return (channels + kProductChannels - 1) / kProductChannels;
}

// Elements of weights packed for `channels` outputs of `taps` terms each.
inline std::int64_t packedElements(std::int64_t channels, std::int64_t taps) {
    return channelBlocks(channels) * kProductChannels * taps;
}

// Packs weights as [block of channels][tap][channel in block]; weightAt(channel, tap).
template <class T, class F>
void packBlock(std::int64_t block, std::int64_t channels, std::int64_t taps, T* packed, F&& weightAt) {
    T* to = packed + block * kProductChannels * taps;
    const std::int64_t first = block * kProductChannels;
    const std::int64_t count = std::min<std::int64_t>(kProductChannels, channels - first);
    for (std::int64_t tap = 0; tap < taps; ++tap)
        for (std::int64_t i = 0; i < kProductChannels; ++i) *to++ = i < count ? weightAt(first + i, tap) : T(0);
}

template <class T>
inline constexpr int kResultStride = kBlockVectors* simd::kLanes<T>;

// Where the vectors of a product go: vector j of channel i to data + i * channelStride + places[j].
template <class T>
struct Result {
    T* data;
    std::int64_t channelStride;
    std::int64_t places[kBlockVectors];
};

// result[channel][lane] = bias[channel] + sum over taps of packed[tap][channel] * planes[source + offsets[tap] + lane]
template <class T, int Channels, int Vectors>
GRADLENS_WIDE void productOf(std::int64_t taps, const std::int64_t* offsets, const T* packed, const T* planes,
                             const std::int64_t* source, const T* bias, const Result<T>& result) {
    using V = simd::Vector<T>;
    V sums[Channels][Vectors];
    GRADLENS_UNROLL
    for (int i = 0; i < Channels; ++i) {
        const V start = bias != nullptr ? simd::broadcast<T>(bias[i]) : V{};
        GRADLENS_UNROLL
        for (int j = 0; j < Vectors; ++j) sums[i][j] = start;
    }
    const T* from[Vectors];
    GRADLENS_UNROLL
    for (int j = 0; j < Vectors; ++j) from[j] = planes + source[j];
    for (std::int64_t tap = 0; tap < taps; ++tap) {
        const std::int64_t offset = offsets[tap];
        V x[Vectors];
        GRADLENS_UNROLL
        for (int j = 0; j < Vectors; ++j) x[j] = simd::load<T>(from[j] + offset);
        GRADLENS_UNROLL
        for (int i = 0; i < Channels; ++i) {
            const V w = simd::broadcast<T>(packed[i]);
            GRADLENS_UNROLL
            for (int j = 0; j < Vectors; ++j) sums[i][j] += w * x[j];
        }
        packed += kProductChannels;
    }
    GRADLENS_UNROLL
    for (int i = 0; i < Channels; ++i) {
        GRADLENS_UNROLL
        for (int j = 0; j < Vectors; ++j)
            simd::store<T>(result.data + i * result.channelStride + result.places[j], sums[i][j]);
    }
}

template <class T>
using Product = void (*)(std::int64_t, const std::int64_t*, const T*, const T*, const std::int64_t*, const T*,
                         const Result<T>&);

// By the number of channels and vectors, each from one.
template <class T>
Product<T> productFor(int channels, int vectors) {
    static constexpr auto row = []<int... I>(std::integer_sequence<int, I...>, auto vectorCount) {
        return std::array<Product<T>, sizeof...(I)>{&productOf<T, I + 1, decltype(vectorCount)::value>...};
    };
    using Channels = std::make_integer_sequence<int, kProductChannels>;
    static constexpr std::array<std::array<Product<T>, kProductChannels>, kBlockVectors> table = {
        row(Channels{}, std::integral_constant<int, 1>{}), row(Channels{}, std::integral_constant<int, 2>{}),
        row(Channels{}, std::integral_constant<int, 3>{})};
    return table[static_cast<std::size_t>(vectors - 1)][static_cast<std::size_t>(channels - 1)];
}

// Where one tile's outputs go: element (row, column) of the grid of channel c is
// data[c * channelStride + row * rowStride + column * columnStride]. Rows that follow one another without gaps may be
// written by whole vectors, but nothing from `end` on within a channel; 0: exact runs only.
template <class T>
struct Destination {
    T* data;
    std::int64_t channelStride, rowStride, columnStride, end;
};

template <class T>
inline void storeSegment(const T* from, T* to, std::int64_t count, std::int64_t columnStride, std::int64_t room) {
    constexpr std::int64_t kLanes = simd::kLanes<T>;
    if (columnStride != 1) {
        for (std::int64_t i = 0; i < count; ++i) to[i * columnStride] = from[i];
        return;
    }
    // Whole vectors may write past the run where later runs of this tile overwrite that.
    if ((count + kLanes - 1) / kLanes * kLanes <= room) {
        for (std::int64_t i = 0; i < count; i += kLanes) simd::store<T>(to + i, simd::load<T>(from + i));
    } else {
        for (std::int64_t i = 0; i < count; ++i) to[i] = from[i];
    }
}

// All output channels of one tile.
template <class T>
GRADLENS_WIDE void multiply(const Cover& cover, std::span<const std::int64_t> offsets, std::int64_t channels,
                            const T* packed, const T* bias, const T* planes, const Destination<T>& to) {
    constexpr int kLanes = simd::kLanes<T>;
    alignas(64) T rows[kProductChannels * kResultStride<T> + kLanes] = {};
    const Result<T> buffer{rows, kResultStride<T>, {0, kLanes, 2 * kLanes}};
    static_assert(kBlockVectors == 3);
    const auto taps = static_cast<std::int64_t>(offsets.size());
    for (const Block& block : cover.blocks) {
        const std::span segments(cover.segments.data() + block.firstSegment, static_cast<std::size_t>(block.segments));
        // Whole vectors go right where they belong, others by way of the buffer.
        const bool direct = block.whole && to.columnStride == 1;
        Result<T> result = buffer;
        if (direct) {
            result = {to.data, to.channelStride, {}};
            for (const Segment& segment : segments)
                for (std::int32_t lane = 0; lane < segment.count; lane += kLanes)
                    result.places[(segment.from + lane) / kLanes] = segment.row * to.rowStride + segment.column + lane;
        }
        for (std::int64_t first = 0; first < channels; first += kProductChannels) {
            const int count = static_cast<int>(std::min<std::int64_t>(kProductChannels, channels - first));
            if (direct) result.data = to.data + first * to.channelStride;
            productFor<T>(count, block.vectors)(taps, offsets.data(), packed + first * taps, planes, block.source,
                                                bias != nullptr ? bias + first : nullptr, result);
            if (direct) continue;
            for (const Segment& segment : segments) {
                const std::int64_t place = segment.row * to.rowStride + segment.column * to.columnStride;
                for (int i = 0; i < count; ++i)
                    storeSegment(rows + i * kResultStride<T> + segment.from,
                                 to.data + (first + i) * to.channelStride + place, segment.count, to.columnStride,
                                 to.end - place);
            }
        }
    }
}

}  // namespace gradlens::conv
