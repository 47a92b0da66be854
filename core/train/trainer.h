// SPDX-License-Identifier: GPL-3.0-or-later
// The trainer thread and its channels. Commands go in on a queue and are executed between two instructions; scalars,
// snapshots and events come out and are polled. No call here waits for the trainer, except the destructor.
// All public functions: any thread.
#pragma once
#include "core/graph/analysis.h"
#include "core/io/project.h"
#include "core/plan/training_graph.h"
#include "core/tensor/statistics.h"
#include "core/train/scalar_log.h"
#include "core/train/state.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gradlens {

enum class TrainerPhase {
    Empty,      // no project yet
    Preparing,  // checking, loading data, planning
    Paused,     // ready; also after the last epoch
    Running,
    Evaluating,  // on the validation part
    Failed,      // the last command failed: see the Error event; the State is as it was
};

// One consistent view of where the run is. Cheap to copy.
struct TrainerStatus {
    TrainerPhase phase = TrainerPhase::Empty;
    std::int64_t step = 0;  // updates done
    std::int64_t stepsPerEpoch = 0;
    std::int64_t totalSteps = 0;                        // planned: epochs x stepsPerEpoch
    std::int64_t instruction = -1;                      // while stepping op by op: the next one; -1 between steps
    double progress = 0;                                // Preparing: 0..1
    double seconds = 0;                                 // spent training
    double samplesPerSecond = 0;                        // over the last second or so
    double trainLoss = 0, trainAccuracy = 0;            // of the last step; NaN before the first
    double validationLoss = 0, validationAccuracy = 0;  // of the last evaluation; NaN before the first
    double learningRate = 0;                            // the base that a schedule multiplies
    std::int64_t savedStep = -1;                        // step of the last autosave
    std::filesystem::path runFolder;
};

// What a viewer asks for. Registered while it looks, dropped when it looks away.
struct ProbeRequest {
    std::string value;            // name in the TrainingGraph: "conv1.weight", "conv1.output", "conv1.weight.grad"
    bool copyTensor = false;      // also deliver the elements
    int histogramBins = 0;        // > 0: also a histogram over [min, max]
    std::int64_t maxSamples = 0;  // copyTensor of an activation: at most this many samples of the batch; 0 all
    friend bool operator==(const ProbeRequest&, const ProbeRequest&) = default;
};
using ProbeId = std::uint64_t;

// Out-channel 2: the latest a probe saw. Immutable, shared.
struct ProbeResult {
    ProbeId probe = 0;
    std::uint64_t version = 0;  // grows with every delivery of this probe
    std::int64_t step = 0;      // updates done when the instruction that wrote the value ran
    TensorType type;            // of the whole value
    Statistics statistics;      // of the whole value
    std::optional<Histogram> histogram;
    Tensor tensor;  // when asked for; the first maxSamples samples
};

// Out-channel 3.
struct TrainerEvent {
    enum class Kind {
        Prepared,  // a run is ready at `step`
        Edited,    // edit() took effect at `step`; message names the parameters that begin anew, if any
        Paused,    // came to rest
        Finished,  // all epochs done, or stopped early: message says so
        Saved,
        Evaluated,  // message says the figures
        Hashed,     // message is the State's hash at `step`
        NonFinite,  // the loss became NaN or infinite at `step`; training paused there
        Error,      // message says what, where and what to do
        Problems,   // the drawing cannot run: `problems`
    };
    Kind kind = Kind::Prepared;
    std::int64_t step = 0;
    std::string message;
    std::vector<Problem> problems;
};

struct TrainerOptions {
    int threads = 0;                        // 0: all cores
    std::filesystem::path resourcesFolder;  // shipped datasets
};

class Trainer {
public:
    explicit Trainer(TrainerOptions options);
    ~Trainer();  // finishes the current step, autosaves, joins

    // In. prepare() replaces whatever was there (autosaving it first). With runFolder, the run is written there; if
    // that folder holds a run already it is resumed at its last autosave. Without, nothing is written.
    void prepare(Project project, std::filesystem::path projectFolder, std::filesystem::path runFolder);
    void run();                     // until the planned epochs are done
    void runTo(std::int64_t step);  // until that many updates are done
    void pause();                   // at the end of the step under way
    void stepInstruction();
    void stepBatch(std::int64_t batches = 1);
    void stepEpoch();
    void stop();  // finishes the step, evaluates nothing, autosaves, then Paused
    void evaluate();
    void save();
    void hashState();                           // answered by a Hashed event
    void setLearningRate(double learningRate);  // from the next step on; written to the Journal
    void setEpochs(std::int64_t epochs);
    // From the next step on, another drawing or other training settings over the same data: every weight and slot whose
    // name and shape still fit is kept. Written to the Journal. Edited follows when it is done; where the project
    // cannot run, Error or Problems, and training goes on as it was.
    void edit(Project project);
    ProbeId addProbe(ProbeRequest request);
    void removeProbe(ProbeId probe);
    // Share of training time probes may take; they sample less often to stay below. 0.02 by default.
    void setProbeBudget(double share);
    // Answered by weights(): at the end of the step under way, or at once between steps. Costs one copy of them.
    void askForWeights();

    // Out.
    TrainerStatus status() const;
    // Grows when status, scalars, probe results or events changed.
    std::uint64_t version() const;
    // The scalars of the current run (a new object for each run).
    std::shared_ptr<const ScalarLog> scalars() const;
    // The latest of a probe; null before the first.
    std::shared_ptr<const ProbeResult> latest(ProbeId probe) const;
    // Parameters and running statistics as they were after a step, the latest that were asked for; null before.
    std::shared_ptr<const State> weights() const;
    std::vector<TrainerEvent> takeEvents();  // oldest first; each is handed out once
    // What really runs; null until prepared.
    std::shared_ptr<const TrainingGraph> trainingGraph() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace gradlens
