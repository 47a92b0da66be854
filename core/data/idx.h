// SPDX-License-Identifier: GPL-3.0-or-later
// The IDX format of the MNIST family, plain or gzip. Big-endian: 00 00, a type byte, the rank, rank 32-bit sizes, the
// elements. [yann.lecun.com/exdb/mnist, "the IDX file format"]. Memory is bounded by what the file holds, whatever its
// header claims.
#pragma once
#include "core/data/byte_stream.h"
#include "core/tensor/tensor.h"

#include <filesystem>

namespace gradlens {

// Unsigned bytes as UInt8; signed bytes, shorts and ints as Int32; floats and doubles as Float32. Throws Error (with
// the file, what was expected, what was found): not IDX, an unknown type, a zero or overflowing size, too few or too
// many bytes.
Tensor readIdx(const std::filesystem::path& file, const Progress& progress = {});

// The same as features: UInt8 or finite Float32, rank 2 and more, images N x H x W made N x 1 x H x W. Throws Error,
// also for labels.
Tensor readIdxImages(const std::filesystem::path& file, const Progress& progress = {});

// The same as class numbers: Int32, rank 1, from 0 to below 65,536. Throws Error, also for images.
Tensor readIdxLabels(const std::filesystem::path& file, const Progress& progress = {});

}  // namespace gradlens
