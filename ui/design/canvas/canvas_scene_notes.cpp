// SPDX-License-Identifier: GPL-3.0-or-later
// Comments and frames on the canvas, and what a search found.
#include "ui/design/canvas/canvas_scene.h"

#include <QPainter>

#include <algorithm>

namespace gradlens {

void CanvasScene::connectNotes() {
    connect(&m_document, &DesignDocument::noteAdded, this, &CanvasScene::addNoteItem);
    connect(&m_document, &DesignDocument::noteRemoved, this, [this](NoteId id) {
        if (m_hover.onNote() && m_hover.note == id) m_hover = {};
        m_notes.erase(id);
    });
    connect(&m_document, &DesignDocument::noteChanged, this, [this](NoteId id) {
        if (NoteItem* item = noteItem(id)) item->setNote(*m_document.graph().findNote(id));
    });
}

void CanvasScene::addNoteItem(NoteId id) {
    auto item = std::make_unique<NoteItem>(*m_document.graph().findNote(id), m_style);
    addItem(item.get());
    item->setHighlight(m_document.selection().isNoteSelected(id), false);
    m_notes[id] = std::move(item);
}

NoteItem* CanvasScene::noteItem(NoteId note) const {
    const auto found = m_notes.find(note);
    return found == m_notes.end() ? nullptr : found->second.get();
}

QRectF CanvasScene::rectOf(const SelectionModel& selection) const {
    QRectF rect;
    for (const NodeId id : selection.nodes())
        if (const NodeItem* item = nodeItem(id)) rect |= item->cardRect();
    for (const NoteId id : selection.notes())
        if (const NoteItem* item = noteItem(id)) rect |= item->rect();
    for (const PortRef& input : selection.edges())
        if (const EdgeItem* item = edgeItem(input)) rect |= item->boundingRect();
    return rect;
}

// Of notes that lie on each other the smallest is meant: a frame in a frame, a comment on a comment.
CanvasHit CanvasScene::noteHit(QPointF point, double tolerance, Note::Kind kind) const {
    const NoteItem* smallest = nullptr;
    const auto area = [](const NoteItem* item) { return item->rect().width() * item->rect().height(); };
    for (const auto& [id, item] : m_notes) {
        if (item->note().kind != kind) continue;
        if (const int sides = item->handleAt(point, tolerance))
            return {CanvasHit::Kind::NoteHandle, NodeId::None, sides, {}, id};
        if (item->isHeldAt(point) && (smallest == nullptr || area(item.get()) < area(smallest))) smallest = item.get();
    }
    if (smallest == nullptr) return {};
    return {CanvasHit::Kind::Note, NodeId::None, -1, {}, smallest->id()};
}

std::vector<NoteId> CanvasScene::notesIn(const QRectF& rect) const {
    std::vector<NoteId> found;
    for (const auto& [id, item] : m_notes) {
        const bool frame = item->note().kind == Note::Kind::Frame;
        if (frame ? rect.contains(item->rect()) : rect.intersects(item->rect())) found.push_back(id);
    }
    return found;
}

void CanvasScene::previewNoteRect(NoteId note, const QRectF& rect) {
    m_previewNotes = {note};
    if (NoteItem* item = noteItem(note)) item->previewRect(rect);
}

void CanvasScene::endNotePreview() {
    for (const NoteId id : m_previewNotes) {
        const Note* note = m_document.graph().findNote(id);
        NoteItem* item = noteItem(id);
        if (note != nullptr && item != nullptr) item->setNote(*note);
    }
    m_previewNotes.clear();
}

void CanvasScene::setFound(std::vector<NodeId> nodes) {
    if (nodes == m_found) return;
    m_found = std::move(nodes);
    invalidate(QRectF(), ForegroundLayer);
}

void CanvasScene::paintFound(QPainter* painter, const QRectF& rect) const {
    constexpr double kOutside = 4, kRadius = 11;
    QPen pen = m_style.foundPen;
    pen.setCosmetic(true);
    painter->setPen(pen);
    painter->setBrush(Qt::NoBrush);
    for (const NodeId id : m_found) {
        const NodeItem* item = nodeItem(id);
        if (item == nullptr) continue;
        const QRectF around = item->cardRect().adjusted(-kOutside, -kOutside, kOutside, kOutside);
        if (around.intersects(rect)) painter->drawRoundedRect(around, kRadius, kRadius);
    }
}

}  // namespace gradlens
