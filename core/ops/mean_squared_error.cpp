// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

namespace gradlens {

namespace {
struct Terms : MeanOverAll {
    explicit Terms(const Attributes&) {}
    double value(double p, double t) const { return (p - t) * (p - t); }
    template <class T>
    T slope(T p, T t) const {
        return T(2) * (p - t);
    }
    template <class T>
    T targetSlope(T p, T t) const {
        return T(2) * (t - p);
    }
};
}  // namespace

OpDefinition defineMeanSquaredError() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "MeanSquaredError";
    op.summary = "How far predictions are from targets: the mean of the squared differences.";
    op.maths =
        "L = 1/K · Σ (p - t)² over all K values of the batch.  dL/dp = 2 (p - t) / K.  [least squares; as "
        "torch.nn.MSELoss]";
    op.exported = {"MeanSquaredError", "MSELoss", "MeanSquaredError"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("F.mse_loss").with(call.argument(0)).with(call.argument(1)));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction("ops.mean(ops.square(" + call.argument(0) + " - " + call.argument(1) + "))");
    };
    return op;
}

}  // namespace gradlens
