// SPDX-License-Identifier: GPL-3.0-or-later
// How a project will be trained, for `check`: instructions, what is fused, what runs at the same time, memory.
#pragma once
#include "core/io/project.h"
#include "core/plan/plan.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace gradlens::cli {

// Nothing for a project that cannot be planned.
std::optional<Plan> planOf(const Project& project, const GraphAnalysis& analysis);
// State, workspace, and the batches (one in use, one being assembled).
std::size_t peakBytes(const Plan& plan);
nlohmann::ordered_json planJson(const Plan& plan);
void printPlan(const Plan& plan);

}  // namespace gradlens::cli
