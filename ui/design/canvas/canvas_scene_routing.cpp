// SPDX-License-Identifier: GPL-3.0-or-later
// The ways of the edges: which of them a change concerns, and how they run.
#include "ui/design/canvas/canvas_scene.h"
#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

// How the drawing is looked at has changed: ports are on other sides, edges are lines of another kind.
void CanvasScene::takeFlow() {
    if (m_drawn == m_document.graph().style()) return;
    m_drawn = m_document.graph().style();
    for (const auto& [id, item] : m_nodes) item->setFlow(m_drawn.flow);
    m_routesStale = true;
}

void CanvasScene::setArrangedEdges(const std::vector<ArrangedEdge>& edges) {
    m_router.remember(edges);
    m_routesStale = true;
    routeAll();
}

void CanvasScene::unsettle(NodeId node) {
    m_unsettled.insert(node);
}

void CanvasScene::disturb(const QRectF& card) {
    constexpr double kAround = 160;  // an edge goes round a card not much further off
    if (m_routesStale) return;
    for (const PortRef& input : m_grids.edgesNear(card.adjusted(-kAround, -kAround, kAround, kAround)))
        m_disturbed.insert(edgeKey(input));
}

void CanvasScene::placeItem(NodeItem& item, QPointF at) {
    constexpr std::size_t kMany = 300;  // beyond, routing all is less work
    if (m_unsettled.size() > kMany) m_routesStale = true;
    disturb(m_grids.cardOf(item.id()));  // where it stood; while it is dragged it has left there
    item.setPos(at);
    m_grids.setNode(item.id(), item.cardRect());
    disturb(item.cardRect());
    unsettle(item.id());
}

// Cards know their ports before the analysis is there, so that new edges end where they will stay.
void CanvasScene::refreshPorts(NodeId id) {
    const Node* node = m_document.graph().find(id);
    NodeItem* item = nodeItem(id);
    if (node == nullptr || item == nullptr) return;
    NodeCard card = item->card();
    card.inputs = inputPortCount(m_document.graph(), m_document.catalogue(), *node);
    card.outputs = outputPortCount(m_document.catalogue(), *node);
    if (card.inputs == item->card().inputs && card.outputs == item->card().outputs && !card.op.isEmpty()) return;
    card.name = QString::fromStdString(node->name);
    card.op = QString::fromStdString(node->op);
    item->setCard(std::move(card));
}

void CanvasScene::routeAll() {
    if (!m_routesStale && m_unsettled.empty() && m_disturbed.empty()) return;
    for (const NodeId id : m_unsettled) refreshPorts(id);
    const Ways ways = m_glide.state() == QAbstractAnimation::Running ? Ways::Direct : Ways::Around;
    for (const auto& [key, item] : m_edges) {
        const Edge& edge = item->edge();
        if (m_routesStale || m_unsettled.contains(edge.from.node) || m_unsettled.contains(edge.to.node) ||
            m_disturbed.contains(key))
            route(*item, ways);
    }
    m_routesStale = false;
    m_unsettled.clear();
    m_disturbed.clear();
}

void CanvasScene::route(EdgeItem& item, Ways ways) {
    const NodeItem* source = nodeItem(item.edge().from.node);
    const NodeItem* target = nodeItem(item.edge().to.node);
    if (source == nullptr || target == nullptr) return;
    const QPointF from = source->outputPort(item.edge().from.port);
    const QPointF to = target->inputPort(item.edge().to.port);
    const int port = item.edge().to.port, ports = target->card().inputs;
    const auto flow = m_drawn.flow;
    constexpr double kUpright = 4, kApart = 8;
    const double aside = across(from, flow) - across(to, flow);
    // Edges into one card turn one behind the other.
    const double shift = (aside > 0 ? 1 : -1) * kApart * (port - (ports - 1) / 2.0);
    EdgeRouter::Blockers blockers;
    if (ways == Ways::Around) blockers = [&](const QRectF& rect) { return cardsIn(rect, item.edge()); };
    EdgeWay way = m_router.way(item.edge(), from, to, m_drawn, shift, blockers);

    // The shape keeps out of the way of the port next door, else of the edge itself. Where an edge turns it lies among
    // others; near its tip it stands alone.
    EdgeItem::LabelPlace label;
    const bool first = ports > 1 && port == 0, last = ports > 1 && port == ports - 1;
    label.aside = flow == DrawingStyle::Flow::Right ? last : first || (ports < 2 && aside > kUpright);
    const bool passesCards = !way.points.empty() && m_drawn.edges == DrawingStyle::Edges::Curved;
    const bool straight = std::abs(aside) <= kUpright;
    label.atTip = !straight && !passesCards;
    if (label.atTip && flow == DrawingStyle::Flow::Down && ports > 2 && !first && !last)
        label.room = kCardWidth / (ports + 1) - kApart;
    if (!label.atTip) label.aside = straight && first;
    item.setWay(way, label);
    if (ways == Ways::Direct) return;
    m_grids.setEdge(item.edge().to, item.footprint());
    if (label.atTip || cardsIn(item.labelBox(), {}).isNull()) return;
    // No room in the middle.
    label.aside = !label.aside;
    item.setWay(way, label);
    if (cardsIn(item.labelBox(), {}).isNull()) return;
    label.atTip = true;
    item.setWay(std::move(way), label);
}

void CanvasScene::routeEdgesOf(const std::vector<NodeId>& nodes) {
    for (const auto& [key, item] : m_edges) {
        const auto touches = [&](NodeId id) { return std::ranges::binary_search(nodes, id); };
        if (touches(item->edge().from.node) || touches(item->edge().to.node)) route(*item, Ways::Direct);
    }
}

QRectF CanvasScene::cardsIn(const QRectF& rect, const Edge& butEndsOf) const {
    QRectF cards;
    for (const NodeId id : m_grids.nodesNear(rect)) {
        if (id == butEndsOf.from.node || id == butEndsOf.to.node) continue;
        const NodeItem* card = nodeItem(id);
        if (card != nullptr && card->cardRect().intersects(rect)) cards |= card->cardRect();
    }
    return cards;
}

}  // namespace gradlens
