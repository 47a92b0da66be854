// SPDX-License-Identifier: GPL-3.0-or-later
// Going back in time: restore the nearest checkpoint, then run the same steps again.
#include "core/base/error.h"
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
    TrainingRun run(arena, snapshot.project, loadDataset(snapshot.project.data, environment));
    const auto after = std::ranges::upper_bound(snapshot.checkpoints, step, {}, &RunSnapshot::Checkpoint::step);
    if (after != snapshot.checkpoints.begin()) run.setState(loadState(std::prev(after)->file));
    // What was changed at a step belongs to the State there, whether or not a checkpoint was written since.
    const auto applyChanges = [&] {
        for (const JournalEntry& entry : snapshot.journal)
            if (entry.what == JournalEntry::What::LearningRate && entry.step == run.state().step)
                run.setLearningRate(entry.value);
    };
    applyChanges();
    while (run.state().step < step) {
        run.step();
        applyChanges();
        if (keepGoing && !keepGoing(run.state().step))
            throw Error("cancelled at step " + std::to_string(run.state().step));
    }
    return run.state().clone();
}

}  // namespace gradlens
