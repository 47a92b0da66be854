// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules along cosines.
#include "core/plan/schedules/definitions.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gradlens {

namespace {
// From `from` at 0 to `to` at 1.
double along(double from, double to, double share) {
    return to + (from - to) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

double cosine(const Attributes& attributes, double position, double total) {
    double period = attributes.integer("period") > 0 ? static_cast<double>(attributes.integer("period")) : total;
    const double minimum = attributes.real("minimum"), growth = static_cast<double>(attributes.integer("growth"));
    if (!attributes.flag("restarts")) return along(1, minimum, std::min(position / period, 1.0));
    if (growth == 1) return along(1, minimum, std::fmod(position, period) / period);
    for (; position >= period; period *= growth) position -= period;  // periods grow: soon over
    return along(1, minimum, position / period);
}

double oneCycle(const Attributes& attributes, double position, double total) {
    const double length = attributes.integer("length") > 0 ? static_cast<double>(attributes.integer("length")) : total;
    const double start = 1 / attributes.real("start_divisor"), end = start / attributes.real("end_divisor");
    const double top = attributes.real("rising") * length - 1, last = length - 1;
    if (position <= top) return along(start, 1, top > 0 ? position / top : 1);
    return along(1, end, last > top ? std::min((position - top) / (last - top), 1.0) : 1);
}
}  // namespace

ScheduleDefinition defineCosine() {
    return {.name = "Cosine",
            .summary =
                "Falls along half a wave: slowly, then faster, then slowly again; with restarts it jumps back up and "
                "falls anew.",
            .maths =
                "f = minimum + (1 - minimum) (1 + cos(π t / period)) / 2, then minimum; with restarts t counts from "
                "the last one and each period is growth times the one before.  [Loshchilov and Hutter 2017; as "
                "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts]",
            .attributes = {unitAttribute("steps"), lengthAttribute("period", "Period", "How long one fall takes"),
                           realAttribute("minimum", "Minimum", 0, 0, 1,
                                         "The share of the learning rate that is left at the end"),
                           booleanAttribute("restarts", "Restarts", false, "Begin anew after each period"),
                           integerAttribute("growth", "Growth", 1, 1, 100,
                                            "How much longer each period is than the one before")},
            .factor = cosine,
            .pytorch = "torch.optim.lr_scheduler.CosineAnnealingLR",
            .keras = "keras.optimizers.schedules.CosineDecay"};
}

ScheduleDefinition defineOneCycle() {
    return {.name = "OneCycle",
            .summary =
                "Rises to the learning rate, then falls far below it, once over the whole run; allows higher rates "
                "than others do.",
            .maths =
                "Along half waves from 1 / start_divisor to 1 during `rising` of the length, then to 1 / "
                "(start_divisor · end_divisor).  [Smith and Topin 2018; as torch.optim.lr_scheduler.OneCycleLR, with "
                "max_lr for the learning rate]",
            .attributes = {unitAttribute("steps"), lengthAttribute("length", "Length", "How long the cycle takes"),
                           realAttribute("rising", "Rising share", 0.3, 0, 1,
                                         "The part of the cycle during which the rate rises"),
                           realAttribute("start_divisor", "Start divisor", 25, 1, 1e9,
                                         "How many times smaller than the learning rate the first one is"),
                           realAttribute("end_divisor", "End divisor", 1e4, 1, 1e12,
                                         "How many times smaller than the first one the last one is")},
            .factor = oneCycle,
            .pytorch = "torch.optim.lr_scheduler.OneCycleLR",
            .keras = ""};
}

}  // namespace gradlens
