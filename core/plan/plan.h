// SPDX-License-Identifier: GPL-3.0-or-later
// A TrainingGraph scheduled for its batch size: which instructions run as one, in what order and which of them at the
// same time, and where in one block of memory each value lives and for how long. Values whose lifetimes do not overlap
// share memory; elementwise instructions may work in place. Nothing here changes a bit of what is computed. Immutable;
// any thread.
#pragma once
#include "core/plan/training_graph.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace gradlens {

using WaveIndex = std::int32_t;

struct Placement {
    enum class Where { Nowhere, Batch, State, Workspace };  // Nowhere: fused away
    Where where = Where::Nowhere;
    std::size_t offset = 0;  // Workspace: a multiple of 64
    std::size_t bytes = 0;
    WaveIndex first = -1;  // Workspace: written in this wave ...
    WaveIndex last = -1;   // ... and needed up to the end of this one
};

// Instructions that run as one piece.
struct Group {
    enum class Kind {
        Single,
        Epilogue,  // a forward and the activation after it, which is applied while the output is in the cache
        Updates,   // every update, in one parallel loop over slices of the parameters
    };
    Kind kind = Kind::Single;
    std::vector<InstructionIndex> instructions;  // in the order of the graph
    double flops = 0, bytes = 0;                 // bytes that go to and from memory
    std::size_t scratchOffset = 0, scratchBytes = 0;
};
std::string_view nameOf(Group::Kind kind);

// Groups that need nothing of each other and run at the same time.
struct Wave {
    std::size_t firstGroup = 0, groups = 1;
};

struct PlanOptions {
    std::vector<ValueIndex> watched;  // neither fused away nor overwritten in place
    bool fuse = true;                 // false: every instruction is a group and a wave of its own, in the graph's order
};

struct Plan {
    std::shared_ptr<const TrainingGraph> graph;
    std::vector<Group> groups;  // in the order they run
    std::vector<Wave> waves;
    std::vector<WaveIndex> waveOf;      // by instruction
    std::vector<std::size_t> groupOf;   // by instruction
    std::vector<Placement> placements;  // by value
    std::size_t scratchOffset = 0;      // one area for all groups; those of one wave have parts of their own
    std::size_t scratchBytes = 0;
    std::size_t workspaceBytes = 0;  // everything, scratch included
    std::size_t valueBytes = 0;      // what the workspace would take without reuse
    std::size_t stateBytes = 0;
    std::size_t batchBytes = 0;  // features and labels

    // Whether an instruction's op is handed the value's elements (it may only want the shape).
    static bool readsInputs(const TrainingGraph& graph, const Instruction& instruction);
    static bool readsOutputs(const TrainingGraph& graph, const Instruction& instruction);
};

// Of one instruction by itself. The cost of an update is a rough one.
Cost costOf(const TrainingGraph& graph, const Instruction& instruction);

// Work and time are near-linear in the number of values.
Plan makePlan(std::shared_ptr<const TrainingGraph> graph, const PlanOptions& options = {});

}  // namespace gradlens
