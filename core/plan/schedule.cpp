// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/schedule.h"

#include "core/plan/schedules/definitions.h"

#include <algorithm>
#include <array>

namespace gradlens {

namespace {
ScheduleDefinition withWarmUp(ScheduleDefinition schedule) {
    constexpr double kLongest = 1e9;
    schedule.attributes.push_back(integerAttribute(
        "warmup_steps", "Warm-up steps", 0, 0, kLongest,
        "For so many steps the learning rate rises in a straight line; then the schedule begins. 0: no warm-up"));
    schedule.attributes.push_back(realAttribute("warmup_start", "Warm-up from", 0.1, 0, 1,
                                                "The share of the learning rate that the warm-up begins with"));
    return schedule;
}
}  // namespace

std::span<const ScheduleDefinition> schedules() {
    static const std::array<ScheduleDefinition, 8> kSchedules = {
        withWarmUp(defineConstant()),    withWarmUp(defineStep()),   withWarmUp(defineMultiStep()),
        withWarmUp(defineExponential()), withWarmUp(defineCosine()), withWarmUp(defineOneCycle()),
        withWarmUp(definePolynomial()),  withWarmUp(definePlateau())};
    return kSchedules;
}

const ScheduleDefinition* findSchedule(std::string_view name) {
    const auto all = schedules();
    const auto found = std::ranges::find(all, name, &ScheduleDefinition::name);
    return found == all.end() ? nullptr : &*found;
}

double scheduleFactor(const ScheduleDefinition& schedule, const Attributes& attributes, std::int64_t step,
                      std::int64_t stepsPerEpoch, std::int64_t totalSteps) {
    const std::int64_t warmUp = attributes.integer("warmup_steps");
    if (step < warmUp) {
        const double start = attributes.real("warmup_start");
        return start + (1 - start) * static_cast<double>(step) / static_cast<double>(warmUp);
    }
    const std::int64_t after = step - warmUp, rest = std::max<std::int64_t>(totalSteps - warmUp, 1);
    const bool byEpoch = attributes.find("unit") != nullptr && attributes.choice("unit") == "epochs";
    if (!byEpoch) return schedule.factor(attributes, static_cast<double>(after), static_cast<double>(rest));
    return schedule.factor(attributes, static_cast<double>(after / stepsPerEpoch),
                           static_cast<double>(std::max<std::int64_t>(rest / stepsPerEpoch, 1)));
}

AttributeSpec unitAttribute(const char* defaultValue) {
    return choiceAttribute("unit", "Counted in", defaultValue, {"epochs", "steps"},
                           "Whether the schedule moves on after every epoch or after every step");
}

AttributeSpec lengthAttribute(std::string name, std::string label, std::string help) {
    return integerAttribute(std::move(name), std::move(label), 0, 0, 1e9, std::move(help) + ". 0: as long as the run");
}

AttributeSpec gammaAttribute(double defaultValue) {
    return realAttribute("gamma", "Factor", defaultValue, 0, 1, "What the learning rate is multiplied by each time");
}

}  // namespace gradlens
