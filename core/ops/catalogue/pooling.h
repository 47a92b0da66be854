// SPDX-License-Identifier: GPL-3.0-or-later
// What the pooling layers have in common: attributes, shapes, cost and samples.
#pragma once
#include "core/kernels/pool2d.h"
#include "core/ops/catalogue/windows.h"

#include <limits>
#include <vector>

namespace gradlens {

std::vector<AttributeSpec> poolingAttributes();
PoolGeometry poolingGeometry(const Attributes& attributes, const Shape& input);
Inference poolingInference(const Attributes& attributes, const TensorType& input);
OpCost poolingCost(const Attributes& attributes, std::span<const TensorType> inputs, const Inference& inference);
// The last one has padding.
std::vector<OpSample> poolingSamples(OpSample::Fill fill);

}  // namespace gradlens
