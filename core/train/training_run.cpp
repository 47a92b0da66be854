// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_run.h"

#include "core/base/error.h"
#include "core/base/machine_memory.h"
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/train/metrics.h"
#include "core/train/problems_error.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace gradlens {

namespace {
// Evaluation in batches of at least this many samples: small training batches would waste time on overhead.
constexpr std::int64_t kEvaluationBatch = 128;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double scalarOf(const TensorView& view) {
    return view.at(0);
}

std::shared_ptr<const TrainingGraph> lowered(const Project& project, const FlatDrawing& flat, std::int64_t batchSize, bool training) {
    const GraphAnalysis analysis = analyse(flat.graph, drawingCatalogue(), batchSize);
    TrainingGraph result = lower(flat.graph, analysis, training ? &project.training.optimizer : nullptr);
    result.owners = flat.owners;
    return std::make_shared<const TrainingGraph>(std::move(result));
}
}  // namespace

std::shared_ptr<const TrainingGraph> loweredForTraining(const Project& project, std::int64_t batchSize) {
    return lowered(project, flatten(project.graph, catalogueOf(project, drawingCatalogue())), batchSize, true);
}

struct TrainingRun::Impl {
    Impl(const Arena& runArena, Project runProject, std::shared_ptr<const Dataset> runDataset)
        : arena(runArena),
          project(std::move(runProject)),
          flat(flatten(project.graph, catalogueOf(project, drawingCatalogue()))),
          dataset(std::move(runDataset)),
          trainLoader(arena, dataset, dataset->train,
                      BatchOrder(dataset->train.size(), project.training.batchSize, project.training.seed, true),
                      DType::Float32),
          validationLoader(arena, dataset, dataset->validation,
                           BatchOrder(std::max<std::int64_t>(dataset->validation.size(), 1),
                                      std::max(project.training.batchSize, kEvaluationBatch), 0, false),
                           DType::Float32),
          executors(
              arena, [this](std::int64_t batchSize, bool training) { return lowered(project, flat, batchSize, training); }, state) {}

    StepInputs inputsOf(const Batch& batch) const {
        return {batch.features.view(), batch.labels.view(), state.seed, state.step, state.learningRate};
    }

    void begin(StepBy by) {
        withMemory([&] {
            const Batch& batch = trainLoader.batch(state.step);
            current = executors.training(batch.size, by);
            current->begin(inputsOf(batch));
            samples = batch.size;
        });
        correct.reset();
    }

    void execute() {
        const InstructionIndex settled = current->graph().values[static_cast<std::size_t>(current->graph().loss)].writer;
        const bool before = current->ran(settled);
        current->executeNext();
        if (!before && current->ran(settled)) correct = correctOf(*current);
    }

    // Scores may be overwritten later in the step; right after the loss they are whole.
    static std::optional<Correct> correctOf(const Executor& executor) {
        const TrainingGraph& graph = executor.graph();
        if (!graph.scores) return std::nullopt;
        return countCorrect(executor.view(*graph.scores), executor.view(*graph.labels));
    }

    std::int64_t evaluationBatch() const { return std::min(std::max(project.training.batchSize, kEvaluationBatch), dataset->validation.size()); }

    // Known before anything is allocated: State, the values of a step, and the batches (one in use, one being assembled).
    std::size_t bytesNeeded(std::int64_t batchSize) {
        const Plan& training = executors.plan(batchSize, true);
        std::size_t workspace = training.workspaceBytes, batches = 2 * training.batchBytes;
        if (evaluationBatch() > 0) {
            const Plan& evaluation = executors.plan(evaluationBatch(), false);
            workspace = std::max(workspace, evaluation.workspaceBytes);
            batches += 2 * evaluation.batchBytes;
        }
        return training.stateBytes + workspace + batches;
    }

    [[noreturn]] void throwTooLarge(std::optional<std::size_t> available) {
        const std::int64_t batchSize = std::min(project.training.batchSize, dataset->train.size());
        throw Error("a batch of " + std::to_string(batchSize) + " needs " + memoryText(bytesNeeded(batchSize)) + ", " +
                        (available ? memoryText(*available) + " are free" : "more than there is"),
                    "training.batch_size", "Choose a smaller batch, or make the widest layers narrower.");
    }

    template <class F>
    void withMemory(F&& allocating) {
        try {
            allocating();
        } catch (const std::bad_alloc&) {
            throwTooLarge(availableMemory());
        }
    }

    const Arena& arena;
    Project project;
    FlatDrawing flat;  // the project's drawing without its blocks
    std::shared_ptr<const Dataset> dataset;
    Loader trainLoader, validationLoader;
    State state;
    ExecutorCache executors;
    const Plan* main = nullptr;         // of the full batch
    std::shared_ptr<Executor> current;  // of the step under way, or of the last one
    bool inStep = false;
    std::optional<Correct> correct;
    std::int64_t samples = 0;
};

TrainingRun::TrainingRun(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset) {
    if (project.training.batchSize < 1)
        throw Error("the batch size must be at least 1, not " + std::to_string(project.training.batchSize),
                    "training.batch_size", "Correct it in the training settings.");
    const std::int64_t batchSize = std::min(project.training.batchSize, dataset->train.size());
    const OpCatalogue catalogue = catalogueOf(project, drawingCatalogue());
    const GraphAnalysis analysis = analyse(project.graph, catalogue, batchSize);
    std::vector<Problem> problems = analysis.problems;
    std::ranges::move(problemsWithDataset(project, analysis, *dataset), std::back_inserter(problems));
    if (std::ranges::any_of(problems, [](const Problem& problem) { return problem.severity == Severity::Error; }))
        throw ProblemsError(std::move(problems));
    const OptimizerDefinition* optimizer = findOptimizer(project.training.optimizer.name);
    if (optimizer == nullptr)
        throw Error("there is no optimizer called '" + project.training.optimizer.name + "'", "training.optimizer.name",
                    "Choose SGD, Adam or AdamW.");
    std::vector<AttributeFault> faults;
    const Attributes attributes = completed(optimizer->attributes, project.training.optimizer.attributes, &faults);
    if (!faults.empty())
        throw Error(faults[0].attribute + " " + faults[0].message, "training.optimizer",
                    "Correct it in the training settings.");
    m_impl = std::make_unique<Impl>(arena, std::move(project), std::move(dataset));
    m_impl->main = &m_impl->executors.plan(batchSize, true);
    const std::optional<std::size_t> available = availableMemory();
    if (available && m_impl->bytesNeeded(batchSize) > *available) m_impl->throwTooLarge(available);
    m_impl->withMemory([&] {
        m_impl->state = initialState(*m_impl->main->graph, arena, m_impl->project.training.seed, attributes.real("learning_rate"));
        m_impl->current = m_impl->executors.training(batchSize, StepBy::Wave);
    });
}

TrainingRun::~TrainingRun() = default;

const Project& TrainingRun::project() const {
    return m_impl->project;
}
const Dataset& TrainingRun::dataset() const {
    return *m_impl->dataset;
}
const Plan& TrainingRun::plan() const {
    return *m_impl->main;
}
std::shared_ptr<const TrainingGraph> TrainingRun::graph() const {
    return m_impl->main->graph;
}
const State& TrainingRun::state() const {
    return m_impl->state;
}
std::int64_t TrainingRun::stepsPerEpoch() const {
    return m_impl->trainLoader.order().stepsPerEpoch();
}

void TrainingRun::setState(State state) {
    assert(!m_impl->inStep);
    m_impl->state = fitted(std::move(state), *graph());
    m_impl->executors.rebind();
}

void TrainingRun::setLearningRate(double learningRate) {
    assert(!m_impl->inStep);
    m_impl->state.learningRate = learningRate;
}

void TrainingRun::beginStep(StepBy by) {
    assert(!m_impl->inStep);
    m_impl->begin(by);
    m_impl->inStep = true;
}

bool TrainingRun::inStep() const {
    return m_impl->inStep;
}
bool TrainingRun::stepDone() const {
    return m_impl->current->done();
}
void TrainingRun::executeNext() {
    m_impl->execute();
}
InstructionIndex TrainingRun::nextInstruction() const {
    return m_impl->inStep ? m_impl->current->next() : -1;
}

StepResult TrainingRun::finishStep() {
    assert(m_impl->inStep && stepDone());
    m_impl->inStep = false;
    StepResult result;
    result.step = ++m_impl->state.step;
    result.samples = m_impl->samples;
    result.loss = scalarOf(m_impl->current->view(m_impl->current->graph().loss));
    result.accuracy = m_impl->correct ? static_cast<double>(m_impl->correct->correct) /
                                            static_cast<double>(std::max<std::int64_t>(m_impl->correct->counted, 1))
                                      : kNaN;
    return result;
}

StepResult TrainingRun::step() {
    beginStep();
    while (!stepDone()) executeNext();
    return finishStep();
}

void TrainingRun::preview() {
    assert(!m_impl->inStep);
    m_impl->begin(StepBy::Wave);
    Executor& executor = *m_impl->current;
    // Forward writes running statistics: let it write copies.
    const TrainingGraph& graph = executor.graph();
    std::vector<TensorView> views = bindings(m_impl->state, graph);
    std::vector<Tensor> copies;
    for (std::size_t i = 0; i < views.size(); ++i) {
        if (graph.values[i].kind != ValueKind::RunningState) continue;
        copies.push_back(m_impl->state.find(graph.values[i].name)->tensor.clone());
        views[i] = copies.back().view();
    }
    const auto restore = [&] {
        executor.abandon();
        executor.bindState(bindings(m_impl->state, graph));
    };
    try {
        if (!copies.empty()) {
            executor.abandon();
            executor.bindState(views);
            executor.begin(m_impl->inputsOf(m_impl->trainLoader.batch(m_impl->state.step)));
        }
        while (!executor.done() &&
               graph.instructions[static_cast<std::size_t>(executor.next())].kind != InstructionKind::Update)
            m_impl->execute();
    } catch (...) {
        restore();
        throw;
    }
    restore();
}

Evaluation TrainingRun::evaluate(const std::function<bool()>& keepGoing) {
    assert(!m_impl->inStep);
    Evaluation result;
    result.step = m_impl->state.step;
    const std::int64_t samples = m_impl->dataset->validation.size();
    double lossSum = 0;
    Correct correct;
    bool hasAccuracy = false;
    const std::int64_t batches = samples > 0 ? m_impl->validationLoader.order().stepsPerEpoch() : 0;
    for (std::int64_t i = 0; i < batches; ++i) {
        if (keepGoing && !keepGoing()) {
            result.complete = false;
            return result;
        }
        const Batch& batch = m_impl->validationLoader.batch(i);
        const std::shared_ptr<Executor> executor = m_impl->executors.evaluating(batch.size);
        m_impl->withMemory([&] { executor->begin(m_impl->inputsOf(batch)); });
        try {
            executor->runToEnd();
        } catch (...) {
            executor->abandon();
            throw;
        }
        if (const auto some = Impl::correctOf(*executor)) {
            correct.correct += some->correct;
            correct.counted += some->counted;
            hasAccuracy = true;
        }
        lossSum += scalarOf(executor->view(executor->graph().loss)) * static_cast<double>(batch.size);
    }
    result.loss = samples > 0 ? lossSum / static_cast<double>(samples) : kNaN;
    result.accuracy = hasAccuracy ? static_cast<double>(correct.correct) /
                                        static_cast<double>(std::max<std::int64_t>(correct.counted, 1))
                                  : kNaN;
    return result;
}

void TrainingRun::setObserver(std::function<void(InstructionIndex)> observer) {
    m_impl->executors.setObserver(std::move(observer));
}

void TrainingRun::watch(const std::vector<bool>& instructions) {
    m_impl->executors.watch(instructions);
}

TensorView TrainingRun::view(ValueIndex value) const {
    return m_impl->current->view(value);
}

}  // namespace gradlens
