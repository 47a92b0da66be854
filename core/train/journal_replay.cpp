// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/journal_replay.h"

#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/train/run_folder.h"

#include <algorithm>

namespace gradlens {

Project projectOf(const JournalEntry& entry) {
    return projectFromJson(nlohmann::ordered_json::parse(entry.project), drawingCatalogue(),
                           "journal, edit at step " + std::to_string(entry.step));
}

std::string projectText(const Project& project) {
    return toJson(project, drawingCatalogue()).dump();
}

Project projectToResume(const std::filesystem::path& runFolder) {
    const RunSnapshot run = readRun(runFolder);
    const auto edit =
        std::ranges::find(run.journal.rbegin(), run.journal.rend(), JournalEntry::What::Edit, &JournalEntry::what);
    if (edit == run.journal.rend()) return run.project;
    Project project = projectOf(*edit);
    project.training.epochs = run.project.training.epochs;
    return project;
}

JournalReplay::JournalReplay(const Arena& arena, Project started, std::shared_ptr<const Dataset> dataset,
                             std::vector<JournalEntry> journal, std::optional<Checkpoint> checkpoint,
                             std::unique_ptr<TrainingRun> given)
    : m_journal(std::move(journal)) {
    // The checkpoint says how many edits it has behind it; what came before the last of them is in it.
    const std::int64_t edits = checkpoint ? checkpoint->state.edits : 0, epochs = started.training.epochs;
    Project project = std::move(started);
    for (std::int64_t count = 0; count < edits; ++m_next) {
        if (m_next == m_journal.size())
            throw Error("the checkpoint belongs to an edit that the journal does not hold", {},
                        "Use an earlier checkpoint of the run.");
        if (m_journal[m_next].what != JournalEntry::What::Edit) continue;
        if (++count == edits) project = projectOf(m_journal[m_next]);
    }
    if (given != nullptr && sameTraining(given->project(), project))
        m_run = std::move(given);
    else
        m_run = std::make_unique<TrainingRun>(arena, std::move(project), std::move(dataset));
    m_run->planEpochs(epochs);
    if (checkpoint) {
        m_run->setState(std::move(checkpoint->state));
        if (!checkpoint->recordedHash.empty() && m_run->state().hash() != checkpoint->recordedHash)
            throw Error("the checkpoint is not as it was written: its State has another hash than the one recorded",
                        checkpoint->file.string(), "Delete it; the run goes on from the one before.");
    }
    applyChanges();
}

void JournalReplay::applyChanges() {
    const std::int64_t step = m_run->state().step;
    for (; m_next < m_journal.size() && m_journal[m_next].step <= step; ++m_next) {
        const JournalEntry& entry = m_journal[m_next];
        if (entry.step < step) continue;
        if (entry.what == JournalEntry::What::LearningRate) m_run->setLearningRate(entry.value);
        if (entry.what == JournalEntry::What::Edit) m_run = m_run->edited(projectOf(entry));
    }
}

}  // namespace gradlens
