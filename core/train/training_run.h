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
    double accuracy = 0;      // NaN where the loss has none
    double learningRate = 0;  // that the update was made with, groups aside
    double gradientNorm = 0;  // before clipping; NaN where gradients are not clipped by norm
};

struct Evaluation {
    std::int64_t step = 0;
    double loss = 0;
    double accuracy = 0;                                  // NaN where the loss has none
    std::vector<std::pair<std::string, double>> metrics;  // what applies (see metric_set.h), accuracy included
    std::vector<std::int64_t> confusion;  // by true class (rows) and predicted class; empty where there are none
    bool complete = true;                 // false: asked to stop
    bool stop = false;                    // evaluateEpoch: it has not become better for too long
    Patience best = {};                   // evaluateEpoch: what early stopping knows
};

class TrainingRun {
public:
    // Checks project against dataset, plans, and makes a fresh State. Throws Error (ProblemsError for the drawing; one
    // with the numbers where there is not enough memory, before any is taken).
    TrainingRun(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset);
    ~TrainingRun();
    // Throws what the constructor would, without taking the memory that a run needs.
    static void check(const Arena& arena, const Project& project, std::shared_ptr<const Dataset> dataset);

    const Project& project() const;
    const Dataset& dataset() const;
    std::shared_ptr<const Dataset> sharedDataset() const;
    std::shared_ptr<const TrainingGraph> graph() const;  // of the full batch
    const Plan& plan() const;

    const State& state() const;
    // Takes over a State; throws Error, and changes nothing, when it does not fit. Between steps only.
    void setState(State state);
    void setLearningRate(double learningRate);  // the base that the schedule multiplies; between steps only
    double learningRate() const;                // of the next step
    void forceLearningRate(std::optional<double> learningRate);  // instead of base and schedule; nothing: those again
    void planEpochs(std::int64_t epochs);  // that the schedule is made for; the project's otherwise
    std::int64_t stepsPerEpoch() const;

    // A run of another project over the same data, with what still fits of this one's State (see carriedOver(); a
    // renamed node keeps its own): this run is to be dropped then. fresh: the parameters that begin anew. Throws Error
    // and changes nothing where that project cannot run.
    std::unique_ptr<TrainingRun> edited(Project project, std::vector<std::string>* fresh = nullptr) const;

    // One update, wave by wave or instruction by instruction. beginStep(); while (!stepDone()) executeNext();
    // finishStep(); Where memory runs out, beginStep() throws Error and no step has begun.
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

    // The same at the end of an epoch: schedule and early stopping weigh the result, once a step, which changes the
    // State where followsEvaluation().
    Evaluation evaluateEpoch(const std::function<bool()>& keepGoing = {});
    bool followsEvaluation() const;

    // Called after a watched instruction, while its values are there. Both take effect with the next step, which runs
    // by another plan if a watched value is fused away.
    void setObserver(std::function<void(InstructionIndex)> observer);
    void watch(const std::vector<bool>& instructions);  // by InstructionIndex of graph()
    TensorView view(ValueIndex value) const;            // of the step under way or just done

private:
    struct Impl;
    static std::unique_ptr<Impl> checked(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset);
    std::unique_ptr<Impl> m_impl;
};

// What a project trains with batches of this size, its blocks unfolded. The drawing must be sound.
std::shared_ptr<const TrainingGraph> loweredForTraining(const Project& project, std::int64_t batchSize);

// What stops `project` from running on `dataset`, beyond what analyse() finds: shapes and classes that do not agree.
std::vector<Problem> problemsWithDataset(const Project& project, const GraphAnalysis& analysis, const Dataset& dataset);

}  // namespace gradlens
