// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_view.h"

#include "core/base/error.h"
#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/design/canvas/inline_rename.h"
#include "ui/design/canvas/insert_search.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QAction>
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
        tr("The network as cards and edges. Arrow keys move what is selected, F2 renames, Delete removes."));
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
    makeActions();
    setIcons();
    connect(&Theme::instance(), &Theme::changed, this, &CanvasView::setIcons);
    connect(&document().selection(), &SelectionModel::changed, this, &CanvasView::updateActions);
    connect(&document(), &DesignDocument::graphChanged, this, &CanvasView::updateActions);
    connect(QGuiApplication::clipboard(), &QClipboard::dataChanged, this, &CanvasView::updateActions);
    connect(&scene, &CanvasScene::itemsRebuilt, this, [this] {
        closeRename();
        m_interaction->cancel();
        updateActions();
        showFromTop();
    });
    updateActions();
}

CanvasView::~CanvasView() {
    setScene(nullptr);
}

void CanvasView::setReadOnly(bool readOnly) {
    m_readOnly = readOnly;
    closeRename();
    m_interaction->cancel();
    setAcceptDrops(!readOnly);
    updateActions();
}

// --- Actions

QAction* CanvasView::makeAction(const QString& text, const QString& icon, const QList<QKeySequence>& keys,
                                std::function<void()> run) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setProperty("themeIcon", icon);
    connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
        try {
            run();
        } catch (const Error& error) {
            emit failed(QString::fromUtf8(error.what()));
        }
    });
    addAction(action);
    return action;
}

void CanvasView::makeActions() {
    const auto keys = [](QKeySequence::StandardKey key) { return QKeySequence::keyBindings(key); };
    DesignDocument& edited = document();
    m_actions.cut = makeAction(tr("Cut"), "cut", keys(QKeySequence::Cut), [&edited] { edited.cut(); });
    m_actions.copy = makeAction(tr("Copy"), "copy", keys(QKeySequence::Copy), [&edited] { edited.copy(); });
    m_actions.paste = makeAction(tr("Paste"), "paste", keys(QKeySequence::Paste), [&edited] { edited.paste(); });
    m_actions.duplicate =
        makeAction(tr("Duplicate"), "copy", {QKeySequence(Qt::CTRL | Qt::Key_D)}, [&edited] { edited.duplicate(); });
    m_actions.remove =
        makeAction(tr("Delete"), "delete", {QKeySequence(Qt::Key_Delete), QKeySequence(Qt::Key_Backspace)},
                   [&edited] { edited.removeSelection(); });
    m_actions.rename = makeAction(tr("Rename"), "rename", {QKeySequence(Qt::Key_F2)},
                                  [this] { rename(document().selection().current()); });
    m_actions.selectAll =
        makeAction(tr("Select all"), "select-all", keys(QKeySequence::SelectAll), [&edited] { edited.selectAll(); });
    m_actions.addLayer =
        makeAction(tr("Add layer..."), "plus", {QKeySequence(Qt::Key_A), QKeySequence(Qt::Key_Insert)}, [this] {
            const QPoint pointer = viewport()->mapFromGlobal(QCursor::pos());
            openInsertSearch(viewport()->rect().contains(pointer) ? pointer : viewport()->rect().center());
        });
    m_actions.arrange =
        makeAction(tr("Arrange"), "layout", {QKeySequence(Qt::CTRL | Qt::Key_L)}, [this] { emit arrangeRequested(); });
    m_actions.fit =
        makeAction(tr("Fit"), "fit", {QKeySequence(Qt::Key_F), QKeySequence(Qt::Key_Home)}, [this] { fit(); });
    m_actions.resetZoom =
        makeAction(tr("Zoom to 100 %"), "", {QKeySequence(Qt::CTRL | Qt::Key_0)}, [this] { resetZoom(); });
    m_actions.zoomIn = makeAction(
        tr("Zoom in"), "zoom-in",
        {QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal), QKeySequence(Qt::Key_Plus)},
        [this] { zoomIn(); });
    m_actions.zoomOut =
        makeAction(tr("Zoom out"), "zoom-out", {QKeySequence(Qt::CTRL | Qt::Key_Minus), QKeySequence(Qt::Key_Minus)},
                   [this] { zoomOut(); });
}

void CanvasView::setIcons() {
    for (QAction* action : actions()) {
        const QString icon = action->property("themeIcon").toString();
        if (!icon.isEmpty()) action->setIcon(Theme::instance().icon(icon));
    }
    setBackgroundBrush(Qt::NoBrush);
}

void CanvasView::updateActions() {
    const SelectionModel& selection = document().selection();
    const bool edit = !isReadOnly();
    const bool nodes = !selection.nodes().empty();
    m_actions.cut->setEnabled(edit && nodes);
    m_actions.copy->setEnabled(nodes);
    m_actions.paste->setEnabled(edit && DesignDocument::canPaste());
    m_actions.duplicate->setEnabled(edit && nodes);
    m_actions.remove->setEnabled(edit && !selection.isEmpty());
    m_actions.rename->setEnabled(edit && selection.current() != NodeId::None);
    m_actions.selectAll->setEnabled(!document().graph().nodes().empty());
    m_actions.addLayer->setEnabled(edit);
    m_actions.arrange->setEnabled(edit && !document().graph().nodes().empty());
}

// --- Where one looks

double CanvasView::zoom() const {
    return transform().m11();
}

void CanvasView::applyZoom(double zoom) {
    closeRename();
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
    const QRectF content = m_canvas.contentRect().adjusted(-kFitMargin, -kFitMargin, kFitMargin, kFitMargin);
    if (m_canvas.contentRect().isNull()) {
        applyZoom(1);
        centerOn(0, 0);
        return;
    }
    const double across = viewport()->width() / content.width(), down = viewport()->height() / content.height();
    applyZoom(std::clamp(std::min(across, down), kSmallestZoom, 1.0));
    centerOn(content.center());
}

void CanvasView::showFromTop() {
    const QRectF content = m_canvas.contentRect();
    fit();
    if (content.isNull() || zoom() >= kReadableZoom || m_readOnly) return;
    const double across = viewport()->width() / (content.width() + 2 * kFitMargin);
    applyZoom(std::clamp(across, zoom(), kReadableZoom));
    const double half = viewport()->height() / zoom() / 2;
    centerOn(content.center().x(), content.top() - kFitMargin + half);
}

void CanvasView::reveal(NodeId node) {
    const NodeItem* item = m_canvas.nodeItem(node);
    if (item == nullptr) return;
    const QRectF sight = mapToScene(viewport()->rect()).boundingRect();
    if (!sight.contains(item->cardRect())) centerOn(item->cardRect().center());
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
    placeOverlay();
    if (!event->oldSize().isValid()) return;
    const QSize grown = event->size() - event->oldSize();
    panBy({grown.width() / 2, grown.height() / 2});
}

void CanvasView::setOverlay(QWidget* overlay) {
    m_overlay = overlay;
    overlay->setParent(viewport());
    placeOverlay();
}

// In the middle, whatever the canvas scrolled to: scrolling takes the viewport's children along.
void CanvasView::placeOverlay() {
    if (!m_overlay) return;
    const QSize room = viewport()->size();
    const QSize size = m_overlay->sizeHint().boundedTo(room);
    m_overlay->setGeometry(QRect(QPoint((room.width() - size.width()) / 2, (room.height() - size.height()) / 2), size));
}

void CanvasView::scrollContentsBy(int dx, int dy) {
    QGraphicsView::scrollContentsBy(dx, dy);
    if (m_overlay && m_overlay->isVisibleTo(this)) placeOverlay();
}

void CanvasView::showEvent(QShowEvent* event) {
    QGraphicsView::showEvent(event);
    if (m_shown) return;
    m_shown = true;
    showFromTop();
}

// --- Small windows over the canvas

void CanvasView::closeRename() {
    if (m_rename) m_rename->finish();
}

void CanvasView::rename(NodeId node) {
    closeRename();
    const NodeItem* item = m_canvas.nodeItem(node);
    if (item == nullptr || isReadOnly()) return;
    reveal(node);
    constexpr double kLeast = 11;
    QFont font = m_canvas.style().name;
    font.setPixelSize(static_cast<int>(std::max(kLeast, font.pixelSize() * zoom())));
    m_rename = new InlineRename(document(), node, font, viewport());
    const QRectF line(item->pos() + QPointF(9, 3), QSizeF(kCardWidth - 18, 26));
    QRect place = mapFromScene(line).boundingRect();
    place.setHeight(std::max(place.height(), 20));
    place.setWidth(std::max(place.width(), 120));
    m_rename->setGeometry(place);
    connect(m_rename, &InlineRename::refused, this, [this, place](const QString& reason) {
        say(reason, viewport()->mapTo(this, place.bottomLeft()), static_cast<int>(HintBubble::Tone::Refusal));
    });
    connect(m_rename, &InlineRename::finished, this, [this] { setFocus(); });
    m_rename->show();
    m_rename->setFocus();
}

void CanvasView::openInsertSearch(QPoint viewportPoint, const Attachment& attachment) {
    if (isReadOnly()) return;
    const QPointF at = mapToScene(viewportPoint);
    // Wired from above the card hangs at the pointer by its input; from below by its output.
    const Point place = snapped({at.x() - kCardWidth / 2, attachment.from ? at.y()
                                                          : attachment.to ? at.y() - kCardHeight
                                                                          : at.y() - kCardHeight / 2});
    auto* search = new InsertSearch(
        document().offered(),
        [attachment](const OpDefinition& op) {
            return (!attachment.from || !op.inputs.empty()) && (!attachment.to || !op.outputs.empty());
        },
        this);
    connect(search, &InsertSearch::chosen, this, [this, place, attachment](const QString& op) {
        const ModelGraph& graph = document().graph();
        const auto exists = [&](const std::optional<PortRef>& port) {
            return !port || graph.find(port->node) != nullptr;
        };
        if (exists(attachment.from) && exists(attachment.to)) document().addNode(op, place, attachment);
        setFocus();
    });
    search->openAt(viewport()->mapToGlobal(viewportPoint));
}

void CanvasView::say(const QString& text, QPoint viewportPoint, int tone) {
    m_bubble->say(text, viewportPoint, static_cast<HintBubble::Tone>(tone));
}

// --- Events

void CanvasView::mousePressEvent(QMouseEvent* event) {
    closeRename();
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

void CanvasView::keyReleaseEvent(QKeyEvent* event) {
    m_interaction->keyReleased(event);
    QWidget::keyReleaseEvent(event);
}

void CanvasView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    const Actions& all = m_actions;
    const SelectionModel& selection = document().selection();
    if (!selection.nodes().empty()) {
        menu.addActions({all.rename, all.duplicate});
        menu.addSeparator();
        menu.addActions({all.cut, all.copy});
    }
    if (selection.isEmpty()) menu.addActions({all.addLayer, all.paste, all.selectAll});
    if (!selection.isEmpty()) menu.addAction(all.remove);
    menu.addSeparator();
    menu.addActions({all.arrange, all.fit});
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
