// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/update_loop.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::int64_t kTileElements = 1 << 14;  // four arrays of them fit the second-level cache

TensorView sliceOf(const TensorView& whole, std::int64_t begin, std::int64_t end) {
    return {static_cast<std::byte*>(whole.data()) + static_cast<std::size_t>(begin) * sizeOf(whole.dtype()),
            whole.dtype(), Shape{end - begin}};
}
template <class T>
void moveAverage(const TensorView& average, const TensorView& parameter, double decay) {
    const T kept = static_cast<T>(decay), rest = static_cast<T>(1.0 - decay);
    T* averages = average.as<T>().data();
    const T* parameters = parameter.as<const T>().data();
    for (std::int64_t i = 0, count = parameter.elements(); i < count; ++i)
        averages[i] = kept * averages[i] + rest * parameters[i];
}
}  // namespace

UpdateLoop::UpdateLoop(const TrainingGraph& graph, std::span<const InstructionIndex> updates)
    : m_graph(&graph),
      m_optimizer(findOptimizer(graph.optimizer.name)),
      m_slotCount(m_optimizer->slotNames(graph.optimizer.attributes).size()) {
    std::int64_t room = 0;  // elements that the last tile still takes
    for (const InstructionIndex index : updates) {
        const Instruction& instruction = graph.instructions[static_cast<std::size_t>(index)];
        m_instructions.push_back(&instruction);
        const std::int64_t elements =
            graph.values[static_cast<std::size_t>(instruction.parameters[0])].type.shape.elements();
        for (std::int64_t begin = 0; begin < elements; begin += kTileElements) {
            const std::int64_t end = std::min(elements, begin + kTileElements);
            if (end - begin > room) {
                m_tiles.push_back(m_slices.size());
                room = kTileElements;
            }
            room -= end - begin;
            m_slices.push_back({&instruction, m_instructions.size() - 1, begin, end});
        }
    }
    m_tiles.push_back(m_slices.size());
    m_measured.resize(m_instructions.size());
}

UpdateLoop::Bound UpdateLoop::bound(const Instruction& instruction, std::span<const TensorView> views,
                                    std::int64_t begin, std::int64_t end) {
    const auto part = [&](ValueIndex value) { return sliceOf(views[static_cast<std::size_t>(value)], begin, end); };
    const Bound result{part(instruction.parameters[0]), part(instruction.inputs[0]),
                       instruction.saved.size() > m_slotCount ? part(instruction.saved.back()) : TensorView{},
                       m_slots.size()};
    for (std::size_t i = 0; i < m_slotCount; ++i) m_slots.push_back(part(instruction.saved[i]));
    return result;
}

void UpdateLoop::bind(std::span<const TensorView> views) {
    m_bound.clear();
    m_wholes.clear();
    m_slots.clear();
    for (const Slice& slice : m_slices) m_bound.push_back(bound(*slice.instruction, views, slice.begin, slice.end));
    if (m_optimizer->measure != nullptr)
        for (const Instruction* instruction : m_instructions)
            m_wholes.push_back(
                bound(*instruction, views, 0, views[static_cast<std::size_t>(instruction->parameters[0])].elements()));
    const bool normed = !m_instructions.empty() && m_instructions[0]->inputs.size() > 1;
    m_norm = normed ? views[static_cast<std::size_t>(m_instructions[0]->inputs[1])] : TensorView{};
}

// As torch.nn.utils.clip_grad_norm_. A NaN norm spoils every parameter, for all to see.
double UpdateLoop::gradientScale() const {
    if (m_norm.data() == nullptr) return 1;
    constexpr double kTiny = 1e-6;
    const double scale = m_graph->updates.clipNorm / (m_norm.at(0) + kTiny);
    return scale > 1 ? 1 : scale;
}

UpdateContext UpdateLoop::contextOf(const Instruction& instruction, const Bound& bound, double learningRate,
                                    std::int64_t step) const {
    UpdateContext context{m_graph->optimizer.attributes, learningRate * instruction.learningRate, step};
    context.decays = instruction.decays;
    context.weightDecay = instruction.weightDecay;
    if (m_graph->updates.clipValue > 0) context.gradientLimit = m_graph->updates.clipValue;
    context.parameter = bound.parameter;
    context.gradient = bound.gradient;
    context.slotTensors = std::span(m_slots).subspan(bound.firstSlot, m_slotCount);
    return context;
}

void UpdateLoop::run(const Arena& arena, double learningRate, std::int64_t step) {
    const double scale = gradientScale(), decay = m_graph->updates.averageDecay;
    for (std::size_t i = 0; i < m_wholes.size(); ++i) {
        UpdateContext whole = contextOf(*m_instructions[i], m_wholes[i], learningRate, step);
        whole.gradientScale = scale;
        m_measured[i] = m_optimizer->measure(arena, whole);
    }
    arena.forTiles(static_cast<std::int64_t>(m_tiles.size()) - 1, [&](std::int64_t tile) {
        for (std::size_t i = m_tiles[static_cast<std::size_t>(tile)]; i < m_tiles[static_cast<std::size_t>(tile) + 1];
             ++i) {
            const Bound& slice = m_bound[i];
            UpdateContext context = contextOf(*m_slices[i].instruction, slice, learningRate, step);
            context.gradientScale = scale;
            context.measured = m_measured[m_slices[i].number];
            m_optimizer->update(context);
            if (slice.average.data() != nullptr)
                dispatchReal(slice.average.dtype(),
                             [&]<class T>() { moveAverage<T>(slice.average, slice.parameter, decay); });
        }
    });
}

}  // namespace gradlens
