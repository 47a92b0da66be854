// SPDX-License-Identifier: GPL-3.0-or-later
// What an instruction reads and writes: the one place that knows, for fusion, order and lifetimes alike.
#pragma once
#include "core/plan/training_graph.h"

namespace gradlens {

// The op of an instruction; null for those that no node's op computes.
inline const OpDefinition* opOf(const TrainingGraph& graph, const Instruction& instruction) {
    if (instruction.kind != InstructionKind::Forward && instruction.kind != InstructionKind::Backward) return nullptr;
    return graph.nodes[static_cast<std::size_t>(instruction.analysis)].op;
}

namespace detail {
template <class F>
void eachValue(const std::vector<ValueIndex>& values, F&& f) {
    for (const ValueIndex value : values)
        if (value != kNoValue) f(value);
}
}  // namespace detail

// f(value) for every value whose elements the instruction reads; one that stands at two places comes twice.
template <class F>
void eachRead(const TrainingGraph& graph, const Instruction& instruction, F&& f) {
    const bool backward = instruction.kind == InstructionKind::Backward;
    const OpDefinition* op = opOf(graph, instruction);
    if (!backward || op->backwardReadsInputs) detail::eachValue(instruction.inputs, f);
    if (backward && op->backwardReadsOutputs) detail::eachValue(instruction.outputs, f);
    if (backward || instruction.kind == InstructionKind::Update) detail::eachValue(instruction.saved, f);
    detail::eachValue(instruction.parameters, f);
    detail::eachValue(instruction.gradOutputs, f);
}

// f(value) for every value the instruction writes, those in the State included.
template <class F>
void eachWrite(const TrainingGraph& graph, const Instruction& instruction, F&& f) {
    if (instruction.kind != InstructionKind::Backward) {
        detail::eachValue(instruction.outputs, f);
        detail::eachValue(instruction.saved, f);
    }
    detail::eachValue(instruction.gradInputs, f);
    detail::eachValue(instruction.gradParameters, f);
    for (const ValueIndex value : instruction.parameters) {
        const ValueKind kind = graph.values[static_cast<std::size_t>(value)].kind;
        const bool running = instruction.kind == InstructionKind::Forward && kind == ValueKind::RunningState;
        if (running || instruction.kind == InstructionKind::Update) f(value);
    }
}

}  // namespace gradlens
