// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/executor.h"

#include "core/kernels/elementwise.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

std::byte* Workspace::atLeast(std::size_t bytes) {
    if (bytes > m_bytes || m_buffer == nullptr) {
        m_buffer.reset();
        m_bytes = 0;
        m_buffer = allocateBuffer(bytes);
        m_bytes = bytes;
    }
    return m_buffer.get();
}

Executor::Executor(std::shared_ptr<const Plan> plan, const Arena& arena, std::shared_ptr<Workspace> workspace)
    : m_plan(std::move(plan)),
      m_arena(arena),
      m_workspace(std::move(workspace)),
      m_views(graph().values.size()),
      m_bound(graph().instructions.size()),
      m_watched(graph().instructions.size()),
      m_optimizer(findOptimizer(graph().optimizer.name)),
      m_next(static_cast<InstructionIndex>(graph().instructions.size())) {
    for (std::size_t i = 0; i < graph().instructions.size(); ++i) {
        const auto& inputs = graph().instructions[i].inputs;
        const auto isBatch = [&](ValueIndex value) {
            return m_plan->placements[static_cast<std::size_t>(value)].where == Placement::Where::Batch;
        };
        const auto& outputs = graph().instructions[i].outputs;  // of Inputs
        if (std::ranges::any_of(inputs, isBatch) || std::ranges::any_of(outputs, isBatch)) m_readsBatch.push_back(i);
    }
}

void Executor::bindState(std::span<const TensorView> byValue) {
    assert(byValue.size() == m_views.size());
    for (std::size_t i = 0; i < m_views.size(); ++i)
        if (m_plan->placements[i].where == Placement::Where::State) m_views[i] = byValue[i];
    m_base = nullptr;  // resolves the rest at the next begin()
}

void Executor::begin(const StepInputs& inputs) {
    assert(done());
    m_inputs = inputs;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        if (m_plan->placements[i].where != Placement::Where::Batch) continue;
        const Value& value = graph().values[i];
        m_views[i] = (value.kind == ValueKind::Features ? inputs.features : inputs.labels).reshaped(value.type.shape);
    }
    std::byte* const base = m_workspace->atLeast(m_plan->workspaceBytes);
    if (base != m_base) {
        m_base = base;
        resolveViews();
    } else {
        for (const std::size_t index : m_readsBatch) resolveInstruction(index);
    }
    m_next = 0;
}

void Executor::resolveViews() {
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const Placement& place = m_plan->placements[i];
        const TensorType& type = graph().values[i].type;
        if (place.where == Placement::Where::Workspace)
            m_views[i] = TensorView(m_base + place.offset, type.dtype, type.shape);
    }
    for (std::size_t i = 0; i < m_bound.size(); ++i) resolveInstruction(i);
}

TensorView Executor::shapeOnly(ValueIndex value) const {
    const TensorType& type = graph().values[static_cast<std::size_t>(value)].type;
    return TensorView(nullptr, type.dtype, type.shape);
}

void Executor::resolveInstruction(std::size_t index) {
    const Instruction& instruction = graph().instructions[index];
    Bound& bound = m_bound[index];
    const auto resolve = [&](const std::vector<ValueIndex>& values, bool handed, std::vector<TensorView>& views) {
        views.clear();
        for (const ValueIndex value : values)
            views.push_back(value == kNoValue ? TensorView() : handed ? view(value) : shapeOnly(value));
    };
    const bool backward = instruction.kind == InstructionKind::Backward;
    resolve(instruction.inputs, Plan::readsInputs(graph(), instruction), bound.inputs);
    resolve(instruction.parameters, true, bound.parameters);
    resolve(instruction.outputs, !backward || Plan::readsOutputs(graph(), instruction), bound.outputs);
    resolve(instruction.saved, true, bound.saved);
    resolve(instruction.gradOutputs, true, bound.gradOutputs);
    resolve(instruction.gradInputs, true, bound.gradInputs);
    resolve(instruction.gradParameters, true, bound.gradParameters);
    // Unwanted gradients still tell their shape.
    for (std::size_t i = 0; i < bound.gradInputs.size(); ++i)
        if (instruction.gradInputs[i] == kNoValue) bound.gradInputs[i] = shapeOnly(instruction.inputs[i]);
    for (std::size_t i = 0; i < bound.gradOutputs.size(); ++i)
        if (instruction.gradOutputs[i] == kNoValue) bound.gradOutputs[i] = shapeOnly(instruction.outputs[i]);
    for (std::size_t i = 0; i < bound.gradParameters.size(); ++i)
        if (instruction.gradParameters[i] == kNoValue) bound.gradParameters[i] = shapeOnly(instruction.parameters[i]);
    bound.scratch = TensorView(m_base + m_plan->scratchOffset, DType::UInt8,
                               Shape{static_cast<std::int64_t>(m_plan->scratchBytes)});
}

void Executor::executeNext() {
    assert(!done());
    const FlushDenormals flush;
    const InstructionIndex index = m_next;
    execute(graph().instructions[static_cast<std::size_t>(index)], m_bound[static_cast<std::size_t>(index)]);
    ++m_next;
    if (m_watched[static_cast<std::size_t>(index)] && m_observer) m_observer(index);
}

void Executor::runToEnd() {
    while (!done()) executeNext();
}

void Executor::abandon() {
    m_next = static_cast<InstructionIndex>(graph().instructions.size());
}

void Executor::unwatchAll() {
    std::fill(m_watched.begin(), m_watched.end(), false);
}

void Executor::execute(const Instruction& instruction, const Bound& bound) {
    const NodeAnalysis* node =
        instruction.analysis < 0 ? nullptr : &graph().nodes[static_cast<std::size_t>(instruction.analysis)];
    const Random random(m_inputs.seed, nodeStream(toInteger(instruction.node)),
                        static_cast<std::uint64_t>(m_inputs.step));
    switch (instruction.kind) {
        case InstructionKind::Forward:
            node->op->forward({m_arena, node->attributes, random, graph().training, bound.inputs, bound.parameters,
                               bound.outputs, bound.saved, bound.scratch});
            break;
        case InstructionKind::Backward:
            node->op->backward({m_arena, node->attributes, random, bound.inputs, bound.parameters, bound.outputs,
                                bound.saved, bound.gradOutputs, bound.gradInputs, bound.gradParameters, bound.scratch});
            break;
        case InstructionKind::SeedGradient:
            dispatchReal(bound.outputs[0].dtype(),
                         [&]<class T>() { std::ranges::fill(bound.outputs[0].as<T>(), static_cast<T>(instruction.factors[0])); });
            break;
        case InstructionKind::Accumulate:
            dispatchReal(bound.outputs[0].dtype(), [&]<class T>() {
                const auto sum = bound.outputs[0].as<T>();
                if (!instruction.factors.empty()) {
                    T total = 0;
                    for (std::size_t i = 0; i < bound.inputs.size(); ++i)
                        total += static_cast<T>(instruction.factors[i]) * bound.inputs[i].as<const T>()[0];
                    sum[0] = total;
                    return;
                }
                zipElements<T>(m_arena, bound.inputs[0].as<const T>(), bound.inputs[1].as<const T>(), sum,
                               [](T a, T b) { return a + b; });
                for (std::size_t i = 2; i < bound.inputs.size(); ++i)
                    zipElements<T>(m_arena, sum, bound.inputs[i].as<const T>(), sum, [](T a, T b) { return a + b; });
            });
            break;
        case InstructionKind::Update:
            m_optimizer->update({m_arena, graph().optimizer.attributes, m_inputs.learningRate, m_inputs.step,
                                 instruction.decays, bound.parameters[0], bound.inputs[0], bound.saved});
            break;
    }
}

}  // namespace gradlens
