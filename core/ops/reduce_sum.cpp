// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

namespace gradlens {

OpDefinition defineReduceSum() {
    OpDefinition op = reduction("ReduceSum");
    op.summary = "Adds the values along the chosen axes.";
    op.maths = "y = Σ x over the axes.  dL/dx = dL/dy for every element that was added.  [as torch.sum]";
    op.forward = sumForward<false>;
    op.backward = sumBackward<false>;
    op.exported = {"ReduceSum", "torch.sum", "ops.sum"};
    op.toPyTorch = [](const SourceCall& call) { return torchReduction(call, "torch.sum"); };
    op.toKeras = [](const SourceCall& call) { return kerasReduction(call, "ops.sum", call.argument()); };
    return op;
}

}  // namespace gradlens
