// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers to colours: three perceptually ordered maps, a range, and colours of their own for what is not a number.
// Values; any thread.
#pragma once
#include <QRgb>
#include <QString>

#include <array>

namespace gradlens {

// Viridis and Magma: van der Walt, Smith and Firing 2015 (CC0), from ten anchors. Diverging: blue below the middle, red
// above, nearly white at it.
enum class ColorMap { Viridis, Magma, Diverging };
inline constexpr int kColorMaps = 3;
QString nameOf(ColorMap map);

inline constexpr int kColorSteps = 256;
using ColorTable = std::array<QRgb, kColorSteps>;
const ColorTable& colorTable(ColorMap map);

// How values of one picture become colours. high > low.
struct Coloring {
    ColorMap map = ColorMap::Viridis;
    double low = 0, high = 1;
    QRgb notANumber = 0, positiveInfinite = 0, negativeInfinite = 0;
    QRgb gap = 0;  // where there is no element

    double middle() const { return low + (high - low) / 2; }
    QRgb of(double value) const;
    friend bool operator==(const Coloring&, const Coloring&) = default;
};

// Black or white, whichever reads better on the colour.
QRgb inkOn(QRgb color);

}  // namespace gradlens
