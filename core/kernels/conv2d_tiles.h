// SPDX-License-Identifier: GPL-3.0-or-later
// What the convolution kernels share: padded copies of images in which every tap of the kernel is a constant offset,
// and the cutting of output pixels into vectors. Internal to core/kernels.
#pragma once
#include "core/kernels/conv2d.h"
#include "core/kernels/simd.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gradlens::conv {

// The phases (index modulo stride) along one axis that some tap reads.
struct PhaseSlots {
    std::vector<std::int64_t> slotOf;  // phase -> slot, -1: no tap reads it
    std::vector<std::int64_t> phases;  // slot -> phase
    std::int64_t stride() const { return static_cast<std::int64_t>(slotOf.size()); }
    std::int64_t count() const { return static_cast<std::int64_t>(phases.size()); }

    PhaseSlots(std::int64_t stride, std::int64_t kernel, std::int64_t dilation);
};

// A padded copy of some rows of an image. With a stride, rows and columns are dealt out to phases, so that neighbouring
// outputs read neighbouring elements in each phase.
struct Planes {
    std::int64_t channels, rows, columns;  // rows and columns of one phase
    PhaseSlots rowSlots, columnSlots;
    std::int64_t phaseElements;  // with slack for a vector that begins at the last pixel
    std::int64_t copies = 1;     // of images, side by side within each channel

    std::int64_t imageElements() const {
        return phaseElements * rowSlots.count() * columnSlots.count();
    }  // of one channel
    std::int64_t channelStride() const { return copies * imageElements(); }
    std::int64_t elements() const { return channels * channelStride(); }
    // Where the source's (row, column), counted from the copy's origin, is. Its phases must be used.
    std::int64_t offset(std::int64_t channel, std::int64_t row, std::int64_t column) const {
        const std::int64_t rowSlot = rowSlots.slotOf[static_cast<std::size_t>(row % rowSlots.stride())];
        const std::int64_t columnSlot = columnSlots.slotOf[static_cast<std::size_t>(column % columnSlots.stride())];
        return channel * channelStride() + (rowSlot * columnSlots.count() + columnSlot) * phaseElements +
               row / rowSlots.stride() * columns + column / columnSlots.stride();
    }
};

template <class T>
Planes planesOf(std::int64_t channels, std::int64_t rows, std::int64_t columns, PhaseSlots rowSlots,
                PhaseSlots columnSlots) {
    // An odd number of cache lines, so that channels do not compete for the same cache sets.
    const std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
    const std::int64_t elements = (((rows * columns + simd::kLanes<T> + line - 1) / line) | 1) * line;
    return {channels, rows, columns, std::move(rowSlots), std::move(columnSlots), elements};
}

// Copies channels x height x width from `source`; the copy's origin is the source's (originRow, originColumn), which
// may lie outside; what lies outside is zero. target: the first of the `copies`, or imageElements() further for each
// next.
template <class T>
void copyPlanes(const Planes& planes, const T* source, std::int64_t height, std::int64_t width, std::int64_t originRow,
                std::int64_t originColumn, T* target);

// A run of output pixels within one row: lanes [from, from + count) of a block go to rows of the output tensor.
struct Segment {
    std::int32_t from, count;
    std::int64_t row, column;  // of the grid of outputs
};

inline constexpr int kBlockVectors = 3;

// Up to kBlockVectors vectors that one product computes together.
struct Block {
    int vectors = 0;
    std::int64_t source[kBlockVectors] = {};  // offsets of their first pixels in a phase of the copy
    std::int32_t firstSegment = 0, segments = 0;
    bool whole = false;  // every vector holds pixels of one row only, all of them wanted
};

// A grid of rows x columns output pixels over planes of `planeColumns` columns, cut into vectors: either straight on
// through the rows (the pixels between rows are computed and dropped) or anew in each row, whichever costs less.
struct Cover {
    std::vector<Block> blocks;
    std::vector<Segment> segments;
    std::int64_t vectors = 0;
};
Cover coverOf(std::int64_t rows, std::int64_t columns, std::int64_t planeColumns, int lanes, std::int64_t taps);

// How many rows of outputs a tile computes: as many as keep the copy about kPlaneBudget elements, at least one.
std::int64_t bandRows(std::int64_t rows, std::int64_t elementsPerRow, std::int64_t rowsBeyond);

// Bands of output rows of one sample, for the two products that read the input.
struct Bands {
    std::int64_t rows, count, lastRows;
    explicit Bands(const ConvGeometry& g);
};

// The copy of the input that `rows` rows of outputs read, and where every tap (channel, row, column) is in it.
template <class T>
Planes inputPlanes(const ConvGeometry& g, std::int64_t rows) {
    return planesOf<T>(g.inChannels, rows + (g.height.reach() - 1) / g.height.stride,
                       g.width.output() + (g.width.reach() - 1) / g.width.stride,
                       {g.height.stride, g.height.kernel, g.height.dilation},
                       {g.width.stride, g.width.kernel, g.width.dilation});
}
std::vector<std::int64_t> tapOffsets(const ConvGeometry& g, const Planes& planes);

// How many units of work make a tile worth a thread's while; all of them when the whole takes less than about 50
// microseconds.
std::int64_t unitsPerTile(const ConvGeometry& g, std::int64_t units);

inline constexpr std::int64_t kPlaneBudget = 64 * 1024;  // elements of one tile's copy: 256 KB of floats
inline constexpr double kTileMacs = 1e6;
inline constexpr double kSerialMacs = 2e6;

}  // namespace gradlens::conv
