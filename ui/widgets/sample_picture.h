// SPDX-License-Identifier: GPL-3.0-or-later
// One sample of a dataset as people see it: a picture of an image, the text of tokens. Pure functions; any thread.
#pragma once
#include "core/tensor/shape.h"

#include <QImage>
#include <QString>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

// The values that are black and white.
struct PixelRange {
    float black = 0, white = 1;
};

// From the least to the greatest finite value.
PixelRange rangeOf(std::span<const float> values);

// Whether samples of this shape are pictures: height x width, or channels before them.
bool isPicture(const Shape& shape);

// One pixel a number: three channels are red, green and blue, one is grey, others stand side by side. shape must be a
// picture's, values as many as it has elements. What is no number is magenta, what lies outside of the range is
// clipped.
QImage samplePicture(std::span<const float> values, const Shape& shape, PixelRange range = {});

// Tokens as text: characters in a row, longer names with blanks between. A negative token shows as "\u00b7", line ends
// as their symbols.
QString tokenText(std::span<const std::int32_t> tokens, const std::vector<std::string>& names);

}  // namespace gradlens
