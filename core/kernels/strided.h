// SPDX-License-Identifier: GPL-3.0-or-later
// Several operands walked in the order of one dense tensor, each by strides of its own: a stride of 0 repeats an
// element (broadcasting), and as the stride of a target it folds the axis (a reduction). Adjacent axes that all
// operands walk alike are one, so that the common cases are long runs. Tiles follow from the sizes only.
#pragma once
#include "core/kernels/elementwise.h"
#include "core/tensor/shape.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

namespace gradlens {

using Strides = std::array<std::int64_t, Shape::kMaxRank>;

// The strides in which `operand` runs through `whole`: batch to batch, the axes of a sample aligned at the last (as
// NumPy does), 0 where the operand has size 1 or no such axis.
inline Strides broadcastStrides(const Shape& operand, const Shape& whole) {
    Strides strides{};
    std::int64_t step = 1;
    for (int axis = operand.rank() - 1; axis > 0; --axis) {
        strides[static_cast<std::size_t>(axis + whole.rank() - operand.rank())] = operand[axis] == 1 ? 0 : step;
        step *= operand[axis];
    }
    if (whole.rank() > 0) strides[0] = step;
    return strides;
}

template <std::size_t Operands>
class StridedLayout {
public:
    using Offsets = std::array<std::int64_t, Operands>;
    struct Axis {
        std::int64_t size;
        Offsets strides;
    };

    // Axes from the outermost to the innermost.
    StridedLayout(const Shape& whole, const std::array<Strides, Operands>& strides) {
        for (int i = 0; i < whole.rank(); ++i) {
            Offsets own;
            for (std::size_t k = 0; k < Operands; ++k) own[k] = strides[k][static_cast<std::size_t>(i)];
            append(whole[i], own);
        }
        if (m_rank == 0) {
            Offsets ones;
            ones.fill(1);
            m_axes[0] = {1, ones};
            m_rank = 1;
        }
    }

    const Axis& inner() const { return m_axes[static_cast<std::size_t>(m_rank - 1)]; }
    std::span<const Axis> outer() const { return {m_axes.data(), static_cast<std::size_t>(m_rank - 1)}; }
    std::int64_t elements() const { return count(outer()) * inner().size; }

    static std::int64_t count(std::span<const Axis> axes) {
        std::int64_t product = 1;
        for (const Axis& axis : axes) product *= axis.size;
        return product;
    }
    // Where the operands stand at place `index` of these axes.
    static Offsets offsetsOf(std::span<const Axis> axes, std::int64_t index, Offsets at = {}) {
        for (std::size_t i = axes.size(); i > 0; --i) {
            const Axis& axis = axes[i - 1];
            const std::int64_t place = index % axis.size;
            index /= axis.size;
            for (std::size_t k = 0; k < Operands; ++k) at[k] += place * axis.strides[k];
        }
        return at;
    }

private:
    void append(std::int64_t size, const Offsets& strides) {
        if (size == 1) return;
        if (m_rank > 0) {
            Axis& last = m_axes[static_cast<std::size_t>(m_rank - 1)];
            bool alike = true;
            for (std::size_t k = 0; k < Operands; ++k) alike &= last.strides[k] == size * strides[k];
            if (alike) {
                last = {last.size * size, strides};
                return;
            }
        }
        m_axes[static_cast<std::size_t>(m_rank++)] = {size, strides};
    }

    std::array<Axis, Shape::kMaxRank> m_axes{};
    int m_rank = 0;
};

// body(offsets, count) for every run along the innermost axis; runs are cut at the ends of tiles.
template <std::size_t Operands, class Body>
void forRuns(const Arena& arena, const StridedLayout<Operands>& layout, Body&& body) {
    using Layout = StridedLayout<Operands>;
    const auto& inner = layout.inner();
    arena.forRange(layout.elements(), kElementwiseGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t position = begin; position < end;) {
            const std::int64_t within = position % inner.size;
            const std::int64_t count = std::min(inner.size - within, end - position);
            typename Layout::Offsets at = Layout::offsetsOf(layout.outer(), position / inner.size);
            for (std::size_t k = 0; k < Operands; ++k) at[k] += within * inner.strides[k];
            body(at, count);
            position += count;
        }
    });
}

// A fold in 16 lanes that combine in a fixed order: vectorises, and does not depend on anything but the values.
template <class T, class Term, class Combine>
T foldRun(std::int64_t count, T identity, Term&& term, Combine&& combine) {
    constexpr std::int64_t kLanes = 16;
    if (count < kLanes) {
        T result = identity;
        for (std::int64_t i = 0; i < count; ++i) result = combine(result, term(i));
        return result;
    }
    T lanes[kLanes];
    for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = identity;
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] = combine(lanes[lane], term(i + lane));
    for (; i < count; ++i) lanes[0] = combine(lanes[0], term(i));
    for (std::int64_t width = kLanes / 2; width > 0; width /= 2)
        for (std::int64_t lane = 0; lane < width; ++lane) lanes[lane] = combine(lanes[lane], lanes[lane + width]);
    return lanes[0];
}

// target = the terms folded over the axes where the last operand, the target, has stride 0. term(offsets, i) is the
// term i places further along the innermost axis. One tile owns each element of the target.
template <class T, std::size_t Operands, class Term, class Combine>
void foldAxes(const Arena& arena, const StridedLayout<Operands>& layout, T* target, T identity, Term term,
              Combine combine) {
    using Layout = StridedLayout<Operands>;
    constexpr std::size_t kTarget = Operands - 1;
    constexpr std::int64_t kWidth = 256;
    std::array<typename Layout::Axis, Shape::kMaxRank> kept{}, folded{};
    std::size_t keptCount = 0, foldedCount = 0;
    for (const auto& axis : layout.outer())
        if (axis.strides[kTarget] != 0)
            kept[keptCount++] = axis;
        else
            folded[foldedCount++] = axis;
    const std::span<const typename Layout::Axis> keptAxes(kept.data(), keptCount),
        foldedAxes(folded.data(), foldedCount);
    const std::int64_t groups = Layout::count(keptAxes), rounds = Layout::count(foldedAxes), run = layout.inner().size;
    if (layout.inner().strides[kTarget] == 0) {
        const std::int64_t grain =
            std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(1, rounds * run));
        arena.forRange(groups, grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t group = begin; group < end; ++group) {
                const auto start = Layout::offsetsOf(keptAxes, group);
                T result = identity;
                for (std::int64_t round = 0; round < rounds; ++round) {
                    const auto at = Layout::offsetsOf(foldedAxes, round, start);
                    result =
                        combine(result, foldRun(run, identity, [&](std::int64_t i) { return term(at, i); }, combine));
                }
                target[start[kTarget]] = result;
            }
        });
        return;
    }
    const std::int64_t blocks = (run + kWidth - 1) / kWidth;
    const std::int64_t grain =
        std::max<std::int64_t>(1, kElementwiseGrain / std::max<std::int64_t>(1, rounds * std::min(run, kWidth)));
    arena.forRange(groups * blocks, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t tile = begin; tile < end; ++tile) {
            const std::int64_t first = tile % blocks * kWidth, width = std::min(kWidth, run - first);
            const auto start = Layout::offsetsOf(keptAxes, tile / blocks);
            T results[kWidth];
            std::fill_n(results, width, identity);
            for (std::int64_t round = 0; round < rounds; ++round) {
                const auto at = Layout::offsetsOf(foldedAxes, round, start);
                for (std::int64_t i = 0; i < width; ++i) results[i] = combine(results[i], term(at, first + i));
            }
            std::copy_n(results, width, target + start[kTarget] + first * layout.inner().strides[kTarget]);
        }
    });
}

}  // namespace gradlens
