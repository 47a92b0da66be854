// SPDX-License-Identifier: GPL-3.0-or-later
// One run in memory: a project made executable, its State, and what moves it on, a step or an instruction at a time.
// Synchronous and single-threaded towards its owner (the trainer thread or the command line); kernels use the arena.
#pragma once
#include "core/data/loader.h"
#include "core/io/project.h"
#include "core/train/executor_cache.h"
#include "core/train/state.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace gradlens {


struct StepResult {
    std::int64_t step = 0;  // updates done, this one included
    std::int64_t samples = 0;
    double loss = 0;
    double accuracy = 0;  // NaN where the loss has none
};

struct Evaluation {
    std::int64_t step = 0;
    double loss = 0;
    double accuracy = 0;  // NaN where the loss has none
    bool complete = true;  // false: asked to stop
};

class TrainingRun {
public:
    // Checks project against dataset, plans, and makes a fresh State. Throws Error (ProblemsError for the drawing; one with
    // the numbers where there is not enough memory, before any is taken).
    TrainingRun(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset);
    ~TrainingRun();

    const Project& project() const;
    const Dataset& dataset() const;
    std::shared_ptr<const TrainingGraph> graph() const;  // of the full batch
    const Plan& plan() const;

    const State& state() const;
    // Takes over a State; throws Error, and changes nothing, when it does not fit. Between steps only.
    void setState(State state);
    void setLearningRate(double learningRate);  // between steps only
    std::int64_t stepsPerEpoch() const;

    // One update, wave by wave or instruction by instruction. beginStep(); while (!stepDone()) executeNext(); finishStep();
    // Where memory runs out, beginStep() throws Error and no step has begun.
    void beginStep(StepBy by = StepBy::Wave);
    bool inStep() const;
    bool stepDone() const;
    void executeNext();
    InstructionIndex nextInstruction() const;
    StepResult finishStep();
    StepResult step();

    // Forward and backward of the batch that comes next, for viewers, leaving the State as it is. Between steps only.
    void preview();

    // Loss and accuracy over the validation part. Between steps only. keepGoing is asked between batches.
    Evaluation evaluate(const std::function<bool()>& keepGoing = {});

    // Called after a watched instruction, while its values are there. Both take effect with the next step, which runs by
    // another plan if a watched value is fused away.
    void setObserver(std::function<void(InstructionIndex)> observer);
    void watch(const std::vector<bool>& instructions);  // by InstructionIndex of graph()
    TensorView view(ValueIndex value) const;             // of the step under way or just done

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// What a project trains with batches of this size, its blocks unfolded. The drawing must be sound.
std::shared_ptr<const TrainingGraph> loweredForTraining(const Project& project, std::int64_t batchSize);

// What stops `project` from running on `dataset`, beyond what analyse() finds: shapes and classes that do not agree.
std::vector<Problem> problemsWithDataset(const Project& project, const GraphAnalysis& analysis, const Dataset& dataset);

}  // namespace gradlens
