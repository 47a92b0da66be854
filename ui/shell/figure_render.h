// SPDX-License-Identifier: GPL-3.0-or-later
// A figure's SVG as a picture of pixels and as a PDF page. Any thread that may use fonts; no widgets.
#pragma once
#include "core/export/figure_svg.h"

#include <QByteArray>
#include <QImage>
#include <QString>

namespace gradlens {

// Pixels for a unit of the figure. A null image where there is not enough memory, or more than kMostPixels a side.
inline constexpr int kMostPixels = 30000;
QSize pixelSize(const Figure& figure, double scale);
QImage renderedImage(const Figure& figure, double scale, const QString& fontFamily);
// The text of a PNG or PDF file; empty where it could not be made.
QByteArray pngOf(const Figure& figure, double scale, const QString& fontFamily);
QByteArray pdfOf(const Figure& figure, const QString& title, const QString& fontFamily);

}  // namespace gradlens
