// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/schedules/definitions.h"

#include <algorithm>

namespace gradlens {

void evaluated(PlateauState& state, const Attributes& attributes, double value, std::int64_t step) {
    Patience& patience = state.patience;
    const double threshold = attributes.real("threshold");
    const bool better =
        patience.bestStep < 0 || (attributes.choice("monitor") == "loss" ? value < patience.best * (1 - threshold)
                                                                         : value > patience.best * (1 + threshold));
    if (better) {
        patience = {value, step, 0};
    } else {
        ++patience.waited;
    }
    if (state.cooldown > 0) {
        --state.cooldown;
        patience.waited = 0;
    }
    if (patience.waited <= attributes.integer("patience")) return;
    state.factor = std::max(state.factor * attributes.real("gamma"), attributes.real("minimum"));
    state.cooldown = attributes.integer("cooldown");
    patience.waited = 0;
}

ScheduleDefinition definePlateau() {
    return {.name = "Plateau",
            .summary = "Lowers the learning rate when evaluation has stopped getting better.",
            .maths =
                "After more than `patience` evaluations without an improvement by a share of `threshold`, the rate is "
                "multiplied by γ; it never falls below `minimum` of the learning rate.  [as "
                "torch.optim.lr_scheduler.ReduceLROnPlateau]",
            .attributes = {choiceAttribute("monitor", "Monitor", "loss", {"loss", "accuracy"},
                                           "What of the validation must get better"),
                           gammaAttribute(0.1),
                           integerAttribute("patience", "Patience", 10, 0, 1e6,
                                            "How many evaluations without improvement are waited for"),
                           realAttribute("threshold", "Threshold", 1e-4, 0, 1,
                                         "The share by which the value must get better to count"),
                           integerAttribute("cooldown", "Cool-down", 0, 0, 1e6,
                                            "Evaluations after a reduction that are not counted"),
                           realAttribute("minimum", "Minimum", 0, 0, 1,
                                         "The share of the learning rate that it never falls below")},
            .factor = [](const Attributes&, double, double) { return 1.0; },
            .followsEvaluation = true,
            .pytorch = "torch.optim.lr_scheduler.ReduceLROnPlateau",
            .keras = "keras.callbacks.ReduceLROnPlateau"};
}

}  // namespace gradlens
