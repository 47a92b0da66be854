// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

namespace gradlens {

OpDefinition defineReduceMin() {
    OpDefinition op = reduction("ReduceMin", OpSample::Fill::Distinct);
    op.summary = "Finds the smallest value along the chosen axes.";
    op.maths =
        "y = min x over the axes.  The gradient goes to the smallest element, in equal shares where several are; a NaN "
        "goes through.  [as torch.amin]";
    op.forward = extremeForward<false>;
    op.backward = extremeBackward;
    op.infer = inferExtreme;
    op.backwardReadsInputs = true;
    op.backwardReadsOutputs = true;
    op.exported = {"ReduceMin", "torch.amin", "ops.min"};
    op.toPyTorch = [](const SourceCall& call) { return torchReduction(call, "torch.amin"); };
    op.toKeras = [](const SourceCall& call) { return kerasReduction(call, "ops.min", call.argument()); };
    return op;
}

}  // namespace gradlens
