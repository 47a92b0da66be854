// SPDX-License-Identifier: GPL-3.0-or-later
// Where each value of a scheduled graph lives: lifetimes counted in waves, memory taken over in place, offsets.
#pragma once
#include "core/plan/plan.h"

namespace gradlens {

// Fills placements, value, state and batch bytes, and workspaceBytes with the memory of the values, from the groups and
// waves of `plan`. `watched` by value.
void placeValues(Plan& plan, const std::vector<bool>& watched);

}  // namespace gradlens
