// SPDX-License-Identifier: GPL-3.0-or-later
// Updates as one parallel loop: the parameters are cut into slices, and small parameters share a tile. The cuts follow
// from the shapes alone.
#pragma once
#include "core/parallel/arena.h"
#include "core/plan/training_graph.h"

#include <span>
#include <vector>

namespace gradlens {

class UpdateLoop {
public:
    // updates: instructions of the graph, which must outlive this.
    UpdateLoop(const TrainingGraph& graph, std::span<const InstructionIndex> updates);
    // The memory of the values, by value index.
    void bind(std::span<const TensorView> views);
    void run(const Arena& arena, double learningRate, std::int64_t step) const;

private:
    struct Slice {
        const Instruction* instruction;
        std::int64_t begin, end;  // elements
    };
    struct Bound {
        TensorView parameter, gradient;
        std::size_t firstSlot;  // in m_slots
    };
    const TrainingGraph* m_graph;
    const OptimizerDefinition* m_optimizer;
    std::vector<Slice> m_slices;
    std::vector<std::size_t> m_tiles;  // the first slice of each tile, and the number of slices
    std::vector<Bound> m_bound;        // by slice
    std::vector<TensorView> m_slots;
};

}  // namespace gradlens
