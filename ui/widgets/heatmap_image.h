// SPDX-License-Identifier: GPL-3.0-or-later
// Cells to pixels. Where a pixel covers several cells it shows the one that deserves to be seen: a NaN before an
// infinity before the value furthest from the middle of the range. Pure function; any thread.
#pragma once
#include "core/tensor/tensor.h"
#include "ui/widgets/color_map.h"
#include "ui/widgets/tensor_picture.h"

#include <QImage>
#include <QRectF>

namespace gradlens {

struct HeatmapImage {
    QImage image;          // ARGB32_Premultiplied
    QRectF cells;          // what it covers, in cells
    bool reduced = false;  // a pixel may stand for several cells
    bool sampled = false;  // so many cells that only some were looked at
};

// The cells that meet `visible` (in cells; clipped to the picture), with at most `pixels` pixels: one a cell where
// there is room, fewer otherwise. The tensor's elements are those of picture.shape().
HeatmapImage renderHeatmap(const TensorView& tensor, const TensorPicture& picture, const QRectF& visible, QSize pixels,
                           const Coloring& coloring);

}  // namespace gradlens
