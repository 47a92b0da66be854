// SPDX-License-Identifier: GPL-3.0-or-later
// What LayerNorm and RMSNorm share: the last axes of the input are normalised together, sample by sample.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

// Ports, attributes, functions and samples are set; name, texts and export names are the op's own.
OpDefinition rowNormOp(bool centred);

}  // namespace gradlens
