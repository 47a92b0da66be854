// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_scene.h"

#include "ui/design/canvas/card_text.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/motion.h"
#include "ui/theme/theme.h"

#include <QEasingCurve>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kGlideMilliseconds = 260;

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
        if (t < 1) {
            for (const auto& [key, edge] : m_edges) route(*edge, Ways::Direct);
        } else {
            for (const auto& [id, from] : m_glideFrom)
                if (NodeItem* item = nodeItem(id)) m_grids.setNode(id, item->cardRect());
            m_routesStale = true;
            routeAll();
        }
    });
    connect(&m_document, &DesignDocument::nodeAdded, this, &CanvasScene::addNodeItem);
    connect(&m_document, &DesignDocument::nodeRemoved, this, &CanvasScene::removeNodeItem);
    connect(&m_document, &DesignDocument::nodeChanged, this, &CanvasScene::refreshCard);
    connect(&m_document, &DesignDocument::edgeAdded, this, &CanvasScene::addEdgeItem);
    connect(&m_document, &DesignDocument::edgeRemoved, this, &CanvasScene::removeEdgeItem);
    connect(&m_document, &DesignDocument::nodesMoved, this, &CanvasScene::placeNodes);
    connect(&m_document, &DesignDocument::graphChanged, this, [this] {
        takeFlow();
        routeAll();
    });
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
    const auto found = m_edges.find(edgeKey(input));
    return found == m_edges.end() ? nullptr : found->second.get();
}

std::vector<EdgeItem*> CanvasScene::edgeItems() const {
    std::vector<EdgeItem*> items;
    for (const auto& [key, item] : m_edges) items.push_back(item.get());
    return items;
}

QRectF CanvasScene::contentRect() const {
    // Where they stand, not where they are still gliding.
    QRectF rect;
    for (const Node& node : m_document.graph().nodes())
        rect |= QRectF(toQt(node.position), QSizeF(kCardWidth, kCardHeight));
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
    m_router.forget();
    m_grids.clear();
    m_unsettled.clear();
    m_disturbed.clear();
    m_routesStale = true;
    m_drawn = m_document.graph().style();
    for (const Node& node : m_document.graph().nodes()) addNodeItem(node.id);
    for (const Edge& edge : m_document.graph().edges()) addEdgeItem(edge);
    for (const Note& note : m_document.graph().notes()) addNoteItem(note.id);
    refreshCards();
    updateHighlights();
    emit itemsRebuilt();
}

void CanvasScene::addNodeItem(NodeId id) {
    auto item = std::make_unique<NodeItem>(id, m_style);
    item->setFlow(m_drawn.flow);
    item->setPos(toQt(m_document.graph().find(id)->position));
    addItem(item.get());
    m_grids.setNode(id, item->cardRect());
    disturb(item->cardRect());
    m_nodes[id] = std::move(item);
    unsettle(id);
}

void CanvasScene::removeNodeItem(NodeId id) {
    if (m_hover.onNode() && m_hover.node == id) m_hover = {};
    m_glideFrom.erase(id);
    m_grids.removeNode(id);
    if (const NodeItem* item = nodeItem(id)) disturb(item->cardRect());
    m_nodes.erase(id);
}

void CanvasScene::addEdgeItem(const Edge& edge) {
    auto item = std::make_unique<EdgeItem>(edge, m_style);
    addItem(item.get());
    m_edges[edgeKey(edge.to)] = std::move(item);
    unsettle(edge.to.node);
}

void CanvasScene::removeEdgeItem(const Edge& edge) {
    if (m_hover.kind == CanvasHit::Kind::Edge && m_hover.edge == edge) m_hover = {};
    m_edges.erase(edgeKey(edge.to));
    m_grids.removeEdge(edge.to);
    unsettle(edge.to.node);
}

void CanvasScene::setHeat(std::unordered_map<NodeId, double> heat) {
    m_heat = std::move(heat);
    for (const auto& [id, item] : m_nodes) {
        const auto found = m_heat.find(id);
        item->setHeat(found == m_heat.end() ? std::nullopt : std::optional(found->second));
    }
}

void CanvasScene::refreshCards() {
    const CardWriter writer(m_document);
    for (const Node& node : m_document.graph().nodes())
        if (NodeItem* item = nodeItem(node.id)) {
            NodeCard card = writer.card(node);
            // Ports of a variadic input move when their number changes.
            if (card.inputs != item->card().inputs || card.outputs != item->card().outputs) unsettle(node.id);
            item->setCard(std::move(card));
        }
    for (const auto& [key, item] : m_edges) {
        item->setLabel(writer.edgeLabel(item->edge()));
        item->setTroubled(writer.isTroubled(item->edge().to));
    }
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
    unsettle(id);
}

void CanvasScene::animateNextMove() {
    constexpr std::size_t kMostGliding = 2000;
    m_animateNext = m_nodes.size() <= kMostGliding && isMotionWanted();
}

void CanvasScene::placeNodes(const std::vector<NodeId>& nodes) {
    stopGlide();
    takeFlow();
    const bool glide = m_animateNext;
    m_animateNext = false;
    for (const NodeId id : nodes) {
        NodeItem* item = nodeItem(id);
        if (item == nullptr) continue;
        if (glide) {
            m_glideFrom[id] = item->pos();
        } else {
            placeItem(*item, toQt(m_document.graph().find(id)->position));
        }
    }
    if (glide) {
        m_routesStale = true;
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
        if (node != nullptr && item != nullptr) placeItem(*item, toQt(node->position));
    }
    m_glideFrom.clear();
    m_routesStale = true;
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
