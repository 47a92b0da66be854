// SPDX-License-Identifier: GPL-3.0-or-later
// One optimizer is one file here that returns its definition; core/plan/optimizer.cpp lists them.
#pragma once
#include "core/plan/optimizer.h"

namespace gradlens {

OptimizerDefinition defineSgd();
OptimizerDefinition defineAdam();
OptimizerDefinition defineAdamW();

// What all of them share.
AttributeSpec learningRateAttribute(double defaultValue);
AttributeSpec weightDecayAttribute(double defaultValue, std::string help);
AttributeSpec decayAllAttribute();
// The weight decay that holds for this parameter: none for biases and normalisation unless decay_all asks for it.
double weightDecayOf(const UpdateContext& context);

inline constexpr std::int64_t kUpdateGrain = 1 << 14;  // elements a tile: four arrays of them fit the second-level cache

}  // namespace gradlens
