// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules that fall by a rule and know nothing of cycles.
#include "core/plan/schedules/definitions.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
double step(const Attributes& attributes, double position, double) {
    return std::pow(attributes.real("gamma"), std::floor(position / static_cast<double>(attributes.integer("every"))));
}

double multiStep(const Attributes& attributes, double position, double) {
    const IntegerList& milestones = attributes.list("milestones");
    const auto passed = std::ranges::count_if(
        milestones, [&](std::int64_t milestone) { return static_cast<double>(milestone) <= position; });
    return std::pow(attributes.real("gamma"), static_cast<double>(passed));
}

double polynomial(const Attributes& attributes, double position, double total) {
    const double length = attributes.integer("length") > 0 ? static_cast<double>(attributes.integer("length")) : total;
    return std::pow(1 - std::min(position / length, 1.0), attributes.real("power"));
}
}  // namespace

ScheduleDefinition defineConstant() {
    return {.name = "Constant",
            .summary = "The learning rate stays as it is.",
            .maths = "f = 1.",
            .attributes = {},
            .factor = [](const Attributes&, double, double) { return 1.0; },
            .pytorch = "torch.optim.lr_scheduler.ConstantLR",
            .keras = ""};
}

ScheduleDefinition defineStep() {
    return {.name = "Step",
            .summary = "Multiplies the learning rate by a factor at even intervals.",
            .maths = "f = γ^⌊t / every⌋.  [as torch.optim.lr_scheduler.StepLR]",
            .attributes = {unitAttribute("epochs"),
                           integerAttribute("every", "Every", 10, 1, 1e9,
                                            "How many epochs (or steps) lie between two drops"),
                           gammaAttribute(0.1)},
            .factor = step,
            .pytorch = "torch.optim.lr_scheduler.StepLR",
            .keras = "keras.optimizers.schedules.ExponentialDecay(staircase=True)"};
}

ScheduleDefinition defineMultiStep() {
    return {
        .name = "MultiStep",
        .summary = "Multiplies the learning rate by a factor at chosen points.",
        .maths = "f = γ^(number of milestones up to t).  [as torch.optim.lr_scheduler.MultiStepLR]",
        .attributes = {unitAttribute("epochs"),
                       listAttribute("milestones", "Milestones", {30, 60}, 1, 1e9, 1, 64,
                                     "After how many epochs (or steps) the rate drops, each counted from the start"),
                       gammaAttribute(0.1)},
        .factor = multiStep,
        .pytorch = "torch.optim.lr_scheduler.MultiStepLR",
        .keras = "keras.optimizers.schedules.PiecewiseConstantDecay"};
}

ScheduleDefinition defineExponential() {
    return {.name = "Exponential",
            .summary = "Multiplies the learning rate by the same factor every time.",
            .maths = "f = γᵗ.  [as torch.optim.lr_scheduler.ExponentialLR]",
            .attributes = {unitAttribute("epochs"), gammaAttribute(0.95)},
            .factor = [](const Attributes& attributes, double position,
                         double) { return std::pow(attributes.real("gamma"), position); },
            .pytorch = "torch.optim.lr_scheduler.ExponentialLR",
            .keras = "keras.optimizers.schedules.ExponentialDecay"};
}

ScheduleDefinition definePolynomial() {
    return {.name = "Polynomial",
            .summary = "Falls to zero along a power of the time that is left; a straight line with power 1.",
            .maths = "f = (1 - min(t / length, 1))^power.  [as torch.optim.lr_scheduler.PolynomialLR]",
            .attributes = {unitAttribute("steps"),
                           lengthAttribute("length", "Length", "When the learning rate reaches zero"),
                           realAttribute("power", "Power", 1, 0, 100, "1 falls in a straight line, more falls sooner")},
            .factor = polynomial,
            .pytorch = "torch.optim.lr_scheduler.PolynomialLR",
            .keras = "keras.optimizers.schedules.PolynomialDecay"};
}

}  // namespace gradlens
