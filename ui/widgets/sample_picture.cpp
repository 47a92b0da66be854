// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sample_picture.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace gradlens {

namespace {
constexpr QRgb kNotANumber = qRgb(255, 43, 240);

// 0..255, or -1 for what is no number.
int level(float value, PixelRange range) {
    if (std::isnan(value)) return -1;
    const float width = range.white - range.black;
    const float share = width > 0 ? (value - range.black) / width : 0.5f;
    return static_cast<int>(std::lround(std::clamp(share, 0.0f, 1.0f) * 255.0f));
}

QRgb grey(float value, PixelRange range) {
    const int shade = level(value, range);
    return shade < 0 ? kNotANumber : qRgb(shade, shade, shade);
}

QRgb colour(float red, float green, float blue, PixelRange range) {
    const int r = level(red, range), g = level(green, range), b = level(blue, range);
    return r < 0 || g < 0 || b < 0 ? kNotANumber : qRgb(r, g, b);
}

QString shown(const std::string& token) {
    QString text = QString::fromStdString(token);
    text.replace('\n', QChar(0x21b5)).replace('\t', QChar(0x21e5)).replace('\r', QChar(0x240d));
    return text;
}
}  // namespace

PixelRange rangeOf(std::span<const float> values) {
    PixelRange range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
    for (const float value : values) {
        if (!std::isfinite(value)) continue;
        range.black = std::min(range.black, value);
        range.white = std::max(range.white, value);
    }
    return range.black <= range.white ? range : PixelRange{};
}

bool isPicture(const Shape& shape) {
    if (shape.rank() != 2 && shape.rank() != 3) return false;
    return shape.elements() > 0 && shape[-1] > 1 && shape[-2] > 1;
}

QImage samplePicture(std::span<const float> values, const Shape& shape, PixelRange range) {
    assert(isPicture(shape) && static_cast<std::int64_t>(values.size()) == shape.elements());
    const std::int64_t channels = shape.rank() == 3 ? shape[0] : 1;
    const auto height = static_cast<int>(shape[-2]), width = static_cast<int>(shape[-1]);
    const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    if (channels == 3) {
        QImage image(width, height, QImage::Format_RGB32);
        for (int y = 0; y < height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
            const std::size_t row = static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
            for (int x = 0; x < width; ++x) {
                const std::size_t at = row + static_cast<std::size_t>(x);
                line[x] = colour(values[at], values[plane + at], values[2 * plane + at], range);
            }
        }
        return image;
    }
    const auto tiles = static_cast<int>(channels);
    QImage image(tiles * width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int tile = 0; tile < tiles; ++tile) {
            const float* from = values.data() + static_cast<std::size_t>(tile) * plane +
                                static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
            for (int x = 0; x < width; ++x) line[tile * width + x] = grey(from[x], range);
        }
    }
    return image;
}

QString tokenText(std::span<const std::int32_t> tokens, const std::vector<std::string>& names) {
    const bool single =
        std::ranges::all_of(names, [](const std::string& name) { return QString::fromStdString(name).size() <= 1; });
    QStringList words;
    for (const std::int32_t token : tokens) {
        const bool known = token >= 0 && static_cast<std::size_t>(token) < names.size();
        words << (known       ? shown(names[static_cast<std::size_t>(token)])
                  : token < 0 ? QString(QChar(0xb7))
                              : QString::number(token));
    }
    return words.join(single ? QString() : QString(QChar(0x2009)));
}

}  // namespace gradlens
