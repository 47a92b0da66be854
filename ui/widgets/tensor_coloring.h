// SPDX-License-Identifier: GPL-3.0-or-later
// Which colours a tensor gets when nobody chose any: the map, the range it spans, and the theme's colours for what is
// no number. GUI thread.
#pragma once
#include "core/tensor/statistics.h"
#include "ui/widgets/color_map.h"

#include <utility>

namespace gradlens {

// With the theme's colours for NaN, infinities and gaps.
Coloring withThemeColors(Coloring coloring);

// Diverging where zero is the middle: what is meant to be signed (gradients, weights), or is.
ColorMap automaticMap(bool isSigned, const Statistics& statistics);

// The range the colours span for a tensor when nobody chose one: percentiles 0.5 and 99.5, even about zero for a
// diverging map. Where a pixel shows the extreme of several elements, proportionally less is cut off, or every pixel
// would be at an end.
std::pair<double, double> automaticRange(const TensorView& tensor, const Statistics& statistics, ColorMap map,
                                         double elementsPerPixel = 1);

}  // namespace gradlens
