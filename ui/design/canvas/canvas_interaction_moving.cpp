// SPDX-License-Identifier: GPL-3.0-or-later
// Moving cards and notes: snapping, into an edge, out of one; resizing notes; the marquee.
#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/models/arrange.h"
#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kAlignPixels = 6;
constexpr double kNearDrop = 16;  // pixels from the pointer to an edge that a card would go into
}  // namespace

void CanvasInteraction::dragBeyond(Qt::KeyboardModifiers modifiers) {
    if (m_hit.kind == CanvasHit::Kind::Nothing || m_hit.kind == CanvasHit::Kind::Edge) {
        m_state = State::Marquee;
    } else if (m_view.isReadOnly()) {
        return;
    } else if (m_hit.kind == CanvasHit::Kind::NoteHandle) {
        m_state = State::Resizing;
    } else {
        beginMoving(modifiers);
    }
}

void CanvasInteraction::beginMoving(Qt::KeyboardModifiers modifiers) {
    SelectionModel& selection = document().selection();
    // A press with Shift or Ctrl may have taken it out.
    if (m_hit.onNote()) {
        if (!selection.isNoteSelected(m_hit.note)) selection.selectNote(m_hit.note);
    } else if (!selection.isSelected(m_hit.node)) {
        selection.select(m_hit.node);
    }
    const DesignDocument::SelectedItems items = document().selectedItems();
    m_moved = items.nodes;
    m_movedNotes = items.notes;
    m_delta = {};
    m_dropEdge.reset();
    m_pullsOut = (modifiers & Qt::AltModifier) != 0 && m_hit.onNode() && m_movedNotes.empty();
    if (m_pullsOut) scene().previewPullOut(m_moved);
    m_state = State::Moving;
}

void CanvasInteraction::updateMoving(QPoint viewportPoint, Qt::KeyboardModifiers modifiers) {
    const QPointF point = m_view.mapToScene(viewportPoint);
    std::vector<QLineF> guides;
    m_delta = snappedDelta(point - m_pressedScene, (modifiers & Qt::ControlModifier) != 0, &guides);
    m_dropEdge = edgeUnder(point);
    scene().setDropTarget(m_dropEdge ? std::optional(m_dropEdge->to) : std::nullopt);
    scene().previewMove(m_moved, m_delta, guides, m_movedNotes);
}

// Only a single card goes into an edge, and only one that is free, or is being pulled out and so becomes free.
std::optional<Edge> CanvasInteraction::edgeUnder(QPointF point) const {
    if (m_moved.size() != 1 || !m_movedNotes.empty()) return std::nullopt;
    const NodeId node = m_moved.front();
    if (!document().fitsOnEdge(node)) return std::nullopt;
    if (!m_pullsOut && !document().graph().edgesOf(node).empty()) return std::nullopt;
    return scene().edgeNear(point, kNearDrop / m_view.zoom(), node);
}

void CanvasInteraction::finishMoving() {
    std::vector<NodePosition> positions;
    for (const NodeId id : m_moved)
        if (const Node* node = document().graph().find(id))
            positions.emplace_back(id, Point{node->position.x + m_delta.x(), node->position.y + m_delta.y()});
    std::vector<NotePosition> notes;
    for (const NoteId id : m_movedNotes)
        if (const Note* note = document().graph().findNote(id))
            notes.emplace_back(id, Point{note->position.x + m_delta.x(), note->position.y + m_delta.y()});
    QString refusal;
    if (m_pullsOut) {
        document().pullOut(positions, m_dropEdge);
    } else if (!m_dropEdge || !document().insertOnEdge(m_moved.front(), *m_dropEdge, &refusal)) {
        document().moveItems(positions, notes);
    }
    scene().setDropTarget(std::nullopt);
    scene().endMove();
    if (!refusal.isEmpty()) m_view.say(refusal, m_last, static_cast<int>(HintBubble::Tone::Refusal));
}

QRectF CanvasInteraction::resizedTo(QPointF point) const {
    const Note& note = *document().graph().findNote(m_hit.note);
    const QRectF before = rectOf(note);
    const Point moved = snapped({point.x(), point.y()});
    QRectF rect = before;
    const int sides = m_hit.port;
    if ((sides & NoteItem::Left) != 0) rect.setLeft(std::min(moved.x, before.right() - NoteItem::kLeastWidth));
    if ((sides & NoteItem::Right) != 0) rect.setRight(std::max(moved.x, before.left() + NoteItem::kLeastWidth));
    if ((sides & NoteItem::Top) != 0) rect.setTop(std::min(moved.y, before.bottom() - NoteItem::kLeastHeight));
    if ((sides & NoteItem::Bottom) != 0) rect.setBottom(std::max(moved.y, before.top() + NoteItem::kLeastHeight));
    return rect;
}

// To the grid, or in line with a card that stands near; Ctrl moves freely.
QPointF CanvasInteraction::snappedDelta(QPointF delta, bool free, std::vector<QLineF>* guides) const {
    if (free) return delta;
    if (m_hit.onNote()) {
        // By whole steps of the grid, so that what a frame takes along stays on it.
        const Point step = snapped({delta.x(), delta.y()});
        return {step.x, step.y};
    }
    const Point start = document().graph().find(m_hit.node)->position;
    const Point wanted{start.x + delta.x(), start.y + delta.y()};
    Point place = snapped(wanted);
    const QRectF sight = m_view.mapToScene(m_view.viewport()->rect()).boundingRect();
    const double reach = kAlignPixels / m_view.zoom();
    const NodeItem* besideX = nullptr;
    const NodeItem* besideY = nullptr;
    double nearestX = reach, nearestY = reach;
    for (const NodeId id : scene().nodesIn(sight)) {
        if (std::ranges::binary_search(m_moved, id)) continue;
        const NodeItem* item = scene().nodeItem(id);
        if (std::abs(item->x() - wanted.x) < nearestX) nearestX = std::abs(item->x() - wanted.x), besideX = item;
        if (std::abs(item->y() - wanted.y) < nearestY) nearestY = std::abs(item->y() - wanted.y), besideY = item;
    }
    if (besideX != nullptr) place.x = besideX->x();
    if (besideY != nullptr) place.y = besideY->y();
    if (besideX != nullptr) {
        const double x = place.x + kCardWidth / 2;
        guides->emplace_back(x, std::min(place.y, besideX->y()), x, std::max(place.y, besideX->y()) + kCardHeight);
    }
    if (besideY != nullptr) {
        const double y = place.y + kCardHeight / 2;
        guides->emplace_back(std::min(place.x, besideY->x()), y, std::max(place.x, besideY->x()) + kCardWidth, y);
    }
    return {place.x - start.x, place.y - start.y};
}

void CanvasInteraction::updateMarquee(QPointF point, Qt::KeyboardModifiers modifiers) {
    m_marquee = QRectF(m_pressedScene, point).normalized();
    std::vector<NodeId> nodes = scene().nodesIn(m_marquee);
    if ((modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) != 0)
        nodes.insert(nodes.end(), m_marqueeBase.begin(), m_marqueeBase.end());
    document().selection().set(std::move(nodes), {}, NodeId::None, scene().notesIn(m_marquee));
    m_view.viewport()->update();
}

}  // namespace gradlens
