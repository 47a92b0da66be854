// SPDX-License-Identifier: GPL-3.0-or-later
// Places blocks that live for a while in one piece of memory, so that blocks alive at the same time never overlap.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gradlens {

struct Lifetime {
    std::int32_t first = 0, last = 0;  // not negative; inclusive
    std::size_t bytes = 0;             // offsets are multiples of what all sizes are multiples of
};

struct Packing {
    std::vector<std::size_t> offsets;  // by block
    std::size_t bytes = 0;             // of the whole
};

// The best of several heuristics, each O(n log n) (for few blocks also one that is quadratic): dynamic storage
// allocation is NP-hard. Deterministic.
Packing packed(std::span<const Lifetime> blocks);

// What is alive at the busiest moment: no packing takes less.
std::size_t liveBytes(std::span<const Lifetime> blocks);

}  // namespace gradlens
