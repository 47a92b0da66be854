// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/color_map.h"

#include <QObject>

#include <algorithm>
#include <cmath>
#include <span>

namespace gradlens {

namespace {
constexpr std::array<QRgb, 10> kViridis{0xff440154, 0xff482878, 0xff3e4989, 0xff31688e, 0xff26828e,
                                        0xff1f9e89, 0xff35b779, 0xff6ece58, 0xffb5de2b, 0xfffde725};
constexpr std::array<QRgb, 10> kMagma{0xff000004, 0xff180f3d, 0xff440f76, 0xff721f81, 0xff9e2f7f,
                                      0xffcd4071, 0xfff1605d, 0xfffd9668, 0xfffeca8d, 0xfffcfdbf};
constexpr std::array<QRgb, 9> kDiverging{0xff0a2f6b, 0xff2b66b1, 0xff5c9dd0, 0xffa9cfe6, 0xfff5f5f3,
                                         0xfff6bfa3, 0xffe08163, 0xffbd3a3b, 0xff700c23};

ColorTable interpolated(std::span<const QRgb> anchors) {
    ColorTable table{};
    for (int i = 0; i < kColorSteps; ++i) {
        const double position = static_cast<double>(i) / (kColorSteps - 1) * static_cast<double>(anchors.size() - 1);
        const auto left = std::min(static_cast<std::size_t>(position), anchors.size() - 2);
        const double share = position - static_cast<double>(left);
        const auto mix = [&](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
        table[static_cast<std::size_t>(i)] = qRgb(mix(qRed(anchors[left]), qRed(anchors[left + 1])),
                                                  mix(qGreen(anchors[left]), qGreen(anchors[left + 1])),
                                                  mix(qBlue(anchors[left]), qBlue(anchors[left + 1])));
    }
    return table;
}
}  // namespace

QString nameOf(ColorMap map) {
    switch (map) {
        case ColorMap::Viridis:
            return QStringLiteral("Viridis");
        case ColorMap::Magma:
            return QStringLiteral("Magma");
        case ColorMap::Diverging:
            break;
    }
    return QObject::tr("Diverging");
}

const ColorTable& colorTable(ColorMap map) {
    static const std::array<ColorTable, kColorMaps> tables{interpolated(kViridis), interpolated(kMagma),
                                                           interpolated(kDiverging)};
    return tables[static_cast<std::size_t>(map)];
}

QRgb Coloring::of(double value) const {
    if (std::isnan(value)) return notANumber;
    if (std::isinf(value)) return value > 0 ? positiveInfinite : negativeInfinite;
    const double share = (value - low) / (high - low);
    const auto step = static_cast<std::size_t>(std::clamp(share * kColorSteps, 0.0, kColorSteps - 1.0));
    return colorTable(map)[step];
}

QRgb inkOn(QRgb color) {
    const double luminance = 0.299 * qRed(color) + 0.587 * qGreen(color) + 0.114 * qBlue(color);
    return luminance > 140 ? qRgb(16, 20, 28) : qRgb(244, 247, 252);
}

}  // namespace gradlens
