// SPDX-License-Identifier: GPL-3.0-or-later
// Learning-rate schedules: what the rate of a project is multiplied by at each step. A pure function of the step; only
// Plateau also looks at how evaluation went, and what it remembers is in the State.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <span>
#include <string>
#include <string_view>

namespace gradlens {

// What a project says of its schedule.
struct ScheduleSpec {
    std::string name = "Constant";
    Attributes attributes;  // only what differs from the defaults
    friend bool operator==(const ScheduleSpec&, const ScheduleSpec&) = default;
};

struct ScheduleDefinition {
    std::string name;
    std::string summary;
    std::string maths;                      // with its source
    std::vector<AttributeSpec> attributes;  // always has "warmup_steps" and "warmup_start"
    // The factor at `position`, which counts from the end of the warm-up in the schedule's unit (attribute "unit":
    // steps or whole epochs); total is where the run ends, likewise.
    double (*factor)(const Attributes& attributes, double position, double total) = nullptr;
    bool followsEvaluation = false;  // Plateau
    std::string pytorch, keras;
};

std::span<const ScheduleDefinition> schedules();
const ScheduleDefinition* findSchedule(std::string_view name);

// The factor for the update after `step` updates. attributes: completed. totalSteps: of the run as planned.
double scheduleFactor(const ScheduleDefinition& schedule, const Attributes& attributes, std::int64_t step,
                      std::int64_t stepsPerEpoch, std::int64_t totalSteps);

// How long evaluation has not become better; part of the State.
struct Patience {
    double best = 0;             // meaningful from the first evaluation on
    std::int64_t bestStep = -1;  // -1: none yet
    std::int64_t waited = 0;     // evaluations since
    friend bool operator==(const Patience&, const Patience&) = default;
};

// What Plateau remembers; part of the State.
struct PlateauState {
    double factor = 1;
    Patience patience;
    std::int64_t cooldown = 0;  // evaluations during which it does not wait
    friend bool operator==(const PlateauState&, const PlateauState&) = default;
};

// After an evaluation (value: what the schedule's attribute "monitor" names). As
// torch.optim.lr_scheduler.ReduceLROnPlateau.
void evaluated(PlateauState& state, const Attributes& attributes, double value, std::int64_t step);

}  // namespace gradlens
