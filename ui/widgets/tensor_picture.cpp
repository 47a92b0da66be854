// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tensor_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gradlens {

namespace {
constexpr std::int64_t kOneRow = 16;  // a strip this short stays one row

std::array<std::int64_t, Shape::kMaxRank> stridesOf(const Shape& shape) {
    std::array<std::int64_t, Shape::kMaxRank> strides{};
    std::int64_t stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        strides[static_cast<std::size_t>(axis)] = stride;
        stride *= shape[axis];
    }
    return strides;
}

bool isShown(const SliceChoice& choice, int axis) {
    return axis == choice.rowAxis || axis == choice.columnAxis;
}

// The axes a mosaic spreads out, outermost first: at most two.
std::vector<int> tiledAxes(const SliceChoice& choice, const Shape& shape, TensorRole role) {
    std::vector<int> axes;
    if (!choice.mosaic) return axes;
    for (int axis = role.batched ? 1 : 0; axis < shape.rank(); ++axis)
        if (!isShown(choice, axis)) axes.push_back(axis);
    if (axes.size() > 2) axes.erase(axes.begin(), axes.end() - 2);
    return axes;
}

// Columns into which `count` things wrap so that the whole is about `aspect` times as wide as high; a divisor if one is
// near.
std::int64_t wrapColumns(std::int64_t count, double aspect) {
    const double wanted = std::sqrt(static_cast<double>(count) * std::max(aspect, 0.05));
    const auto ideal = std::clamp<std::int64_t>(std::llround(wanted), 1, std::max<std::int64_t>(count, 1));
    for (std::int64_t away = 0; away <= ideal / 2; ++away) {
        if (count % (ideal + away) == 0) return ideal + away;
        if (ideal > away && count % (ideal - away) == 0) return ideal - away;
    }
    return ideal;
}
}  // namespace

SliceChoice defaultSlice(const Shape& shape, TensorRole) {
    SliceChoice choice;
    choice.position.assign(static_cast<std::size_t>(shape.rank()), 0);
    choice.rowAxis = std::max(0, shape.rank() - 2);
    choice.columnAxis = std::max(0, shape.rank() - 1);
    choice.mosaic = shape.rank() > 2;
    return choice;
}

SliceChoice fitted(SliceChoice choice, const Shape& shape) {
    const int rank = shape.rank();
    choice.position.resize(static_cast<std::size_t>(rank), 0);
    for (int axis = 0; axis < rank; ++axis) {
        auto& at = choice.position[static_cast<std::size_t>(axis)];
        at = std::clamp<std::int64_t>(at, 0, std::max<std::int64_t>(shape[axis] - 1, 0));
    }
    const int last = std::max(0, rank - 1);
    choice.rowAxis = std::clamp(choice.rowAxis, 0, last);
    choice.columnAxis = std::clamp(choice.columnAxis, 0, last);
    if (choice.rowAxis == choice.columnAxis && rank > 1) {
        if (choice.columnAxis > 0)
            choice.rowAxis = choice.columnAxis - 1;
        else
            choice.rowAxis = 1;
    }
    return choice;
}

std::vector<int> fixedAxes(const SliceChoice& choice, const Shape& shape, TensorRole role) {
    std::vector<int> axes;
    if (shape.rank() <= 2) return axes;
    const std::vector<int> tiled = tiledAxes(choice, shape, role);
    for (int axis = 0; axis < shape.rank(); ++axis)
        if (!isShown(choice, axis) && std::find(tiled.begin(), tiled.end(), axis) == tiled.end()) axes.push_back(axis);
    return axes;
}

std::string axisName(int axis, const Shape& shape, TensorRole role) {
    const auto at = static_cast<std::size_t>(axis);
    if (shape.rank() == 4) {
        static constexpr std::array<const char*, 4> activation{"sample", "channel", "row", "column"};
        static constexpr std::array<const char*, 4> weight{"output", "input", "row", "column"};
        return role.batched ? activation[at] : weight[at];
    }
    if (role.batched && axis == 0) return "sample";
    if (role.batched && shape.rank() == 2) return "feature";
    return "axis " + std::to_string(axis);
}

TensorPicture::TensorPicture(const Shape& shape, const SliceChoice& wanted, TensorRole role, double aspect)
    : m_shape(shape) {
    const std::int64_t elements = shape.elements();
    if (elements == 0) return;
    if (shape.rank() <= 1) {
        layOutStrip(elements, aspect);
        return;
    }
    SliceChoice choice = fitted(wanted, shape);
    if (shape.rank() == 2) {
        choice.rowAxis = 0;
        choice.columnAxis = 1;
    }
    std::vector<int> tiled = tiledAxes(choice, shape, role);
    // An axis of one element needs no place of its own.
    std::erase_if(tiled, [&](int axis) { return shape[axis] == 1; });
    layOutTiles(choice, tiled, aspect);
    const auto strides = stridesOf(shape);
    std::int64_t base = 0;
    for (const int axis : fixedAxes(choice, shape, role))
        base += choice.position[static_cast<std::size_t>(axis)] * strides[static_cast<std::size_t>(axis)];
    for (std::int64_t& offset : m_rowOffset)
        if (offset >= 0) offset += base;
}

void TensorPicture::layOutStrip(std::int64_t elements, double aspect) {
    const std::int64_t columns = elements <= kOneRow ? elements : wrapColumns(elements, aspect);
    for (std::int64_t c = 0; c < columns; ++c) m_columnOffset.push_back(c);
    for (std::int64_t start = 0; start < elements; start += columns) {
        m_rowOffset.push_back(start);
        m_rowLimit.push_back(std::min(columns, elements - start));
    }
    m_gaps = elements % columns != 0;
}

void TensorPicture::layOutTiles(const SliceChoice& choice, const std::vector<int>& tileAxes, double aspect) {
    const auto strides = stridesOf(m_shape);
    const auto size = [&](int axis) { return m_shape[axis]; };
    const auto stride = [&](int axis) { return strides[static_cast<std::size_t>(axis)]; };
    const std::int64_t height = size(choice.rowAxis), width = size(choice.columnAxis);

    // Two tile axes make a grid; one wraps to fill the room.
    std::int64_t tiles = 1, tileRows = 1, tileColumns = 1, rowStride = 0, columnStride = 0;
    if (tileAxes.size() == 2) {
        int down = tileAxes[0], across = tileAxes[1];
        // The longer axis runs along the longer side of the room.
        const auto badness = [&](int rowsOf, int columnsOf) {
            return std::abs(std::log(static_cast<double>(size(columnsOf) * width) /
                                     static_cast<double>(size(rowsOf) * height) / aspect));
        };
        if (badness(across, down) < badness(down, across)) std::swap(down, across);
        tileRows = size(down);
        tileColumns = size(across);
        rowStride = stride(down);
        columnStride = stride(across);
        tiles = tileRows * tileColumns;
    } else if (tileAxes.size() == 1) {
        tiles = size(tileAxes[0]);
        tileColumns = wrapColumns(tiles, aspect * static_cast<double>(height) / static_cast<double>(width));
        tileRows = (tiles + tileColumns - 1) / tileColumns;
        columnStride = stride(tileAxes[0]);
        rowStride = columnStride * tileColumns;
    }
    // Wide enough to tell the tiles apart at any zoom.
    const std::int64_t gap = tiles > 1 ? std::max<std::int64_t>(1, std::min(height, width) / 8) : 0;
    m_gaps = gap > 0;

    for (std::int64_t tile = 0; tile < tileColumns; ++tile) {
        if (tile > 0) m_columnOffset.insert(m_columnOffset.end(), static_cast<std::size_t>(gap), -1);
        for (std::int64_t c = 0; c < width; ++c)
            m_columnOffset.push_back(tile * columnStride + c * stride(choice.columnAxis));
    }
    const auto whole = static_cast<std::int64_t>(m_columnOffset.size());
    for (std::int64_t tile = 0; tile < tileRows; ++tile) {
        const std::int64_t here = std::min(tileColumns, tiles - tile * tileColumns);
        const std::int64_t limit = here == tileColumns ? whole : here * (width + gap) - gap;
        if (tile > 0) {
            m_rowOffset.insert(m_rowOffset.end(), static_cast<std::size_t>(gap), -1);
            m_rowLimit.insert(m_rowLimit.end(), static_cast<std::size_t>(gap), 0);
        }
        for (std::int64_t r = 0; r < height; ++r) {
            m_rowOffset.push_back(tile * rowStride + r * stride(choice.rowAxis));
            m_rowLimit.push_back(limit);
        }
    }
}

std::int64_t TensorPicture::elementAt(std::int64_t row, std::int64_t column) const {
    if (row < 0 || row >= rows() || column < 0 || column >= rowLimit(row)) return -1;
    const std::int64_t start = rowStart(row), offset = m_columnOffset[static_cast<std::size_t>(column)];
    return start < 0 || offset < 0 ? -1 : start + offset;
}

std::vector<std::int64_t> unravelled(std::int64_t element, const Shape& shape) {
    std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
        index[static_cast<std::size_t>(axis)] = element % shape[axis];
        element /= shape[axis];
    }
    return index;
}

std::string indexText(std::int64_t element, const Shape& shape) {
    std::string text = "[";
    for (const std::int64_t at : unravelled(element, shape)) text += (text.size() > 1 ? ", " : "") + std::to_string(at);
    return text + "]";
}

}  // namespace gradlens
