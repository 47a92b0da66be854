// SPDX-License-Identifier: GPL-3.0-or-later
// Figures about predictions. Pure functions.
#pragma once
#include "core/tensor/tensor.h"

namespace gradlens {

struct Correct {
    std::int64_t correct = 0, counted = 0;
};

// scores [N, C, ...] (or the classes along another axis), labels Int32 [N, ...]: how often the highest score (the first
// of equals; a NaN is never highest) is the label's. Negative labels do not count.
Correct countCorrect(const TensorView& scores, const TensorView& labels, int classAxis = 1);

}  // namespace gradlens
