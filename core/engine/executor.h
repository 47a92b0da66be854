// SPDX-License-Identifier: GPL-3.0-or-later
// Executes a Plan, wave by wave. Owned and called by one thread at a time; kernels use the arena. The caller decides
// between two waves whether to go on; a Plan that fuses nothing has a wave for every instruction.
#pragma once
#include "core/engine/update_loop.h"
#include "core/parallel/arena.h"
#include "core/plan/plan.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gradlens {

// The block of memory that the values of a step live in. Several executors may share one, as long as only one of them
// is in the middle of a step. Grows, never shrinks.
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
    std::int64_t step = 0;  // updates done before this one
    double learningRate = 0;
    // Of the several batches that may make an update: the number its random numbers are drawn by (without: the step),
    // whether it is the first, and what part of the samples it has.
    std::optional<std::int64_t> randomStep = {};
    bool firstOfUpdate = true;
    double share = 1;
};

class Executor {
public:
    Executor(std::shared_ptr<const Plan> plan, const Arena& arena, std::shared_ptr<Workspace> workspace);

    const Plan& plan() const { return *m_plan; }
    const TrainingGraph& graph() const { return *m_plan->graph; }

    // Parameters, running state and slots: by value index; other entries are ignored. The memory must outlive its use
    // here.
    void bindState(std::span<const TensorView> byValue);

    // Starts a step. Nothing runs yet.
    void begin(const StepInputs& inputs);
    // The next instruction to run, the first of the next wave; the number of instructions when the step is done.
    InstructionIndex next() const;
    bool done() const { return m_next >= m_plan->waves.size(); }
    // Whether an instruction has run in this step.
    bool ran(InstructionIndex instruction) const {
        return static_cast<std::size_t>(m_plan->waveOf[static_cast<std::size_t>(instruction)]) < m_next;
    }
    // Runs the next wave, then calls the observer for those of its instructions that somebody watches.
    void executeNext();
    void runToEnd();
    // Leaves the rest of the step undone.
    void abandon();

    // The memory of a value: meaningful from its writer on, until the plan reuses it (placements say when). Null for
    // one that the plan has fused away.
    TensorView view(ValueIndex value) const { return m_views[static_cast<std::size_t>(value)]; }

    // One bit an instruction: where it is not set, observing costs nothing.
    void watch(InstructionIndex instruction, bool on);
    void unwatchAll();
    void setObserver(std::function<void(InstructionIndex)> observer) { m_observer = std::move(observer); }

private:
    // A group as its op wants it, resolved once. The spans lie in m_handed.
    struct Bound {
        const NodeAnalysis* node = nullptr;
        const Instruction* instruction = nullptr;
        RandomStream stream{};
        std::span<TensorView> inputs, parameters, outputs, saved, gradOutputs, gradInputs, gradParameters;
        Epilogue epilogue;
        TensorView scratch;
    };
    TensorView shapeOnly(ValueIndex value) const;
    void resolveViews();
    void resolveGroup(std::size_t index);
    void handBatch();
    void runWave();
    void runGroup(std::size_t index);  // and says of which node a fault is
    void runInstruction(std::size_t index);
    void accumulate(const Bound& bound) const;
    void sumGradient(const Bound& bound) const;
    void observe(const Wave& wave);

    std::shared_ptr<const Plan> m_plan;
    const Arena& m_arena;
    std::shared_ptr<Workspace> m_workspace;
    std::byte* m_base = nullptr;
    std::vector<TensorView> m_views;                                // by value
    std::vector<ValueIndex> m_batch;                                // features and labels
    std::vector<TensorView> m_handed;                               // what all groups hand to their ops
    std::vector<std::pair<std::size_t, ValueIndex>> m_handedBatch;  // where in m_handed features and labels are
    std::vector<Bound> m_bound;                                     // by group
    std::vector<UpdateLoop> m_updates;                              // one for each group of updates, in order
    std::vector<std::size_t> m_updatesOf;                           // by group: which of them
    std::vector<bool> m_watched;                                    // by instruction
    std::size_t m_watchedCount = 0;
    std::function<void(InstructionIndex)> m_observer;
    StepInputs m_inputs;
    std::size_t m_next = 0;  // wave
};

}  // namespace gradlens
