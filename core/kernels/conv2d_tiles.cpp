// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/conv2d_tiles.h"

#include <span>

namespace gradlens::conv {

namespace {
std::int64_t ceilDivided(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

// The first and one past the last i in [0, count) for which start + i * step lies in [0, limit).
std::pair<std::int64_t, std::int64_t> insideRange(std::int64_t start, std::int64_t step, std::int64_t count,
                                                  std::int64_t limit) {
    const std::int64_t first = start >= 0 ? 0 : ceilDivided(-start, step);
    const std::int64_t last = start >= limit ? 0 : ceilDivided(limit - start, step);
    const std::int64_t begin = std::min(first, count);
    return {begin, std::clamp(last, begin, count)};
}

template <class T>
GRADLENS_WIDE void copyPhase(const Planes& planes, const T* source, std::int64_t height, std::int64_t width,
                             std::int64_t startRow, std::int64_t startColumn, T* target) {
    const std::int64_t rowStride = planes.rowSlots.stride(), columnStride = planes.columnSlots.stride();
    const auto [firstRow, lastRow] = insideRange(startRow, rowStride, planes.rows, height);
    const auto [firstColumn, lastColumn] = insideRange(startColumn, columnStride, planes.columns, width);
    const bool bordered = firstRow > 0 || firstColumn > 0 || lastColumn < planes.columns;
    std::fill(bordered ? target : target + lastRow * planes.columns, target + planes.phaseElements, T(0));
    const std::int64_t count = lastColumn - firstColumn, columns = planes.columns;
    const T* from = source + (startRow + firstRow * rowStride) * width + startColumn + firstColumn * columnStride;
    T* to = target + firstRow * columns + firstColumn;
    for (std::int64_t row = firstRow; row < lastRow; ++row, from += rowStride * width, to += columns) {
        if (columnStride == 1) {
            simd::copyRun(from, count, to);
        } else {
            for (std::int64_t column = 0; column < count; ++column) to[column] = from[column * columnStride];
        }
    }
}
}  // namespace

template <class T>
void copyPlanes(const Planes& planes, const T* source, std::int64_t height, std::int64_t width, std::int64_t originRow,
                std::int64_t originColumn, T* target) {
    for (std::int64_t channel = 0; channel < planes.channels; ++channel) {
        const T* image = source + channel * height * width;
        T* phase = target + channel * planes.channelStride();
        for (const std::int64_t row : planes.rowSlots.phases)
            for (const std::int64_t column : planes.columnSlots.phases) {
                copyPhase(planes, image, height, width, originRow + row, originColumn + column, phase);
                phase += planes.phaseElements;
            }
    }
}

template void copyPlanes(const Planes&, const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, float*);
template void copyPlanes(const Planes&, const double*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, double*);

namespace {
// Straight on: block b holds pixels [b * size, (b + 1) * size) of the planes' grid.
Cover straightCover(std::int64_t rows, std::int64_t columns, std::int64_t planeColumns, int lanes) {
    Cover cover;
    cover.vectors = ceilDivided((rows - 1) * planeColumns + columns, lanes);
    for (std::int64_t first = 0; first < cover.vectors; first += kBlockVectors) {
        Block block;
        block.vectors = static_cast<int>(std::min<std::int64_t>(kBlockVectors, cover.vectors - first));
        block.firstSegment = static_cast<std::int32_t>(cover.segments.size());
        for (int i = 0; i < block.vectors; ++i) block.source[i] = (first + i) * lanes;
        const std::int64_t begin = first * lanes;
        const std::int64_t end = begin + block.vectors * lanes;
        for (std::int64_t row = begin / planeColumns; row < rows && row * planeColumns < end; ++row) {
            const std::int64_t from = std::max(begin, row * planeColumns);
            const std::int64_t to = std::min(end, row * planeColumns + columns);
            if (from < to)
                cover.segments.push_back({static_cast<std::int32_t>(from - begin), static_cast<std::int32_t>(to - from),
                                          row, from - row * planeColumns});
        }
        block.segments = static_cast<std::int32_t>(cover.segments.size()) - block.firstSegment;
        cover.blocks.push_back(block);
    }
    return cover;
}

// Anew in each row: the last vector of a row is partly beyond it.
Cover rowCover(std::int64_t rows, std::int64_t columns, std::int64_t planeColumns, int lanes) {
    Cover cover;
    const std::int64_t perRow = ceilDivided(columns, lanes);
    cover.vectors = rows * perRow;
    for (std::int64_t first = 0; first < cover.vectors; first += kBlockVectors) {
        Block block;
        block.vectors = static_cast<int>(std::min<std::int64_t>(kBlockVectors, cover.vectors - first));
        block.firstSegment = static_cast<std::int32_t>(cover.segments.size());
        for (int i = 0; i < block.vectors; ++i) {
            const std::int64_t row = (first + i) / perRow;
            const std::int64_t column = (first + i) % perRow * lanes;
            block.source[i] = row * planeColumns + column;
            const auto count = static_cast<std::int32_t>(std::min<std::int64_t>(lanes, columns - column));
            Segment* last = block.firstSegment < static_cast<std::int32_t>(cover.segments.size())
                                ? &cover.segments.back()
                                : nullptr;
            if (last != nullptr && last->row == row) {
                last->count += count;
            } else {
                cover.segments.push_back({i * lanes, count, row, column});
            }
        }
        block.segments = static_cast<std::int32_t>(cover.segments.size()) - block.firstSegment;
        cover.blocks.push_back(block);
    }
    return cover;
}
}  // namespace

Cover coverOf(std::int64_t rows, std::int64_t columns, std::int64_t planeColumns, int lanes, std::int64_t taps) {
    if (rows <= 0 || columns <= 0) return {};
    // Half a cycle a tap and vector; a handful of cycles for a vector that must be put together from two rows.
    constexpr double kSplitStore = 6;
    const double straight = static_cast<double>(ceilDivided((rows - 1) * planeColumns + columns, lanes)) *
                            (0.5 * static_cast<double>(taps) + kSplitStore);
    const double byRow =
        static_cast<double>(rows * ceilDivided(columns, lanes)) * (0.5 * static_cast<double>(taps) + 1);
    Cover cover = straight < byRow ? straightCover(rows, columns, planeColumns, lanes)
                                   : rowCover(rows, columns, planeColumns, lanes);
    for (Block& block : cover.blocks) {
        const auto first = cover.segments.begin() + block.firstSegment;
        std::int32_t covered = 0;
        for (const Segment& segment : std::span(first, first + block.segments))
            covered += segment.from % lanes == 0 ? segment.count / lanes : 0;
        block.whole = covered == block.vectors;
    }
    return cover;
}

std::int64_t bandRows(std::int64_t rows, std::int64_t elementsPerRow, std::int64_t rowsBeyond) {
    if (rows <= 1) return 1;
    const std::int64_t fitting =
        std::max<std::int64_t>(kPlaneBudget / std::max<std::int64_t>(1, elementsPerRow) - rowsBeyond, 1);
    // Copying the rows beyond again for each band must not dominate.
    const std::int64_t wanted = std::min(rows, std::max(fitting, std::min<std::int64_t>(rowsBeyond, 4)));
    return ceilDivided(rows, ceilDivided(rows, wanted));
}

PhaseSlots::PhaseSlots(std::int64_t stride, std::int64_t kernel, std::int64_t dilation)
    : slotOf(static_cast<std::size_t>(stride), -1) {
    for (std::int64_t index = 0; index < kernel; ++index) {
        std::int64_t& slot = slotOf[static_cast<std::size_t>(index * dilation % stride)];
        if (slot >= 0) continue;
        slot = count();
        phases.push_back(index * dilation % stride);
    }
}

Bands::Bands(const ConvGeometry& g) {
    const std::int64_t columns = g.width.output() + (g.width.reach() - 1) / g.width.stride;
    const std::int64_t phases = PhaseSlots(g.height.stride, g.height.kernel, g.height.dilation).count() *
                                PhaseSlots(g.width.stride, g.width.kernel, g.width.dilation).count();
    rows = bandRows(g.height.output(), g.inChannels * columns * phases, (g.height.reach() - 1) / g.height.stride);
    count = std::max<std::int64_t>(1, ceilDivided(g.height.output(), rows));
    lastRows = g.height.output() - (count - 1) * rows;
}

std::int64_t unitsPerTile(const ConvGeometry& g, std::int64_t units) {
    if (g.macs() < kSerialMacs) return units;
    const double perUnit = g.macs() / static_cast<double>(units);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(kTileMacs / std::max(1.0, perUnit)));
}

std::vector<std::int64_t> tapOffsets(const ConvGeometry& g, const Planes& planes) {
    std::vector<std::int64_t> offsets;
    offsets.reserve(static_cast<std::size_t>(g.taps()));
    for (std::int64_t c = 0; c < g.inChannels; ++c)
        for (std::int64_t u = 0; u < g.height.kernel; ++u)
            for (std::int64_t v = 0; v < g.width.kernel; ++v)
                offsets.push_back(planes.offset(c, u * g.height.dilation, v * g.width.dilation));
    return offsets;
}

}  // namespace gradlens::conv
