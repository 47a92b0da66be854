// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/toast.h"

#include "ui/theme/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace gradlens {

Toast::Toast(QWidget* window) : QWidget(window), m_label(new QLabel) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 16, 10);
    row->addWidget(m_label);
    m_label->setTextFormat(Qt::PlainText);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    window->installEventFilter(this);
    hide();
}

void Toast::say(const QString& text, int milliseconds) {
    m_label->setText(text);
    setAccessibleName(text);
    adjustSize();
    place();
    show();
    raise();
    m_timer.start(milliseconds);
}

QString Toast::text() const {
    return m_label->text();
}

void Toast::place() {
    const QWidget* window = parentWidget();
    move((window->width() - width()) / 2, window->height() - height() - 48);
}

void Toast::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(ThemeColor::Border));
    painter.setBrush(theme.color(ThemeColor::Raised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

bool Toast::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parent() && event->type() == QEvent::Resize && isVisible()) place();
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
