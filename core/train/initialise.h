// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a parameter with its initial values: a pure function of the spec and the random sequence.
#pragma once
#include "core/base/philox.h"
#include "core/ops/catalogue/op.h"

#include <filesystem>
#include <string>

namespace gradlens {

// Glorot: Glorot and Bengio 2010, eq. 16 (variance 2 / (fan-in + fan-out)). He: He et al. 2015, eq. 10 (variance 2 /
// fan-in). Uniform variants have the same variance. TruncatedNormal: draws beyond two deviations are drawn again, as in
// Keras and timm, which leaves 0.774 of the variance. Orthogonal: Saxe et al. 2014; of the matrix size 0 x the rest,
// the rows or the columns, whichever are fewer, are made orthogonal to each other, each as long as the gain. target is
// Float32 or Float64; the float values are the double ones, rounded. File: `parameter` names the target, `folder` is
// where relative paths start; throws Error (see initial_file.h).
void initialise(const Arena& arena, const ParameterSpec& spec, const Random& random, const TensorView& target,
                const std::string& parameter = {}, const std::filesystem::path& folder = {});

}  // namespace gradlens
