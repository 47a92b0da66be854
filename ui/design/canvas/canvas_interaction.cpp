// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_interaction.h"

#include "ui/design/canvas/canvas_view.h"
#include "ui/models/arrange.h"
#include "ui/models/node_geometry.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>

namespace gradlens {

namespace {
constexpr double kNearEdge = 7;  // pixels off an edge that still count
}  // namespace

CanvasScene& CanvasInteraction::scene() const {
    return m_view.canvas();
}

DesignDocument& CanvasInteraction::document() const {
    return m_view.document();
}

CanvasHit CanvasInteraction::hitAt(QPoint viewportPoint) const {
    return scene().hitTest(m_view.mapToScene(viewportPoint), kNearEdge / m_view.zoom());
}

// --- Buttons

void CanvasInteraction::press(QMouseEvent* event) {
    m_pressedAt = m_last = event->pos();
    m_pointer = event->pos();
    m_pressedScene = m_view.mapToScene(event->pos());
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_spaceHeld)) {
        cancel();
        m_state = State::Panning;
        m_view.viewport()->setCursor(Qt::ClosedHandCursor);
        return;
    }
    if (event->button() == Qt::LeftButton) pressLeft(event);
    if (event->button() == Qt::RightButton && m_state == State::Idle) {
        // The menu is about what was clicked.
        const CanvasHit hit = hitAt(event->pos());
        SelectionModel& selection = document().selection();
        if (hit.onNode() && !selection.isSelected(hit.node)) selection.select(hit.node);
        if (hit.kind == CanvasHit::Kind::Edge && !selection.isEdgeSelected(hit.edge.to))
            selection.selectEdge(hit.edge.to);
        if (hit.onNote() && !selection.isNoteSelected(hit.note)) selection.selectNote(hit.note);
        if (hit.kind == CanvasHit::Kind::Nothing) selection.clear();
    }
}

void CanvasInteraction::pressLeft(QMouseEvent* event) {
    m_view.say({}, {}, 0);
    m_hit = hitAt(event->pos());
    if (m_hit.onPort() && !m_view.isReadOnly()) {
        beginConnecting(m_hit);
        return;
    }
    SelectionModel& selection = document().selection();
    m_wasSelected = m_hit.onNode()   ? selection.isSelected(m_hit.node)
                    : m_hit.onNote() ? selection.isNoteSelected(m_hit.note)
                                     : m_hit.kind == CanvasHit::Kind::Edge && selection.isEdgeSelected(m_hit.edge.to);
    m_state = State::Pressed;
    selectPressed(event->modifiers());
}

void CanvasInteraction::selectPressed(Qt::KeyboardModifiers modifiers) {
    SelectionModel& selection = document().selection();
    const bool add = (modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) != 0;
    if (m_hit.onNode()) {
        if (add) {
            selection.toggle(m_hit.node);
        } else if (m_wasSelected) {
            // A drag moves them all.
            selection.set(selection.nodes(), selection.edges(), m_hit.node, selection.notes());
        } else {
            selection.select(m_hit.node);
        }
    } else if (m_hit.kind == CanvasHit::Kind::Edge) {
        if (add) {
            selection.toggleEdge(m_hit.edge.to);
        } else {
            selection.selectEdge(m_hit.edge.to);
        }
    } else if (m_hit.onNote()) {
        if (add) {
            selection.toggleNote(m_hit.note);
        } else if (!m_wasSelected) {
            selection.selectNote(m_hit.note);
        }
    } else {
        m_marqueeBase = add ? selection.nodes() : std::vector<NodeId>();
        if (!add) selection.clear();
    }
}

void CanvasInteraction::move(QMouseEvent* event) {
    const QPoint at = event->pos();
    const QPointF point = m_view.mapToScene(at);
    m_pointer = at;
    if (m_state == State::Pressed && (at - m_pressedAt).manhattanLength() >= CanvasView::kDragDistance)
        dragBeyond(event->modifiers());
    switch (m_state) {
        case State::Idle: {
            const CanvasHit hit = hitAt(at);
            scene().setHover(hit);
            updateCursor(hit);
            break;
        }
        case State::Pressed:
            break;
        case State::Moving:
            updateMoving(at, event->modifiers());
            break;
        case State::Resizing:
            m_resized = resizedTo(point);
            scene().previewNoteRect(m_hit.note, m_resized);
            break;
        case State::Marquee:
            updateMarquee(point, event->modifiers());
            break;
        case State::Connecting:
            updateConnecting(at);
            break;
        case State::Panning:
            m_view.panBy(at - m_last);
            break;
    }
    m_last = at;
}

void CanvasInteraction::release(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton && !(event->button() == Qt::MiddleButton && m_state == State::Panning))
        return;
    const State state = m_state;
    m_state = State::Idle;
    switch (state) {
        case State::Pressed:
            // A click on one of many selected picks that one.
            if (m_hit.onNode() && m_wasSelected &&
                (event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) == 0)
                document().selection().select(m_hit.node);
            break;
        case State::Moving:
            finishMoving();
            break;
        case State::Resizing:
            document().setNoteRect(m_hit.note, m_resized);
            scene().endMove();
            break;
        case State::Marquee:
            m_view.viewport()->update();
            break;
        case State::Connecting:
            finishConnecting(event->pos());
            break;
        case State::Panning:
            m_view.viewport()->setCursor(m_spaceHeld ? Qt::OpenHandCursor : Qt::ArrowCursor);
            break;
        case State::Idle:
            break;
    }
    if (state != State::Connecting && state != State::Panning) updateCursor(hitAt(event->pos()));
}

void CanvasInteraction::doubleClick(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    const CanvasHit hit = hitAt(event->pos());
    if (hit.kind == CanvasHit::Kind::Card || hit.kind == CanvasHit::Kind::Badge) {
        if (m_view.isNavigator()) {
            emit m_view.nodeActivated(hit.node);
        } else if (!document().open(hit.node)) {
            m_view.rename(hit.node);
        }
        m_state = State::Idle;
    } else if (hit.onNote() && !m_view.isReadOnly()) {
        m_state = State::Idle;
        m_view.writeNote(hit.note);
    } else if (hit.kind == CanvasHit::Kind::Nothing && !m_view.isReadOnly()) {
        m_state = State::Idle;
        m_view.openInsertSearch(event->pos());
    } else {
        press(event);
    }
}

void CanvasInteraction::leave() {
    m_pointer.reset();
    if (m_state == State::Idle) scene().setHover({});
}

void CanvasInteraction::cancel() {
    const State state = m_state;
    m_state = State::Idle;
    if (state == State::Moving || state == State::Resizing) scene().endMove();
    scene().setDropTarget(std::nullopt);
    if (state == State::Connecting) scene().endDraft();
    if (state == State::Marquee) m_view.viewport()->update();
    m_view.say({}, {}, 0);
}

// --- Keys

bool CanvasInteraction::key(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Escape:
            if (m_state == State::Idle && document().selection().isEmpty() && !m_view.isNavigator()) {
                document().goOut();
            } else if (m_state == State::Idle) {
                document().selection().clear();
            } else {
                cancel();
            }
            return true;
        case Qt::Key_Space:
            if (!event->isAutoRepeat()) {
                m_spaceHeld = true;
                m_view.viewport()->setCursor(Qt::OpenHandCursor);
            }
            return true;
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
            return arrowKey(event);
        case Qt::Key_Tab:
            if (m_view.isReadOnly()) return false;
            m_view.quickInsert({});
            return true;
        default:
            break;
    }
    // A letter begins the name of a layer.
    const QString typed = event->text();
    if (m_view.isReadOnly() || m_state != State::Idle || event->modifiers() != Qt::NoModifier || typed.size() != 1 ||
        !typed.front().isLetter())
        return false;
    m_view.quickInsert(typed);
    return true;
}

bool CanvasInteraction::arrowKey(QKeyEvent* event) {
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (modifiers == Qt::ControlModifier) {
        walk(event->key());
        return true;
    }
    if (modifiers != Qt::NoModifier && modifiers != Qt::ShiftModifier) return false;
    const double step = modifiers == Qt::ShiftModifier ? 5 * kCanvasGrid : kCanvasGrid;
    const QPointF direction(event->key() == Qt::Key_Left    ? -step
                            : event->key() == Qt::Key_Right ? step
                                                            : 0,
                            event->key() == Qt::Key_Up     ? -step
                            : event->key() == Qt::Key_Down ? step
                                                           : 0);
    const SelectionModel& selection = document().selection();
    if (m_view.isReadOnly() || (selection.nodes().empty() && selection.notes().empty())) {
        m_view.panBy((-direction * 5).toPoint());
    } else {
        document().nudgeSelection(direction.x(), direction.y());
    }
    return true;
}

// To the next layer that way; from nowhere, to the first of the drawing.
void CanvasInteraction::walk(int key) {
    const ModelGraph& graph = document().graph();
    SelectionModel& selection = document().selection();
    NodeId next = NodeId::None;
    if (selection.nodes().empty()) {
        const auto first = std::ranges::min_element(
            graph.nodes(), {}, [](const Node& node) { return std::pair(node.position.y, node.position.x); });
        if (first != graph.nodes().end()) next = first->id;
    } else {
        const NodeId from = selection.current() != NodeId::None ? selection.current() : selection.nodes().front();
        next = neighbour(graph, from,
                         key == Qt::Key_Left    ? Step::Left
                         : key == Qt::Key_Right ? Step::Right
                         : key == Qt::Key_Up    ? Step::Up
                                                : Step::Down);
    }
    if (next == NodeId::None) return;
    selection.select(next);
    m_view.reveal(next);
}

void CanvasInteraction::keyReleased(QKeyEvent* event) {
    if (event->isAutoRepeat()) return;
    if (event->key() == Qt::Key_Space) {
        m_spaceHeld = false;
        if (m_state != State::Panning) m_view.viewport()->setCursor(Qt::ArrowCursor);
    } else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right || event->key() == Qt::Key_Up ||
               event->key() == Qt::Key_Down) {
        document().endMerge();
    }
}

void CanvasInteraction::updateCursor(const CanvasHit& hit) {
    if (m_spaceHeld) return;
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (!m_view.isReadOnly() && hit.onPort()) shape = Qt::CrossCursor;
    if (!m_view.isReadOnly() && hit.kind == CanvasHit::Kind::NoteHandle) {
        const bool across = (hit.port & (NoteItem::Left | NoteItem::Right)) != 0;
        const bool down = (hit.port & (NoteItem::Top | NoteItem::Bottom)) != 0;
        const bool falling =
            hit.port == (NoteItem::Left | NoteItem::Top) || hit.port == (NoteItem::Right | NoteItem::Bottom);
        shape = !down     ? Qt::SizeHorCursor
                : !across ? Qt::SizeVerCursor
                : falling ? Qt::SizeFDiagCursor
                          : Qt::SizeBDiagCursor;
    }
    m_view.viewport()->setCursor(shape);
}

}  // namespace gradlens
