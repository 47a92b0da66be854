// SPDX-License-Identifier: GPL-3.0-or-later
// Which instructions run as one: a layer with the activation that alone takes its output, and all updates together.
#pragma once
#include "core/plan/plan.h"

namespace gradlens {

// The groups in the order of their first instructions, with cost and scratch bytes. `watched` by value.
std::vector<Group> fusedGroups(const TrainingGraph& graph, const std::vector<bool>& watched, bool fuse);

// The value between the two instructions of an Epilogue group.
inline ValueIndex fusedAway(const TrainingGraph& graph, const Group& group) {
    return graph.instructions[static_cast<std::size_t>(group.instructions[0])].outputs[0];
}

}  // namespace gradlens
