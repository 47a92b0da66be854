// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/update_loop.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 14;  // four arrays of them fit the second-level cache

TensorView sliceOf(const TensorView& whole, std::int64_t begin, std::int64_t end) {
    return {static_cast<std::byte*>(whole.data()) + static_cast<std::size_t>(begin) * sizeOf(whole.dtype()), whole.dtype(), Shape{end - begin}};
}
}  // namespace

UpdateLoop::UpdateLoop(const TrainingGraph& graph, std::span<const InstructionIndex> updates)
    : m_graph(&graph), m_optimizer(findOptimizer(graph.optimizer.name)) {
    std::int64_t room = 0;  // elements that the last tile still takes
    for (const InstructionIndex index : updates) {
        const Instruction& instruction = graph.instructions[static_cast<std::size_t>(index)];
        const std::int64_t elements = graph.values[static_cast<std::size_t>(instruction.parameters[0])].type.shape.elements();
        for (std::int64_t begin = 0; begin < elements; begin += kTileElements) {
            const std::int64_t end = std::min(elements, begin + kTileElements);
            if (end - begin > room) {
                m_tiles.push_back(m_slices.size());
                room = kTileElements;
            }
            room -= end - begin;
            m_slices.push_back({&instruction, begin, end});
        }
    }
    m_tiles.push_back(m_slices.size());
}

void UpdateLoop::bind(std::span<const TensorView> views) {
    m_bound.clear();
    m_slots.clear();
    for (const Slice& slice : m_slices) {
        const auto part = [&](ValueIndex value) { return sliceOf(views[static_cast<std::size_t>(value)], slice.begin, slice.end); };
        m_bound.push_back({part(slice.instruction->parameters[0]), part(slice.instruction->inputs[0]), m_slots.size()});
        for (const ValueIndex slot : slice.instruction->saved) m_slots.push_back(part(slot));
    }
}

void UpdateLoop::run(const Arena& arena, double learningRate, std::int64_t step) const {
    arena.forTiles(static_cast<std::int64_t>(m_tiles.size()) - 1, [&](std::int64_t tile) {
        for (std::size_t i = m_tiles[static_cast<std::size_t>(tile)]; i < m_tiles[static_cast<std::size_t>(tile) + 1]; ++i) {
            const Bound& bound = m_bound[i];
            const Instruction& instruction = *m_slices[i].instruction;
            m_optimizer->update({arena, m_graph->optimizer.attributes, learningRate, step, instruction.decays, bound.parameter, bound.gradient,
                                 std::span(m_slots).subspan(bound.firstSlot, instruction.saved.size())});
        }
    });
}

}  // namespace gradlens
