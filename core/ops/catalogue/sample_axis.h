// SPDX-License-Identifier: GPL-3.0-or-later
// The attribute "axis" of ops that work along one axis of a sample: 0 is the first behind the batch, negative counts
// from the end.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

AttributeSpec sampleAxisAttribute(std::int64_t defaultValue, std::string help);
// The axis of the whole tensor; outside 1 .. rank - 1 when the sample has no such axis.
int sampleAxis(const Attributes& attributes, const Shape& shape);
std::optional<OpProblem> sampleAxisProblem(const Attributes& attributes, const Shape& shape);

}  // namespace gradlens
