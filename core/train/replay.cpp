// SPDX-License-Identifier: GPL-3.0-or-later
// Going back in time: restore the nearest checkpoint, then run the same steps again.
#include "core/base/error.h"
#include "core/train/journal_replay.h"
#include "core/train/run_folder.h"
#include "core/train/training_run.h"

#include <algorithm>
#include <functional>

namespace gradlens {

State stateAt(const RunSnapshot& snapshot, std::int64_t step, const Arena& arena,
              const std::filesystem::path& resourcesFolder, const std::function<bool(std::int64_t)>& keepGoing) {
    if (step < 0)
        throw Error("there is no step " + std::to_string(step), snapshot.folder.string(),
                    "Steps count from 0, the initial state.");
    DatasetEnvironment environment{snapshot.projectFolder, resourcesFolder, snapshot.project.training.seed, {}};
    const auto dataset = loadDataset(snapshot.project.data, environment);
    std::optional<State> checkpoint;
    const auto after = std::ranges::upper_bound(snapshot.checkpoints, step, {}, &RunSnapshot::Checkpoint::step);
    if (after != snapshot.checkpoints.begin()) checkpoint = loadState(std::prev(after)->file);
    JournalReplay replay(arena, snapshot.project, dataset, snapshot.journal, std::move(checkpoint));
    for (;;) {
        TrainingRun& run = replay.run();
        // What evaluation decided at the end of an epoch; without a schedule or early stopping that follow it, nothing.
        const std::int64_t at = run.state().step;
        if (run.followsEvaluation() && at > 0 && at % run.stepsPerEpoch() == 0 && run.state().weighedStep != at)
            run.evaluateEpoch();
        replay.applyChanges();
        if (at >= step) break;
        replay.run().step();
        if (keepGoing && !keepGoing(replay.run().state().step))
            throw Error("cancelled at step " + std::to_string(replay.run().state().step));
    }
    return replay.run().state().clone();
}

}  // namespace gradlens
