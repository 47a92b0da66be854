// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing edges, taking them off, and layers dropped from the palette.
#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/models/node_geometry.h"

#include <QDropEvent>
#include <QMimeData>

namespace gradlens {

namespace {
int toneOf(ConnectionVerdict::Kind kind) {
    const auto tone = kind == ConnectionVerdict::Kind::Refused    ? HintBubble::Tone::Refusal
                      : kind == ConnectionVerdict::Kind::Mismatch ? HintBubble::Tone::Warning
                                                                  : HintBubble::Tone::Plain;
    return static_cast<int>(tone);
}
}  // namespace

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
    const bool moved = (viewportPoint - m_pressedAt).manhattanLength() >= CanvasView::kDragDistance;
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
