// SPDX-License-Identifier: GPL-3.0-or-later
// Elementwise loops over whole tensors, cut into fixed ranges that run in parallel. Source and target may be the same
// memory. Tight loops over plain arrays, so that the compiler vectorises them.
#pragma once
#include "core/parallel/arena.h"

#include <cassert>
#include <cstdint>
#include <span>

namespace gradlens {

inline constexpr std::int64_t kElementwiseGrain = 1 << 15;  // elements a tile: about 20 microseconds of memory traffic

// to[i] = f(from[i])
template <class T, class F>
void mapElements(const Arena& arena, std::span<const T> from, std::span<T> to, F f) {
    assert(from.size() == to.size());
    arena.forRange(static_cast<std::int64_t>(to.size()), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
        const T* source = from.data();
        T* target = to.data();
        // In place apart from elsewhere: a compiler that must allow for overlap does not vectorise when there is any.
        if (source == target)
            for (std::int64_t i = begin; i < end; ++i) target[i] = f(target[i]);
        else
            for (std::int64_t i = begin; i < end; ++i) target[i] = f(source[i]);
    });
}

// to[i] = f(a[i], b[i])
template <class T, class F>
void zipElements(const Arena& arena, std::span<const T> a, std::span<const T> b, std::span<T> to, F f) {
    assert(a.size() == to.size() && b.size() == to.size());
    arena.forRange(static_cast<std::int64_t>(to.size()), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
        const T* first = a.data();
        const T* second = b.data();
        T* target = to.data();
        if (first == target)
            for (std::int64_t i = begin; i < end; ++i) target[i] = f(target[i], second[i]);
        else if (second == target)
            for (std::int64_t i = begin; i < end; ++i) target[i] = f(first[i], target[i]);
        else
            for (std::int64_t i = begin; i < end; ++i) target[i] = f(first[i], second[i]);
    });
}

}  // namespace gradlens
