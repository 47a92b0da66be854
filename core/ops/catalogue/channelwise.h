// SPDX-License-Identifier: GPL-3.0-or-later
// Layers with one learned number for each channel, or one for all: the walk over a tensor with the channel's number at
// hand, and the sums over everything that shares one.
#pragma once
#include "core/kernels/strided.h"

namespace gradlens {

inline constexpr int kNoChannels = -1;  // one number for all

// Operand 0 is the tensor, operand 1 has one element for each place along `axis`.
inline StridedLayout<2> channelLayout(const Shape& shape, int axis) {
    Strides channel{};
    if (axis != kNoChannels) channel[static_cast<std::size_t>(axis)] = 1;
    return {shape, {broadcastStrides(shape, shape), channel}};
}

// body(i, c): element i belongs to channel c.
template <class Body>
void forChannels(const Arena& arena, const StridedLayout<2>& layout, Body body) {
    const bool same = layout.inner().strides[1] == 0;
    forRuns(arena, layout, [&](const auto& at, std::int64_t count) {
        if (same)
            for (std::int64_t k = 0; k < count; ++k) body(at[0] + k, at[1]);
        else
            for (std::int64_t k = 0; k < count; ++k) body(at[0] + k, at[1] + k);
    });
}

// sums[c] = Σ term(i, c) over the elements of channel c.
template <class T, class Term>
void sumChannels(const Arena& arena, const StridedLayout<2>& layout, T* sums, Term term) {
    const std::int64_t step = layout.inner().strides[1];
    foldAxes(
        arena, layout, sums, T(0), [=](const auto& at, std::int64_t i) { return term(at[0] + i, at[1] + i * step); },
        [](T a, T b) { return a + b; });
}

}  // namespace gradlens
