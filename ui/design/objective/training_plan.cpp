// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/objective/training_plan.h"

#include "core/data/loader.h"
#include "core/train/training_settings.h"

#include <algorithm>

namespace gradlens {

std::optional<TrainingPlan> trainingPlan(const TrainingSpec& training, std::int64_t samples) {
    const bool known =
        findOptimizer(training.optimizer.name) != nullptr && findSchedule(training.schedule.name) != nullptr;
    if (!known || samples <= 0 || training.batchSize <= 0 || training.updates.accumulate <= 0) return std::nullopt;
    TrainingPlan plan;
    plan.samples = samples;
    plan.batchesPerEpoch = BatchOrder(samples, training.batchSize, training.seed, true).stepsPerEpoch();
    plan.stepsPerEpoch = (plan.batchesPerEpoch + training.updates.accumulate - 1) / training.updates.accumulate;
    plan.totalSteps = plan.stepsPerEpoch * training.epochs;
    plan.baseRate = learningRateOf(training);
    return plan;
}

double plannedRate(const TrainingSpec& training, const TrainingPlan& plan, std::int64_t step) {
    const ScheduleDefinition* schedule = findSchedule(training.schedule.name);
    const Attributes attributes = completed(schedule->attributes, training.schedule.attributes, nullptr);
    return plan.baseRate * scheduleFactor(*schedule, attributes, step, plan.stepsPerEpoch, plan.totalSteps);
}

}  // namespace gradlens
