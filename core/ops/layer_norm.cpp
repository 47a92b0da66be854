// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/row_norm.h"

namespace gradlens {

OpDefinition defineLayerNorm() {
    OpDefinition op = rowNormOp(true);
    op.name = "LayerNorm";
    op.summary = "Gives each row mean 0 and deviation 1, then a learned scale and offset: steadies transformers.";
    op.maths =
        "y = (x - mean(x)) / √(var(x) + ε) · w + b over the last axes.  [Ba, Kiros and Hinton 2016; as "
        "torch.nn.LayerNorm]";
    op.baseName = "norm";
    op.exported = {"LayerNormalization", "LayerNorm", "LayerNormalization"};
    return op;
}

}  // namespace gradlens
