// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/hint_bubble.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kWidest = 320;
constexpr int kBar = 3;
}  // namespace

HintBubble::HintBubble(QWidget* parent) : QLabel(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setWordWrap(true);
    setTextFormat(Qt::PlainText);
    setContentsMargins(10 + kBar, 6, 10, 6);
    setAccessibleName(tr("Hint"));
    hide();
}

void HintBubble::say(const QString& text, QPoint point, Tone tone) {
    if (text.isEmpty()) {
        hide();
        return;
    }
    m_tone = tone;
    setFont(Theme::instance().small());
    if (text != this->text()) setText(text);
    const int unwrapped = fontMetrics().horizontalAdvance(text) + 2 * 10 + kBar + 4;
    const int width = std::min(unwrapped, kWidest);
    resize(width, heightForWidth(width));
    constexpr int kAway = 18;
    QPoint corner = point + QPoint(kAway, kAway);
    corner.setX(std::clamp(corner.x(), 4, std::max(4, parentWidget()->width() - width - 4)));
    if (corner.y() + height() > parentWidget()->height() - 4) corner.setY(std::max(4, point.y() - kAway - height()));
    move(corner);
    show();
    raise();
    update();
}

void HintBubble::paintEvent(QPaintEvent* event) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(theme.color(ThemeColor::Border));
    painter.setBrush(theme.color(ThemeColor::Raised));
    painter.drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
    const ThemeColor tone = m_tone == Tone::Refusal   ? ThemeColor::Danger
                            : m_tone == Tone::Warning ? ThemeColor::Warning
                                                      : ThemeColor::Accent;
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(tone));
    painter.drawRoundedRect(QRectF(5, 6, kBar, height() - 12), 1.5, 1.5);
    painter.end();
    QLabel::paintEvent(event);
}

}  // namespace gradlens
