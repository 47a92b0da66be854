// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_scene.h"

#include "ui/design/canvas/card_text.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QEasingCurve>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kGlideMilliseconds = 260;

std::uint64_t keyOf(PortRef input) {
    return (static_cast<std::uint64_t>(toInteger(input.node)) << 32) | static_cast<std::uint32_t>(input.port);
}

QPointF toQt(Point point) {
    return {point.x, point.y};
}
}  // namespace

CanvasScene::CanvasScene(DesignDocument& document, QObject* parent)
    : QGraphicsScene(parent), m_document(document), m_style(CanvasStyle::fromTheme()) {
    setItemIndexMethod(NoIndex);
    m_draftItem = new QGraphicsPathItem;
    m_draftItem->setZValue(5);
    m_draftItem->hide();
    addItem(m_draftItem);
    m_glide.setDuration(kGlideMilliseconds);
    m_glide.setEasingCurve(QEasingCurve::OutCubic);
    m_glide.setStartValue(0.0);
    m_glide.setEndValue(1.0);
    connect(&m_glide, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        const double t = value.toDouble();
        for (const auto& [id, from] : m_glideFrom) {
            const Node* node = m_document.graph().find(id);
            NodeItem* item = nodeItem(id);
            if (node != nullptr && item != nullptr) item->setPos(from + (toQt(node->position) - from) * t);
        }
        for (const auto& [key, edge] : m_edges) route(*edge, t >= 1);
    });
    connect(&m_document, &DesignDocument::nodeAdded, this, &CanvasScene::addNodeItem);
    connect(&m_document, &DesignDocument::nodeRemoved, this, &CanvasScene::removeNodeItem);
    connect(&m_document, &DesignDocument::nodeChanged, this, &CanvasScene::refreshCard);
    connect(&m_document, &DesignDocument::edgeAdded, this, &CanvasScene::addEdgeItem);
    connect(&m_document, &DesignDocument::edgeRemoved, this, &CanvasScene::removeEdgeItem);
    connect(&m_document, &DesignDocument::nodesMoved, this, &CanvasScene::placeNodes);
    connect(&m_document, &DesignDocument::graphChanged, this, &CanvasScene::routeAll);
    connect(&m_document, &DesignDocument::reset, this, &CanvasScene::rebuild);
    connect(&m_document, &DesignDocument::scopeChanged, this, &CanvasScene::rebuild);
    connect(&m_document, &DesignDocument::analysisChanged, this, &CanvasScene::refreshCards);
    connectNotes();
    connect(&m_document.selection(), &SelectionModel::changed, this, &CanvasScene::updateHighlights);
    connect(&Theme::instance(), &Theme::changed, this, &CanvasScene::restyle);
    rebuild();
}

CanvasScene::~CanvasScene() {
    // Items go before the style they refer to.
    m_nodes.clear();
    m_edges.clear();
    m_notes.clear();
}

NodeItem* CanvasScene::nodeItem(NodeId node) const {
    const auto found = m_nodes.find(node);
    return found == m_nodes.end() ? nullptr : found->second.get();
}

EdgeItem* CanvasScene::edgeItem(PortRef input) const {
    const auto found = m_edges.find(keyOf(input));
    return found == m_edges.end() ? nullptr : found->second.get();
}

std::vector<EdgeItem*> CanvasScene::edgeItems() const {
    std::vector<EdgeItem*> items;
    for (const auto& [key, item] : m_edges) items.push_back(item.get());
    return items;
}

QRectF CanvasScene::contentRect() const {
    QRectF rect;
    for (const auto& [id, item] : m_nodes) rect |= item->cardRect();
    for (const auto& [id, item] : m_notes) rect |= item->rect();
    return rect;
}

// --- In step with the document

void CanvasScene::rebuild() {
    stopGlide();
    endDraft();
    m_hover = {};
    m_dropTarget.reset();
    m_preview.clear();
    m_guides.clear();
    m_found.clear();
    m_hiddenEdges.clear();
    m_previewNotes.clear();
    m_edges.clear();
    m_nodes.clear();
    m_notes.clear();
    for (const Node& node : m_document.graph().nodes()) addNodeItem(node.id);
    for (const Edge& edge : m_document.graph().edges()) addEdgeItem(edge);
    for (const Note& note : m_document.graph().notes()) addNoteItem(note.id);
    refreshCards();
    updateHighlights();
    emit itemsRebuilt();
}

void CanvasScene::addNodeItem(NodeId id) {
    auto item = std::make_unique<NodeItem>(id, m_style);
    item->setPos(toQt(m_document.graph().find(id)->position));
    addItem(item.get());
    m_nodes[id] = std::move(item);
    m_gridsStale = true;
    m_routesStale = true;
}

void CanvasScene::removeNodeItem(NodeId id) {
    if (m_hover.onNode() && m_hover.node == id) m_hover = {};
    m_glideFrom.erase(id);
    m_nodes.erase(id);
    m_gridsStale = true;
    m_routesStale = true;
}

void CanvasScene::addEdgeItem(const Edge& edge) {
    auto item = std::make_unique<EdgeItem>(edge, m_style);
    addItem(item.get());
    m_edges[keyOf(edge.to)] = std::move(item);
    m_gridsStale = true;
    m_routesStale = true;
}

void CanvasScene::removeEdgeItem(const Edge& edge) {
    if (m_hover.kind == CanvasHit::Kind::Edge && m_hover.edge == edge) m_hover = {};
    m_edges.erase(keyOf(edge.to));
    m_gridsStale = true;
    m_routesStale = true;
}

void CanvasScene::refreshCards() {
    const CardWriter writer(m_document);
    for (const Node& node : m_document.graph().nodes())
        if (NodeItem* item = nodeItem(node.id)) item->setCard(writer.card(node));
    for (const auto& [key, item] : m_edges) {
        item->setLabel(writer.edgeLabel(item->edge()));
        item->setTroubled(writer.isTroubled(item->edge().to));
    }
    // Ports of a variadic input move when their number changes.
    m_routesStale = true;
    routeAll();
}

void CanvasScene::refreshCard(NodeId id) {
    const Node* node = m_document.graph().find(id);
    NodeItem* item = nodeItem(id);
    if (node == nullptr || item == nullptr) return;
    // At once what was typed; shapes and problems follow with the analysis.
    NodeCard card = item->card();
    card.name = QString::fromStdString(node->name);
    card.bypassed = node->bypassed;
    item->setCard(std::move(card));
}

void CanvasScene::placeNodes(const std::vector<NodeId>& nodes) {
    stopGlide();
    m_gridsStale = true;
    m_routesStale = true;
    const bool glide = m_animateNext;
    m_animateNext = false;
    for (const NodeId id : nodes) {
        NodeItem* item = nodeItem(id);
        if (item == nullptr) continue;
        if (glide) {
            m_glideFrom[id] = item->pos();
        } else {
            item->setPos(toQt(m_document.graph().find(id)->position));
        }
    }
    if (glide) {
        m_glide.start();
    } else {
        routeAll();
    }
}

void CanvasScene::stopGlide() {
    if (m_glide.state() == QAbstractAnimation::Stopped) return;
    m_glide.stop();
    for (const auto& [id, from] : m_glideFrom) {
        const Node* node = m_document.graph().find(id);
        NodeItem* item = nodeItem(id);
        if (node != nullptr && item != nullptr) item->setPos(toQt(node->position));
    }
    m_glideFrom.clear();
    m_routesStale = true;
}

void CanvasScene::routeAll() {
    if (!m_routesStale) return;
    m_routesStale = false;
    // Cards know their ports before the analysis is there, so that new edges end where they will stay.
    for (const Node& node : m_document.graph().nodes()) {
        NodeItem* item = nodeItem(node.id);
        const int inputs = inputPortCount(m_document.graph(), m_document.catalogue(), node);
        const int outputs = outputPortCount(m_document.catalogue(), node);
        if (item->card().inputs == inputs && item->card().outputs == outputs && !item->card().op.isEmpty()) continue;
        NodeCard card = item->card();
        card.name = QString::fromStdString(node.name);
        card.op = QString::fromStdString(node.op);
        card.inputs = inputs;
        card.outputs = outputs;
        item->setCard(std::move(card));
    }
    const bool gliding = m_glide.state() == QAbstractAnimation::Running;
    for (const auto& [key, item] : m_edges) route(*item, !gliding);
    m_gridsStale = true;
}

void CanvasScene::route(EdgeItem& item, bool avoidCards) {
    const NodeItem* source = nodeItem(item.edge().from.node);
    const NodeItem* target = nodeItem(item.edge().to.node);
    if (source == nullptr || target == nullptr) return;
    const QPointF from = source->outputPort(item.edge().from.port);
    const QPointF to = target->inputPort(item.edge().to.port);
    const auto lane = avoidCards ? laneBeside(from, to, item) : std::nullopt;
    // The label keeps out of the way of the port next door, else of the edge itself.
    constexpr double kUpright = 4;
    const int port = item.edge().to.port, ports = target->card().inputs;
    const bool left = ports > 1 && (port == 0 || port == ports - 1) ? port == 0 : from.x() > to.x() + kUpright;
    item.setEnds(from, to, lane, left && !lane);
}

void CanvasScene::routeEdgesOf(const std::vector<NodeId>& nodes) {
    for (const auto& [key, item] : m_edges) {
        const auto touches = [&](NodeId id) { return std::ranges::binary_search(nodes, id); };
        if (touches(item->edge().from.node) || touches(item->edge().to.node)) route(*item, false);
    }
}

// Where a long edge would run behind cards it goes down a lane beside them instead.
std::optional<double> CanvasScene::laneBeside(QPointF from, QPointF to, const EdgeItem& item) const {
    constexpr double kMargin = 20;
    if (to.y() - from.y() < kCardHeight + kCardGap) return std::nullopt;
    ensureGrids();
    const auto blockers = [&](const QRectF& rect) {
        QRectF blocked;
        for (const NodeId id : m_nodeGrid.candidates(rect)) {
            if (id == item.edge().from.node || id == item.edge().to.node) continue;
            const NodeItem* card = nodeItem(id);
            if (card != nullptr && card->cardRect().intersects(rect)) blocked |= card->cardRect();
        }
        return blocked;
    };
    const QRectF way = QRectF(from + QPointF(0, 8), to - QPointF(0, 8)).normalized().adjusted(-4, 0, 4, 0);
    const QRectF blocked = blockers(way);
    if (blocked.isNull()) return std::nullopt;
    const QPainterPath direct = EdgeItem::curve(from, to);
    if (!direct.intersects(blocked)) return std::nullopt;
    double left = blocked.left() - kMargin, right = blocked.right() + kMargin;
    // A lane may meet further cards: step out past them, a few times at most.
    for (int attempt = 0; attempt < 4; ++attempt) {
        const QRectF atLeft = blockers(QRectF(left - 4, way.top() + 40, 8, way.height() - 80));
        const QRectF atRight = blockers(QRectF(right - 4, way.top() + 40, 8, way.height() - 80));
        if (atLeft.isNull() && atRight.isNull()) break;
        if (!atLeft.isNull()) left = atLeft.left() - kMargin;
        if (!atRight.isNull()) right = atRight.right() + kMargin;
    }
    const auto reach = [&](double lane) { return std::abs(lane - from.x()) + std::abs(lane - to.x()); };
    return reach(left) < reach(right) ? left : right;
}

void CanvasScene::restyle() {
    m_style = CanvasStyle::fromTheme();
    for (const auto& [id, item] : m_nodes) item->restyled();
    for (const auto& [key, item] : m_edges) item->restyled();
    for (const auto& [id, item] : m_notes) item->restyled();
    invalidate();
}

void CanvasScene::updateHighlights() {
    const SelectionModel& selection = m_document.selection();
    for (const auto& [id, item] : m_nodes)
        item->setHighlight(selection.isSelected(id), m_hover.onNode() && m_hover.node == id);
    for (const auto& [key, item] : m_edges)
        item->setHighlight(selection.isEdgeSelected(item->edge().to),
                           m_hover.kind == CanvasHit::Kind::Edge && m_hover.edge.to == item->edge().to);
    for (const auto& [id, item] : m_notes)
        item->setHighlight(selection.isNoteSelected(id), m_hover.onNote() && m_hover.note == id);
}

// --- Background

void CanvasScene::drawBackground(QPainter* painter, const QRectF& rect) {
    painter->fillRect(rect, m_style.canvas);
    const double zoom = painter->worldTransform().m11();
    constexpr double kPitch = 3 * kCanvasGrid, kClosest = 12;
    double pitch = kPitch;
    while (pitch * zoom < kClosest) pitch *= 4;
    const double left = std::floor(rect.left() / pitch) * pitch, top = std::floor(rect.top() / pitch) * pitch;
    std::vector<QPointF> dots;
    for (double y = top; y <= rect.bottom(); y += pitch)
        for (double x = left; x <= rect.right(); x += pitch) dots.emplace_back(x, y);
    QPen pen = m_style.gridPen;
    pen.setCosmetic(true);
    pen.setWidthF(zoom > 0.5 ? 2 : 1);
    pen.setCapStyle(Qt::SquareCap);
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setPen(pen);
    painter->drawPoints(dots.data(), static_cast<int>(dots.size()));
    painter->setRenderHint(QPainter::Antialiasing, true);
}

void CanvasScene::drawForeground(QPainter* painter, const QRectF& rect) {
    if (!m_found.empty()) paintFound(painter, rect);
    if (m_guides.empty()) return;
    painter->setPen(m_style.guidePen);
    painter->drawLines(m_guides.data(), static_cast<int>(m_guides.size()));
}

}  // namespace gradlens
