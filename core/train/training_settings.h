// SPDX-License-Identifier: GPL-3.0-or-later
// The training settings of a project, checked and completed: the rate of each step, and how evaluation decides.
#pragma once
#include "core/io/project.h"
#include "core/train/state.h"

#include <string>

namespace gradlens {

// Throws Error naming the key: an unknown optimizer or schedule, an attribute that does not fit, a number out of range.
void checkTraining(const TrainingSpec& training, bool hasValidation);
// Likewise: a group that matches no parameter, or nothing left to train.
void checkGroups(const TrainingGraph& graph);

// The base learning rate that a project asks for.
double learningRateOf(const TrainingSpec& training);

// What a run asks again and again. Immutable.
class TrainingSettings {
public:
    explicit TrainingSettings(const TrainingSpec& training);  // checked
    // Of the update that comes next: base, schedule and plateau.
    double learningRate(const State& state, std::int64_t stepsPerEpoch, std::int64_t totalSteps) const;
    // Whether evaluation at the end of an epoch decides about what comes.
    bool followsEvaluation() const { return m_schedule->followsEvaluation || m_stopping.patience > 0; }
    struct Verdict {
        bool isBest = false;  // the best so far
        bool stop = false;    // no improvement for too long
    };
    // Weighs an evaluation at the end of an epoch.
    Verdict weigh(State& state, double loss, double accuracy) const;

private:
    const ScheduleDefinition* m_schedule;
    Attributes m_attributes;
    EarlyStopping m_stopping;
};

}  // namespace gradlens
