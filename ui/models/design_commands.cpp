// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/design_commands.h"

#include <algorithm>

namespace gradlens {

GraphCommand::GraphCommand(DesignDocument& document, const QString& name, GraphDelta delta, QString mergeKey)
    : QUndoCommand(name), m_document(document), m_delta(std::move(delta)), m_mergeKey(std::move(mergeKey)) {}

void GraphCommand::undo() {
    m_document.applyDelta(m_delta.inverted());
}

void GraphCommand::redo() {
    m_document.applyDelta(m_delta);
}

bool GraphCommand::mergeWith(const QUndoCommand* other) {
    const auto* later = dynamic_cast<const GraphCommand*>(other);
    if (later == nullptr || later->m_mergeKey != m_mergeKey) return false;
    // Only steps that change the same nodes and notes and nothing else have a key.
    const auto onlyChanges = [](const GraphDelta& delta) {
        return delta.removed.empty() && delta.added.empty() && delta.cut.empty() && delta.joined.empty() &&
               !delta.style && std::ranges::equal(delta.notesRemoved, delta.notesAdded, {}, &Note::id, &Note::id);
    };
    const auto id = [](const NodeChange& change) { return change.before.id; };
    if (!onlyChanges(m_delta) || !onlyChanges(later->m_delta) ||
        !std::ranges::equal(m_delta.changed, later->m_delta.changed, {}, id, id) ||
        !std::ranges::equal(m_delta.notesAdded, later->m_delta.notesAdded, {}, &Note::id, &Note::id))
        return false;
    for (std::size_t i = 0; i < m_delta.changed.size(); ++i) m_delta.changed[i].after = later->m_delta.changed[i].after;
    m_delta.notesAdded = later->m_delta.notesAdded;
    const auto unchanged = [](const NodeChange& change) { return change.before == change.after; };
    if (std::ranges::all_of(m_delta.changed, unchanged) && m_delta.notesRemoved == m_delta.notesAdded)
        setObsolete(true);
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
