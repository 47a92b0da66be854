// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/design_commands.h"

#include <algorithm>

namespace gradlens {

GraphCommand::GraphCommand(DesignDocument& document, const QString& name, DesignStep step, QString mergeKey)
    : QUndoCommand(name), m_document(document), m_step(std::move(step)), m_mergeKey(std::move(mergeKey)) {}

void GraphCommand::undo() {
    m_document.takeBack(m_step);
}

void GraphCommand::redo() {
    m_document.apply(m_step);
}

bool GraphCommand::mergeWith(const QUndoCommand* other) {
    const auto* later = dynamic_cast<const GraphCommand*>(other);
    if (later == nullptr || later->m_mergeKey != m_mergeKey || later->m_step.scope != m_step.scope) return false;
    // Only steps that change the same nodes and notes and nothing else have a key.
    const auto onlyChanges = [](const DesignStep& step) {
        const GraphDelta& delta = step.delta;
        return delta.removed.empty() && delta.added.empty() && delta.cut.empty() && delta.joined.empty() &&
               !delta.style && std::ranges::equal(delta.notesRemoved, delta.notesAdded, {}, &Note::id, &Note::id) &&
               step.elsewhere.empty() && !step.blocks;
    };
    const auto onlyBlocks = [](const DesignStep& step) {
        return step.blocks && step.delta.empty() && step.elsewhere.empty();
    };
    if (onlyBlocks(m_step) && onlyBlocks(later->m_step)) {
        m_step.blocks->second = later->m_step.blocks->second;
        setObsolete(m_step.blocks->first == m_step.blocks->second);
        return true;
    }
    GraphDelta& delta = m_step.delta;
    const GraphDelta& next = later->m_step.delta;
    const auto id = [](const NodeChange& change) { return change.before.id; };
    if (!onlyChanges(m_step) || !onlyChanges(later->m_step) ||
        !std::ranges::equal(delta.changed, next.changed, {}, id, id) ||
        !std::ranges::equal(delta.notesAdded, next.notesAdded, {}, &Note::id, &Note::id))
        return false;
    for (std::size_t i = 0; i < delta.changed.size(); ++i) delta.changed[i].after = next.changed[i].after;
    delta.notesAdded = next.notesAdded;
    const auto unchanged = [](const NodeChange& change) { return change.before == change.after; };
    if (std::ranges::all_of(delta.changed, unchanged) && delta.notesRemoved == delta.notesAdded) setObsolete(true);
    return true;
}

SettingsCommand::SettingsCommand(DesignDocument& document, const QString& name, DesignDocument::Settings before,
                                 DesignDocument::Settings after, QString mergeKey)
    : QUndoCommand(name),
      m_document(document),
      m_before(std::move(before)),
      m_after(std::move(after)),
      m_mergeKey(std::move(mergeKey)) {}

void SettingsCommand::undo() {
    m_document.applySettings(m_before);
}

void SettingsCommand::redo() {
    m_document.applySettings(m_after);
}

bool SettingsCommand::mergeWith(const QUndoCommand* other) {
    const auto* later = dynamic_cast<const SettingsCommand*>(other);
    if (later == nullptr || later->m_mergeKey != m_mergeKey) return false;
    m_after = later->m_after;
    if (m_before == m_after) setObsolete(true);
    return true;
}

}  // namespace gradlens
