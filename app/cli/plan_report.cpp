// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plan_report.h"

#include "core/base/machine_memory.h"
#include "core/train/training_run.h"

#include <algorithm>
#include <cstdio>

namespace gradlens::cli {

using Json = nlohmann::ordered_json;

namespace {
std::string_view nameOf(InstructionKind kind) {
    switch (kind) {
        case InstructionKind::Forward:
            return "forward";
        case InstructionKind::SeedGradient:
            return "seed";
        case InstructionKind::Backward:
            return "backward";
        case InstructionKind::Accumulate:
            return "accumulate";
        case InstructionKind::SumGradient:
            return "sum gradient";
        case InstructionKind::GradientNorm:
            return "gradient norm";
        case InstructionKind::Update:
            return "update";
    }
    return "";
}

// The drawing's node, or what is left of its name where a block was unfolded.
std::string nodeOf(const Plan& plan, const Instruction& instruction) {
    const TrainingGraph& graph = *plan.graph;
    const ValueIndex value = !instruction.outputs.empty()      ? instruction.outputs[0]
                             : !instruction.parameters.empty() ? instruction.parameters[0]
                                                               : kNoValue;
    if (value == kNoValue) return {};
    const std::string& name = graph.values[static_cast<std::size_t>(value)].name;
    return name.substr(0, name.find('.'));
}

Json namesOf(const Plan& plan, const Group& group) {
    Json names = Json::array();
    for (const InstructionIndex index : group.instructions)
        names.push_back(plan.graph->instructions[static_cast<std::size_t>(index)].name);
    return names;
}
}  // namespace

std::optional<Plan> planOf(const Project& project, const GraphAnalysis& analysis) {
    if (!analysis.valid() || findOptimizer(project.training.optimizer.name) == nullptr) return std::nullopt;
    return makePlan(loweredForTraining(project, analysis.batchSize));
}

std::size_t peakBytes(const Plan& plan) {
    return plan.stateBytes + plan.workspaceBytes + 2 * plan.batchBytes;
}

Json planJson(const Plan& plan) {
    Json instructions = Json::array(), fused = Json::array(), waves = Json::array();
    for (const Group& group : plan.groups) {
        for (const InstructionIndex index : group.instructions) {
            const Instruction& instruction = plan.graph->instructions[static_cast<std::size_t>(index)];
            const Cost cost = costOf(*plan.graph, instruction);
            instructions.push_back({{"name", instruction.name},
                                    {"kind", nameOf(instruction.kind)},
                                    {"node", nodeOf(plan, instruction)},
                                    {"group", plan.groupOf[static_cast<std::size_t>(index)]},
                                    {"wave", plan.waveOf[static_cast<std::size_t>(index)]},
                                    {"flops", cost.flops},
                                    {"bytes", cost.bytesRead + cost.bytesWritten}});
        }
        if (group.instructions.size() > 1)
            fused.push_back({{"kind", gradlens::nameOf(group.kind)},
                             {"instructions", namesOf(plan, group)},
                             {"flops", group.flops},
                             {"bytes", group.bytes}});
    }
    for (const Wave& wave : plan.waves) {
        if (wave.groups == 1) continue;
        Json members = Json::array();
        for (std::size_t group = wave.firstGroup; group < wave.firstGroup + wave.groups; ++group)
            members.push_back(namesOf(plan, plan.groups[group]));
        waves.push_back(std::move(members));
    }
    return {{"instructions", std::move(instructions)},
            {"groups", plan.groups.size()},
            {"fused", std::move(fused)},
            {"waves", plan.waves.size()},
            {"concurrent", std::move(waves)},
            {"workspace_bytes", plan.workspaceBytes},
            {"scratch_bytes", plan.scratchBytes},
            {"value_bytes", plan.valueBytes},
            {"state_bytes", plan.stateBytes},
            {"batch_bytes", plan.batchBytes},
            {"peak_bytes", peakBytes(plan)}};
}

void printPlan(const Plan& plan) {
    constexpr std::size_t kMostShown = 12;
    const auto concurrent = std::ranges::count_if(plan.waves, [](const Wave& wave) { return wave.groups > 1; });
    std::printf("\nplan: %zu instructions in %zu groups, %zu waves (%td with branches in parallel)\n",
                plan.graph->instructions.size(), plan.groups.size(), plan.waves.size(), concurrent);
    std::size_t shown = 0, epilogues = 0;
    for (const Group& group : plan.groups) {
        if (group.kind == Group::Kind::Updates && group.instructions.size() > 1)
            std::printf("  fused  %zu updates in one loop\n", group.instructions.size());
        if (group.kind != Group::Kind::Epilogue) continue;
        ++epilogues;
        if (++shown > kMostShown) continue;
        const auto name = [&](std::size_t i) {
            return plan.graph->instructions[static_cast<std::size_t>(group.instructions[i])].name.c_str();
        };
        std::printf("  fused  %s + %s\n", name(0), name(1));
    }
    if (epilogues > kMostShown) std::printf("  fused  and %zu more\n", epilogues - kMostShown);
    std::printf(
        "memory: %s at most: %s parameters and optimizer, %s values and scratch (%s without reuse), %s batches\n",
        memoryText(peakBytes(plan)).c_str(), memoryText(plan.stateBytes).c_str(),
        memoryText(plan.workspaceBytes).c_str(), memoryText(plan.valueBytes).c_str(),
        memoryText(2 * plan.batchBytes).c_str());
}

}  // namespace gradlens::cli
