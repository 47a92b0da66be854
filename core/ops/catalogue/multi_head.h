// SPDX-License-Identifier: GPL-3.0-or-later
// What self-attention and attention to another sequence share: projections to queries, keys and values, attention head
// by head, and a projection of what the heads found. Parameters are laid out as torch.nn.MultiheadAttention's.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

// Attributes, functions and flags are set; name, texts, ports and samples are the op's own. `cross`: keys and values
// come from a second input.
OpDefinition multiHeadOp(bool cross);

}  // namespace gradlens
