// SPDX-License-Identifier: GPL-3.0-or-later
// What the pooling layers have in common: attributes, shapes, cost and samples.
#pragma once
#include "core/kernels/pool2d.h"
#include "core/ops/catalogue/python_text.h"
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
// "F.max_pool2d(x, 2, 2)", open for more arguments.
PythonCall torchPooling(const SourceCall& call, const char* function);
// "ops.max_pool(x, 2, ...)" of an expression, with `outside` around it where there is padding.
std::string kerasPooling(const SourceCall& call, const char* function, std::string of, const std::string& outside);

}  // namespace gradlens
