// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of a tensor, tiles in parallel: the same figures as statisticsOf(), bit for bit.
#pragma once
#include "core/parallel/arena.h"
#include "core/tensor/statistics.h"

namespace gradlens {

Statistics statisticsOf(const Arena& arena, const TensorView& tensor);

}  // namespace gradlens
