// SPDX-License-Identifier: GPL-3.0-or-later
// The training settings of a project as Python: the schedule's factor, and the optimizer.
#pragma once
#include "core/export/source_program.h"

namespace gradlens {

// Definitions, each ending with a newline and separated by two empty lines.
// learning_rate_factor(step, steps_per_epoch); empty for a rate that stays as it is, and for Plateau.
std::string factorSource(const ScheduleSpec& schedule);
// make_optimizer(network), and before it what PyTorch lacks (Lion, LAMB).
std::string torchOptimizerSource(const TrainingSpec& training, const SourceProgram& program);
// make_schedule(optimizer, steps_per_epoch); empty for a rate that stays as it is.
std::string torchScheduleSource(const TrainingSpec& training);
// make_optimizer(); make_callbacks(steps_per_epoch). Comments say what Keras does in another way.
std::string kerasOptimizerSource(const TrainingSpec& training, const SourceProgram& program);
std::string kerasCallbacksSource(const TrainingSpec& training);

}  // namespace gradlens
