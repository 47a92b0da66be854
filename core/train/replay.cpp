// SPDX-License-Identifier: GPL-3.0-or-later
// Going back in time: restore the nearest checkpoint, then run the same steps again.
#include "core/base/error.h"
#include "core/train/journal_replay.h"
#include "core/train/run_folder.h"
#include "core/train/training_run.h"

#include <algorithm>
#include <functional>

namespace gradlens {

namespace {
// Compares the States that a replay passes with the hashes recorded in the run's checkpoints.
class Witness {
public:
    Witness(const RunSnapshot& snapshot, std::int64_t from) {
        for (const RunSnapshot::Checkpoint& checkpoint : snapshot.checkpoints)
            if (checkpoint.step > from) m_checkpoints.push_back(checkpoint);
    }

    // A checkpoint may have been written before or after what evaluation and journal change between two steps: one of
    // the States between them must be it. over: all of them were seen.
    void see(const State& state, bool over) {
        if (m_next == m_checkpoints.size() || m_checkpoints[m_next].step != state.step) return;
        if (m_recorded.empty()) m_recorded = loadCheckpoint(m_checkpoints[m_next].file).recordedHash;
        m_met = m_met || m_recorded.empty() || state.hash() == m_recorded;
        if (!over) return;
        if (!m_met)
            throw Error("replay arrives at another State at step " + std::to_string(state.step) +
                            " than the one recorded when the run passed it",
                        m_checkpoints[m_next].file.string(),
                        "Its data, or the program or processor it ran on, must have been others.");
        m_verified += m_recorded.empty() ? 0 : 1;
        m_met = false;
        m_recorded.clear();
        ++m_next;
    }

    std::int64_t verified() const { return m_verified; }

private:
    std::vector<RunSnapshot::Checkpoint> m_checkpoints;
    std::size_t m_next = 0;
    std::string m_recorded;
    bool m_met = false;
    std::int64_t m_verified = 0;
};
}  // namespace

Replayed replayed(const RunSnapshot& snapshot, std::int64_t step, const Arena& arena,
                  const std::filesystem::path& resourcesFolder, ReplayFrom from,
                  const std::function<bool(std::int64_t)>& keepGoing) {
    if (step < 0)
        throw Error("there is no step " + std::to_string(step), snapshot.folder.string(),
                    "Steps count from 0, the initial state.");
    DatasetEnvironment environment{snapshot.projectFolder, resourcesFolder, snapshot.project.training.seed, {}};
    const auto dataset = loadDataset(snapshot.project.data, environment);
    std::optional<Checkpoint> checkpoint;
    const auto after = std::ranges::upper_bound(snapshot.checkpoints, step, {}, &RunSnapshot::Checkpoint::step);
    if (from == ReplayFrom::Nearest && after != snapshot.checkpoints.begin())
        checkpoint = loadCheckpoint(std::prev(after)->file);
    const std::int64_t began = checkpoint ? checkpoint->state.step : 0;
    const bool atRecord = checkpoint && !checkpoint->recordedHash.empty();
    JournalReplay replay(arena, snapshot.project, dataset, snapshot.journal, std::move(checkpoint));
    Witness witness(snapshot, began);
    for (;;) {
        TrainingRun& run = replay.run();
        // What evaluation decided at the end of an epoch; without a schedule or early stopping that follow it, nothing.
        const std::int64_t at = run.state().step;
        witness.see(run.state(), false);
        if (run.followsEvaluation() && at > 0 && at % run.stepsPerEpoch() == 0 && run.state().weighedStep != at)
            run.evaluateEpoch();
        witness.see(run.state(), false);
        replay.applyChanges();
        witness.see(replay.run().state(), true);
        if (at >= step) break;
        replay.run().step();
        if (keepGoing && !keepGoing(replay.run().state().step))
            throw Error("cancelled at step " + std::to_string(replay.run().state().step));
    }
    return {replay.run().state().clone(), began, witness.verified() + (atRecord ? 1 : 0)};
}

}  // namespace gradlens
