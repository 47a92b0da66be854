// SPDX-License-Identifier: GPL-3.0-or-later
// The attributes by which layers with weights let people choose how these begin.
#pragma once
#include "core/ops/catalogue/op.h"

#include <string>
#include <vector>

namespace gradlens {

// `attributes` and, behind them, "weight_init" (zeros, constant, normal, truncated_normal, uniform, orthogonal,
// glorot_uniform, glorot_normal, he_uniform, he_normal or file) with what its choices need: "init_scale", "init_value",
// "init_file" and "init_tensor".
std::vector<AttributeSpec> withWeightInit(std::vector<AttributeSpec> attributes, std::string defaultChoice);
// Adds a parameter named "weight" that begins as those attributes say, or the problem that they lack a file. fanIn,
// fanOut: terms in an output, outputs of an input.
void addWeight(Inference& inference, const Attributes& attributes, const Shape& shape, std::int64_t fanIn,
               std::int64_t fanOut);
// A parameter named "bias": zeros, without weight decay.
ParameterSpec biasParameter(std::int64_t size);

}  // namespace gradlens
