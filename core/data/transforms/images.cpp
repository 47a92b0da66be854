// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms that move or hide pixels, at random. Pixels from outside the image are 0: the mean, where features are
// standardised.
#include "core/data/transforms/transforms.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gradlens {

namespace {
// Runs body(plane) over the channels of a sample.
template <class Body>
void forPlanes(const TransformSample& sample, Body body) {
    for (std::int64_t c = 0; c < sample.channels; ++c) body(c * sample.height * sample.width);
}

void flip(const Attributes& attributes, const TransformSample& sample) {
    const double probability = attributes.real("probability");
    const auto wanted = [&](const char* axis, int draw) {
        return attributes.flag(axis) && sample.uniform(draw) < probability;
    };
    if (wanted("horizontal", 0))
        for (std::int64_t row = 0; row < sample.channels * sample.height; ++row)
            std::reverse(sample.values + row * sample.width, sample.values + (row + 1) * sample.width);
    if (wanted("vertical", 1))
        forPlanes(sample, [&](std::int64_t plane) {
            for (std::int64_t row = 0; row < sample.height / 2; ++row)
                std::swap_ranges(sample.values + plane + row * sample.width,
                                 sample.values + plane + (row + 1) * sample.width,
                                 sample.values + plane + (sample.height - 1 - row) * sample.width);
        });
}

// Whole pixels by which an image is moved: uniform in [-padding, padding].
std::int64_t shift(std::int64_t padding, double uniform) {
    return static_cast<std::int64_t>(uniform * static_cast<double>(2 * padding + 1)) - padding;
}

void crop(const Attributes& attributes, const TransformSample& sample) {
    const std::int64_t padding = attributes.integer("padding");
    const std::int64_t down = shift(padding, sample.uniform(0)), right = shift(padding, sample.uniform(1));
    const std::int64_t first = std::max<std::int64_t>(0, right), last = std::min(sample.width, sample.width + right);
    forPlanes(sample, [&](std::int64_t plane) {
        for (std::int64_t row = 0; row < sample.height; ++row) {
            float* const to = sample.scratch + plane + row * sample.width;
            std::fill_n(to, sample.width, 0.0f);
            const std::int64_t from = row - down;
            if (from < 0 || from >= sample.height || first >= last) continue;
            std::copy_n(sample.values + plane + from * sample.width + first - right, last - first, to + first);
        }
    });
    std::copy_n(sample.scratch, sample.channels * sample.height * sample.width, sample.values);
}

// Each pixel is looked up where it came from, between four pixels (bilinear).
void rotate(const Attributes& attributes, const TransformSample& sample) {
    const double angle = (2 * sample.uniform(0) - 1) * attributes.real("degrees") * std::numbers::pi / 180;
    const double cosine = std::cos(angle), sine = std::sin(angle);
    const double middleRow = static_cast<double>(sample.height - 1) / 2,
                 middleColumn = static_cast<double>(sample.width - 1) / 2;
    for (std::int64_t row = 0; row < sample.height; ++row)
        for (std::int64_t column = 0; column < sample.width; ++column) {
            const double y = static_cast<double>(row) - middleRow, x = static_cast<double>(column) - middleColumn;
            const double fromRow = middleRow + cosine * y - sine * x, fromColumn = middleColumn + sine * y + cosine * x;
            const double top = std::floor(fromRow), left = std::floor(fromColumn);
            const auto below = static_cast<float>(fromRow - top), beside = static_cast<float>(fromColumn - left);
            forPlanes(sample, [&](std::int64_t plane) {
                const auto pixel = [&](std::int64_t r, std::int64_t c) {
                    const bool inside = r >= 0 && r < sample.height && c >= 0 && c < sample.width;
                    return inside ? sample.values[plane + r * sample.width + c] : 0.0f;
                };
                const auto r = static_cast<std::int64_t>(top), c = static_cast<std::int64_t>(left);
                sample.scratch[plane + row * sample.width + column] =
                    (1 - below) * ((1 - beside) * pixel(r, c) + beside * pixel(r, c + 1)) +
                    below * ((1 - beside) * pixel(r + 1, c) + beside * pixel(r + 1, c + 1));
            });
        }
    std::copy_n(sample.scratch, sample.channels * sample.height * sample.width, sample.values);
}

void cutout(const Attributes& attributes, const TransformSample& sample) {
    const std::int64_t size = attributes.integer("size");
    const auto begin = [&](std::int64_t extent, int draw) {
        return static_cast<std::int64_t>(sample.uniform(draw) * static_cast<double>(extent)) - size / 2;
    };
    const std::int64_t top = begin(sample.height, 0), left = begin(sample.width, 1);
    const std::int64_t firstRow = std::max<std::int64_t>(top, 0), lastRow = std::min(top + size, sample.height);
    const std::int64_t firstColumn = std::max<std::int64_t>(left, 0), lastColumn = std::min(left + size, sample.width);
    forPlanes(sample, [&](std::int64_t plane) {
        for (std::int64_t row = firstRow; row < lastRow; ++row)
            for (std::int64_t column = firstColumn; column < lastColumn; ++column)
                sample.values[plane + row * sample.width + column] = 0;
    });
}
}  // namespace

TransformDefinition flipTransform() {
    return {"flip",
            "Flip",
            "Mirrors images at random",
            {booleanAttribute("horizontal", "Left and right", true, "Mirrors left and right."),
             booleanAttribute("vertical", "Top and bottom", false, "Mirrors top and bottom."),
             realAttribute("probability", "Probability", 0.5, 0, 1, "How often an image is mirrored.")},
            flip,
            nullptr,
            true};
}

TransformDefinition cropTransform() {
    return {"crop",
            "Random crop",
            "Moves images by a few pixels at random, as a crop from a padded image does",
            {integerAttribute("padding", "Padding", 4, 0, 1024, "By how many pixels at most; what comes in is 0.")},
            crop,
            nullptr,
            true};
}

TransformDefinition rotateTransform() {
    return {"rotate",
            "Rotate",
            "Turns images about their middle at random",
            {realAttribute("degrees", "Degrees", 15, 0, 180, "By how much at most, to either side.")},
            rotate,
            nullptr,
            true};
}

TransformDefinition cutoutTransform() {
    return {"cutout",
            "Cut-out",
            "Hides a square of the image at random [DeVries and Taylor 2017]",
            {integerAttribute("size", "Size", 8, 1, 1024, "Height and width of the hidden square.")},
            cutout};
}

}  // namespace gradlens
