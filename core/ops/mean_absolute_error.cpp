// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/pairwise_loss.h"
#include "core/ops/catalogue/python_text.h"

#include <cmath>

namespace gradlens {

namespace {
struct Terms : MeanOverAll {
    explicit Terms(const Attributes&) {}
    double value(double p, double t) const { return std::abs(p - t); }
    template <class T>
    T slope(T p, T t) const {
        return p > t ? T(1) : p < t ? T(-1) : p - t;  // equal: 0; a NaN goes through
    }
    template <class T>
    T targetSlope(T p, T t) const {
        return -slope(p, t);
    }
};
}  // namespace

OpDefinition defineMeanAbsoluteError() {
    OpDefinition op = pairwiseLoss<Terms>();
    op.name = "MeanAbsoluteError";
    op.summary =
        "How far predictions are from targets: the mean of the differences without their signs. Outliers count less "
        "than squared.";
    op.maths = "L = 1/K · Σ |p - t| over all K values of the batch.  dL/dp = sign(p - t) / K.  [as torch.nn.L1Loss]";
    op.exported = {"Abs", "L1Loss", "MeanAbsoluteError"};
    op.toPyTorch = [](const SourceCall& call) {
        return pythonFunction(PythonCall("F.l1_loss").with(call.argument(0)).with(call.argument(1)));
    };
    op.toKeras = [](const SourceCall& call) {
        return pythonFunction("ops.mean(ops.abs(" + call.argument(0) + " - " + call.argument(1) + "))");
    };
    return op;
}

}  // namespace gradlens
