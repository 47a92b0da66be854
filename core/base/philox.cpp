// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"

#include <cmath>
#include <numbers>

namespace gradlens {

namespace {
constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;
__extension__ typedef unsigned __int128 Wide;
}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) {
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t p0 = kMultiplier0 * c[0], p1 = kMultiplier1 * c[2];
        c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(p1),
             static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(p0)};
        k = {k[0] + kWeyl0, k[1] + kWeyl1};
    }
    return c;
}

Random::Random(std::uint64_t seed, RandomStream stream, std::uint64_t step)
    : m_key{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
      m_stream(static_cast<std::uint32_t>(stream)),
      m_step(step) {}

std::array<std::uint32_t, 4> Random::block(std::uint64_t block) const {
    return philox4x32({static_cast<std::uint32_t>(block), m_stream, static_cast<std::uint32_t>(m_step),
                       static_cast<std::uint32_t>(m_step >> 32)},
                      m_key);
}

std::uint32_t Random::word(std::uint64_t index) const {
    return block(index / 4)[index % 4];
}

void Random::words(std::uint64_t firstBlock, std::span<std::uint32_t> out) const {
    // Sixteen blocks side by side, each word of the counter in an array of its own, so that the rounds vectorise.
    constexpr std::size_t kBlocks = 16;
    std::size_t done = 0;
    for (; done + 4 * kBlocks <= out.size(); done += 4 * kBlocks) {
        std::uint32_t c0[kBlocks], c1[kBlocks], c2[kBlocks], c3[kBlocks];
        for (std::size_t i = 0; i < kBlocks; ++i) {
            c0[i] = static_cast<std::uint32_t>(firstBlock + done / 4 + i);
            c1[i] = m_stream;
            c2[i] = static_cast<std::uint32_t>(m_step);
            c3[i] = static_cast<std::uint32_t>(m_step >> 32);
        }
        std::uint32_t k0 = m_key[0], k1 = m_key[1];
        for (int round = 0; round < kRounds; ++round) {
            for (std::size_t i = 0; i < kBlocks; ++i) {
                const std::uint64_t p0 = kMultiplier0 * c0[i], p1 = kMultiplier1 * c2[i];
                c0[i] = static_cast<std::uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
                c1[i] = static_cast<std::uint32_t>(p1);
                c2[i] = static_cast<std::uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
                c3[i] = static_cast<std::uint32_t>(p0);
            }
            k0 += kWeyl0;
            k1 += kWeyl1;
        }
        for (std::size_t i = 0; i < kBlocks; ++i) {
            out[done + 4 * i] = c0[i];
            out[done + 4 * i + 1] = c1[i];
            out[done + 4 * i + 2] = c2[i];
            out[done + 4 * i + 3] = c3[i];
        }
    }
    for (; done < out.size(); done += 4) {
        const auto last = block(firstBlock + done / 4);
        for (std::size_t i = 0; i < 4 && done + i < out.size(); ++i) out[done + i] = last[i];
    }
}

double Random::uniform(std::uint64_t index) const {
    const auto words = block(index / 2);
    const std::uint64_t high = words[2 * (index % 2)], low = words[2 * (index % 2) + 1];
    return static_cast<double>(((high << 32) | low) >> 11) * 0x1.0p-53;
}

double Random::normal(std::uint64_t index) const {
    // 1 - u lies in (0, 1], so that the logarithm is finite.
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform(2 * index)));
    return radius * std::cos(2.0 * std::numbers::pi * uniform(2 * index + 1));
}

std::uint64_t Random::below(std::uint64_t index, std::uint64_t bound) const {
    const auto words = block(index / 2);
    const std::uint64_t bits = (std::uint64_t{words[2 * (index % 2)]} << 32) | words[2 * (index % 2) + 1];
    return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64);
}

}  // namespace gradlens
