// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a parameter with its initial values: a pure function of the spec and the random sequence.
#pragma once
#include "core/base/philox.h"
#include "core/ops/catalogue/op.h"

namespace gradlens {

// Glorot: Glorot and Bengio 2010, eq. 16 (variance 2 / (fan-in + fan-out)). He: He et al. 2015, eq. 10 (variance 2 / fan-in).
// Uniform variants have the same variance. target is Float32 or Float64; the float values are the double ones, rounded.
void initialise(const Arena& arena, const ParameterSpec& spec, const Random& random, const TensorView& target);

}  // namespace gradlens
