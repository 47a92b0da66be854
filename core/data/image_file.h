// SPDX-License-Identifier: GPL-3.0-or-later
// PNG and JPEG files as pixels. Bounded, whatever a header claims. Pure functions; any thread.
#pragma once
#include "core/tensor/tensor.h"

#include <filesystem>

namespace gradlens {

// UInt8, channels x height x width; channels is 1 (luminance) or 3 (red, green, blue). Transparent pixels lie on black.
// Throws Error naming the file: not an image, damaged, cut short, beyond 64 million pixels.
Tensor readImage(const std::filesystem::path& file, std::int64_t channels);

// The same image in another size: separable triangle filter, as wide as a pixel of the coarser of both (what imaging
// libraries call bilinear with antialiasing).
Tensor resized(const Tensor& image, std::int64_t height, std::int64_t width);

}  // namespace gradlens
