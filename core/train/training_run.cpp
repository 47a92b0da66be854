// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/training_run.h"

#include "core/base/error.h"
#include "core/base/machine_memory.h"
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/ops/catalogue/batch_error.h"
#include "core/train/class_weights.h"
#include "core/train/metric_set.h"
#include "core/train/metrics.h"
#include "core/train/problems_error.h"
#include "core/train/training_settings.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
// Evaluation in batches of at least this many samples: small training batches would waste time on overhead.
constexpr std::int64_t kEvaluationBatch = 128;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double scalarOf(const TensorView& view) {
    return view.at(0);
}

// A node keeps its weights when it is renamed: entries of the State go by the names that its nodes have in `after`.
void renameEntries(State& state, const ModelGraph& before, const ModelGraph& after) {
    std::unordered_map<std::string, std::string> names;
    for (const Node& node : before.nodes())
        if (const Node* now = after.find(node.id); now != nullptr && now->op == node.op && now->name != node.name)
            names.emplace(node.name, now->name);
    if (names.empty()) return;
    for (StateEntry& entry : state.entries) {
        const std::size_t end = entry.name.find_first_of("./");  // "conv1.weight", "block1/conv.weight"
        const auto renamed = names.find(entry.name.substr(0, end));
        if (renamed != names.end()) entry.name = renamed->second + entry.name.substr(end);
    }
}

// Whether the loss that compares real numbers takes them for logits and for 0 and 1.
bool comparesYesAndNo(const TrainingGraph& graph) {
    return std::ranges::any_of(graph.instructions, [&](const Instruction& instruction) {
        return instruction.kind == InstructionKind::Forward && instruction.analysis >= 0 &&
               graph.nodes[static_cast<std::size_t>(instruction.analysis)].op->name == "BinaryCrossEntropy" &&
               instruction.inputs[0] == *graph.predictions;
    });
}

std::shared_ptr<const TrainingGraph> lowered(const Project& project, const FlatDrawing& flat, std::int64_t batchSize,
                                             bool training) {
    const GraphAnalysis analysis = analyse(flat.graph, drawingCatalogue(), batchSize, project.training.precision);
    UpdateOptions updates = project.training.updates;
    updates.keepsBest = project.training.earlyStopping.patience > 0 && project.training.earlyStopping.restoreBest;
    TrainingGraph result = lower(flat.graph, analysis, training ? &project.training.optimizer : nullptr, updates);
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
                      project.training.precision),
          validationLoader(arena, dataset, dataset->validation,
                           BatchOrder(std::max<std::int64_t>(dataset->validation.size(), 1),
                                      std::max(project.training.batchSize, kEvaluationBatch), 0, false),
                           project.training.precision),
          settings(project.training),
          plannedEpochs(project.training.epochs),
          executors(
              arena,
              [this](std::int64_t batchSize, bool training) { return lowered(project, flat, batchSize, training); },
              state) {
        flat.graph = withClassWeights(std::move(flat.graph), drawingCatalogue(), *dataset);
    }

    // An epoch has as many steps as its batches make updates; the last may have fewer batches than the others.
    std::int64_t batchesPerStep() const { return project.training.updates.accumulate; }
    std::int64_t stepsPerEpoch() const {
        return (trainLoader.order().stepsPerEpoch() + batchesPerStep() - 1) / batchesPerStep();
    }
    std::int64_t firstBatch() const {
        return state.step / stepsPerEpoch() * trainLoader.order().stepsPerEpoch() +
               state.step % stepsPerEpoch() * batchesPerStep();
    }
    std::int64_t batchesOfStep() const {
        return std::min(batchesPerStep(),
                        trainLoader.order().stepsPerEpoch() - state.step % stepsPerEpoch() * batchesPerStep());
    }

    double learningRate() const {
        return forcedRate ? *forcedRate
                          : settings.learningRate(state, stepsPerEpoch(), plannedEpochs * stepsPerEpoch());
    }

    StepInputs inputsOf(const Batch& batch) const {
        StepInputs inputs{batch.features.view(), batch.labels.view(), state.seed, state.step, learningRate()};
        inputs.randomStep = batch.step;
        inputs.firstOfUpdate = part.number == 0;
        inputs.share = static_cast<double>(batch.size) / static_cast<double>(part.samplesOfStep);
        return inputs;
    }

    void begin(StepBy by) {
        keepForUndo();
        part = {by, 0, batchesOfStep(), 0};
        for (std::int64_t i = 0; i < part.count; ++i)
            part.samplesOfStep += trainLoader.order().batchSizeAt(firstBatch() + i);
        done = {};
        beginPart();
    }

    // Forward writes running statistics, and several batches of an update sum their gradients: what a step that fails
    // must leave as it was. The buffers stay from step to step.
    void keepForUndo() {
        undo.resize(undoable.size());
        for (std::size_t i = 0; i < undoable.size(); ++i) {
            const Tensor& tensor = state.entries[undoable[i]].tensor;
            if (!undo[i]) undo[i] = Tensor(tensor.dtype(), tensor.shape());
            undo[i].copyFrom(tensor.view());
        }
    }

    // The step has not been: the State is as it was before it.
    void undoStep() {
        current->abandon();
        for (std::size_t i = 0; i < undoable.size(); ++i) state.entries[undoable[i]].tensor.copyFrom(undo[i].view());
        inStep = false;
    }

    void findUndoable() {
        const TrainingGraph& graph = *main->graph;
        std::unordered_set<std::string> summed;
        for (const Instruction& instruction : graph.instructions)
            if (instruction.kind == InstructionKind::SumGradient)
                summed.insert(graph.values[static_cast<std::size_t>(instruction.outputs[0])].name);
        undoable.clear();
        undo.clear();
        for (std::size_t i = 0; i < state.entries.size(); ++i)
            if (state.entries[i].kind == ValueKind::RunningState || summed.contains(state.entries[i].name))
                undoable.push_back(i);
    }

    // What an op says of a sample of the batch, said of the data.
    [[noreturn]] void throwOfData(const BatchError& error, const Batch& batch, const char* ofPart) const {
        const auto place = static_cast<std::size_t>(error.sample());
        const std::string sample =
            place < batch.indices.size() ? std::to_string(batch.indices[place] + 1) : std::to_string(place + 1);
        throw Error(error.fault() + ", in " + ofPart + " sample " + sample + " of " + dataset->name, error.where(),
                    error.hint());
    }

    void beginPart() {
        withMemory([&] {
            const Batch& batch = trainLoader.batch(firstBatch() + part.number);
            currentBatch = &batch;
            current = executors.training(batch.size, part.by);
            current->begin(inputsOf(batch));
            samples = batch.size;
        });
        correct.reset();
    }

    // What is the same for every batch of a step ends where the update begins.
    bool partDone() const {
        if (current->done()) return true;
        const InstructionKind next = current->graph().instructions[static_cast<std::size_t>(current->next())].kind;
        return next == InstructionKind::GradientNorm || next == InstructionKind::Update;
    }

    void execute() {
        const InstructionIndex settled =
            current->graph().values[static_cast<std::size_t>(current->graph().loss)].writer;
        const bool before = current->ran(settled);
        current->executeNext();
        if (!before && current->ran(settled)) correct = correctOf(*current);
        if (part.number + 1 == part.count || !partDone()) return;
        finishPart();
        current->abandon();
        ++part.number;
        beginPart();
    }

    // Takes the figures of a batch that is done.
    void finishPart() {
        done.loss += scalarOf(current->view(current->graph().loss)) *
                     (static_cast<double>(samples) / static_cast<double>(part.samplesOfStep));
        done.samples += samples;
        if (!correct) return;
        done.correct = done.correct.value_or(Correct{});
        done.correct->correct += correct->correct;
        done.correct->counted += correct->counted;
    }

    // Scores may be overwritten later in the step; right after the loss they are whole.
    static std::optional<Correct> correctOf(const Executor& executor) {
        const TrainingGraph& graph = executor.graph();
        if (!graph.scores) return std::nullopt;
        return countCorrect(executor.view(*graph.scores), executor.view(*graph.labels), graph.classAxis);
    }

    std::int64_t evaluationBatch() const {
        return std::min(std::max(project.training.batchSize, kEvaluationBatch), dataset->validation.size());
    }

    // Known before anything is allocated: State, the values of a step, and the batches (one in use, one being
    // assembled).
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
    FlatDrawing flat;  // the project's drawing without its blocks, its losses with the data's class weights
    std::shared_ptr<const Dataset> dataset;
    Loader trainLoader, validationLoader;
    TrainingSettings settings;
    std::int64_t plannedEpochs;  // of the schedule
    State state;
    ExecutorCache executors;
    const Plan* main = nullptr;         // of the full batch
    std::shared_ptr<Executor> current;  // of the step under way, or of the last one
    std::optional<double> forcedRate;   // instead of the schedule's
    bool inStep = false;
    const Batch* currentBatch = nullptr;  // of the part under way; the loader's
    std::vector<std::size_t> undoable;    // entries of the State that change before the step is sure to be
    std::vector<Tensor> undo;             // as they were before it
    // The batch of the step that is under way, of as many.
    struct Part {
        StepBy by = StepBy::Wave;
        std::int64_t number = 0, count = 1, samplesOfStep = 0;
    } part;
    std::optional<Correct> correct;  // of that batch
    std::int64_t samples = 0;        // likewise
    struct Done {
        double loss = 0;
        std::int64_t samples = 0;
        std::optional<Correct> correct;
    } done;  // of the step's batches before
};

// Everything that is known before memory is taken: throws what stops the project from running.
std::unique_ptr<TrainingRun::Impl> TrainingRun::checked(const Arena& arena, Project project,
                                                        std::shared_ptr<const Dataset> dataset) {
    checkTraining(project.training, dataset->validation.size() > 0);
    const std::int64_t batchSize = std::min(project.training.batchSize, dataset->train.size());
    const OpCatalogue catalogue = catalogueOf(project, drawingCatalogue());
    const GraphAnalysis analysis = analyse(project.graph, catalogue, batchSize, project.training.precision);
    std::vector<Problem> problems = analysis.problems;
    std::ranges::move(problemsWithDataset(project, analysis, *dataset), std::back_inserter(problems));
    if (std::ranges::any_of(problems, [](const Problem& problem) { return problem.severity == Severity::Error; }))
        throw ProblemsError(std::move(problems));
    auto impl = std::make_unique<Impl>(arena, std::move(project), std::move(dataset));
    impl->main = &impl->executors.plan(batchSize, true);
    checkGroups(*impl->main->graph);
    const std::optional<std::size_t> available = availableMemory();
    if (available && impl->bytesNeeded(batchSize) > *available) impl->throwTooLarge(available);
    return impl;
}

TrainingRun::TrainingRun(const Arena& arena, Project project, std::shared_ptr<const Dataset> dataset)
    : m_impl(checked(arena, std::move(project), std::move(dataset))) {
    m_impl->withMemory([&] {
        m_impl->state = initialState(*m_impl->main->graph, arena, m_impl->project.training.seed,
                                     learningRateOf(m_impl->project.training), m_impl->dataset->folder);
        m_impl->current = m_impl->executors.training(m_impl->main->graph->batchSize, StepBy::Wave);
    });
    m_impl->findUndoable();
}

void TrainingRun::check(const Arena& arena, const Project& project, std::shared_ptr<const Dataset> dataset) {
    checked(arena, project, std::move(dataset));
}

TrainingRun::~TrainingRun() = default;

const Project& TrainingRun::project() const {
    return m_impl->project;
}
const Dataset& TrainingRun::dataset() const {
    return *m_impl->dataset;
}
std::shared_ptr<const Dataset> TrainingRun::sharedDataset() const {
    return m_impl->dataset;
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
    return m_impl->stepsPerEpoch();
}

double TrainingRun::learningRate() const {
    return m_impl->learningRate();
}

void TrainingRun::forceLearningRate(std::optional<double> learningRate) {
    assert(!m_impl->inStep);
    m_impl->forcedRate = learningRate;
}

void TrainingRun::planEpochs(std::int64_t epochs) {
    m_impl->plannedEpochs = epochs;
}

bool TrainingRun::followsEvaluation() const {
    return m_impl->settings.followsEvaluation();
}

std::unique_ptr<TrainingRun> TrainingRun::edited(Project project, std::vector<std::string>* fresh) const {
    assert(!m_impl->inStep);
    const TrainingSpec training = m_impl->project.training;
    if (project.data != m_impl->project.data || project.training.seed != training.seed ||
        project.training.precision != training.precision)
        throw Error("data, seed and precision of a run cannot be changed while it trains", {}, "Start a new run.");
    State before = m_impl->state;
    renameEntries(before, m_impl->project.graph, project.graph);
    auto next = std::make_unique<TrainingRun>(m_impl->arena, std::move(project), m_impl->dataset);
    const double asked = next->state().learningRate;
    State state = carriedOver(before, *next->graph(), m_impl->arena, m_impl->dataset->folder, fresh);
    if (asked != learningRateOf(training)) state.learningRate = asked;
    ++state.edits;
    next->planEpochs(m_impl->plannedEpochs);
    next->setState(std::move(state));
    return next;
}

void TrainingRun::setState(State state) {
    assert(!m_impl->inStep);
    m_impl->state = fitted(std::move(state), *graph());
    m_impl->executors.rebind();
    m_impl->findUndoable();
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
    try {
        m_impl->execute();
    } catch (const BatchError& error) {
        m_impl->undoStep();
        m_impl->throwOfData(error, *m_impl->currentBatch, "training");
    } catch (...) {
        m_impl->undoStep();
        throw;
    }
}
InstructionIndex TrainingRun::nextInstruction() const {
    return m_impl->inStep ? m_impl->current->next() : -1;
}

StepResult TrainingRun::finishStep() {
    assert(m_impl->inStep && stepDone());
    m_impl->inStep = false;
    m_impl->finishPart();
    const TrainingGraph& graph = m_impl->current->graph();
    StepResult result;
    result.learningRate = m_impl->learningRate();
    result.step = ++m_impl->state.step;
    result.samples = m_impl->done.samples;
    result.loss = m_impl->done.loss;
    result.gradientNorm = graph.gradientNorm == kNoValue ? kNaN : scalarOf(m_impl->current->view(graph.gradientNorm));
    const std::optional<Correct>& correct = m_impl->done.correct;
    result.accuracy = correct ? static_cast<double>(correct->correct) /
                                    static_cast<double>(std::max<std::int64_t>(correct->counted, 1))
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
            executor.begin(m_impl->inputsOf(m_impl->trainLoader.batch(m_impl->firstBatch())));
        }
        const auto changesState = [&] {
            const InstructionKind kind = graph.instructions[static_cast<std::size_t>(executor.next())].kind;
            return kind == InstructionKind::SumGradient || kind == InstructionKind::Update;
        };
        while (!executor.done() && !changesState()) executor.executeNext();
    } catch (...) {
        restore();
        throw;
    }
    restore();
}

Evaluation TrainingRun::evaluateEpoch(const std::function<bool()>& keepGoing) {
    Evaluation result = evaluate(keepGoing);
    if (!result.complete) return result;
    State& state = m_impl->state;
    const TrainingSettings::Verdict verdict = m_impl->settings.weigh(state, result.loss, result.accuracy);
    result.stop = verdict.stop;
    result.best = state.stopping;
    if (verdict.isBest) keepBest(state, *graph());
    if (verdict.stop && state.stopping.bestStep >= 0) restoreBest(state, *graph());
    return result;
}

Evaluation TrainingRun::evaluate(const std::function<bool()>& keepGoing) {
    assert(!m_impl->inStep);
    Evaluation result;
    result.step = m_impl->state.step;
    const std::int64_t samples = m_impl->dataset->validation.size();
    double lossSum = 0;
    Correct correct;
    bool hasAccuracy = false;
    MetricSet metrics;
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
        } catch (const BatchError& error) {
            executor->abandon();
            m_impl->throwOfData(error, batch, "validation");
        } catch (...) {
            executor->abandon();
            throw;
        }
        if (const auto some = Impl::correctOf(*executor)) {
            correct.correct += some->correct;
            correct.counted += some->counted;
            hasAccuracy = true;
        }
        const TrainingGraph& graph = executor->graph();
        if (graph.scores)
            metrics.addClasses(executor->view(*graph.scores), executor->view(*graph.labels), graph.classAxis);
        if (graph.predictions) {
            const TensorView predictions = executor->view(*graph.predictions), targets = executor->view(*graph.targets);
            if (comparesYesAndNo(graph))
                metrics.addBinary(predictions, targets);
            else
                metrics.addTargets(predictions, targets);
        }
        lossSum += scalarOf(executor->view(executor->graph().loss)) * static_cast<double>(batch.size);
    }
    result.loss = samples > 0 ? lossSum / static_cast<double>(samples) : kNaN;
    result.accuracy = hasAccuracy ? static_cast<double>(correct.correct) /
                                        static_cast<double>(std::max<std::int64_t>(correct.counted, 1))
                                  : kNaN;
    result.metrics = metrics.results();
    result.confusion = metrics.confusion();
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
