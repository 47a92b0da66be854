// SPDX-License-Identifier: GPL-3.0-or-later
// A run on disk: a folder with the project as started, the journal, the scalars as TensorBoard events, and checkpoints.
// Every file is written whole or appended to, so that a kill at any moment leaves a run that opens again. One owner
// (the trainer thread); a lock keeps other processes out while it is open.
//   run.json            what it is and how it ended         project.gradlens   the project as started
//   journal.jsonl       what the user changed               events.out.*       scalars
//   checkpoints/step-N.safetensors                          lock
#pragma once
#include "core/io/project.h"
#include "core/train/journal.h"
#include "core/train/scalar_log.h"
#include "core/train/state.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gradlens {

// What a list of runs shows.
struct RunInfo {
    std::filesystem::path folder;
    std::string name;  // the project's
    std::filesystem::path projectFolder;
    std::int64_t step = 0;  // of the last autosave
    std::int64_t totalSteps = 0;
    bool interrupted = false;  // ended without closing (a crash, a kill) and not open anywhere
    bool finished = false;     // all planned epochs were done
    std::filesystem::file_time_type changed;
};

class RunFolder {
public:
    // A new run in `folder` (made when missing; must hold no run). Throws Error.
    static RunFolder create(const std::filesystem::path& folder, const Project& project,
                            const std::filesystem::path& projectFolder);
    // A run that is there. Throws Error: no run, a newer format, open in another process.
    static RunFolder open(const std::filesystem::path& folder);
    static bool holdsRun(const std::filesystem::path& folder);

    ~RunFolder();
    RunFolder(RunFolder&&) noexcept;
    RunFolder& operator=(RunFolder&&) noexcept;

    const std::filesystem::path& folder() const;
    const Project& project() const;  // as started
    std::filesystem::path projectFolder() const;
    Journal& journal();

    // Writes a checkpoint and notes it in run.json; thins older ones (the newest three, then ever fewer with age).
    void saveCheckpoint(const State& state, std::int64_t totalSteps);
    // Steps of the checkpoints there are, ascending.
    std::vector<std::int64_t> checkpoints() const;
    std::filesystem::path checkpointFile(std::int64_t step) const;

    // Appends what is new in the log since the last call.
    void writeScalars(const ScalarLog& log);
    // Fills a fresh log with what earlier sessions wrote, up to `step`, where this session goes on. Such points are not
    // written again.
    void readScalars(ScalarLog& log, std::int64_t step);

    // Notes that the run ended in order.
    void close(bool finished);
    // Lets go of a run that was opened but not taken up: it is listed as before.
    void abandon();

private:
    struct Impl;
    explicit RunFolder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

// The runs below a folder, latest first; folders that hold none, or cannot be read, are passed over.
std::vector<RunInfo> listRuns(const std::filesystem::path& runsFolder);

// Whether two projects would train the same: graph (but not where its nodes stand, nor notes), data, and everything of
// training but the epochs.
bool sameTraining(const Project& a, const Project& b);

// A run as it lies on disk, read without opening it: it may be under way in another process.
struct RunSnapshot {
    struct Checkpoint {
        std::int64_t step;
        std::filesystem::path file;
    };
    std::filesystem::path folder, projectFolder;
    Project project;
    std::vector<JournalEntry> journal;
    std::vector<Checkpoint> checkpoints;  // ascending
};
RunSnapshot readRun(const std::filesystem::path& folder);

// The State at a step, and how it was come by.
struct Replayed {
    State state;
    std::int64_t from = 0;      // the step that was restored; 0: the initial State
    std::int64_t verified = 0;  // how many recorded States it met on the way, the restored one included
};
enum class ReplayFrom { Nearest, Start };  // the nearest checkpoint at or before the step, or the initial State

// Restores and replays with the journal. Every checkpoint that it passes must have recorded the State it arrives at;
// otherwise, and for what cannot be read, throws Error. keepGoing is asked between steps with the step reached; false
// cancels (Error).
Replayed replayed(const RunSnapshot& run, std::int64_t step, const Arena& arena,
                  const std::filesystem::path& resourcesFolder, ReplayFrom from = ReplayFrom::Nearest,
                  const std::function<bool(std::int64_t)>& keepGoing = {});

}  // namespace gradlens
