// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/placement.h"

#include "core/plan/access.h"
#include "core/plan/fusion.h"
#include "core/plan/packing.h"
#include "core/tensor/buffer_pool.h"

#include <algorithm>
#include <numeric>

namespace gradlens {

namespace {
std::size_t aligned(std::size_t bytes) {
    return (bytes + BufferPool::kAlignment - 1) / BufferPool::kAlignment * BufferPool::kAlignment;
}

class Placer {
public:
    Placer(Plan& plan, const std::vector<bool>& watched)
        : m_plan(plan),
          m_graph(*plan.graph),
          m_watched(watched),
          m_root(m_graph.values.size()),
          m_lastReaders(m_graph.values.size()) {
        std::iota(m_root.begin(), m_root.end(), ValueIndex{0});
        m_plan.placements.assign(m_graph.values.size(), {});
    }

    void run() {
        findPlaces();
        findLifetimes();
        m_blockEnd.reserve(m_plan.placements.size());
        for (const Placement& place : m_plan.placements) m_blockEnd.push_back(place.last);
        shareInPlace();
        assignOffsets();
    }

private:
    Placement& placement(ValueIndex value) { return m_plan.placements[static_cast<std::size_t>(value)]; }
    const Instruction& instruction(InstructionIndex index) const {
        return m_graph.instructions[static_cast<std::size_t>(index)];
    }
    WaveIndex waveOf(InstructionIndex index) const { return m_plan.waveOf[static_cast<std::size_t>(index)]; }

    void findPlaces() {
        for (const Group& group : m_plan.groups)
            if (group.kind == Group::Kind::Epilogue) m_fused.push_back(fusedAway(m_graph, group));
        for (std::size_t i = 0; i < m_graph.values.size(); ++i) {
            const Value& value = m_graph.values[i];
            Placement& place = m_plan.placements[i];
            place.bytes = static_cast<std::size_t>(value.type.shape.elements()) * sizeOf(value.type.dtype);
            if (value.inState()) {
                place.where = Placement::Where::State;
                m_plan.stateBytes += place.bytes;
            } else if (value.kind == ValueKind::Features || value.kind == ValueKind::Labels) {
                place.where = Placement::Where::Batch;
                m_plan.batchBytes += place.bytes;
            } else {
                place.where = Placement::Where::Workspace;
                m_plan.valueBytes += aligned(place.bytes);
            }
        }
        for (const ValueIndex value : m_fused) {
            placement(value).where = Placement::Where::Nowhere;
            m_plan.valueBytes -= aligned(placement(value).bytes);
        }
    }

    void findLifetimes() {
        for (InstructionIndex at = 0; at < static_cast<InstructionIndex>(m_graph.instructions.size()); ++at) {
            const WaveIndex wave = waveOf(at);
            eachWrite(m_graph, instruction(at), [&](ValueIndex value) {
                Placement& place = placement(value);
                if (place.first < 0 || wave < place.first) place.first = wave;
                place.last = std::max(place.last, wave);
            });
            ValueIndex before = kNoValue;
            eachRead(m_graph, instruction(at), [&](ValueIndex value) {
                if (value != std::exchange(before, value)) reads(value, wave);
            });
        }
        // The losses are read when the step is over, and the scores right after the loss; an evaluation's figures are
        // worked out when it is over.
        if (!m_graph.training)
            for (const auto& value : {m_graph.scores, m_graph.predictions, m_graph.targets})
                if (value) reads(*value, static_cast<WaveIndex>(m_plan.waves.size()));
        for (const ValueIndex loss : m_graph.losses) reads(loss, static_cast<WaveIndex>(m_plan.waves.size()));
        if (m_graph.loss != kNoValue) reads(m_graph.loss, static_cast<WaveIndex>(m_plan.waves.size()));
        if (m_graph.scores)
            reads(*m_graph.scores, waveOf(m_graph.values[static_cast<std::size_t>(m_graph.loss)].writer));
    }

    void reads(ValueIndex value, WaveIndex wave) {
        Placement& place = placement(value);
        std::int32_t& readers = m_lastReaders[static_cast<std::size_t>(value)];
        readers = wave > place.last ? 1 : readers + (wave == place.last ? 1 : 0);
        place.last = std::max(place.last, wave);
    }

    // `target` takes over the memory of `source`, which nobody else needs from that wave on.
    void tryShare(ValueIndex source, ValueIndex target, WaveIndex wave) {
        if (source == kNoValue || target == kNoValue || m_watched[static_cast<std::size_t>(source)]) return;
        const Placement& old = placement(source);
        const Placement& fresh = placement(target);
        if (old.where != Placement::Where::Workspace || fresh.where != Placement::Where::Workspace) return;
        if (old.bytes != fresh.bytes || old.last != wave || fresh.first != wave ||
            m_lastReaders[static_cast<std::size_t>(source)] != 1)
            return;
        // A root never takes over other memory later, so that this is never more than one link long.
        const ValueIndex root = m_root[static_cast<std::size_t>(source)];
        m_root[static_cast<std::size_t>(target)] = root;
        m_blockEnd[static_cast<std::size_t>(root)] = fresh.last;
    }

    // By waves, since a chain of values must be taken over link by link.
    void shareInPlace() {
        for (const Group& group : m_plan.groups) {
            const Instruction& first = instruction(group.instructions[0]);
            const WaveIndex wave = waveOf(group.instructions[0]);
            if (first.kind == InstructionKind::Accumulate) tryShare(first.inputs[0], first.outputs[0], wave);
            const OpDefinition* op = opOf(m_graph, first);
            if (op == nullptr) continue;
            // An input that stands at two ports must not be overwritten through one of them.
            if (first.kind == InstructionKind::Forward && op->forwardInPlace &&
                std::ranges::count(first.inputs, first.inputs[0]) == 1)
                tryShare(first.inputs[0], instruction(group.instructions.back()).outputs[0], wave);
            if (first.kind == InstructionKind::Backward && op->backwardInPlace)
                tryShare(first.gradOutputs[0], first.gradInputs[0], wave);
        }
    }

    void assignOffsets() {
        std::vector<Lifetime> blocks;
        std::vector<std::size_t> blockOf(m_root.size());
        for (std::size_t i = 0; i < m_root.size(); ++i) {
            const Placement& place = m_plan.placements[i];
            if (place.where != Placement::Where::Workspace || place.first < 0 ||
                m_root[i] != static_cast<ValueIndex>(i))
                continue;
            blockOf[i] = blocks.size();
            blocks.push_back({place.first, m_blockEnd[i], aligned(place.bytes)});
        }
        const Packing packing = packed(blocks);
        m_plan.workspaceBytes = packing.bytes;
        for (std::size_t i = 0; i < m_root.size(); ++i) {
            Placement& place = m_plan.placements[i];
            if (place.where == Placement::Where::Workspace && place.first >= 0)
                place.offset = packing.offsets[blockOf[static_cast<std::size_t>(m_root[i])]];
        }
    }

    Plan& m_plan;
    const TrainingGraph& m_graph;
    const std::vector<bool>& m_watched;
    std::vector<ValueIndex> m_fused;
    std::vector<ValueIndex> m_root;           // by value: whose memory it shares
    std::vector<WaveIndex> m_blockEnd;        // by root: when its memory is free again
    std::vector<std::int32_t> m_lastReaders;  // by value: instructions that read it in its last wave
};
}  // namespace

void placeValues(Plan& plan, const std::vector<bool>& watched) {
    Placer(plan, watched).run();
}

}  // namespace gradlens
