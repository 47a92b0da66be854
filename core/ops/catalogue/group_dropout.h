// SPDX-License-Identifier: GPL-3.0-or-later
// Dropout of groups of adjacent elements as one: whole channels, whole samples.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

// While training a group, all elements behind the first `groupAxes` (1 or 2) axes, is zeroed with probability "rate",
// and the others are divided by 1 - rate. Ports, attributes, functions and cost; texts and samples are the op's own.
OpDefinition groupDropout(int groupAxes);

}  // namespace gradlens
