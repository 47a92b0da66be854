// SPDX-License-Identifier: GPL-3.0-or-later
// Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
// A draw is a pure function of (seed, stream, step, index): step n needs no replay of the steps before it, and any
// thread may draw any index. Pure functions; any thread.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace gradlens {

// Four independent 32-bit words for one counter under one key.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

// What keeps the users of one seed apart. A node's own stream is kNodeStreams + node id.
enum class RandomStream : std::uint32_t {
    Shuffle = 1,
    Split = 2,
    Initialise = 3,
    Augment = 4,
    Generate = 5,
    NodeStreams = 1u << 16
};

constexpr RandomStream nodeStream(std::uint32_t nodeId) {
    return static_cast<RandomStream>(static_cast<std::uint32_t>(RandomStream::NodeStreams) + nodeId);
}

// A random sequence addressed by index. Copyable value, 24 bytes.
class Random {
public:
    Random() = default;
    Random(std::uint64_t seed, RandomStream stream, std::uint64_t step = 0);

    // Words 4*block .. 4*block+3 of the sequence. block is below 2^32.
    std::array<std::uint32_t, 4> block(std::uint64_t block) const;
    std::uint32_t word(std::uint64_t index) const;
    // Words 4*firstBlock, 4*firstBlock+1 ... of the sequence, as many as there is room for: much faster than one by
    // one.
    void words(std::uint64_t firstBlock, std::span<std::uint32_t> out) const;
    // Uniform in [0, 1), 53 bits, from words 2*index and 2*index+1.
    double uniform(std::uint64_t index) const;
    // Standard normal (Box-Muller on uniform(2*index), uniform(2*index+1)).
    double normal(std::uint64_t index) const;
    // Uniform in [0, bound), bound > 0, by multiply-shift on a 64-bit word (bias below bound / 2^64).
    std::uint64_t below(std::uint64_t index, std::uint64_t bound) const;

private:
    std::array<std::uint32_t, 2> m_key{};
    std::uint32_t m_stream = 0;
    std::uint64_t m_step = 0;
};

}  // namespace gradlens
