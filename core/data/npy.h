// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's arrays: .npy files and the entries of .npz. [numpy.org/doc/stable/reference/generated/numpy.lib.format.html].
// Little-endian numbers in C order; the elements stay in the file. Nothing in a file is ever executed (object arrays
// are refused).
#pragma once
#include "core/data/row_stream.h"
#include "core/tensor/shape.h"

#include <filesystem>
#include <memory>
#include <string>

namespace gradlens {

struct NpyArray {
    std::shared_ptr<const RandomBytes> bytes;
    std::int64_t first = 0;  // where the elements begin
    RowType type = RowType::Float32;
    Shape shape;  // rank 1 and more, at least one element
};

// Throws Error: not NPY, an unknown version or type, another order, a size that disagrees with the header.
NpyArray readNpyHeader(std::shared_ptr<const RandomBytes> bytes);
// A .npy file, or the array `name` of a .npz file. Throws Error, which names the arrays there are.
NpyArray openNpy(const std::filesystem::path& file, const std::string& name);

}  // namespace gradlens
