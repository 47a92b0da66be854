// SPDX-License-Identifier: GPL-3.0-or-later
// How many steps a run is planned to take and how fast each learns, from the project and the size of its data. Pure
// functions.
#pragma once
#include "core/io/project.h"

#include <cstdint>
#include <optional>

namespace gradlens {

struct TrainingPlan {
    std::int64_t samples = 0;
    std::int64_t batchesPerEpoch = 0, stepsPerEpoch = 0, totalSteps = 0;  // a step is an update of the weights
    double baseRate = 0;
};

// Nothing while the settings cannot be run: an unknown optimizer or schedule, no samples.
std::optional<TrainingPlan> trainingPlan(const TrainingSpec& training, std::int64_t samples);
// The learning rate of a step, but for what a schedule makes of results. The schedule must be known.
double plannedRate(const TrainingSpec& training, const TrainingPlan& plan, std::int64_t step);

}  // namespace gradlens
