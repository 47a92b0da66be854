// SPDX-License-Identifier: GPL-3.0-or-later
// Initial values of a parameter from a file that was trained or made elsewhere. Any thread.
#pragma once
#include "core/tensor/tensor.h"

#include <filesystem>
#include <string>

namespace gradlens {

// Fills target (Float32 or Float64) from a safetensors file, such as a checkpoint, or from NumPy's .npy or .npz. An
// empty `tensor` takes the one called `parameter` ("dense1.weight") or the only one there is. Throws Error, and leaves
// target as it was: no such file or tensor, another shape, a number that is not finite.
void readInitialValues(const std::filesystem::path& file, const std::string& tensor, const std::string& parameter,
                       const TensorView& target);

}  // namespace gradlens
