// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer_worker.h"

#include "core/train/problems_error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <new>
#include <utility>

namespace gradlens {

namespace {
constexpr std::chrono::milliseconds kPublishInterval{4};
constexpr std::chrono::minutes kAutosaveInterval{2};
constexpr double kSpeedWindow = 1.0;  // seconds

std::string stoppedEarlyText(const EarlyStopping& stopping, const Patience& best, std::int64_t stepsPerEpoch) {
    char text[200];
    std::snprintf(text, sizeof text,
                  "Stopped early: validation %s has not become better than %.4g of epoch %lld in %lld epochs.%s",
                  stopping.monitor.c_str(), best.best, static_cast<long long>(best.bestStep / stepsPerEpoch),
                  static_cast<long long>(stopping.patience),
                  stopping.restoreBest ? " The weights are those of that epoch." : "");
    return text;
}
}  // namespace

TrainerWorker::TrainerWorker(TrainerOptions options)
    : m_options(std::move(options)), m_scalars(std::make_shared<ScalarLog>()) {}
TrainerWorker::~TrainerWorker() = default;

// ---- In

void TrainerWorker::post(Command command) {
    {
        const std::lock_guard lock(m_commandMutex);
        if (!command.tag.empty())
            std::erase_if(m_commands, [&](const Command& queued) { return queued.tag == command.tag; });
        m_commands.push_back(std::move(command));
        m_pending.store(static_cast<int>(m_commands.size()), std::memory_order_release);
    }
    m_wake.notify_one();
}

bool TrainerWorker::hasCommands(When upTo) const {
    if (m_pending.load(std::memory_order_acquire) == 0) return false;
    const std::lock_guard lock(m_commandMutex);
    return !m_commands.empty() && m_commands.front().when <= upTo;
}

// In order: a command that must wait holds up those behind it.
void TrainerWorker::drain(When upTo) {
    // A command may begin a step: those behind it that want none under way wait then.
    const auto limit = [&] { return m_run && m_run->inStep() ? std::min(upTo, When::BetweenInstructions) : upTo; };
    while (hasCommands(limit())) {
        Command command;
        {
            const std::lock_guard lock(m_commandMutex);
            command = std::move(m_commands.front());
            m_commands.pop_front();
            m_pending.store(static_cast<int>(m_commands.size()), std::memory_order_release);
        }
        guarded([&] { command.execute(*this); });
    }
}

bool TrainerWorker::isSuperseded() const {
    if (m_pending.load(std::memory_order_acquire) == 0) return false;
    const std::lock_guard lock(m_commandMutex);
    return std::ranges::any_of(m_commands, &Command::replacesRun);
}

// Faults become events; nothing escapes the thread.
void TrainerWorker::guarded(const std::function<void()>& work) {
    TrainerEvent event;
    event.kind = TrainerEvent::Kind::Error;
    try {
        work();
        return;
    } catch (const ProblemsError& error) {
        event.kind = TrainerEvent::Kind::Problems;
        event.message = error.what();
        event.problems = error.problems();
    } catch (const std::bad_alloc&) {
        event.message =
            "There is not enough memory for this. Reduce the batch size or the network, or close other programs.";
    } catch (const std::exception& error) {
        event.message = error.what();
    }
    m_running = false;
    event.step = m_run ? m_run->state().step : 0;
    emitEvent(std::move(event));
    publish(TrainerPhase::Failed);
}

// ---- Out

TrainerStatus TrainerWorker::status() const {
    const std::lock_guard lock(m_publishMutex);
    return m_published;
}

std::shared_ptr<const ScalarLog> TrainerWorker::scalars() const {
    const std::lock_guard lock(m_publishMutex);
    return m_scalars;
}

std::shared_ptr<const TrainingGraph> TrainerWorker::trainingGraph() const {
    const std::lock_guard lock(m_publishMutex);
    return m_graph;
}

std::shared_ptr<const State> TrainerWorker::weights() const {
    const std::lock_guard lock(m_publishMutex);
    return m_weights;
}

std::vector<TrainerEvent> TrainerWorker::takeEvents() {
    const std::lock_guard lock(m_publishMutex);
    return std::exchange(m_events, {});
}

void TrainerWorker::publish(TrainerPhase phase, bool force) {
    const auto now = Clock::now();
    if (!force && phase == m_status.phase && now - m_lastPublish < kPublishInterval) return;
    m_lastPublish = now;
    m_status.phase = phase;
    if (m_run) {
        m_status.step = m_run->state().step;
        m_status.stepsPerEpoch = m_run->stepsPerEpoch();
        m_status.totalSteps = totalSteps();
        m_status.instruction = m_run->inStep() && !m_running ? m_run->nextInstruction() : -1;
        m_status.learningRate = m_run->state().learningRate;
    }
    {
        const std::lock_guard lock(m_publishMutex);
        m_published = m_status;
    }
    m_version.fetch_add(1, std::memory_order_release);
}

void TrainerWorker::emitEvent(TrainerEvent event) {
    {
        const std::lock_guard lock(m_publishMutex);
        m_events.push_back(std::move(event));
    }
    m_version.fetch_add(1, std::memory_order_release);
}

void TrainerWorker::append(const char* series, double value) {
    m_scalars->series(series).append({m_run->state().step, m_status.seconds, value});
}

void TrainerWorker::measureSpeed(std::int64_t samples) {
    m_speedSamples += samples;
    m_speedSeconds += m_stepSeconds;
    if (m_speedSeconds < kSpeedWindow) return;
    m_status.samplesPerSecond = static_cast<double>(m_speedSamples) / m_speedSeconds;
    append("samples_per_second", m_status.samplesPerSecond);
    m_speedSamples = 0;
    m_speedSeconds = 0;
}

void TrainerWorker::publishWeights() {
    m_weightsAsked = false;
    const State& state = m_run->state();
    auto weights = std::make_shared<State>();
    weights->seed = state.seed;
    weights->step = state.step;
    try {
        for (const StateEntry& entry : state.entries) {
            if (entry.kind == ValueKind::OptimizerSlot) continue;
            Tensor copy(m_weightsPool, entry.tensor.dtype(), entry.tensor.shape());
            copy.copyFrom(entry.tensor.view());
            weights->entries.push_back({entry.name, entry.kind, std::move(copy)});
        }
    } catch (const std::bad_alloc&) {  // whoever wants to look goes without; training does not end for it
        return;
    }
    {
        const std::lock_guard lock(m_publishMutex);
        m_weights = std::move(weights);
    }
    m_version.fetch_add(1, std::memory_order_release);
}

std::int64_t TrainerWorker::totalSteps() const {
    return m_epochs * m_run->stepsPerEpoch();
}

// ---- The loop

void TrainerWorker::work(std::stop_token stop) {
    m_stop = stop;
    const FlushDenormals flush;
    guarded([&] { m_arena = std::make_unique<Arena>(m_options.threads); });
    while (!stop.stop_requested()) {
        if (!m_running && !hasCommands(When::BetweenSteps)) {
            if (m_run && !m_run->inStep() && !m_refreshFailed && m_probes.wantsRefresh()) {
                m_refreshFailed = true;  // until it went well
                guarded([&] {
                    m_probes.refresh();
                    m_refreshFailed = false;
                });
                m_version.fetch_add(1, std::memory_order_release);
                continue;
            }
            if (!waitForWork(stop)) break;
        }
        drain(When::BetweenSteps);
        if (m_run && (m_running || (m_run->inStep() && hasCommands(When::BetweenSteps))))
            guarded([this] { advance(); });
    }
    guarded([this] { leaveRun(); });
}

// False when asked to stop.
bool TrainerWorker::waitForWork(std::stop_token stop) {
    std::unique_lock lock(m_commandMutex);
    m_wake.wait(lock, stop, [&] { return !m_commands.empty(); });
    return !stop.stop_requested();
}

// Runs instructions until the step is over or a command that may run in between has come.
void TrainerWorker::advance() {
    if (m_evaluationDue && !m_run->inStep()) {
        atEpochEnd();
        return;
    }
    if (!m_run->inStep()) {
        if (m_run->state().step >= m_target) {
            m_running = false;
            comeToRest(m_run->state().step >= totalSteps() ? TrainerEvent::Kind::Finished : TrainerEvent::Kind::Paused);
            return;
        }
        beginStep(false);
    }
    runInstructions(false);
    if (m_run->stepDone()) endStep();
}

void TrainerWorker::beginStep(bool single) {
    const auto begin = Clock::now();
    m_probes.beforeStep(single);
    m_run->beginStep(single ? StepBy::Instruction : StepBy::Wave);
    m_probes.sampleBatch();
    m_stepSeconds = std::chrono::duration<double>(Clock::now() - begin).count();
}

// One, or as many as there are until a command comes that may run in between.
void TrainerWorker::runInstructions(bool single) {
    const auto begin = Clock::now();
    while (!m_run->stepDone()) {
        if (!single && hasCommands(When::BetweenInstructions)) break;
        m_run->executeNext();
        if (single) break;
    }
    m_stepSeconds += std::chrono::duration<double>(Clock::now() - begin).count();
}

void TrainerWorker::endStep() {
    const StepResult result = m_run->finishStep();
    m_status.seconds += m_stepSeconds;
    m_status.trainLoss = result.loss;
    m_status.trainAccuracy = result.accuracy;
    append("train/loss", result.loss);
    if (!std::isnan(result.accuracy)) append("train/accuracy", result.accuracy);
    if (m_run->graph()->gradientNorm != kNoValue) append("train/gradient_norm", result.gradientNorm);
    logLearningRate();
    measureSpeed(result.samples);
    if (m_probes.afterStep()) m_version.fetch_add(1, std::memory_order_release);
    if (m_weightsAsked) publishWeights();
    if (result.step % m_run->stepsPerEpoch() == 0) m_evaluationDue = true;
    m_refreshFailed = false;
    // Once: whoever runs on with such a loss wants to see where it leads.
    const bool wasFinite = std::exchange(m_lossIsFinite, std::isfinite(result.loss));
    if (wasFinite && !m_lossIsFinite) {
        m_running = false;
        comeToRest(TrainerEvent::Kind::NonFinite,
                   std::string("The loss became ") + (std::isnan(result.loss) ? "NaN" : "infinite") + " in step " +
                       std::to_string(result.step) +
                       ". Look for the first layer whose values are not finite, or try a smaller learning rate.");
        return;
    }
    publish(m_running ? TrainerPhase::Running : TrainerPhase::Paused, !m_running);
    // An epoch may take hours.
    if (!m_evaluationDue && Clock::now() - m_lastAutosave > kAutosaveInterval) autosave();
}

void TrainerWorker::atEpochEnd() {
    evaluate(true);
    if (m_evaluationDue) return;
    autosave();
    if (m_stoppedEarly.empty()) return;
    m_running = false;
    comeToRest(TrainerEvent::Kind::Finished, std::exchange(m_stoppedEarly, {}));
}

void TrainerWorker::evaluate(bool mayBePutOff) {
    if (m_run->dataset().validation.size() == 0) {
        m_evaluationDue = false;
        return;
    }
    publish(TrainerPhase::Evaluating);
    const auto keepGoing = [&] {
        drain(When::Anytime);
        return !m_stop.stop_requested() && !(mayBePutOff && hasCommands(When::BetweenSteps));
    };
    const Evaluation evaluation = m_evaluationDue ? m_run->evaluateEpoch(keepGoing) : m_run->evaluate(keepGoing);
    if (evaluation.complete) {
        if (m_evaluationDue && m_run->followsEvaluation()) m_status.savedStep = -1;  // the State is another one now
        if (evaluation.stop)
            m_stoppedEarly =
                stoppedEarlyText(m_run->project().training.earlyStopping, evaluation.best, m_run->stepsPerEpoch());
        m_evaluationDue = false;
        m_status.validationLoss = evaluation.loss;
        m_status.validationAccuracy = evaluation.accuracy;
        append("validation/loss", evaluation.loss);
        if (!std::isnan(evaluation.accuracy)) append("validation/accuracy", evaluation.accuracy);
        for (const auto& [name, value] : evaluation.metrics)
            if (name != "accuracy" && !std::isnan(value)) append(("validation/" + name).c_str(), value);
        char text[96];
        std::snprintf(text, sizeof text,
                      std::isnan(evaluation.accuracy) ? "validation loss %.4f" : "validation loss %.4f, accuracy %.4f",
                      evaluation.loss, evaluation.accuracy);
        emitEvent({TrainerEvent::Kind::Evaluated, evaluation.step, text, {}});
    }
    publish(m_running ? TrainerPhase::Running : TrainerPhase::Paused);
}

void TrainerWorker::comeToRest(TrainerEvent::Kind kind, std::string message) {
    publish(TrainerPhase::Paused);
    emitEvent({kind, m_run->state().step, std::move(message), {}});
}

}  // namespace gradlens
