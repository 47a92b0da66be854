// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/fusion.h"

#include "core/plan/access.h"

namespace gradlens {

namespace {
class Fusion {
public:
    Fusion(const TrainingGraph& graph, const std::vector<bool>& watched)
        : m_graph(graph), m_watched(watched), m_readers(graph.values.size()) {}

    std::vector<Group> run(bool fuse) {
        if (fuse) countReaders();
        std::vector<bool> taken(m_graph.instructions.size());
        std::vector<Group> groups;
        groups.reserve(m_graph.instructions.size());
        for (std::size_t i = 0; i < m_graph.instructions.size(); ++i) {
            if (taken[i]) continue;
            const auto index = static_cast<InstructionIndex>(i);
            const bool update = fuse && m_graph.instructions[i].kind == InstructionKind::Update;
            if (update && !groups.empty() && groups.back().kind == Group::Kind::Updates) {
                groups.back().instructions.push_back(index);
                continue;
            }
            if (update) {
                groups.push_back({Group::Kind::Updates, {index}});
                continue;
            }
            groups.push_back({Group::Kind::Single, {index}});
            const InstructionIndex activation = fuse ? epilogueOf(m_graph.instructions[i]) : -1;
            if (activation < 0) continue;
            groups.back().kind = Group::Kind::Epilogue;
            groups.back().instructions.push_back(activation);
            taken[static_cast<std::size_t>(activation)] = true;
        }
        for (Group& group : groups) measure(group);
        return groups;
    }

private:
    struct Readers {
        std::int32_t count = 0;
        InstructionIndex last = -1;
    };

    void countReaders() {
        for (std::size_t i = 0; i < m_graph.instructions.size(); ++i)
            eachRead(m_graph, m_graph.instructions[i], [&](ValueIndex value) {
                Readers& readers = m_readers[static_cast<std::size_t>(value)];
                ++readers.count;
                readers.last = static_cast<InstructionIndex>(i);
            });
    }

    const NodeAnalysis& nodeOf(const Instruction& instruction) const {
        return m_graph.nodes[static_cast<std::size_t>(instruction.analysis)];
    }

    // The activation that can be applied within `producer`, or -1.
    InstructionIndex epilogueOf(const Instruction& producer) const {
        if (producer.kind != InstructionKind::Forward || !nodeOf(producer).op->takesEpilogue) return -1;
        const ValueIndex value = producer.outputs[0];
        const auto at = static_cast<std::size_t>(value);
        if (m_watched[at] || m_readers[at].count != 1 || m_graph.scores == value) return -1;
        const Instruction& reader = m_graph.instructions[static_cast<std::size_t>(m_readers[at].last)];
        if (reader.kind != InstructionKind::Forward) return -1;
        const NodeAnalysis& node = nodeOf(reader);
        const bool elementwise = node.op->epilogue != nullptr && !node.op->backwardReadsInputs &&
                                 node.inference.saved.empty() && node.inference.parameters.empty() &&
                                 node.inference.outputs == node.inputs;
        return elementwise ? m_readers[at].last : -1;
    }

    double bytesOf(const std::vector<ValueIndex>& values) const {
        double bytes = 0;
        for (const ValueIndex value : values) {
            if (value == kNoValue) continue;
            const TensorType& type = m_graph.values[static_cast<std::size_t>(value)].type;
            bytes += static_cast<double>(type.shape.elements()) * static_cast<double>(sizeOf(type.dtype));
        }
        return bytes;
    }

    void measure(Group& group) const {
        for (const InstructionIndex index : group.instructions) {
            const Instruction& instruction = m_graph.instructions[static_cast<std::size_t>(index)];
            const Cost cost = costOf(m_graph, instruction);
            group.flops += cost.flops;
            group.bytes += cost.bytesRead + cost.bytesWritten;
            if (opOf(m_graph, instruction) == nullptr) continue;
            const Inference& inference = nodeOf(instruction).inference;
            group.scratchBytes =
                std::max(group.scratchBytes, instruction.kind == InstructionKind::Forward ? inference.forwardScratch
                                                                                          : inference.backwardScratch);
        }
        // What lies between the two is neither written nor read.
        if (group.kind == Group::Kind::Epilogue) group.bytes -= 2 * bytesOf({fusedAway(m_graph, group)});
    }

    const TrainingGraph& m_graph;
    const std::vector<bool>& m_watched;
    std::vector<Readers> m_readers;  // by value
};
}  // namespace

std::vector<Group> fusedGroups(const TrainingGraph& graph, const std::vector<bool>& watched, bool fuse) {
    return Fusion(graph, watched).run(fuse);
}

Cost costOf(const TrainingGraph& graph, const Instruction& instruction) {
    if (opOf(graph, instruction) != nullptr) {
        const OpCost& cost = graph.nodes[static_cast<std::size_t>(instruction.analysis)].cost;
        return instruction.kind == InstructionKind::Forward ? cost.forward : cost.backward;
    }
    const auto elements = [&](ValueIndex value) {
        return static_cast<double>(graph.values[static_cast<std::size_t>(value)].type.shape.elements());
    };
    const auto width = [&](ValueIndex value) {
        return static_cast<double>(sizeOf(graph.values[static_cast<std::size_t>(value)].type.dtype));
    };
    Cost cost;
    if (instruction.kind == InstructionKind::Update) {
        // A multiplication and an addition for the parameter and for each slot, about.
        const double size = elements(instruction.parameters[0]),
                     arrays = 1 + static_cast<double>(instruction.saved.size());
        cost = {2 * arrays * size, (arrays + 1) * size * width(instruction.parameters[0]),
                arrays * size * width(instruction.parameters[0])};
    } else if (instruction.kind == InstructionKind::GradientNorm) {
        for (const ValueIndex gradient : instruction.inputs) {
            cost.flops += 2 * elements(gradient);
            cost.bytesRead += elements(gradient) * width(gradient);
        }
    } else {
        const double size = elements(instruction.outputs[0]), inputs = static_cast<double>(instruction.inputs.size());
        cost = {inputs * size, inputs * size * width(instruction.outputs[0]), size * width(instruction.outputs[0])};
    }
    return cost;
}

}  // namespace gradlens
