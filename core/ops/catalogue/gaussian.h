// SPDX-License-Identifier: GPL-3.0-or-later
// What ops share that take normal distributions, one a number: their means (input 0) and the logarithms of their
// variances (input 1).
#pragma once
#include "core/ops/catalogue/op.h"

#include <optional>

namespace gradlens {

// Both must have the same shape, batch first.
std::optional<OpProblem> gaussianProblem(std::span<const TensorType> inputs);
std::vector<PortSpec> gaussianPorts();

}  // namespace gradlens
