// SPDX-License-Identifier: GPL-3.0-or-later
// A TrainingGraph scheduled for its batch size: where in one block of memory each value lives and for how long. Values
// whose lifetimes do not overlap share memory; elementwise instructions may work in place. Immutable; any thread.
#pragma once
#include "core/plan/training_graph.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace gradlens {

struct Placement {
    enum class Where { Nowhere, Batch, State, Workspace };
    Where where = Where::Nowhere;
    std::size_t offset = 0;          // Workspace: a multiple of 64
    std::size_t bytes = 0;
    InstructionIndex first = -1;     // Workspace: written here ...
    InstructionIndex last = -1;      // ... and needed up to here
};

struct Plan {
    std::shared_ptr<const TrainingGraph> graph;
    std::vector<Placement> placements;   // by value
    std::size_t scratchOffset = 0;       // one area for all instructions
    std::size_t scratchBytes = 0;
    std::size_t workspaceBytes = 0;      // everything, scratch included
    std::size_t valueBytes = 0;          // what the workspace would take without reuse
    std::size_t stateBytes = 0;

    // Whether an instruction's op is handed the value's elements (it may only want the shape).
    static bool readsInputs(const TrainingGraph& graph, const Instruction& instruction);
    static bool readsOutputs(const TrainingGraph& graph, const Instruction& instruction);
};

Plan makePlan(std::shared_ptr<const TrainingGraph> graph);

}  // namespace gradlens
