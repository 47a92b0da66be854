// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

namespace gradlens {

OpDefinition defineReduceMean() {
    OpDefinition op = reduction("ReduceMean");
    op.summary = "Averages the values along the chosen axes.";
    op.maths = "y = Σ x / n over the axes, n the number of elements folded.  dL/dx = dL/dy / n.  [as torch.mean]";
    op.forward = sumForward<true>;
    op.backward = sumBackward<true>;
    op.exported = {"ReduceMean", "torch.mean", "ops.mean"};
    op.toPyTorch = [](const SourceCall& call) { return torchReduction(call, "torch.mean"); };
    op.toKeras = [](const SourceCall& call) { return kerasReduction(call, "ops.mean", call.argument()); };
    return op;
}

}  // namespace gradlens
