// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_view.h"

#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kZoomStep = 1.2;
constexpr double kFarEnough = 200'000;  // scene units to pan in each direction
constexpr double kFitMargin = 32;
constexpr double kReadableZoom = 0.8;
}  // namespace

CanvasView::CanvasView(CanvasScene& scene, QWidget* parent)
    : QGraphicsView(parent), m_canvas(scene), m_interaction(std::make_unique<CanvasInteraction>(*this)) {
    setScene(&scene);
    setObjectName("canvas");
    setAccessibleName(tr("Drawing"));
    setAccessibleDescription(
        tr("The network as cards and edges. A letter searches for a layer to insert, arrow keys move what is "
           "selected, with Ctrl they walk along the edges, F2 renames, Delete removes."));
    setFrameShape(NoFrame);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    setViewportUpdateMode(SmartViewportUpdate);
    setOptimizationFlags(DontSavePainterState | DontAdjustForAntialiasing);
    setTransformationAnchor(NoAnchor);
    setResizeAnchor(NoAnchor);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSceneRect(-kFarEnough, -kFarEnough, 2 * kFarEnough, 2 * kFarEnough);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setAcceptDrops(true);
    m_bubble = new HintBubble(this);
    m_actions = new CanvasActions(*this);
    setIcons();
    connect(&Theme::instance(), &Theme::changed, this, &CanvasView::setIcons);
    connect(&document().selection(), &SelectionModel::changed, m_actions, &CanvasActions::refresh);
    connect(&document(), &DesignDocument::graphChanged, m_actions, &CanvasActions::refresh);
    connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, m_actions, &CanvasActions::refresh);
    connect(&scene, &CanvasScene::itemsRebuilt, this, [this] {
        closeEditors();
        m_interaction->cancel();
        m_actions->refresh();
        showFromTop();
    });
    m_actions->refresh();
}

CanvasView::~CanvasView() {
    setScene(nullptr);
}

void CanvasView::setReadOnly(bool readOnly) {
    m_readOnly = readOnly;
    closeEditors();
    m_interaction->cancel();
    setAcceptDrops(!readOnly);
    m_actions->refresh();
}

void CanvasView::setIcons() {
    m_actions->setIcons();
    setBackgroundBrush(Qt::NoBrush);
}

// --- Where one looks

double CanvasView::zoom() const {
    return transform().m11();
}

void CanvasView::applyZoom(double zoom) {
    closeEditors();
    setTransform(QTransform::fromScale(zoom, zoom));
    emit zoomChanged(zoom);
}

void CanvasView::zoomAt(QPoint viewportPoint, double factor) {
    const double wanted = std::clamp(zoom() * factor, kSmallestZoom, kLargestZoom);
    if (wanted == zoom()) return;
    const QPointF before = mapToScene(viewportPoint);
    applyZoom(wanted);
    const QPoint drift = mapFromScene(before) - viewportPoint;
    panBy(-drift);
}

void CanvasView::setZoom(double zoom) {
    zoomAt(viewport()->rect().center(), zoom / this->zoom());
}

void CanvasView::zoomIn() {
    zoomAt(viewport()->rect().center(), kZoomStep);
}

void CanvasView::zoomOut() {
    zoomAt(viewport()->rect().center(), 1 / kZoomStep);
}

void CanvasView::resetZoom() {
    setZoom(1);
}

void CanvasView::fit() {
    showRect(m_canvas.contentRect(), 1);
}

void CanvasView::fitSelection() {
    constexpr double kLargest = 2;  // one card need not fill the window
    const QRectF selected = m_canvas.rectOf(document().selection());
    if (!selected.isNull()) showRect(selected, kLargest);
}

void CanvasView::showRect(const QRectF& rect, double largestZoom) {
    if (rect.isNull()) {
        applyZoom(1);
        centerOn(0, 0);
        return;
    }
    const QRectF around = rect.adjusted(-kFitMargin, -kFitMargin, kFitMargin, kFitMargin);
    const double across = viewport()->width() / around.width(), down = viewport()->height() / around.height();
    applyZoom(std::clamp(std::min(across, down), kSmallestZoom, largestZoom));
    centerOn(around.center());
}

QRectF CanvasView::sight() const {
    return mapToScene(viewport()->rect()).boundingRect();
}

void CanvasView::showFromTop() {
    const QRectF content = m_canvas.contentRect();
    fit();
    if (content.isNull() || zoom() >= kReadableZoom || m_readOnly) return;
    const bool down = document().graph().style().flow == DrawingStyle::Flow::Down;
    const double across = down ? viewport()->width() / (content.width() + 2 * kFitMargin)
                               : viewport()->height() / (content.height() + 2 * kFitMargin);
    applyZoom(std::clamp(across, zoom(), kReadableZoom));
    const double half = (down ? viewport()->height() : viewport()->width()) / zoom() / 2 - kFitMargin;
    if (down) {
        centerOn(content.center().x(), content.top() + half);
    } else {
        centerOn(content.left() + half, content.center().y());
    }
}

void CanvasView::reveal(NodeId node) {
    const NodeItem* item = m_canvas.nodeItem(node);
    if (item == nullptr) return;
    if (!sight().contains(item->cardRect())) centerOn(item->cardRect().center());
}

void CanvasView::panBy(QPoint pixels) {
    if (document().graph().nodes().empty()) return;  // nothing to look for; what is said there stays in place
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - pixels.x());
    verticalScrollBar()->setValue(verticalScrollBar()->value() - pixels.y());
}

Point CanvasView::middleInSight() const {
    const QPointF middle = mapToScene(viewport()->rect().center());
    return snapped({middle.x() - kCardWidth / 2, middle.y() - kCardHeight / 2});
}

void CanvasView::resizeEvent(QResizeEvent* event) {
    // Keep the middle where it is.
    QGraphicsView::resizeEvent(event);
    placeOverlays();
    if (!event->oldSize().isValid()) return;
    const QSize grown = event->size() - event->oldSize();
    panBy({grown.width() / 2, grown.height() / 2});
}

void CanvasView::showEvent(QShowEvent* event) {
    QGraphicsView::showEvent(event);
    if (m_shown) return;
    m_shown = true;
    showFromTop();
}

// --- Events

void CanvasView::mousePressEvent(QMouseEvent* event) {
    closeEditors();
    m_interaction->press(event);
    event->accept();
}

void CanvasView::mouseMoveEvent(QMouseEvent* event) {
    m_interaction->move(event);
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event) {
    m_interaction->release(event);
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event) {
    m_interaction->doubleClick(event);
}

void CanvasView::leaveEvent(QEvent* event) {
    m_interaction->leave();
    QGraphicsView::leaveEvent(event);
}

void CanvasView::focusOutEvent(QFocusEvent* event) {
    document().endMerge();
    QGraphicsView::focusOutEvent(event);
}

void CanvasView::wheelEvent(QWheelEvent* event) {
    constexpr double kNotch = 120;
    const QPoint angle = event->angleDelta();
    if ((event->modifiers() & Qt::ShiftModifier) != 0 && (event->modifiers() & Qt::ControlModifier) == 0) {
        panBy({angle.y() != 0 ? angle.y() : angle.x(), 0});
    } else {
        zoomAt(event->position().toPoint(), std::pow(kZoomStep, angle.y() / kNotch));
    }
    event->accept();
}

void CanvasView::keyPressEvent(QKeyEvent* event) {
    if (!m_interaction->key(event)) QWidget::keyPressEvent(event);
}

// Tab searches for a layer to insert; Shift+Tab still leaves the canvas.
bool CanvasView::focusNextPrevChild(bool next) {
    return (m_readOnly || !next) && QGraphicsView::focusNextPrevChild(next);
}

void CanvasView::keyReleaseEvent(QKeyEvent* event) {
    m_interaction->keyReleased(event);
    QWidget::keyReleaseEvent(event);
}

void CanvasView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    m_actions->fillMenu(menu);
    emit menuAsked(menu);
    menu.exec(event->globalPos());
}

void CanvasView::dragEnterEvent(QDragEnterEvent* event) {
    m_interaction->dragOver(event);
}

void CanvasView::dragMoveEvent(QDragMoveEvent* event) {
    m_interaction->dragOver(event);
}

void CanvasView::dragLeaveEvent(QDragLeaveEvent*) {
    m_interaction->dragLeft();
}

void CanvasView::dropEvent(QDropEvent* event) {
    m_interaction->drop(event);
}

bool CanvasView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), m_canvas.tipFor(m_interaction->hitAt(help->pos())), viewport());
        return true;
    }
    return QGraphicsView::viewportEvent(event);
}

void CanvasView::drawForeground(QPainter* painter, const QRectF& rect) {
    QGraphicsView::drawForeground(painter, rect);
    const QRectF marquee = m_interaction->marquee();
    if (marquee.isNull()) return;
    painter->setPen(m_canvas.style().marqueePen);
    painter->setBrush(m_canvas.style().selection);
    painter->drawRect(marquee);
}

}  // namespace gradlens
