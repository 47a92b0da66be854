// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under the pointer, and what is only meant: moves and edges being dragged.
#include "ui/design/canvas/canvas_scene.h"
#include "ui/design/blocks/block_picture.h"
#include "ui/design/canvas/card_text.h"
#include "ui/models/node_geometry.h"

#include <QLineF>
#include <QPen>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kPortReach = 11;  // scene units around a port's centre

double apart(QPointF a, QPointF b) {
    return QLineF(a, b).length();
}
}  // namespace

CanvasHit CanvasScene::hitTest(QPointF point, double tolerance) const {
    const QRectF spot(point, QSizeF(0, 0));
    CanvasHit hit;
    double nearest = std::max(kPortReach, tolerance);
    double top = -1;
    for (const NodeId id : m_grids.nodesNear(spot)) {
        const NodeItem* item = nodeItem(id);
        const auto consider = [&](CanvasHit::Kind kind, QPointF centre, int port) {
            const double distance = apart(point, centre);
            if (distance >= nearest) return;
            nearest = distance;
            hit = {kind, id, port, {}};
        };
        for (int port = 0; port < item->card().inputs; ++port)
            consider(CanvasHit::Kind::Input, item->inputPort(port), port);
        for (int port = 0; port < item->card().outputs; ++port)
            consider(CanvasHit::Kind::Output, item->outputPort(port), port);
        if (hit.onPort() && hit.node == id) continue;
        const bool badge = item->card().trouble != NodeCard::Trouble::None && item->badgeRect().contains(point);
        if (!hit.onPort() && (badge || item->cardRect().contains(point)) && item->zValue() > top) {
            top = item->zValue();
            hit = {badge ? CanvasHit::Kind::Badge : CanvasHit::Kind::Card, id, -1, {}};
        }
    }
    if (hit.kind != CanvasHit::Kind::Nothing) return hit;
    if (const CanvasHit comment = noteHit(point, tolerance, Note::Kind::Comment); comment.onNote()) return comment;
    double closest = tolerance;
    for (const PortRef& input : m_grids.edgesNear(spot)) {
        const EdgeItem* item = edgeItem(input);
        const double distance = item->distanceTo(point);
        if (distance >= closest) continue;
        closest = distance;
        hit = {CanvasHit::Kind::Edge, NodeId::None, -1, item->edge()};
    }
    return hit.kind != CanvasHit::Kind::Nothing ? hit : noteHit(point, tolerance, Note::Kind::Frame);
}

std::optional<Edge> CanvasScene::edgeNear(QPointF point, double tolerance, NodeId node) const {
    std::optional<Edge> nearest;
    const QRectF spot(point - QPointF(tolerance, tolerance), QSizeF(2 * tolerance, 2 * tolerance));
    for (const PortRef& input : m_grids.edgesNear(spot)) {
        const EdgeItem* item = edgeItem(input);
        if (item->edge().from.node == node || item->edge().to.node == node) continue;
        const double distance = item->distanceTo(point);
        if (distance >= tolerance) continue;
        tolerance = distance;
        nearest = item->edge();
    }
    return nearest;
}

std::vector<NodeId> CanvasScene::nodesIn(const QRectF& rect) const {
    std::vector<NodeId> found = m_grids.nodesNear(rect);
    std::erase_if(found, [&](NodeId id) { return !nodeItem(id)->cardRect().intersects(rect); });
    return found;
}

// What one would see inside.
QString CanvasScene::peekTip(NodeId node) const {
    if (!m_document.isBlock(node)) return {};
    const OpCatalogue& catalogue = m_document.catalogue();
    return blockPictureTip(*catalogue.find(m_document.graph().find(node)->op)->block, catalogue);
}

QString CanvasScene::tipFor(const CanvasHit& hit) const {
    const NodeItem* item = hit.onNode() ? nodeItem(hit.node) : nullptr;
    switch (hit.kind) {
        case CanvasHit::Kind::Nothing:
        case CanvasHit::Kind::NoteHandle:
            return {};
        case CanvasHit::Kind::Note:
            return noteItem(hit.note)->note().kind == Note::Kind::Frame
                       ? tr("Drag the title to move the frame and what is in it. Double-click to write.")
                       : tr("Double-click to write.");
        case CanvasHit::Kind::Badge:
            return item->card().troubleTip;
        case CanvasHit::Kind::Card: {
            QString tip = item->card().tip + peekTip(hit.node);
            if (item->life() != nullptr) tip += item->life()->tip;
            return item->card().troubleTip.isEmpty() ? tip : item->card().troubleTip + "<hr>" + tip;
        }
        case CanvasHit::Kind::Input:
        case CanvasHit::Kind::Output: {
            const bool input = hit.kind == CanvasHit::Kind::Input;
            const bool troubled = input && hit.port < 32 && (item->card().troubledInputs >> hit.port & 1u) != 0;
            return (troubled ? item->card().troubleTip + "<hr>" : QString()) +
                   portTip(m_document, {hit.node, hit.port}, input);
        }
        case CanvasHit::Kind::Edge: {
            const Node* from = m_document.graph().find(hit.edge.from.node);
            const Node* to = m_document.graph().find(hit.edge.to.node);
            const CardWriter writer(m_document);
            return QString("<p><b>%1 → %2</b></p><p>%3</p>")
                .arg(QString::fromStdString(from->name), QString::fromStdString(to->name), writer.edgeLabel(hit.edge));
        }
    }
    return {};
}

void CanvasScene::setHover(const CanvasHit& hit) {
    if (hit == m_hover) return;
    if (NodeItem* before = m_hover.onNode() ? nodeItem(m_hover.node) : nullptr) before->setHotPort(-1, false);
    m_hover = hit;
    if (hit.onPort()) nodeItem(hit.node)->setHotPort(hit.port, hit.kind == CanvasHit::Kind::Input);
    updateHighlights();
}

void CanvasScene::setDropTarget(std::optional<PortRef> input) {
    if (input == m_dropTarget) return;
    if (EdgeItem* before = m_dropTarget ? edgeItem(*m_dropTarget) : nullptr) before->setDropTarget(false);
    m_dropTarget = input;
    if (EdgeItem* item = input ? edgeItem(*input) : nullptr) item->setDropTarget(true);
}

void CanvasScene::previewMove(const std::vector<NodeId>& nodes, QPointF delta, const std::vector<QLineF>& guides,
                              const std::vector<NoteId>& notes) {
    stopGlide();
    m_previewNotes = notes;
    for (const NoteId id : notes) {
        const Note& note = *m_document.graph().findNote(id);
        if (NoteItem* item = noteItem(id)) item->setPos(QPointF(note.position.x, note.position.y) + delta);
    }
    m_preview = nodes;
    for (const NodeId id : nodes) {
        const Point at = m_document.graph().find(id)->position;
        if (NodeItem* item = nodeItem(id)) item->setPos(QPointF(at.x, at.y) + delta);
    }
    routeEdgesOf(nodes);
    if (!guides.empty() || !m_guides.empty()) {
        m_guides = guides;
        invalidate(QRectF(), ForegroundLayer);
    }
}

void CanvasScene::previewPullOut(const std::vector<NodeId>& nodes) {
    const auto taken = [&](NodeId id) { return std::ranges::binary_search(nodes, id); };
    for (const auto& [key, item] : m_edges) {
        if (taken(item->edge().from.node) == taken(item->edge().to.node)) continue;
        item->setVisible(false);
        m_hiddenEdges.push_back(item->edge().to);
    }
}

void CanvasScene::endMove() {
    for (const NodeId id : m_preview) {
        const Node* node = m_document.graph().find(id);
        NodeItem* item = nodeItem(id);
        if (node != nullptr && item != nullptr) placeItem(*item, {node->position.x, node->position.y});
    }
    m_preview.clear();
    endNotePreview();
    for (const PortRef& input : m_hiddenEdges)
        if (EdgeItem* item = edgeItem(input)) item->setVisible(true);
    m_hiddenEdges.clear();
    if (!m_guides.empty()) {
        m_guides.clear();
        invalidate(QRectF(), ForegroundLayer);
    }
    routeAll();
}

// --- An edge being dragged

void CanvasScene::beginDraft(PortRef anchor, bool anchorIsOutput, std::optional<PortRef> replaced) {
    m_draft = Draft{anchor, anchorIsOutput, replaced, m_document.graph()};
    if (replaced) {
        m_draft->graph.disconnect(*replaced);
        if (EdgeItem* item = edgeItem(*replaced)) item->setVisible(false);
    }
    const ConnectionCheck check(m_draft->graph, m_document.catalogue(), m_document.analysis());
    for (const auto& [id, item] : m_nodes) {
        const int count = anchorIsOutput ? item->card().inputs : item->card().outputs;
        std::vector<ConnectionVerdict::Kind> verdicts;
        for (int port = 0; port < count; ++port) {
            const PortRef other{id, port};
            verdicts.push_back((anchorIsOutput ? check.verdict(anchor, other) : check.verdict(other, anchor)).kind);
        }
        // Cards without such ports step back too.
        if (verdicts.empty()) verdicts.push_back(ConnectionVerdict::Kind::Refused);
        item->setVerdicts(std::move(verdicts), anchorIsOutput);
    }
    m_draftItem->show();
}

ConnectionVerdict CanvasScene::moveDraft(QPointF pointer, const CanvasHit& hit) {
    if (!m_draft) return {};
    ConnectionVerdict verdict;
    QPointF end = pointer;
    const bool onTarget = hit.kind == (m_draft->anchorIsOutput ? CanvasHit::Kind::Input : CanvasHit::Kind::Output);
    QColor color = m_style.accent;
    if (onTarget) {
        const PortRef other{hit.node, hit.port};
        const ConnectionCheck check(m_draft->graph, m_document.catalogue(), m_document.analysis());
        verdict =
            m_draft->anchorIsOutput ? check.verdict(m_draft->anchor, other) : check.verdict(other, m_draft->anchor);
        const NodeItem* item = nodeItem(hit.node);
        end = m_draft->anchorIsOutput ? item->inputPort(hit.port) : item->outputPort(hit.port);
        using Kind = ConnectionVerdict::Kind;
        color = verdict.kind == Kind::Fits       ? m_style.good
                : verdict.kind == Kind::Mismatch ? m_style.warning
                                                 : m_style.danger;
    }
    setHover(onTarget ? hit : CanvasHit{});
    const NodeItem* anchor = nodeItem(m_draft->anchor.node);
    const QPointF start =
        m_draft->anchorIsOutput ? anchor->outputPort(m_draft->anchor.port) : anchor->inputPort(m_draft->anchor.port);
    m_draftItem->setPath(
        pathAlong(m_draft->anchorIsOutput ? directWay(start, end, m_drawn) : directWay(end, start, m_drawn)));
    QPen pen(color, 2.5);
    pen.setCapStyle(Qt::RoundCap);
    if (!onTarget) pen.setStyle(Qt::DashLine);
    m_draftItem->setPen(pen);
    return verdict;
}

void CanvasScene::endDraft() {
    if (!m_draft) return;
    if (m_draft->replaced)
        if (EdgeItem* item = edgeItem(*m_draft->replaced)) item->setVisible(true);
    m_draft.reset();
    for (const auto& [id, item] : m_nodes) item->setVerdicts({}, true);
    m_draftItem->setPath({});
    m_draftItem->hide();
    setHover({});
}

}  // namespace gradlens
