// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/plan.h"

#include "core/tensor/buffer_pool.h"

#include <algorithm>
#include <numeric>

namespace gradlens {

namespace {
constexpr std::size_t kAlignment = BufferPool::kAlignment;

std::size_t aligned(std::size_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

std::size_t bytesOf(const TensorType& type) {
    return static_cast<std::size_t>(type.shape.elements()) * sizeOf(type.dtype);
}

const OpDefinition* opOf(const TrainingGraph& graph, const Instruction& instruction) {
    return instruction.analysis < 0 ? nullptr : graph.nodes[static_cast<std::size_t>(instruction.analysis)].op;
}

class Planner {
public:
    explicit Planner(std::shared_ptr<const TrainingGraph> graph) : m_graph(*graph) {
        m_plan.graph = std::move(graph);
        m_plan.placements.resize(m_graph.values.size());
        m_root.resize(m_graph.values.size());
        std::iota(m_root.begin(), m_root.end(), ValueIndex{0});
    }

    Plan run() {
        findLifetimes();
        shareInPlace();
        assignOffsets();
        findScratch();
        return std::move(m_plan);
    }

private:
    Placement& placement(ValueIndex value) { return m_plan.placements[static_cast<std::size_t>(value)]; }

    void writes(ValueIndex value, InstructionIndex at) {
        if (value == kNoValue || placement(value).where != Placement::Where::Workspace) return;
        if (placement(value).first < 0) placement(value).first = at;
        placement(value).last = std::max(placement(value).last, at);
    }

    void reads(ValueIndex value, InstructionIndex at) {
        if (value != kNoValue) placement(value).last = std::max(placement(value).last, at);
    }

    void findLifetimes() {
        for (std::size_t i = 0; i < m_graph.values.size(); ++i) {
            const Value& value = m_graph.values[i];
            Placement& place = m_plan.placements[i];
            place.bytes = bytesOf(value.type);
            if (value.inState()) {
                place.where = Placement::Where::State;
                m_plan.stateBytes += place.bytes;
            } else if (value.kind == ValueKind::Features || value.kind == ValueKind::Labels) {
                place.where = Placement::Where::Batch;
            } else {
                place.where = Placement::Where::Workspace;
                m_plan.valueBytes += aligned(place.bytes);
            }
        }
        const auto count = static_cast<InstructionIndex>(m_graph.instructions.size());
        for (InstructionIndex at = 0; at < count; ++at) visit(m_graph.instructions[static_cast<std::size_t>(at)], at);
        // The loss is read when the step is over.
        if (m_graph.loss != kNoValue) placement(m_graph.loss).last = count;
    }

    void visit(const Instruction& instruction, InstructionIndex at) {
        if (Plan::readsInputs(m_graph, instruction))
            for (const ValueIndex value : instruction.inputs) reads(value, at);
        if (instruction.kind == InstructionKind::Backward) {
            if (Plan::readsOutputs(m_graph, instruction))
                for (const ValueIndex value : instruction.outputs) reads(value, at);
            for (const ValueIndex value : instruction.saved) reads(value, at);
            for (const ValueIndex value : instruction.gradOutputs) reads(value, at);
        } else {
            for (const ValueIndex value : instruction.outputs) writes(value, at);
            for (const ValueIndex value : instruction.saved) writes(value, at);
        }
        for (const ValueIndex value : instruction.gradInputs) writes(value, at);
        for (const ValueIndex value : instruction.gradParameters) writes(value, at);
    }

    ValueIndex root(ValueIndex value) const {
        while (m_root[static_cast<std::size_t>(value)] != value) value = m_root[static_cast<std::size_t>(value)];
        return value;
    }

    // `target`, written at `at`, takes over the memory of `source` if nobody needs source afterwards.
    void tryShare(ValueIndex source, ValueIndex target, InstructionIndex at) {
        if (source == kNoValue || target == kNoValue) return;
        const ValueIndex from = root(source);
        Placement& old = placement(from);
        const Placement& fresh = placement(target);
        if (old.where != Placement::Where::Workspace || fresh.where != Placement::Where::Workspace) return;
        if (old.bytes != fresh.bytes || old.last != at || fresh.first != at) return;
        m_root[static_cast<std::size_t>(target)] = from;
        old.last = fresh.last;
    }

    void shareInPlace() {
        const auto count = static_cast<InstructionIndex>(m_graph.instructions.size());
        for (InstructionIndex at = 0; at < count; ++at) {
            const Instruction& instruction = m_graph.instructions[static_cast<std::size_t>(at)];
            const OpDefinition* op = opOf(m_graph, instruction);
            // An input that stands at two ports must not be overwritten through one of them.
            const bool once = std::ranges::count(instruction.inputs,
                                                 instruction.inputs.empty() ? kNoValue : instruction.inputs[0]) == 1;
            if (instruction.kind == InstructionKind::Accumulate)
                tryShare(instruction.inputs[0], instruction.outputs[0], at);
            if (instruction.kind == InstructionKind::Forward && op->forwardInPlace && once)
                tryShare(instruction.inputs[0], instruction.outputs[0], at);
            if (instruction.kind == InstructionKind::Backward && op->backwardInPlace)
                tryShare(instruction.gradOutputs[0], instruction.gradInputs[0], at);
        }
    }

    // Largest first, each at the lowest offset that is free for its whole lifetime.
    void assignOffsets() {
        std::vector<ValueIndex> order;
        for (std::size_t i = 0; i < m_graph.values.size(); ++i) {
            const auto value = static_cast<ValueIndex>(i);
            const Placement& place = placement(value);
            if (place.where == Placement::Where::Workspace && place.first >= 0 && m_root[i] == value)
                order.push_back(value);
        }
        std::ranges::sort(order, {}, [&](ValueIndex value) { return std::pair(~placement(value).bytes, value); });
        std::vector<ValueIndex> placed;  // by ascending offset
        for (const ValueIndex value : order) {
            Placement& place = placement(value);
            std::size_t offset = 0;
            for (const ValueIndex other : placed) {
                const Placement& taken = placement(other);
                if (taken.last < place.first || place.last < taken.first) continue;
                if (taken.offset >= offset + aligned(place.bytes)) break;
                offset = std::max(offset, taken.offset + aligned(taken.bytes));
            }
            place.offset = offset;
            m_plan.workspaceBytes = std::max(m_plan.workspaceBytes, offset + aligned(place.bytes));
            placed.insert(
                std::ranges::upper_bound(placed, offset, {}, [&](ValueIndex other) { return placement(other).offset; }),
                value);
        }
        for (std::size_t i = 0; i < m_graph.values.size(); ++i)
            placement(static_cast<ValueIndex>(i)).offset = placement(root(static_cast<ValueIndex>(i))).offset;
    }

    void findScratch() {
        for (const Instruction& instruction : m_graph.instructions) {
            if (instruction.analysis < 0) continue;
            const Inference& inference = m_graph.nodes[static_cast<std::size_t>(instruction.analysis)].inference;
            m_plan.scratchBytes =
                std::max(m_plan.scratchBytes, instruction.kind == InstructionKind::Forward ? inference.forwardScratch
                                                                                           : inference.backwardScratch);
        }
        m_plan.scratchOffset = m_plan.workspaceBytes;
        m_plan.workspaceBytes += aligned(m_plan.scratchBytes);
    }

    const TrainingGraph& m_graph;
    Plan m_plan;
    std::vector<ValueIndex> m_root;  // whose memory a value shares
};
}  // namespace

bool Plan::readsInputs(const TrainingGraph& graph, const Instruction& instruction) {
    return instruction.kind != InstructionKind::Backward || opOf(graph, instruction)->backwardReadsInputs;
}

bool Plan::readsOutputs(const TrainingGraph& graph, const Instruction& instruction) {
    return instruction.kind == InstructionKind::Backward && opOf(graph, instruction)->backwardReadsOutputs;
}

Plan makePlan(std::shared_ptr<const TrainingGraph> graph) {
    return Planner(std::move(graph)).run();
}

}  // namespace gradlens
