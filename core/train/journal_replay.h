// SPDX-License-Identifier: GPL-3.0-or-later
// Applies a Journal to a run as its steps come: what was changed at a step belongs to the State there. Owned by whoever
// owns the run; trainer thread.
#pragma once
#include "core/train/journal.h"
#include "core/train/training_run.h"

#include <memory>
#include <optional>
#include <vector>

namespace gradlens {

class JournalReplay {
public:
    // The run as `checkpoint` left it, or from its start without one. `given`, when its training is the same as the
    // checkpoint's project, spares planning anew: it is taken over. Throws Error.
    JournalReplay(const Arena& arena, Project started, std::shared_ptr<const Dataset> dataset,
                  std::vector<JournalEntry> journal, std::optional<Checkpoint> checkpoint,
                  std::unique_ptr<TrainingRun> given = {});

    TrainingRun& run() { return *m_run; }
    std::unique_ptr<TrainingRun> takeRun() { return std::move(m_run); }
    // Applies what was changed at the step that the run is at.
    void applyChanges();

private:
    std::vector<JournalEntry> m_journal;
    std::size_t m_next = 0;  // entry
    std::unique_ptr<TrainingRun> m_run;
};

// What a run on disk goes on with: the project of the last edit in its journal, or as it was started. Throws Error.
Project projectToResume(const std::filesystem::path& runFolder);

// For Edit entries.
std::string projectText(const Project& project);
Project projectOf(const JournalEntry& edit);  // throws Error

}  // namespace gradlens
