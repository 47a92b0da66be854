// SPDX-License-Identifier: GPL-3.0-or-later
// Updates as one parallel loop: the parameters are cut into slices, and small parameters share a tile. The cuts follow
// from the shapes alone. Where a moving average of the weights is kept, it moves while the slice is in the cache.
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
    void run(const Arena& arena, double learningRate, std::int64_t step);

private:
    struct Slice {
        const Instruction* instruction;
        std::size_t number;       // of the instruction
        std::int64_t begin, end;  // elements
    };
    struct Bound {
        TensorView parameter, gradient, average;
        std::size_t firstSlot;  // in m_slots
    };
    Bound bound(const Instruction& instruction, std::span<const TensorView> views, std::int64_t begin,
                std::int64_t end);
    UpdateContext contextOf(const Instruction& instruction, const Bound& bound, double learningRate,
                            std::int64_t step) const;
    double gradientScale() const;
    const TrainingGraph* m_graph;
    const OptimizerDefinition* m_optimizer;
    std::size_t m_slotCount;  // of a parameter, without the average
    std::vector<const Instruction*> m_instructions;
    std::vector<Slice> m_slices;
    std::vector<std::size_t> m_tiles;               // the first slice of each tile, and the number of slices
    std::vector<Bound> m_bound;                     // by slice
    std::vector<Bound> m_wholes;                    // by instruction, for an optimizer that measures
    std::vector<std::array<double, 2>> m_measured;  // likewise
    std::vector<TensorView> m_slots;
    TensorView m_norm;  // of all gradients; without data where it is not taken
};

}  // namespace gradlens
