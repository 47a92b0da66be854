// SPDX-License-Identifier: GPL-3.0-or-later
// What the trainer thread does on command, and how a run begins and ends.
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/graph/block_library.h"
#include "core/train/journal_replay.h"
#include "core/train/problems_error.h"
#include "core/train/trainer_worker.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

namespace gradlens {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Which parameters begin anew after an edit; empty where all are kept.
std::string freshText(const std::vector<std::string>& fresh) {
    constexpr std::size_t kMostNamed = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(fresh.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + fresh[i];
    if (fresh.size() > kMostNamed) text += " and " + std::to_string(fresh.size() - kMostNamed) + " more";
    return text;
}
}  // namespace

void TrainerWorker::prepare(Project project, std::filesystem::path projectFolder, std::filesystem::path runFolder) {
    // What cannot be saved of the run before must not keep the next one from starting.
    guarded([this] { leaveRun(); });
    m_status = TrainerStatus{};
    m_status.trainLoss = m_status.trainAccuracy = m_status.validationLoss = m_status.validationAccuracy = kNaN;
    m_status.runFolder = runFolder;
    publish(TrainerPhase::Preparing);
    const OpCatalogue catalogue = catalogueOf(project, drawingCatalogue());
    const GraphAnalysis analysis = analyse(project.graph, catalogue, project.training.batchSize);
    if (!analysis.valid()) throw ProblemsError(analysis.problems);
    DatasetEnvironment environment{projectFolder, m_options.resourcesFolder, project.training.seed, {}};
    environment.progress = [this](double share) {
        m_status.progress = share;
        publish(TrainerPhase::Preparing, false);
        return !m_stop.stop_requested() && !isSuperseded();
    };
    std::shared_ptr<const Dataset> dataset;
    try {
        dataset = loadDataset(project.data, environment);
    } catch (const Error&) {
        if (m_stop.stop_requested() || isSuperseded()) return;  // cancelled: nobody waits for this project any more
        throw;
    }
    auto run = std::make_unique<TrainingRun>(*m_arena, std::move(project), std::move(dataset));
    m_epochs = run->project().training.epochs;
    {
        const std::lock_guard lock(m_publishMutex);
        m_scalars = std::make_shared<ScalarLog>();
    }
    m_run = std::move(run);
    m_lossIsFinite = true;
    m_evaluationDue = false;
    m_stoppedEarly.clear();
    m_speedSeconds = 0;
    m_speedSamples = 0;
    try {
        if (!runFolder.empty()) openRunFolder(runFolder, projectFolder);
    } catch (...) {
        m_run.reset();
        m_evaluationDue = false;
        m_folder.reset();
        throw;
    }
    m_lastAutosave = Clock::now();
    adopt(std::move(m_run));
    m_loggedRate = kNaN;
    if (m_scalars->find("learning_rate") == nullptr) logLearningRate();
    comeToRest(TrainerEvent::Kind::Prepared);
}

// Makes a run the one that trains and is looked at.
void TrainerWorker::adopt(std::unique_ptr<TrainingRun> run) {
    run->setObserver([this](InstructionIndex index) { m_probes.sampleAfter(index); });
    m_probes.attach(run.get(), m_arena.get());
    m_run = std::move(run);
    m_refreshFailed = false;
    const std::lock_guard lock(m_publishMutex);
    m_graph = m_run->graph();
    m_weights.reset();
}

// Where it has changed.
void TrainerWorker::logLearningRate() {
    const double rate = m_run->learningRate();
    if (std::exchange(m_loggedRate, rate) != rate) append("learning_rate", rate);
}

void TrainerWorker::edit(const Project& project) {
    if (!requireRun()) return;
    const bool running = m_running;
    std::unique_ptr<TrainingRun> next;
    // What cannot run must not stop what does.
    std::vector<std::string> fresh;
    guarded([&] { next = m_run->edited(project, &fresh); });
    if (next == nullptr) {
        m_running = running;
        publish(running ? TrainerPhase::Running : TrainerPhase::Paused);
        return;
    }
    if (m_folder) m_folder->journal().append({JournalEntry::What::Edit, m_run->state().step, 0, projectText(project)});
    const bool toTheEnd = m_target == totalSteps();
    adopt(std::move(next));
    if (toTheEnd) m_target = totalSteps();
    m_status.savedStep = -1;
    logLearningRate();
    publish(m_running ? TrainerPhase::Running : TrainerPhase::Paused);
    emitEvent({TrainerEvent::Kind::Edited, m_run->state().step, freshText(fresh), {}});
}

void TrainerWorker::openRunFolder(const std::filesystem::path& folder, const std::filesystem::path& projectFolder) {
    if (!RunFolder::holdsRun(folder)) {
        m_folder.emplace(RunFolder::create(folder, m_run->project(), projectFolder));
        m_folder->journal().append({JournalEntry::What::Start, 0, 0});
        return;
    }
    m_folder.emplace(RunFolder::open(folder));
    try {
        const std::vector<JournalEntry> journal = m_folder->journal().entries();
        const bool asStarted = sameTraining(m_folder->project(), m_run->project());
        const auto edited =
            std::ranges::find(journal.rbegin(), journal.rend(), JournalEntry::What::Edit, &JournalEntry::what);
        const bool asEdited = edited != journal.rend() && sameTraining(projectOf(*edited), m_run->project());
        if (!asStarted && !asEdited)
            throw Error("the project has changed since this run was made", folder.string(),
                        "Start a new run, or open the run's own project.");
        const std::vector<std::int64_t> checkpoints = m_folder->checkpoints();
        std::optional<Checkpoint> checkpoint;
        if (!checkpoints.empty()) checkpoint = loadCheckpoint(m_folder->checkpointFile(checkpoints.back()));
        const auto dataset = m_run->sharedDataset();
        JournalReplay replay(*m_arena, m_folder->project(), dataset, journal, std::move(checkpoint), std::move(m_run));
        m_run = replay.takeRun();
    } catch (...) {
        m_folder->abandon();
        throw;
    }
    const std::int64_t step = m_run->state().step;
    m_folder->journal().append({JournalEntry::What::Resume, step, 0});
    m_folder->readScalars(*m_scalars, step);
    m_status.savedStep = m_folder->checkpoints().empty() ? -1 : step;
    const auto last = [&](const char* name) {
        const ScalarSeries* series = m_scalars->find(name);
        return series != nullptr && series->size() > 0 ? (*series)[series->size() - 1] : ScalarPoint{0, 0, kNaN};
    };
    m_status.seconds = last("train/loss").seconds;
    m_status.trainLoss = last("train/loss").value;
    m_status.trainAccuracy = last("train/accuracy").value;
    m_status.validationLoss = last("validation/loss").value;
    m_status.validationAccuracy = last("validation/accuracy").value;
    m_lossIsFinite = m_scalars->find("train/loss") == nullptr || std::isfinite(m_status.trainLoss);
    // Killed between the end of an epoch and its evaluation.
    const bool evaluated =
        m_run->followsEvaluation() ? m_run->state().weighedStep == step : last("validation/loss").step == step;
    m_evaluationDue = step > 0 && step % m_run->stepsPerEpoch() == 0 && !evaluated;
}

// False, quietly, when the next run is about to come anyway.
bool TrainerWorker::requireRun() const {
    if (!m_run && !isSuperseded()) throw Error("There is nothing to run yet", {}, "Open or draw a project first.");
    return m_run != nullptr;
}

void TrainerWorker::runTo(std::optional<std::int64_t> step) {
    if (!requireRun()) return;
    m_target = step.value_or(totalSteps());
    if (m_run->state().step >= m_target && !m_evaluationDue && !m_run->inStep()) {
        m_running = false;
        if (m_run->state().step >= totalSteps())
            comeToRest(TrainerEvent::Kind::Finished,
                       "All " + std::to_string(m_epochs) + " epochs are done. Raise the number of epochs to train on.");
        else
            comeToRest(TrainerEvent::Kind::Paused);
        return;
    }
    m_running = true;
    publish(TrainerPhase::Running);
}

void TrainerWorker::runBatches(std::int64_t batches) {
    if (!requireRun()) return;
    const std::int64_t step = m_run->state().step;
    runTo(step + std::clamp<std::int64_t>(batches, 0, std::numeric_limits<std::int64_t>::max() - step));
}

void TrainerWorker::runEpoch() {
    if (!requireRun()) return;
    const std::int64_t perEpoch = m_run->stepsPerEpoch();
    runTo((m_run->state().step / perEpoch + 1) * perEpoch);
}

void TrainerWorker::pause() {
    if (!m_run || !m_running) return;
    // The step under way is finished first, and an evaluation that is due.
    m_target = m_run->state().step + (m_run->inStep() ? 1 : 0);
    if (!m_run->inStep() && !m_evaluationDue) {
        m_running = false;
        comeToRest(TrainerEvent::Kind::Paused);
    }
}

void TrainerWorker::stepInstruction() {
    if (!requireRun()) return;
    m_running = false;
    if (!m_run->inStep()) beginStep(true);
    runInstructions(true);
    if (m_run->stepDone()) endStep();
    publish(TrainerPhase::Paused);
}

void TrainerWorker::stopAndSave() {
    if (!m_run) return;
    m_running = false;
    autosave();
    comeToRest(TrainerEvent::Kind::Paused);
}

void TrainerWorker::evaluateNow() {
    if (m_run) evaluate(false);
}

void TrainerWorker::save() {
    if (m_run) autosave();
}

void TrainerWorker::hashState() {
    if (!requireRun()) return;
    emitEvent({TrainerEvent::Kind::Hashed, m_run->state().step, m_run->state().hash(), {}});
}

void TrainerWorker::setLearningRate(double learningRate) {
    if (!m_run || learningRate == m_run->state().learningRate) return;
    if (!std::isfinite(learningRate) || learningRate < 0)
        throw Error("the learning rate must be a number of at least 0", {}, "Nothing was changed.");
    if (m_folder) m_folder->journal().append({JournalEntry::What::LearningRate, m_run->state().step, learningRate});
    m_run->setLearningRate(learningRate);
    logLearningRate();
    publish(m_running ? TrainerPhase::Running : TrainerPhase::Paused);
}

void TrainerWorker::setEpochs(std::int64_t epochs) {
    if (!m_run) return;
    const bool toTheEnd = m_target == totalSteps();
    constexpr std::int64_t kMostEpochs = 1'000'000'000;  // times steps stays within 64 bits
    m_epochs = std::clamp<std::int64_t>(epochs, 1, kMostEpochs);
    if (toTheEnd) m_target = totalSteps();
    publish(m_status.phase);
}

// At rest the worker looks at stale probes before it sleeps; this only wakes it.
void TrainerWorker::look() {
    m_refreshFailed = false;
}

// In the middle of a step some of them are of this one and some of the next.
void TrainerWorker::askForWeights() {
    m_weightsAsked = true;
    if (m_run && !m_run->inStep()) publishWeights();
}

void TrainerWorker::autosave() {
    m_lastAutosave = Clock::now();
    if (!m_folder) return;
    m_folder->writeScalars(*m_scalars);
    if (m_status.savedStep != m_run->state().step) m_folder->saveCheckpoint(m_run->state(), totalSteps());
    m_status.savedStep = m_run->state().step;
    publish(m_status.phase);
    emitEvent({TrainerEvent::Kind::Saved, m_status.savedStep, {}, {}});
}

// Ends the run under way in order: finishes the step, autosaves, lets go.
void TrainerWorker::leaveRun() {
    m_running = false;
    if (!m_run) return;
    const auto letGo = [this] {
        m_probes.attach(nullptr, nullptr);
        m_folder.reset();
        m_run.reset();
        m_evaluationDue = false;
        const std::lock_guard lock(m_publishMutex);
        m_graph.reset();
        m_weights.reset();
    };
    // A step that cannot be finished has not been: what was before it is saved all the same.
    std::exception_ptr fault;
    try {
        if (m_run->inStep()) {
            while (!m_run->stepDone()) m_run->executeNext();
            endStep();
        }
    } catch (...) {
        fault = std::current_exception();
    }
    try {
        autosave();
        if (m_folder) m_folder->close(m_run->state().step >= totalSteps());
    } catch (...) {
        letGo();
        throw;
    }
    letGo();
    if (fault) std::rethrow_exception(fault);
}

}  // namespace gradlens
