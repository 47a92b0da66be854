// SPDX-License-Identifier: GPL-3.0-or-later
// The order of the groups, and which run at the same time: small ones that need nothing of each other, and of which
// none could use the threads alone. Decided by the graph alone, never by the number of threads.
#pragma once
#include "core/plan/plan.h"

namespace gradlens {

struct Schedule {
    std::vector<Group> groups;
    std::vector<Wave> waves;
};

// `groups` in the order of the graph. Where nothing gains by running beside something else that order stays.
Schedule scheduled(const TrainingGraph& graph, std::vector<Group> groups, bool concurrent);

}  // namespace gradlens
