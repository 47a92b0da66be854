// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/reduction.h"

namespace gradlens {

OpDefinition defineReduceMax() {
    OpDefinition op = reduction("ReduceMax", OpSample::Fill::Distinct);
    op.summary = "Finds the largest value along the chosen axes.";
    op.maths =
        "y = max x over the axes.  The gradient goes to the largest element, in equal shares where several are; a NaN "
        "goes through.  [as torch.amax]";
    op.forward = extremeForward<true>;
    op.backward = extremeBackward;
    op.infer = inferExtreme;
    op.backwardReadsInputs = true;
    op.backwardReadsOutputs = true;
    op.exported = {"ReduceMax", "torch.amax", "ops.max"};
    op.toPyTorch = [](const SourceCall& call) { return torchReduction(call, "torch.amax"); };
    op.toKeras = [](const SourceCall& call) { return kerasReduction(call, "ops.max", call.argument()); };
    return op;
}

}  // namespace gradlens
