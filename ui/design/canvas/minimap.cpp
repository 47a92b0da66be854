// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/minimap.h"

#include "ui/design/canvas/canvas_view.h"
#include "ui/theme/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kWidth = 188, kHeight = 132, kMargin = 8;
constexpr int kRenewMilliseconds = 60;  // changes come in bursts
constexpr double kLeastCard = 1.5;      // pixels
}  // namespace

Minimap::Minimap(CanvasView& view) : QWidget(view.viewport()), m_view(view) {
    setObjectName("minimap");
    setAccessibleName(tr("Minimap"));
    setToolTip(tr("The whole drawing. Drag to look elsewhere."));
    setFixedSize(kWidth, kHeight);
    setCursor(Qt::PointingHandCursor);
    hide();
    m_timer.setSingleShot(true);
    m_timer.setInterval(kRenewMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &Minimap::renew);
    DesignDocument& document = view.document();
    connect(&document, &DesignDocument::graphChanged, this, &Minimap::changed);
    connect(&document, &DesignDocument::nodesMoved, this, &Minimap::changed);
    connect(&view.canvas(), &CanvasScene::itemsRebuilt, this, &Minimap::changed);
    connect(&document.selection(), &SelectionModel::changed, this, &Minimap::changed);
    connect(&Theme::instance(), &Theme::changed, this, &Minimap::changed);
    connect(&view, &CanvasView::zoomChanged, this, &Minimap::showSight);
}

void Minimap::setWanted(bool wanted) {
    m_wanted = wanted;
    if (wanted) renew();
    showSight();
}

void Minimap::changed() {
    if (m_wanted && !m_timer.isActive()) m_timer.start();
}

void Minimap::showSight() {
    setVisible(m_wanted && !m_content.isNull() && !m_view.sight().contains(m_content));
    update();
}

double Minimap::scale() const {
    return std::min((width() - 2 * kMargin) / std::max(m_content.width(), 1.0),
                    (height() - 2 * kMargin) / std::max(m_content.height(), 1.0));
}

QRectF Minimap::mapFromScene(const QRectF& rect) const {
    const double scaled = scale();
    const QPointF middle(width() / 2.0, height() / 2.0);
    return {middle + (rect.topLeft() - m_content.center()) * scaled, rect.size() * scaled};
}

void Minimap::renew() {
    CanvasScene& scene = m_view.canvas();
    m_content = scene.contentRect();
    const double ratio = devicePixelRatioF();
    m_cards = QImage(size() * ratio, QImage::Format_ARGB32_Premultiplied);
    m_cards.setDevicePixelRatio(ratio);
    m_cards.fill(Qt::transparent);
    QPainter painter(&m_cards);
    const CanvasStyle& style = scene.style();
    const DesignDocument& document = m_view.document();
    for (const Note& note : document.graph().notes()) {
        QColor color = style.notes[static_cast<std::size_t>(std::clamp(note.color, 0, kNoteColors - 1))];
        color.setAlpha(70);
        painter.fillRect(mapFromScene({note.position.x, note.position.y, note.width, note.height}), color);
    }
    const SelectionModel& selection = m_view.document().selection();
    for (const Node& node : document.graph().nodes()) {
        const NodeItem* item = scene.nodeItem(node.id);
        if (item == nullptr) continue;
        QRectF card = mapFromScene(item->cardRect());
        card.setSize(card.size().expandedTo({kLeastCard, kLeastCard}));
        const QColor color = selection.isSelected(node.id)     ? style.accent
                             : item->card().category.isEmpty() ? style.faint
                                                               : style.category(item->card().category);
        painter.fillRect(card, color);
    }
    showSight();
}

void Minimap::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(ThemeColor::Border));
    painter.setBrush(theme.color(ThemeColor::Panel));
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
    painter.drawImage(QPointF(0, 0), m_cards);
    const QRectF sight = mapFromScene(m_view.sight()).intersected(box.adjusted(2, 2, -2, -2));
    painter.setPen(QPen(theme.color(ThemeColor::Accent), 1.5));
    painter.setBrush(theme.color(ThemeColor::Selection));
    painter.drawRoundedRect(sight, 2, 2);
}

void Minimap::panTo(QPointF point) {
    const QPointF middle(width() / 2.0, height() / 2.0);
    m_view.centerOn(m_content.center() + (point - middle) / scale());
}

void Minimap::mousePressEvent(QMouseEvent* event) {
    event->accept();
    if (event->button() == Qt::LeftButton) panTo(event->position());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    event->accept();
    if ((event->buttons() & Qt::LeftButton) != 0) panTo(event->position());
}

void Minimap::mouseReleaseEvent(QMouseEvent* event) {
    event->accept();
}

}  // namespace gradlens
