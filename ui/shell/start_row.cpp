// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/start_row.h"

#include "ui/theme/theme.h"

#include <QFocusEvent>
#include <QPainter>

namespace gradlens {

StartRow::StartRow(const QString& icon, const QString& title, const QString& note, const QString& when, QWidget* parent)
    : QAbstractButton(parent), m_icon(icon), m_note(note), m_when(when) {
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(note);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StartRow::setProgress(double progress) {
    m_progress = progress;
    update();
}

void StartRow::focusInEvent(QFocusEvent* event) {
    m_ring = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QAbstractButton::focusInEvent(event);
}

void StartRow::focusOutEvent(QFocusEvent* event) {
    m_ring = false;
    QAbstractButton::focusOutEvent(event);
}

void StartRow::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || m_ring) {
        painter.setPen(m_ring ? QPen(theme.color(ThemeColor::Accent)) : QPen(Qt::NoPen));
        painter.setBrush(theme.color(ThemeColor::Hover));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
    theme.icon(m_icon, ThemeColor::TextMuted).paint(&painter, QRect(12, (height() - 20) / 2, 20, 20));
    QRect place = rect().adjusted(44, 6, -14, -6);
    painter.setFont(theme.small());
    painter.setPen(theme.color(ThemeColor::TextFaint));
    if (!m_when.isEmpty()) {
        painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, m_when);
        place.setRight(place.right() - painter.fontMetrics().horizontalAdvance(m_when) - 16);
    }
    if (m_progress >= 0) {
        const QRectF groove(place.right() - 96, place.center().y(), 96, 4);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(ThemeColor::Border));
        painter.drawRoundedRect(groove, 2, 2);
        painter.setBrush(theme.color(ThemeColor::Accent));
        painter.drawRoundedRect(QRectF(groove.left(), groove.top(), groove.width() * m_progress, 4), 2, 2);
        place.setRight(place.right() - 112);
    }
    painter.setPen(theme.color(ThemeColor::TextMuted));
    painter.drawText(place, Qt::AlignLeft | Qt::AlignBottom,
                     painter.fontMetrics().elidedText(m_note, Qt::ElideMiddle, place.width()));
    painter.setFont(theme.body());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(
        place, static_cast<int>(m_note.isEmpty() ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignTop),
        painter.fontMetrics().elidedText(text(), Qt::ElideRight, place.width()));
}

}  // namespace gradlens
