// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ops/catalogue/gaussian.h"

namespace gradlens {

std::optional<OpProblem> gaussianProblem(std::span<const TensorType> inputs) {
    const Shape &mean = inputs[0].shape, &variance = inputs[1].shape;
    if (mean != variance)
        return OpProblem{
            1, "has means of shape " + mean.toString() + " and log-variances of shape " + variance.toString(),
            mean.toString(), variance.toString(), "Give the two layers before it the same number of units"};
    if (mean.rank() < 1) return noBatchProblem(0);
    return std::nullopt;
}

std::vector<PortSpec> gaussianPorts() {
    return {{"mean", "Where each distribution lies, any shape"},
            {"log_variance", "The logarithm of its variance, the same shape: any number will do"}};
}

}  // namespace gradlens
