// SPDX-License-Identifier: GPL-3.0-or-later
// How a tensor of any rank is laid out as a picture of cells: which axes run down and across, which spread out as
// tiles, and at which index the others stand. Only indices are computed here, never elements copied: a slice of a huge
// tensor costs as much as a small one. Values; any thread; no Qt.
#pragma once
#include "core/tensor/shape.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gradlens {

// What a lens knows of the value it shows.
struct TensorRole {
    bool batched = false;   // axis 0 counts samples: activations and their gradients
    bool isSigned = false;  // weights and gradients: zero is the middle
    friend bool operator==(const TensorRole&, const TensorRole&) = default;
};

// The user's choice. For ranks above 2; smaller ones have but one layout.
struct SliceChoice {
    int rowAxis = 0, columnAxis = 1;
    bool mosaic = false;                 // spread the other axes out as tiles (all but the samples)
    std::vector<std::int64_t> position;  // by axis: where an axis stands that is neither shown nor tiled
    friend bool operator==(const SliceChoice&, const SliceChoice&) = default;
};

// Rows and columns are the last two axes; what comes before them is tiled.
SliceChoice defaultSlice(const Shape& shape, TensorRole role);
// The choice made to fit the shape (another batch size, another layer): axes and positions clipped, rows and columns
// apart.
SliceChoice fitted(SliceChoice choice, const Shape& shape);
// Axes that a choice leaves standing at one index.
std::vector<int> fixedAxes(const SliceChoice& choice, const Shape& shape, TensorRole role);
// "sample", "channel", "row" ... by what the value is, or "axis 3".
std::string axisName(int axis, const Shape& shape, TensorRole role);

class TensorPicture {
public:
    TensorPicture() = default;
    // aspect: width / height of the room there is, for layouts that wrap.
    TensorPicture(const Shape& shape, const SliceChoice& choice, TensorRole role, double aspect = 1.5);

    std::int64_t rows() const { return static_cast<std::int64_t>(m_rowOffset.size()); }
    std::int64_t columns() const { return static_cast<std::int64_t>(m_columnOffset.size()); }
    bool empty() const { return m_rowOffset.empty() || m_columnOffset.empty(); }
    bool hasGaps() const { return m_gaps; }
    const Shape& shape() const { return m_shape; }

    // The flat index of the element in a cell, or -1 for a gap.
    std::int64_t elementAt(std::int64_t row, std::int64_t column) const;
    // Elements of a row lie at rowStart(row) + columnOffsets()[c] for c < rowLimit(row) where both are not negative.
    std::int64_t rowStart(std::int64_t row) const { return m_rowOffset[static_cast<std::size_t>(row)]; }
    std::int64_t rowLimit(std::int64_t row) const { return m_rowLimit[static_cast<std::size_t>(row)]; }
    const std::vector<std::int64_t>& columnOffsets() const { return m_columnOffset; }

private:
    void layOutStrip(std::int64_t elements, double aspect);
    void layOutTiles(const SliceChoice& choice, const std::vector<int>& tileAxes, double aspect);

    Shape m_shape;
    std::vector<std::int64_t> m_rowOffset, m_columnOffset;  // -1: a gap between tiles
    std::vector<std::int64_t> m_rowLimit;  // columns from here on are empty: the last tiles are missing
    bool m_gaps = false;
};

// The index of a flat element: {2, 0, 5}.
std::vector<std::int64_t> unravelled(std::int64_t element, const Shape& shape);
// "[2, 0, 5]"; "[]" for a scalar.
std::string indexText(std::int64_t element, const Shape& shape);

}  // namespace gradlens
