// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/executor.h"

#include "core/kernels/elementwise.h"
#include "core/kernels/norm.h"
#include "core/ops/catalogue/batch_error.h"

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
      m_bound(m_plan->groups.size()),
      m_updatesOf(m_plan->groups.size()),
      m_watched(graph().instructions.size()),
      m_next(m_plan->waves.size()) {
    for (std::size_t i = 0; i < m_views.size(); ++i)
        if (m_plan->placements[i].where == Placement::Where::Batch) m_batch.push_back(static_cast<ValueIndex>(i));
    std::size_t handed = 0;
    for (std::size_t i = 0; i < m_bound.size(); ++i) {
        const Group& group = m_plan->groups[i];
        const Instruction& instruction = graph().instructions[static_cast<std::size_t>(group.instructions[0])];
        if (instruction.kind == InstructionKind::Update) {
            m_updatesOf[i] = m_updates.size();
            m_updates.emplace_back(graph(), group.instructions);
            continue;
        }
        for (const auto* values :
             {&instruction.inputs, &instruction.parameters, &instruction.outputs, &instruction.saved,
              &instruction.gradOutputs, &instruction.gradInputs, &instruction.gradParameters})
            handed += values->size();
    }
    m_handed.reserve(handed);  // never more: spans point into it
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
    std::byte* const base = m_workspace->atLeast(m_plan->workspaceBytes);
    if (base != m_base) {
        m_base = base;
        resolveViews();
    }
    handBatch();
    m_next = 0;
}

void Executor::handBatch() {
    for (const ValueIndex value : m_batch) {
        const Value& batch = graph().values[static_cast<std::size_t>(value)];
        m_views[static_cast<std::size_t>(value)] =
            (batch.kind == ValueKind::Features ? m_inputs.features : m_inputs.labels).reshaped(batch.type.shape);
    }
    for (const auto& [handed, value] : m_handedBatch) m_handed[handed] = view(value);
}

void Executor::resolveViews() {
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const Placement& place = m_plan->placements[i];
        const TensorType& type = graph().values[i].type;
        if (place.where == Placement::Where::Workspace)
            m_views[i] = TensorView(m_base + place.offset, type.dtype, type.shape);
        if (place.where == Placement::Where::Nowhere) m_views[i] = TensorView(nullptr, type.dtype, type.shape);
    }
    m_handed.clear();
    m_handedBatch.clear();
    for (std::size_t i = 0; i < m_bound.size(); ++i) resolveGroup(i);
}

TensorView Executor::shapeOnly(ValueIndex value) const {
    const TensorType& type = graph().values[static_cast<std::size_t>(value)].type;
    return TensorView(nullptr, type.dtype, type.shape);
}

void Executor::resolveGroup(std::size_t index) {
    const Group& group = m_plan->groups[index];
    const Instruction& instruction = graph().instructions[static_cast<std::size_t>(group.instructions[0])];
    if (instruction.kind == InstructionKind::Update) return m_updates[m_updatesOf[index]].bind(m_views);
    Bound& bound = m_bound[index];
    bound.instruction = &instruction;
    bound.node = instruction.analysis < 0 ? nullptr : &graph().nodes[static_cast<std::size_t>(instruction.analysis)];
    bound.stream = nodeStream(toInteger(instruction.node));
    // What is not wanted, or not kept, still tells its shape: that of `alike`.
    const auto resolve = [&](const std::vector<ValueIndex>& values, bool handed = true,
                             const std::vector<ValueIndex>& alike = {}) {
        const std::size_t first = m_handed.size();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const ValueIndex value = values[i] == kNoValue && !alike.empty() ? alike[i] : values[i];
            if (value == kNoValue) {
                m_handed.emplace_back();
                continue;
            }
            const bool real = handed && values[i] != kNoValue;
            if (real && m_plan->placements[static_cast<std::size_t>(value)].where == Placement::Where::Batch)
                m_handedBatch.emplace_back(m_handed.size(), value);
            m_handed.push_back(real ? view(value) : shapeOnly(value));
        }
        return std::span(m_handed).subspan(first);
    };
    bound.inputs = resolve(instruction.inputs, Plan::readsInputs(graph(), instruction));
    bound.parameters = resolve(instruction.parameters);
    bound.outputs = resolve(instruction.outputs,
                            instruction.kind != InstructionKind::Backward || Plan::readsOutputs(graph(), instruction));
    bound.saved = resolve(instruction.saved);
    bound.gradOutputs = resolve(instruction.gradOutputs, true, instruction.outputs);
    bound.gradInputs = resolve(instruction.gradInputs, true, instruction.inputs);
    bound.gradParameters = resolve(instruction.gradParameters, true, instruction.parameters);
    bound.scratch =
        TensorView(m_base + group.scratchOffset, DType::UInt8, Shape{static_cast<std::int64_t>(group.scratchBytes)});
    if (group.kind != Group::Kind::Epilogue) return;
    // The output of the one goes right to where the other's would.
    const Instruction& activation = graph().instructions[static_cast<std::size_t>(group.instructions[1])];
    const NodeAnalysis& node = graph().nodes[static_cast<std::size_t>(activation.analysis)];
    bound.outputs[0] = view(activation.outputs[0]);
    bound.epilogue = {node.op->epilogue, &node.attributes};
}

InstructionIndex Executor::next() const {
    if (done()) return static_cast<InstructionIndex>(graph().instructions.size());
    return m_plan->groups[m_plan->waves[m_next].firstGroup].instructions[0];
}

void Executor::executeNext() {
    assert(!done());
    const FlushDenormals flush;
    runWave();
}

void Executor::runToEnd() {
    const FlushDenormals flush;
    while (!done()) runWave();
}

void Executor::runWave() {
    const Wave& wave = m_plan->waves[m_next];
    if (wave.groups == 1)
        runGroup(wave.firstGroup);
    else
        m_arena.forTiles(static_cast<std::int64_t>(wave.groups),
                         [&](std::int64_t group) { runGroup(wave.firstGroup + static_cast<std::size_t>(group)); });
    ++m_next;
    if (m_watchedCount > 0 && m_observer) observe(wave);
}

void Executor::observe(const Wave& wave) {
    for (std::size_t group = wave.firstGroup; group < wave.firstGroup + wave.groups; ++group)
        for (const InstructionIndex instruction : m_plan->groups[group].instructions)
            if (m_watched[static_cast<std::size_t>(instruction)]) m_observer(instruction);
}

void Executor::abandon() {
    m_next = m_plan->waves.size();
}

void Executor::watch(InstructionIndex instruction, bool on) {
    const auto index = static_cast<std::size_t>(instruction);
    if (m_watched[index] == on) return;
    m_watched[index] = on;
    m_watchedCount += on ? 1 : std::size_t(-1);
}

void Executor::unwatchAll() {
    std::fill(m_watched.begin(), m_watched.end(), false);
    m_watchedCount = 0;
}

void Executor::runGroup(std::size_t index) {
    try {
        runInstruction(index);
    } catch (const BatchError& error) {
        // "loss1 forward" -> "loss1"
        const std::string& name = m_bound[index].instruction->name;
        throw error.of(name.substr(0, name.rfind(' ')));
    }
}

void Executor::runInstruction(std::size_t index) {
    const Bound& bound = m_bound[index];
    if (bound.instruction == nullptr)
        return m_updates[m_updatesOf[index]].run(m_arena, m_inputs.learningRate, m_inputs.step);
    const Random random(m_inputs.seed, bound.stream,
                        static_cast<std::uint64_t>(m_inputs.randomStep.value_or(m_inputs.step)));
    switch (bound.instruction->kind) {
        case InstructionKind::Forward:
            bound.node->op->forward({m_arena, bound.node->attributes, random, graph().training, bound.inputs,
                                     bound.parameters, bound.outputs, bound.saved, bound.scratch, bound.epilogue});
            break;
        case InstructionKind::Backward:
            bound.node->op->backward({m_arena, bound.node->attributes, random, bound.inputs, bound.parameters,
                                      bound.outputs, bound.saved, bound.gradOutputs, bound.gradInputs,
                                      bound.gradParameters, bound.scratch});
            break;
        case InstructionKind::SeedGradient:
            dispatchReal(bound.outputs[0].dtype(), [&]<class T>() {
                std::ranges::fill(bound.outputs[0].as<T>(),
                                  static_cast<T>(bound.instruction->factors[0] * m_inputs.share));
            });
            break;
        case InstructionKind::Accumulate:
            accumulate(bound);
            break;
        case InstructionKind::SumGradient:
            sumGradient(bound);
            break;
        case InstructionKind::GradientNorm: {
            const double norm = normOf(m_arena, bound.inputs);
            dispatchReal(bound.outputs[0].dtype(),
                         [&]<class T>() { bound.outputs[0].as<T>()[0] = static_cast<T>(norm); });
            break;
        }
        case InstructionKind::Update:
            break;  // always in an UpdateLoop
    }
}

void Executor::accumulate(const Bound& bound) const {
    dispatchReal(bound.outputs[0].dtype(), [&]<class T>() {
        const auto sum = bound.outputs[0].as<T>();
        const std::vector<double>& factors = bound.instruction->factors;
        if (!factors.empty()) {
            T total = 0;
            for (std::size_t i = 0; i < bound.inputs.size(); ++i)
                total += static_cast<T>(factors[i]) * bound.inputs[i].as<const T>()[0];
            sum[0] = total;
            return;
        }
        zipElements<T>(m_arena, bound.inputs[0].as<const T>(), bound.inputs[1].as<const T>(), sum,
                       [](T a, T b) { return a + b; });
        for (std::size_t i = 2; i < bound.inputs.size(); ++i)
            zipElements<T>(m_arena, sum, bound.inputs[i].as<const T>(), sum, [](T a, T b) { return a + b; });
    });
}

void Executor::sumGradient(const Bound& bound) const {
    dispatchReal(bound.outputs[0].dtype(), [&]<class T>() {
        const auto gradient = bound.inputs[0].as<const T>();
        const auto sum = bound.outputs[0].as<T>();
        if (m_inputs.firstOfUpdate)
            std::ranges::copy(gradient, sum.begin());
        else
            zipElements<T>(m_arena, std::span<const T>(sum), gradient, sum, [](T a, T b) { return a + b; });
    });
}

}  // namespace gradlens
