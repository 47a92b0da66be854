// SPDX-License-Identifier: GPL-3.0-or-later
// The attribute by which layers with weights let people choose how these begin.
#pragma once
#include "core/ops/catalogue/op.h"

#include <string>
#include <string_view>

namespace gradlens {

// "weight_init": zeros, normal, glorot_uniform, glorot_normal, he_uniform or he_normal.
AttributeSpec weightInitAttribute(std::string defaultValue);
// A parameter named "weight" that begins as the choice says. fanIn, fanOut: terms in an output, outputs of an input.
ParameterSpec weightParameter(std::string_view choice, const Shape& shape, std::int64_t fanIn, std::int64_t fanOut);
// A parameter named "bias": zeros, without weight decay.
ParameterSpec biasParameter(std::int64_t size);

}  // namespace gradlens
