// SPDX-License-Identifier: GPL-3.0-or-later
// The families of schedules; core/plan/schedule.cpp lists them.
#pragma once
#include "core/plan/schedule.h"

namespace gradlens {

// decay.cpp: falling by rule.
ScheduleDefinition defineConstant();
ScheduleDefinition defineStep();
ScheduleDefinition defineMultiStep();
ScheduleDefinition defineExponential();
ScheduleDefinition definePolynomial();
// annealing.cpp: over the whole run, or in cycles.
ScheduleDefinition defineCosine();
ScheduleDefinition defineOneCycle();
// plateau.cpp
ScheduleDefinition definePlateau();

AttributeSpec unitAttribute(const char* defaultValue);
// A length in the schedule's unit; 0 means the whole run.
AttributeSpec lengthAttribute(std::string name, std::string label, std::string help);
AttributeSpec gammaAttribute(double defaultValue);

}  // namespace gradlens
