// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/chart_items.h"

#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kCardPadding = 10;
constexpr double kRowHeight = 18;
constexpr double kSwatch = 14;
constexpr double kColumnGap = 14;

QColor themed(ThemeColor role) {
    return Theme::instance().color(role);
}
}  // namespace

void TraceItem::show(const TraceView& view, const std::vector<Trace>* traces, const QString& emptyText) {
    if (view.plot != m_view.plot) prepareGeometryChange();
    m_view = view;
    m_traces = traces;
    m_emptyText = emptyText;
    m_stale = true;
    update();
}

QString TraceItem::note() const {
    if (m_omissions.nonPositive == 0) return {};
    const QString count = QString::fromStdString(groupedText(m_omissions.nonPositive));
    return m_omissions.nonPositive == 1
               ? QObject::tr("1 value of zero or less has no place on a logarithmic axis")
               : QObject::tr("%1 values of zero or less have no place on a logarithmic axis").arg(count);
}

void TraceItem::render(double pixelRatio) {
    if (!m_stale && m_picture.devicePixelRatio() == pixelRatio) return;
    m_stale = false;
    const QSize size = (boundingRect().size() * pixelRatio).toSize();
    if (size.isEmpty() || m_traces == nullptr) return;
    if (m_picture.size() != size) m_picture = QImage(size, QImage::Format_ARGB32_Premultiplied);
    m_picture.setDevicePixelRatio(pixelRatio);
    m_picture.fill(Qt::transparent);
    QPainter painter(&m_picture);
    painter.translate(-boundingRect().topLeft());
    const TraceColors colors{themed(ThemeColor::Canvas), themed(ThemeColor::NotANumber),
                             themed(ThemeColor::PositiveInfinite), themed(ThemeColor::NegativeInfinite)};
    m_omissions = paintTraces(painter, m_view, *m_traces, colors);
}

void TraceItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    render(painter->device()->devicePixelRatioF());
    painter->drawImage(boundingRect().topLeft(), m_picture);
    if (!m_emptyText.isEmpty()) {
        painter->setPen(themed(ThemeColor::TextMuted));
        painter->setFont(Theme::instance().body());
        painter->drawText(m_view.plot, Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
    if (const QString text = note(); !text.isEmpty()) {
        painter->setFont(Theme::instance().small());
        const QRectF box = painter->fontMetrics().boundingRect(text).adjusted(-8, -3, 8, 3).translated(0, 0);
        QRectF place(QPointF(m_view.plot.left() + 8, m_view.plot.bottom() - box.height() - 8), box.size());
        painter->setRenderHint(QPainter::Antialiasing);
        QColor back = themed(ThemeColor::Raised);
        back.setAlphaF(0.9f);
        painter->setPen(themed(ThemeColor::Border));
        painter->setBrush(back);
        painter->drawRoundedRect(place, 4, 4);
        painter->setPen(themed(ThemeColor::TextMuted));
        painter->drawText(place, Qt::AlignCenter, text);
    }
}

void CursorItem::show(const TraceView& view, const std::optional<CursorReadout>& readout) {
    prepareGeometryChange();
    m_view = view;
    m_readout = readout;
    setVisible(m_readout.has_value());
    if (!m_readout) return;
    const double x = m_view.toPixelX(m_readout->x);
    m_bounds =
        QRectF(x - 6, m_view.plot.top() - 6, 12, m_view.plot.height() + 12).united(cardRect().adjusted(-2, -2, 2, 2));
    update();
}

CursorItem::Columns CursorItem::columns() const {
    const QFontMetricsF text(Theme::instance().small()), number(Theme::instance().mono());
    Columns widths;
    for (const CursorRow& row : m_readout->rows) {
        widths.label = std::max(widths.label, std::ceil(text.horizontalAdvance(row.label)));
        widths.value = std::max(widths.value, std::ceil(number.horizontalAdvance(row.value)));
        widths.detail = std::max(widths.detail, std::ceil(text.horizontalAdvance(row.detail)));
    }
    return widths;
}

QRectF CursorItem::cardRect() const {
    const Columns widths = columns();
    const QFontMetricsF title(Theme::instance().small());
    double width =
        kSwatch + widths.label + kColumnGap + widths.value + (widths.detail > 0 ? kColumnGap + widths.detail : 0);
    width = std::max(width, title.horizontalAdvance(m_readout->title)) + 2 * kCardPadding;
    const double height = kRowHeight * static_cast<double>(m_readout->rows.size() + 1) + 2 * kCardPadding - 4;
    const double x = m_view.toPixelX(m_readout->x);
    double left = x + 12;
    if (left + width > m_view.plot.right()) left = x - 12 - width;
    left = std::max(left, m_view.plot.left());
    // Above or below, wherever the curves are not.
    double sum = 0, dots = 0;
    for (const CursorRow& row : m_readout->rows)
        if (row.dot) {
            sum += row.dot->y();
            ++dots;
        }
    const bool below = dots > 0 && sum / dots < m_view.plot.center().y();
    const double top = below ? m_view.plot.bottom() - height - 8 : m_view.plot.top() + 8;
    return QRectF(std::round(left), std::round(top), width, height);
}

void CursorItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    if (!m_readout) return;
    const double x = std::floor(m_view.toPixelX(m_readout->x)) + 0.5;
    painter->setPen(QPen(themed(ThemeColor::TextMuted), 0));
    painter->drawLine(QPointF(x, m_view.plot.top()), QPointF(x, m_view.plot.bottom()));
    painter->setRenderHint(QPainter::Antialiasing);
    for (const CursorRow& row : m_readout->rows)
        if (row.dot && m_view.plot.adjusted(-2, -2, 2, 2).contains(*row.dot)) {
            painter->setPen(QPen(themed(ThemeColor::Canvas), 1.5));
            painter->setBrush(row.color);
            painter->drawEllipse(*row.dot, 4.5, 4.5);
        }

    const QRectF card = cardRect();
    painter->setPen(themed(ThemeColor::Border));
    painter->setBrush(themed(ThemeColor::Raised));
    painter->drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    QRectF line(card.left() + kCardPadding, card.top() + kCardPadding - 2, card.width() - 2 * kCardPadding, kRowHeight);
    painter->setFont(Theme::instance().small());
    painter->setPen(themed(ThemeColor::TextMuted));
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_readout->title);
    const Columns widths = columns();
    for (const CursorRow& row : m_readout->rows) {
        line.translate(0, kRowHeight);
        painter->setPen(Qt::NoPen);
        painter->setBrush(row.color);
        painter->drawRoundedRect(QRectF(line.left(), line.center().y() - 4, 8, 8), 2, 2);
        QRectF cell(line.left() + kSwatch, line.top(), widths.label, kRowHeight);
        painter->setFont(Theme::instance().small());
        painter->setPen(themed(ThemeColor::Text));
        painter->drawText(cell, Qt::AlignLeft | Qt::AlignVCenter, row.label);
        cell = QRectF(cell.right() + kColumnGap, line.top(), widths.value, kRowHeight);
        painter->setFont(Theme::instance().mono());
        painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, row.value);
        cell = QRectF(cell.right() + kColumnGap, line.top(), widths.detail, kRowHeight);
        painter->setFont(Theme::instance().small());
        painter->setPen(themed(ThemeColor::TextMuted));
        painter->drawText(cell, Qt::AlignLeft | Qt::AlignVCenter, row.detail);
    }
}

}  // namespace gradlens
