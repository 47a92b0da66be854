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
// The weight decay that holds for this parameter: its group's, or none for biases and normalisation unless decay_all asks for it.
double weightDecayOf(const UpdateContext& context);

// The gradient as an optimizer sees it: clipped. NaN goes through.
template <class T>
struct Clipping {
    explicit Clipping(const UpdateContext& context) : scale(static_cast<T>(context.gradientScale)), limit(static_cast<T>(context.gradientLimit)) {}
    T operator()(T gradient) const {
        const T scaled = gradient * scale;
        return scaled > limit ? limit : scaled < -limit ? -limit : scaled;
    }
    T scale, limit;
};

}  // namespace gradlens
