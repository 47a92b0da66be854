// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_interaction.h"

#include "ui/design/canvas/canvas_view.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/models/node_geometry.h"

#include <QDropEvent>
#include <QKeyEvent>
#include <QLineF>
#include <QMimeData>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kDragDistance = 4;  // pixels before a press becomes a drag
constexpr double kNearEdge = 7;   // pixels off an edge that still count
constexpr double kAlignPixels = 6;

int toneOf(ConnectionVerdict::Kind kind) {
    const auto tone = kind == ConnectionVerdict::Kind::Refused    ? HintBubble::Tone::Refusal
                      : kind == ConnectionVerdict::Kind::Mismatch ? HintBubble::Tone::Warning
                                                                  : HintBubble::Tone::Plain;
    return static_cast<int>(tone);
}
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
    m_wasSelected = m_hit.onNode() ? selection.isSelected(m_hit.node)
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
            selection.set(selection.nodes(), selection.edges(), m_hit.node);  // a drag moves them all
        } else {
            selection.select(m_hit.node);
        }
    } else if (m_hit.kind == CanvasHit::Kind::Edge) {
        if (add) {
            selection.toggleEdge(m_hit.edge.to);
        } else {
            selection.selectEdge(m_hit.edge.to);
        }
    } else {
        m_marqueeBase = add ? selection.nodes() : std::vector<NodeId>();
        if (!add) selection.clear();
    }
}

void CanvasInteraction::move(QMouseEvent* event) {
    const QPoint at = event->pos();
    const QPointF point = m_view.mapToScene(at);
    if (m_state == State::Pressed && (at - m_pressedAt).manhattanLength() >= kDragDistance) {
        if (m_hit.kind == CanvasHit::Kind::Nothing || m_hit.kind == CanvasHit::Kind::Edge) {
            m_state = State::Marquee;
        } else if (!m_view.isReadOnly()) {
            beginMoving();
        }
    }
    switch (m_state) {
        case State::Idle: {
            const CanvasHit hit = hitAt(at);
            scene().setHover(hit);
            updateCursor(hit);
            break;
        }
        case State::Pressed:
            break;
        case State::Moving: {
            std::vector<QLineF> guides;
            m_delta = snappedDelta(point - m_pressedScene, (event->modifiers() & Qt::AltModifier) != 0, &guides);
            scene().previewMove(m_moved, m_delta, guides);
            break;
        }
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
        case State::Moving: {
            std::vector<NodePosition> positions;
            for (const NodeId id : m_moved) {
                const Node* node = document().graph().find(id);
                if (node != nullptr)
                    positions.emplace_back(id, Point{node->position.x + m_delta.x(), node->position.y + m_delta.y()});
            }
            document().moveNodes(positions);
            scene().endMove();
            break;
        }
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
    } else if (hit.kind == CanvasHit::Kind::Nothing && !m_view.isReadOnly()) {
        m_state = State::Idle;
        m_view.openInsertSearch(event->pos());
    } else {
        press(event);
    }
}

void CanvasInteraction::leave() {
    if (m_state == State::Idle) scene().setHover({});
}

void CanvasInteraction::cancel() {
    const State state = m_state;
    m_state = State::Idle;
    if (state == State::Moving) scene().endMove();
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
            break;
        default:
            return false;
    }
    const bool far = (event->modifiers() & Qt::ShiftModifier) != 0;
    const double step = far ? 5 * kCanvasGrid : kCanvasGrid;
    const QPointF direction(event->key() == Qt::Key_Left    ? -step
                            : event->key() == Qt::Key_Right ? step
                                                            : 0,
                            event->key() == Qt::Key_Up     ? -step
                            : event->key() == Qt::Key_Down ? step
                                                           : 0);
    if (m_view.isReadOnly() || document().selection().nodes().empty()) {
        m_view.panBy((-direction * 5).toPoint());
    } else {
        document().nudgeSelection(direction.x(), direction.y());
    }
    return true;
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
    m_view.viewport()->setCursor(hit.onPort() && !m_view.isReadOnly() ? Qt::CrossCursor : Qt::ArrowCursor);
}

// --- Moving and marquee

void CanvasInteraction::beginMoving() {
    SelectionModel& selection = document().selection();
    if (!selection.isSelected(m_hit.node)) selection.select(m_hit.node);  // Shift-press took it out
    m_moved = selection.nodes();
    m_delta = {};
    m_state = State::Moving;
}

// To the grid, or in line with a card that stands near; Alt moves freely.
QPointF CanvasInteraction::snappedDelta(QPointF delta, bool free, std::vector<QLineF>* guides) const {
    const Point start = document().graph().find(m_hit.node)->position;
    const Point wanted{start.x + delta.x(), start.y + delta.y()};
    if (free) return delta;
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
    document().selection().set(std::move(nodes));
    m_view.viewport()->update();
}

// --- Edges

void CanvasInteraction::beginConnecting(const CanvasHit& hit) {
    m_state = State::Connecting;
    m_replaced.reset();
    m_anchor = {hit.node, hit.port};
    m_anchorIsOutput = hit.kind == CanvasHit::Kind::Output;
    if (!m_anchorIsOutput) {
        // A connected input gives up its edge: the other end stays.
        if (const auto edge = document().graph().edgeInto(m_anchor)) {
            m_replaced = m_anchor;
            m_anchor = edge->from;
            m_anchorIsOutput = true;
        }
    }
    scene().beginDraft(m_anchor, m_anchorIsOutput, m_replaced);
    scene().moveDraft(m_pressedScene, hit);
}

// A card stands for its first port that fits.
CanvasHit CanvasInteraction::connectTarget(CanvasHit hit) const {
    if (hit.kind != CanvasHit::Kind::Card && hit.kind != CanvasHit::Kind::Badge) {
        // The port one comes from is not where one goes.
        if (hit.onPort() && (hit.kind == CanvasHit::Kind::Output) == m_anchorIsOutput)
            hit.kind = CanvasHit::Kind::Card;
        else
            return hit;
    }
    if (hit.node == m_anchor.node) return {};
    const NodeItem* item = scene().nodeItem(hit.node);
    const ConnectionCheck check(document().graph(), document().catalogue(), document().analysis());
    const int count = m_anchorIsOutput ? item->card().inputs : item->card().outputs;
    int best = -1, bestWorth = -1;
    for (int port = 0; port < count; ++port) {
        const PortRef other{hit.node, port};
        const auto kind = (m_anchorIsOutput ? check.verdict(m_anchor, other) : check.verdict(other, m_anchor)).kind;
        const bool free = !m_anchorIsOutput || !document().graph().edgeInto(other);
        const int worth = (kind == ConnectionVerdict::Kind::Fits       ? 4
                           : kind == ConnectionVerdict::Kind::Mismatch ? 2
                                                                       : 0) +
                          (free ? 1 : 0);
        if (worth > bestWorth) best = port, bestWorth = worth;
    }
    if (best < 0) return {};
    return {m_anchorIsOutput ? CanvasHit::Kind::Input : CanvasHit::Kind::Output, hit.node, best, {}};
}

void CanvasInteraction::updateConnecting(QPoint viewportPoint) {
    const CanvasHit target = connectTarget(hitAt(viewportPoint));
    const ConnectionVerdict verdict = scene().moveDraft(m_view.mapToScene(viewportPoint), target);
    m_view.say(QString::fromStdString(verdict.reason), viewportPoint, toneOf(verdict.kind));
}

void CanvasInteraction::finishConnecting(QPoint viewportPoint) {
    const CanvasHit target = connectTarget(hitAt(viewportPoint));
    const bool moved = (viewportPoint - m_pressedAt).manhattanLength() >= kDragDistance;
    scene().endDraft();
    m_view.say({}, {}, 0);
    if (!moved) {
        document().selection().select(m_hit.node);
        return;
    }
    if (target.onPort()) {
        const PortRef other{target.node, target.port};
        const PortRef from = m_anchorIsOutput ? m_anchor : other;
        const PortRef to = m_anchorIsOutput ? other : m_anchor;
        QString reason;
        const bool drawn =
            m_replaced ? document().rerouteEdge(*m_replaced, from, to, &reason) : document().addEdge(from, to, &reason);
        // A refusal stays readable until the pointer moves on; a mismatch is told by the card.
        if (!drawn) m_view.say(reason, viewportPoint, toneOf(ConnectionVerdict::Kind::Refused));
        return;
    }
    if (hitAt(viewportPoint).onNode()) return;
    if (m_replaced) {
        document().removeEdge(*m_replaced);
        return;
    }
    m_view.openInsertSearch(viewportPoint, m_anchorIsOutput ? Attachment{m_anchor, {}} : Attachment{{}, m_anchor});
}

// --- Layers dropped from the palette

namespace {
const OpDefinition* draggedOp(const QDropEvent& event, const OpCatalogue& catalogue) {
    if (!event.mimeData()->hasFormat(kOpMimeType)) return nullptr;
    return catalogue.find(event.mimeData()->data(kOpMimeType).toStdString());
}
}  // namespace

void CanvasInteraction::dragOver(QDropEvent* event) {
    const OpDefinition* op = draggedOp(*event, document().offered());
    if (op == nullptr || m_view.isReadOnly()) {
        event->ignore();
        return;
    }
    const CanvasHit hit = hitAt(event->position().toPoint());
    const bool onEdge = hit.kind == CanvasHit::Kind::Edge && !op->inputs.empty() && !op->outputs.empty();
    scene().setDropTarget(onEdge ? std::optional(hit.edge.to) : std::nullopt);
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void CanvasInteraction::drop(QDropEvent* event) {
    dragOver(event);
    const OpDefinition* op = draggedOp(*event, document().offered());
    scene().setDropTarget(std::nullopt);
    if (op == nullptr || m_view.isReadOnly()) return;
    const QString name = QString::fromStdString(op->name);
    const CanvasHit hit = hitAt(event->position().toPoint());
    if (hit.kind == CanvasHit::Kind::Edge && !op->inputs.empty() && !op->outputs.empty()) {
        document().insertOnEdge(name, hit.edge);
    } else {
        const QPointF at = m_view.mapToScene(event->position().toPoint());
        document().addNode(name, snapped({at.x() - kCardWidth / 2, at.y() - kCardHeight / 2}));
    }
    m_view.setFocus();
}

void CanvasInteraction::dragLeft() {
    scene().setDropTarget(std::nullopt);
}

}  // namespace gradlens
