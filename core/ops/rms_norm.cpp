// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/row_norm.h"

namespace gradlens {

OpDefinition defineRmsNorm() {
    OpDefinition op = rowNormOp(false);
    op.name = "RMSNorm";
    op.summary = "Divides each row by its root mean square, then scales it by learned factors: a lighter LayerNorm.";
    op.maths = "y = x / √(mean(x²) + ε) · w over the last axes.  [Zhang and Sennrich 2019]";
    op.baseName = "norm";
    op.exported = {"RMSNormalization", "RMSNorm", "RMSNormalization"};
    return op;
}

}  // namespace gradlens
