// SPDX-License-Identifier: GPL-3.0-or-later
// What elementwise activations have in common: one input of any shape, an output like it, work in place.
#pragma once
#include "core/ops/catalogue/op.h"

namespace gradlens {

// Category, ports, shape inference and in-place flags are set; the rest is the op's own.
OpDefinition activation(std::string name, std::string baseName);

template <int kFlopsPerElement>
OpCost activationCost(const Attributes&, std::span<const TensorType> inputs, const Inference& inference) {
    return elementwiseCost(kFlopsPerElement, inputs, inference);
}

}  // namespace gradlens
