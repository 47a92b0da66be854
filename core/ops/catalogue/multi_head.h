// SPDX-License-Identifier: GPL-3.0-or-later
// What self-attention and attention to another sequence share: projections to queries, keys and values, attention head
// by head, and a projection of what the heads found. Parameters are laid out as torch.nn.MultiheadAttention's.
#pragma once
#include "core/ops/catalogue/source_code.h"

namespace gradlens {

// Attributes, functions and flags are set; name, texts, ports and samples are the op's own. `cross`: keys and values
// come from a second input.
OpDefinition multiHeadOp(bool cross);
// As Python (multi_head_source.cpp). Inputs: what asks, with `cross` what is asked, and perhaps the mask.
SourceCode multiHeadToPyTorch(const SourceCall& call, bool cross);
SourceCode multiHeadToKeras(const SourceCall& call, bool cross);

}  // namespace gradlens
