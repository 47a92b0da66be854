// SPDX-License-Identifier: GPL-3.0-or-later
// One optimizer is one file here that returns its definition; core/plan/optimizer.cpp lists them.
#pragma once
#include "core/plan/optimizer.h"

#include <cmath>

namespace gradlens {

OptimizerDefinition defineSgd();
OptimizerDefinition defineAdam();
OptimizerDefinition defineAdamW();
OptimizerDefinition defineNAdam();
OptimizerDefinition defineLamb();
OptimizerDefinition defineLion();
OptimizerDefinition defineRmsProp();
OptimizerDefinition defineAdagrad();
OptimizerDefinition defineAdadelta();

// What all of them share.
AttributeSpec learningRateAttribute(double defaultValue);
AttributeSpec weightDecayAttribute(double defaultValue, std::string help);
AttributeSpec decayAllAttribute();
AttributeSpec epsilonAttribute(double defaultValue);
// How much of a moving average stays at each step: below 1.
AttributeSpec averageAttribute(std::string name, std::string label, double defaultValue, std::string help);
// Names of the slots of the two moments that Adam's relatives share.
std::vector<std::string> momentSlots(const Attributes& attributes);
// The weight decay that holds for this parameter: its group's, or none for biases and normalisation unless decay_all
// asks for it.
double weightDecayOf(const UpdateContext& context);

// The gradient as an optimizer sees it: clipped. NaN goes through.
template <class T>
struct Clipping {
    explicit Clipping(const UpdateContext& context)
        : scale(static_cast<T>(context.gradientScale)), limit(static_cast<T>(context.gradientLimit)) {}
    T operator()(T gradient) const {
        const T scaled = gradient * scale;
        return scaled > limit ? limit : scaled < -limit ? -limit : scaled;
    }
    T scale, limit;
};

// f(i, gradient, parameter) for every element of the slice; the gradient is clipped and has `decay` times the parameter
// added. What is switched off is not computed at all: zero times an infinite parameter would be NaN.
template <class T, class F>
void forEachElement(const UpdateContext& context, double decay, F&& f) {
    const Clipping<T> clipped(context);
    const T weight = static_cast<T>(decay);
    T* parameters = context.parameter.as<T>().data();
    const T* gradients = context.gradient.as<const T>().data();
    const std::int64_t count = context.parameter.elements();
    if (decay != 0)
        for (std::int64_t i = 0; i < count; ++i) f(i, clipped(gradients[i]) + weight * parameters[i], parameters[i]);
    else
        for (std::int64_t i = 0; i < count; ++i) f(i, clipped(gradients[i]), parameters[i]);
}

// The memory of a slot.
template <class T>
T* slotOf(const UpdateContext& context, std::size_t number) {
    return context.slotTensors[number].as<T>().data();
}

// The parts of Adam's step that are the same for all elements, in double, once a slice.
template <class T>
struct Moments {
    explicit Moments(const UpdateContext& context)
        : Moments(context.attributes.real("beta1"), context.attributes.real("beta2"),
                  static_cast<double>(context.step + 1)) {}
    Moments(double first, double second, double steps)
        : beta1(static_cast<T>(first)),
          rest1(static_cast<T>(1.0 - first)),
          beta2(static_cast<T>(second)),
          rest2(static_cast<T>(1.0 - second)),
          correction1(1.0 - std::pow(first, steps)),
          correction2(1.0 - std::pow(second, steps)),
          root(static_cast<T>(1.0 / std::sqrt(correction2))) {}
    T first(T before, T gradient) const { return beta1 * before + rest1 * gradient; }
    T second(T before, T gradient) const { return beta2 * before + rest2 * (gradient * gradient); }
    T beta1, rest1, beta2, rest2;
    double correction1, correction2;  // of the moments' start at zero: 1 - beta^t
    T root;                           // times the root of the second moment
};

}  // namespace gradlens
