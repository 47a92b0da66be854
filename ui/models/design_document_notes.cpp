// SPDX-License-Identifier: GPL-3.0-or-later
// Comments and frames: adding, writing, resizing, colouring, and moving them with what they hold.
#include "ui/models/arrange.h"
#include "ui/models/design_document.h"
#include "ui/models/words.h"

#include <algorithm>

namespace gradlens {

namespace {
QString kindOf(const Note& note) {
    return note.kind == Note::Kind::Frame ? DesignDocument::tr("frame") : DesignDocument::tr("comment");
}
}  // namespace

void DesignDocument::announceNotes(const GraphDelta& delta) {
    const auto isIn = [](const std::vector<Note>& notes, NoteId id) {
        return std::ranges::find(notes, id, &Note::id) != notes.end();
    };
    for (const Note& note : delta.notesRemoved)
        if (!isIn(delta.notesAdded, note.id)) emit noteRemoved(note.id);
    for (const Note& note : delta.notesAdded) {
        if (isIn(delta.notesRemoved, note.id)) {
            emit noteChanged(note.id);
        } else {
            emit noteAdded(note.id);
        }
    }
}

NoteId DesignDocument::addNote(const Note& note) {
    NoteId id = NoteId::None;
    edit(tr("Add a %1").arg(kindOf(note)), [&](ModelGraph& graph) { id = graph.addNote(note); });
    m_selection.selectNote(id);
    return id;
}

NoteId DesignDocument::frameSelection() {
    const std::vector<NodeId>& nodes = m_selection.nodes();
    const QRectF around = frameAround(graph(), nodes);
    if (around.isNull()) return NoteId::None;
    Note frame;
    frame.kind = Note::Kind::Frame;
    frame.color = static_cast<int>(graph().notes().size() % kNoteColors);
    frame = placedAt(std::move(frame), around);
    NoteId id = NoteId::None;
    edit(tr("Frame %1").arg(counted(std::ssize(nodes), tr("layer"))),
         [&](ModelGraph& graph) { id = graph.addNote(frame); });
    m_selection.selectNote(id);
    return id;
}

void DesignDocument::writeNote(NoteId id, const QString& text, double height) {
    const Note* note = graph().findNote(id);
    if (note == nullptr) return;
    Note changed = *note;
    changed.text = text.left(kLongestNote).toStdString();
    changed.height = height;
    edit(tr("Write on a %1").arg(kindOf(changed)), [&](ModelGraph& graph) { graph.replaceNote(changed); });
}

void DesignDocument::setNoteRect(NoteId id, const QRectF& rect) {
    const Note* note = graph().findNote(id);
    if (note == nullptr) return;
    edit(tr("Resize a %1").arg(kindOf(*note)), [&](ModelGraph& graph) { graph.replaceNote(placedAt(*note, rect)); });
}

void DesignDocument::colorSelectedNotes(int color) {
    const std::vector<NoteId>& notes = m_selection.notes();
    edit(tr("Colour %1").arg(counted(std::ssize(notes), tr("note"))), [&](ModelGraph& graph) {
        for (const NoteId id : notes) {
            Note note = *graph.findNote(id);
            note.color = color;
            graph.replaceNote(std::move(note));
        }
    });
}

DesignDocument::SelectedItems DesignDocument::selectedItems() const {
    SelectedItems items{m_selection.nodes(), m_selection.notes()};
    for (const NoteId id : m_selection.notes()) {
        const Note& note = *graph().findNote(id);
        if (note.kind != Note::Kind::Frame) continue;
        const FrameContents contents = contentsOf(graph(), note);
        items.nodes.insert(items.nodes.end(), contents.nodes.begin(), contents.nodes.end());
        items.notes.insert(items.notes.end(), contents.notes.begin(), contents.notes.end());
    }
    const auto makeSet = [](auto& ids) {
        std::ranges::sort(ids);
        const auto [first, last] = std::ranges::unique(ids);
        ids.erase(first, last);
    };
    makeSet(items.nodes);
    makeSet(items.notes);
    return items;
}

void DesignDocument::moveItems(const std::vector<NodePosition>& nodes, const std::vector<NotePosition>& notes) {
    if (notes.empty()) return moveNodes(nodes);
    const QString layers = counted(std::ssize(nodes), tr("layer")), written = counted(std::ssize(notes), tr("note"));
    edit(tr("Move %1").arg(nodes.empty() ? written : tr("%1 and %2").arg(layers, written)), [&](ModelGraph& graph) {
        for (const auto& [id, position] : nodes)
            if (graph.find(id) != nullptr) graph.move(id, position);
        for (const auto& [id, position] : notes) {
            const Note* found = graph.findNote(id);
            if (found == nullptr) continue;
            Note note = *found;
            note.position = position;
            graph.replaceNote(std::move(note));
        }
    });
}

}  // namespace gradlens
