// SPDX-License-Identifier: GPL-3.0-or-later
// The single numbers and choices of a project's training settings as attributes, so that one kind of form shows them
// all.
#pragma once
#include "core/io/project.h"

#include <span>

namespace gradlens {

struct TrainingField {
    AttributeSpec spec;
    AttributeValue (*get)(const TrainingSpec& training);
    void (*set)(TrainingSpec& training, const AttributeValue& value);
};

// Batches, epochs, seed, precision.
std::span<const TrainingField> trainingFields();
// Clipping, accumulation, the average of the weights.
std::span<const TrainingField> updateFields();
std::span<const TrainingField> stoppingFields();

}  // namespace gradlens
