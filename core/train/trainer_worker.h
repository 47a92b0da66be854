// SPDX-License-Identifier: GPL-3.0-or-later
// What runs on the trainer thread: takes commands, moves the run on, publishes. Internal to core/train.
#pragma once
#include "core/train/probe_set.h"
#include "core/train/run_folder.h"
#include "core/train/trainer.h"
#include "core/train/training_run.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>

namespace gradlens {

class TrainerWorker {
public:
    explicit TrainerWorker(TrainerOptions options);
    ~TrainerWorker();

    // Any thread.
    enum class When { Anytime, BetweenInstructions, BetweenSteps };  // the latter two end an evaluation early
    struct Command {
        std::string tag;  // a queued command with the same tag is replaced; empty: never
        When when = When::Anytime;
        std::function<void(TrainerWorker&)> execute;
        bool replacesRun = false;  // commands still waiting before it are moot
    };
    void post(Command command);
    TrainerStatus status() const;
    std::uint64_t version() const { return m_version.load(std::memory_order_acquire); }
    std::shared_ptr<const ScalarLog> scalars() const;
    std::shared_ptr<const TrainingGraph> trainingGraph() const;
    std::shared_ptr<const State> weights() const;
    std::vector<TrainerEvent> takeEvents();
    ProbeSet& probes() { return m_probes; }

    // The trainer thread's main function. Returns when asked to stop, with the run autosaved.
    void work(std::stop_token stop);

    // Commands; trainer thread only.
    void prepare(Project project, std::filesystem::path projectFolder, std::filesystem::path runFolder);
    void runTo(std::optional<std::int64_t> step);  // nothing: the planned end
    void runBatches(std::int64_t batches);
    void runEpoch();
    void pause();
    void stepInstruction();
    void stopAndSave();
    void evaluateNow();
    void save();
    void hashState();
    void setLearningRate(double learningRate);
    void setEpochs(std::int64_t epochs);
    void edit(const Project& project);
    void look();  // at rest: refresh the probes
    void askForWeights();

private:
    using Clock = std::chrono::steady_clock;

    // The loop's parts.
    bool waitForWork(std::stop_token stop);
    void drain(When upTo);
    bool hasCommands(When upTo) const;
    bool isSuperseded() const;  // the run, or the one being prepared, is about to be replaced
    void advance();
    void beginStep(bool single);
    void runInstructions(bool single);
    void endStep();
    void atEpochEnd();
    void evaluate(bool mayBePutOff);  // put off: given up when a command waits, and due again
    void comeToRest(TrainerEvent::Kind kind, std::string message = {});
    void guarded(const std::function<void()>& work);

    // Publishing.
    void publish(TrainerPhase phase, bool force = true);
    void emitEvent(TrainerEvent event);
    void append(const char* series, double value);
    void measureSpeed(std::int64_t samples);
    void publishWeights();

    void openRunFolder(const std::filesystem::path& folder, const std::filesystem::path& projectFolder);
    void adopt(std::unique_ptr<TrainingRun> run);
    void logLearningRate();
    void autosave();
    void leaveRun();
    bool requireRun() const;
    std::int64_t totalSteps() const;

    TrainerOptions m_options;
    std::unique_ptr<Arena> m_arena;

    // In.
    mutable std::mutex m_commandMutex;
    std::condition_variable_any m_wake;
    std::deque<Command> m_commands;
    std::atomic<int> m_pending{0};

    // Out.
    mutable std::mutex m_publishMutex;
    TrainerStatus m_published;
    std::shared_ptr<ScalarLog> m_scalars;
    std::shared_ptr<const TrainingGraph> m_graph;
    std::shared_ptr<const State> m_weights;
    std::vector<TrainerEvent> m_events;
    std::atomic<std::uint64_t> m_version{1};
    Clock::time_point m_lastPublish{};

    // The run. Trainer thread only.
    std::unique_ptr<TrainingRun> m_run;
    std::optional<RunFolder> m_folder;
    ProbeSet m_probes;
    TrainerStatus m_status;
    std::int64_t m_epochs = 0;
    bool m_running = false;
    std::int64_t m_target = 0;  // run to this step
    bool m_evaluationDue = false;
    std::string m_stoppedEarly;  // the words for it, until training has come to rest
    double m_loggedRate = 0;     // the learning rate that was logged last
    bool m_refreshFailed = false;
    bool m_weightsAsked = false;
    BufferPool m_weightsPool{std::size_t{64} << 20};
    bool m_lossIsFinite = true;  // of the last step
    double m_stepSeconds = 0;    // spent in the step under way
    Clock::time_point m_lastAutosave{};
    double m_speedSeconds = 0;  // since samples per second were last told
    std::int64_t m_speedSamples = 0;
    std::stop_token m_stop;
};

}  // namespace gradlens
