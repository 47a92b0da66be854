// SPDX-License-Identifier: GPL-3.0-or-later
// Executes a Plan, instruction by instruction. Owned and called by one thread at a time; kernels use the arena.
// The caller decides between two instructions whether to go on.
#pragma once
#include "core/parallel/arena.h"
#include "core/plan/plan.h"

#include <functional>
#include <memory>
#include <vector>

namespace gradlens {

// The block of memory that the values of a step live in. Several executors may share one, as long as only one of them is
// in the middle of a step. Grows, never shrinks.
class Workspace {
public:
    std::byte* atLeast(std::size_t bytes);
    std::size_t bytes() const { return m_bytes; }

private:
    Buffer m_buffer;
    std::size_t m_bytes = 0;
};

// What changes from step to step.
struct StepInputs {
    TensorView features, labels;  // the plan's batch size; alive until the step is over
    std::uint64_t seed = 0;
    std::int64_t step = 0;        // updates done before this one
    double learningRate = 0;
};

class Executor {
public:
    Executor(std::shared_ptr<const Plan> plan, const Arena& arena, std::shared_ptr<Workspace> workspace);

    const Plan& plan() const { return *m_plan; }
    const TrainingGraph& graph() const { return *m_plan->graph; }

    // Parameters, running state and slots: by value index; other entries are ignored. The memory must outlive its use here.
    void bindState(std::span<const TensorView> byValue);

    // Starts a step. Nothing runs yet.
    void begin(const StepInputs& inputs);
    // The next instruction to run; the number of instructions when the step is done.
    InstructionIndex next() const { return m_next; }
    bool done() const { return m_next >= static_cast<InstructionIndex>(graph().instructions.size()); }
    // Runs it, then calls the observer if somebody watches it.
    void executeNext();
    void runToEnd();
    // Leaves the rest of the step undone.
    void abandon();

    // The memory of a value: meaningful from its writer on, until the plan reuses it (placements say when).
    TensorView view(ValueIndex value) const { return m_views[static_cast<std::size_t>(value)]; }

    // One bit an instruction: where it is not set, observing costs nothing.
    void watch(InstructionIndex instruction, bool on) { m_watched[static_cast<std::size_t>(instruction)] = on; }
    void unwatchAll();
    void setObserver(std::function<void(InstructionIndex)> observer) { m_observer = std::move(observer); }

private:
    // The views an instruction hands to its op, resolved once.
    struct Bound {
        std::vector<TensorView> inputs, parameters, outputs, saved, gradOutputs, gradInputs, gradParameters;
        TensorView scratch;
    };
    void resolveViews();
    void resolveInstruction(std::size_t index);
    TensorView shapeOnly(ValueIndex value) const;
    void execute(const Instruction& instruction, const Bound& bound);

    std::shared_ptr<const Plan> m_plan;
    const Arena& m_arena;
    std::shared_ptr<Workspace> m_workspace;
    std::byte* m_base = nullptr;
    std::vector<TensorView> m_views;  // by value
    std::vector<Bound> m_bound;       // by instruction
    std::vector<std::size_t> m_readsBatch;  // instructions that read features or labels
    std::vector<bool> m_watched;
    std::function<void(InstructionIndex)> m_observer;
    const OptimizerDefinition* m_optimizer = nullptr;
    StepInputs m_inputs;
    InstructionIndex m_next = 0;
};

}  // namespace gradlens
