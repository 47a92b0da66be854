// SPDX-License-Identifier: GPL-3.0-or-later
// Copies of whole tensors and of rectangles, cut into fixed ranges that run in parallel.
#pragma once
#include "core/parallel/arena.h"
#include "core/tensor/tensor.h"

#include <cassert>
#include <cstring>

namespace gradlens {

inline constexpr std::int64_t kCopyGrain = 1 << 18;  // bytes a tile

// The bytes of one view into another with as many; nothing to do when they are the same memory.
inline void copyElements(const Arena& arena, const TensorView& from, const TensorView& to) {
    assert(from.bytes() == to.bytes());
    if (from.data() == to.data() || to.data() == nullptr) return;
    const auto* source = static_cast<const std::byte*>(from.data());
    auto* target = static_cast<std::byte*>(to.data());
    arena.forRange(static_cast<std::int64_t>(to.bytes()), kCopyGrain, [&](std::int64_t begin, std::int64_t end) {
        std::memcpy(target + begin, source + begin, static_cast<std::size_t>(end - begin));
    });
}

// `rows` runs of `bytes` bytes each, the starts sourceStride and targetStride bytes apart.
inline void copyRows(const Arena& arena, const std::byte* source, std::int64_t sourceStride, std::byte* target,
                     std::int64_t targetStride, std::int64_t rows, std::int64_t bytes) {
    if (bytes == 0) return;
    const std::int64_t grain = kCopyGrain / bytes > 0 ? kCopyGrain / bytes : 1;
    arena.forRange(rows, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            std::memcpy(target + row * targetStride, source + row * sourceStride, static_cast<std::size_t>(bytes));
    });
}

}  // namespace gradlens
