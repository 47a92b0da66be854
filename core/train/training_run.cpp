// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_run.h"

#include "core/base/error.h"
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
}  // namespace

struct TrainingRun::Impl {
    Impl(const Arena& runArena, Project runProject, std::shared_ptr<const Dataset> runDataset)
        : arena(runArena),
          project(std::move(runProject)),
          flat(flatten(project.graph, drawingCatalogue())),
          dataset(std::move(runDataset)),
          trainLoader(arena, dataset, dataset->train,
                      BatchOrder(dataset->train.size(), project.training.batchSize, project.training.seed, true),
                      DType::Float32),
          validationLoader(arena, dataset, dataset->validation,
                           BatchOrder(std::max<std::int64_t>(dataset->validation.size(), 1),
                                      std::max(project.training.batchSize, kEvaluationBatch), 0, false),
                           DType::Float32),
          workspace(std::make_shared<Workspace>()) {}

    // The executor for a batch size, made when first asked for. The remainder of an epoch has one of its own.
    Executor& executorFor(std::int64_t batchSize, bool training) {
        const auto key = std::pair(batchSize, training);
        if (!executors.contains(key)) {
            const GraphAnalysis analysis = analyse(flat.graph, drawingCatalogue(), batchSize);
            auto plan = std::make_shared<const Plan>(makePlan(lowered(analysis, training)));
            auto made = std::make_unique<Executor>(std::move(plan), arena, workspace);
            made->bindState(bindings(state, made->graph()));
            if (training) {
                made->setObserver(observer);
                applyWatches(*made);
            }
            executors.emplace(key, std::move(made));
        }
        return *executors.at(key);
    }

    std::shared_ptr<const TrainingGraph> lowered(const GraphAnalysis& analysis, bool training) const {
        TrainingGraph result = lower(flat.graph, analysis, training ? &project.training.optimizer : nullptr);
        result.owners = flat.owners;
        return std::make_shared<const TrainingGraph>(std::move(result));
    }

    void applyWatches(Executor& executor) {
        for (std::size_t i = 0; i < watched.size(); ++i) executor.watch(static_cast<InstructionIndex>(i), watched[i]);
    }

    void bindAll() {
        for (auto& [key, executor] : executors) executor->bindState(bindings(state, executor->graph()));
    }

    StepInputs inputsOf(const Batch& batch) const {
        return {batch.features.view(), batch.labels.view(), state.seed, state.step, state.learningRate};
    }

    void begin() {
        const Batch& batch = trainLoader.batch(state.step);
        current = &executorFor(batch.size, true);
        current->begin(inputsOf(batch));
        correct.reset();
        samples = batch.size;
    }

    void execute() {
        const InstructionIndex index = current->next();
        current->executeNext();
        const TrainingGraph& graph = current->graph();
        // Scores may be overwritten later in the step; right after the loss they are whole.
        if (graph.scores && index == graph.values[static_cast<std::size_t>(graph.loss)].writer)
            correct = countCorrect(current->view(*graph.scores), current->view(*graph.labels));
    }

    const Arena& arena;
    Project project;
    FlatDrawing flat;  // the project's drawing without its blocks
    std::shared_ptr<const Dataset> dataset;
    Loader trainLoader, validationLoader;
    std::shared_ptr<Workspace> workspace;
    std::map<std::pair<std::int64_t, bool>, std::unique_ptr<Executor>> executors;
    Executor* main = nullptr;     // full batch
    Executor* current = nullptr;  // of the step under way, or of the last one
    bool inStep = false;
    State state;
    std::optional<Correct> correct;
    std::int64_t samples = 0;
    std::function<void(InstructionIndex)> observer;
    std::vector<bool> watched;
};

TrainingRun::TrainingRun(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset) {
    if (project.training.batchSize < 1)
        throw Error("the batch size must be at least 1, not " + std::to_string(project.training.batchSize),
                    "training.batch_size", "Correct it in the training settings.");
    const std::int64_t batchSize = std::min(project.training.batchSize, dataset->train.size());
    const GraphAnalysis analysis = analyse(project.graph, drawingCatalogue(), batchSize);
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
    const auto lowered = m_impl->lowered(analyse(m_impl->flat.graph, drawingCatalogue(), batchSize), true);
    m_impl->state = initialState(*lowered, arena, m_impl->project.training.seed, attributes.real("learning_rate"));
    m_impl->main = m_impl->current = &m_impl->executorFor(batchSize, true);
}

TrainingRun::~TrainingRun() = default;

const Project& TrainingRun::project() const {
    return m_impl->project;
}
const Dataset& TrainingRun::dataset() const {
    return *m_impl->dataset;
}
const Plan& TrainingRun::plan() const {
    return m_impl->main->plan();
}
std::shared_ptr<const TrainingGraph> TrainingRun::graph() const {
    return m_impl->main->plan().graph;
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
    m_impl->bindAll();
}

void TrainingRun::setLearningRate(double learningRate) {
    assert(!m_impl->inStep);
    m_impl->state.learningRate = learningRate;
}

void TrainingRun::beginStep() {
    assert(!m_impl->inStep);
    m_impl->begin();
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
    m_impl->begin();
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
        Executor& executor = m_impl->executorFor(batch.size, false);
        const TrainingGraph& graph = executor.graph();
        executor.begin(m_impl->inputsOf(batch));
        try {
            while (!executor.done()) {
                const InstructionIndex index = executor.next();
                executor.executeNext();
                if (!graph.scores || index != graph.values[static_cast<std::size_t>(graph.loss)].writer) continue;
                const Correct some = countCorrect(executor.view(*graph.scores), executor.view(*graph.labels));
                correct.correct += some.correct;
                correct.counted += some.counted;
                hasAccuracy = true;
            }
        } catch (...) {
            executor.abandon();
            throw;
        }
        lossSum += scalarOf(executor.view(graph.loss)) * static_cast<double>(batch.size);
    }
    result.loss = samples > 0 ? lossSum / static_cast<double>(samples) : kNaN;
    result.accuracy = hasAccuracy ? static_cast<double>(correct.correct) /
                                        static_cast<double>(std::max<std::int64_t>(correct.counted, 1))
                                  : kNaN;
    return result;
}

void TrainingRun::setObserver(std::function<void(InstructionIndex)> observer) {
    m_impl->observer = std::move(observer);
    for (auto& [key, executor] : m_impl->executors)
        if (key.second) executor->setObserver(m_impl->observer);
}

void TrainingRun::watch(const std::vector<bool>& instructions) {
    m_impl->watched = instructions;
    for (auto& [key, executor] : m_impl->executors)
        if (key.second) m_impl->applyWatches(*executor);
}

TensorView TrainingRun::view(ValueIndex value) const {
    return m_impl->current->view(value);
}

}  // namespace gradlens
