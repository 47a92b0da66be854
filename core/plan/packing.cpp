// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/packing.h"

#include <queue>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace gradlens {

namespace {
constexpr std::size_t kFewBlocks = 1500;

// The holes of a heap, by offset and by size; what lies above its top is free without end.
class Holes {
public:
    std::size_t take(std::size_t bytes) {
        const auto fitting = m_bySize.lower_bound({bytes, 0});
        std::size_t offset = m_top, size = bytes;
        if (fitting != m_bySize.end()) {
            std::tie(size, offset) = *fitting;
            remove(offset, size);
        } else if (const auto highest = m_byOffset.empty() ? m_byOffset.end() : std::prev(m_byOffset.end());
                   highest != m_byOffset.end() && highest->first + highest->second == m_top) {
            offset = highest->first;  // the hole at the top grows
            remove(offset, highest->second);
        }
        if (size > bytes) insert(offset + bytes, size - bytes);
        m_top = std::max(m_top, offset + bytes);
        return offset;
    }

    void give(std::size_t offset, std::size_t bytes) {
        auto next = m_byOffset.lower_bound(offset);
        if (next != m_byOffset.end() && next->first == offset + bytes) {
            bytes += next->second;
            remove(next->first, next->second);
            next = m_byOffset.lower_bound(offset);
        }
        if (next != m_byOffset.begin()) {
            const auto before = *std::prev(next);
            if (before.first + before.second == offset) {
                remove(before.first, before.second);
                offset = before.first;
                bytes += before.second;
            }
        }
        insert(offset, bytes);
    }

    std::size_t top() const { return m_top; }

private:
    void insert(std::size_t offset, std::size_t bytes) {
        m_byOffset.emplace(offset, bytes);
        m_bySize.emplace(bytes, offset);
    }
    void remove(std::size_t offset, std::size_t bytes) {
        m_byOffset.erase(offset);
        m_bySize.erase({bytes, offset});
    }
    std::map<std::size_t, std::size_t> m_byOffset;
    std::set<std::pair<std::size_t, std::size_t>> m_bySize;
    std::size_t m_top = 0;
};

// As a heap would do it that serves the blocks in order of time, the smallest hole that fits.
Packing packedInTime(std::span<const Lifetime> blocks) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {},
                      [&](std::size_t block) { return std::tuple(blocks[block].first, ~blocks[block].bytes, block); });
    std::priority_queue<std::pair<std::int32_t, std::size_t>, std::vector<std::pair<std::int32_t, std::size_t>>,
                        std::greater<>>
        alive;
    Holes holes;
    Packing result{std::vector<std::size_t>(blocks.size()), 0};
    for (const std::size_t block : order) {
        for (; !alive.empty() && alive.top().first < blocks[block].first; alive.pop()) {
            const std::size_t ended = alive.top().second;
            if (blocks[ended].bytes > 0) holes.give(result.offsets[ended], blocks[ended].bytes);
        }
        if (blocks[block].bytes > 0) result.offsets[block] = holes.take(blocks[block].bytes);
        alive.emplace(blocks[block].last, block);
    }
    result.bytes = holes.top();
    return result;
}

Packing packedBackInTime(std::span<const Lifetime> blocks) {
    std::vector<Lifetime> mirrored(blocks.begin(), blocks.end());
    for (Lifetime& block : mirrored) {
        std::swap(block.first, block.last);
        block.first = -block.first;
        block.last = -block.last;
    }
    return packedInTime(mirrored);
}

// Largest first, each at the lowest offset that is free for its whole lifetime.
Packing packedBySize(std::span<const Lifetime> blocks) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t block) { return std::pair(~blocks[block].bytes, block); });
    Packing result{std::vector<std::size_t>(blocks.size()), 0};
    std::vector<std::size_t> placed;  // by ascending offset
    for (const std::size_t block : order) {
        std::size_t offset = 0;
        for (const std::size_t other : placed) {
            if (blocks[other].last < blocks[block].first || blocks[block].last < blocks[other].first) continue;
            if (result.offsets[other] >= offset + blocks[block].bytes) break;
            offset = std::max(offset, result.offsets[other] + blocks[other].bytes);
        }
        result.offsets[block] = offset;
        result.bytes = std::max(result.bytes, offset + blocks[block].bytes);
        placed.insert(
            std::ranges::upper_bound(placed, offset, {}, [&](std::size_t other) { return result.offsets[other]; }),
            block);
    }
    return result;
}
}  // namespace

Packing packed(std::span<const Lifetime> blocks) {
    Packing best = packedInTime(blocks);
    const std::size_t least = liveBytes(blocks);
    const auto attempt = [&](auto&& heuristic) {
        if (best.bytes <= least) return;
        Packing other = heuristic(blocks);
        if (other.bytes < best.bytes) best = std::move(other);
    };
    attempt(packedBackInTime);
    if (blocks.size() <= kFewBlocks) attempt(packedBySize);
    return best;
}

std::size_t liveBytes(std::span<const Lifetime> blocks) {
    std::int32_t end = 0;
    for (const Lifetime& block : blocks) end = std::max(end, block.last + 1);
    std::vector<std::size_t> begun(static_cast<std::size_t>(end) + 1), ended(static_cast<std::size_t>(end) + 1);
    for (const Lifetime& block : blocks) {
        begun[static_cast<std::size_t>(block.first)] += block.bytes;
        ended[static_cast<std::size_t>(block.last) + 1] += block.bytes;
    }
    std::size_t most = 0, alive = 0;
    for (std::size_t i = 0; i < begun.size(); ++i) {
        alive += begun[i] - ended[i];
        most = std::max(most, alive);
    }
    return most;
}

}  // namespace gradlens
