// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/plan.h"

#include "core/plan/access.h"
#include "core/plan/fusion.h"
#include "core/plan/placement.h"
#include "core/plan/waves.h"
#include "core/tensor/buffer_pool.h"

#include <algorithm>

namespace gradlens {

namespace {
// Where each instruction went.
void indexInstructions(Plan& plan) {
    plan.waveOf.assign(plan.graph->instructions.size(), 0);
    plan.groupOf.assign(plan.graph->instructions.size(), 0);
    for (std::size_t wave = 0; wave < plan.waves.size(); ++wave)
        for (std::size_t group = plan.waves[wave].firstGroup;
             group < plan.waves[wave].firstGroup + plan.waves[wave].groups; ++group)
            for (const InstructionIndex instruction : plan.groups[group].instructions) {
                plan.waveOf[static_cast<std::size_t>(instruction)] = static_cast<WaveIndex>(wave);
                plan.groupOf[static_cast<std::size_t>(instruction)] = group;
            }
}

// Waves have the same area one after another; the groups of one have parts of it.
void placeScratch(Plan& plan) {
    plan.scratchOffset = plan.workspaceBytes;
    for (const Wave& wave : plan.waves) {
        std::size_t used = 0;
        for (std::size_t group = wave.firstGroup; group < wave.firstGroup + wave.groups; ++group) {
            plan.groups[group].scratchOffset = plan.scratchOffset + used;
            used += (plan.groups[group].scratchBytes + BufferPool::kAlignment - 1) / BufferPool::kAlignment *
                    BufferPool::kAlignment;
        }
        plan.scratchBytes = std::max(plan.scratchBytes, used);
    }
    plan.workspaceBytes += plan.scratchBytes;
}
}  // namespace

std::string_view nameOf(Group::Kind kind) {
    switch (kind) {
        case Group::Kind::Single:
            return "single";
        case Group::Kind::Epilogue:
            return "epilogue";
        case Group::Kind::Updates:
            return "updates";
    }
    return "";
}

bool Plan::readsInputs(const TrainingGraph& graph, const Instruction& instruction) {
    return instruction.kind != InstructionKind::Backward || opOf(graph, instruction)->backwardReadsInputs;
}

bool Plan::readsOutputs(const TrainingGraph& graph, const Instruction& instruction) {
    return instruction.kind == InstructionKind::Backward && opOf(graph, instruction)->backwardReadsOutputs;
}

Plan makePlan(std::shared_ptr<const TrainingGraph> graph, const PlanOptions& options) {
    std::vector<bool> watched(graph->values.size());
    for (const ValueIndex value : options.watched) watched[static_cast<std::size_t>(value)] = true;
    Schedule schedule = scheduled(*graph, fusedGroups(*graph, watched, options.fuse), options.fuse);
    Plan plan;
    plan.graph = std::move(graph);
    plan.groups = std::move(schedule.groups);
    plan.waves = std::move(schedule.waves);
    indexInstructions(plan);
    placeValues(plan, watched);
    placeScratch(plan);
    return plan;
}

}  // namespace gradlens
