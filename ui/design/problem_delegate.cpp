// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/problem_delegate.h"

#include "ui/models/problem_model.h"
#include "ui/theme/theme.h"

#include <QCursor>
#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kRowHeight = 44, kIcon = 16, kLeft = 12, kRight = 12;
constexpr int kButtonHeight = 24, kButtonPadding = 10;
constexpr double kWidestButton = 0.45;  // of the row

struct Look {
    const char* icon;
    ThemeColor color;
};

Look lookOf(const QModelIndex& index) {
    switch (static_cast<ProblemModel::Kind>(index.data(ProblemModel::KindRole).toInt())) {
        case ProblemModel::Kind::Error:
            return {"error", ThemeColor::Danger};
        case ProblemModel::Kind::Warning:
            return {"warning", ThemeColor::Warning};
        case ProblemModel::Kind::Advice:
            break;
    }
    return {"info", ThemeColor::TextFaint};
}

void paintButton(QPainter* painter, const QRect& rect, const QString& title, bool hot) {
    const Theme& theme = Theme::instance();
    painter->setPen(QPen(theme.color(hot ? ThemeColor::Accent : ThemeColor::Border), 1));
    painter->setBrush(theme.color(ThemeColor::Raised));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    painter->setFont(theme.small());
    painter->setPen(theme.color(hot ? ThemeColor::Accent : ThemeColor::Text));
    const QRect text = rect.adjusted(kButtonPadding, 0, -kButtonPadding, 0);
    painter->drawText(text, Qt::AlignCenter, painter->fontMetrics().elidedText(title, Qt::ElideRight, text.width()));
}
}  // namespace

QSize ProblemDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {200, kRowHeight};
}

QRect ProblemDelegate::button(const QRect& row, const QModelIndex& index) {
    const QString title = index.data(ProblemModel::FixTitleRole).toString();
    if (title.isEmpty()) return {};
    const int wanted = QFontMetrics(Theme::instance().small()).horizontalAdvance(title) + 2 * kButtonPadding + 2;
    const int width = std::min(wanted, static_cast<int>(row.width() * kWidestButton));
    return {row.right() - kRight - width, row.center().y() - kButtonHeight / 2, width, kButtonHeight};
}

void ProblemDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (selected || hovered) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(selected ? ThemeColor::Selection : ThemeColor::Hover));
        painter->drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), Theme::kRadius, Theme::kRadius);
    }
    const Look look = lookOf(index);
    const QRect icon(option.rect.left() + kLeft, option.rect.top() + 5, kIcon, kIcon);
    theme.icon(look.icon, look.color).paint(painter, icon);
    const QRect fix = button(option.rect, index);
    QRect text = option.rect.adjusted(kLeft + kIcon + 8, 5, -kRight, -5);
    if (!fix.isNull()) text.setRight(fix.left() - Theme::kSpace);
    painter->setFont(theme.body());
    painter->setPen(theme.color(ThemeColor::Text));
    painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    painter->setFont(theme.small());
    painter->setPen(theme.color(ThemeColor::TextMuted));
    painter->drawText(
        text, Qt::AlignLeft | Qt::AlignBottom,
        painter->fontMetrics().elidedText(index.data(ProblemModel::HintRole).toString(), Qt::ElideRight, text.width()));
    if (!fix.isNull()) {
        const QPoint pointer = option.widget == nullptr ? QPoint() : option.widget->mapFromGlobal(QCursor::pos());
        paintButton(painter, fix, index.data(ProblemModel::FixTitleRole).toString(), hovered && fix.contains(pointer));
    }
    painter->restore();
}

bool ProblemDelegate::editorEvent(QEvent* event, QAbstractItemModel*, const QStyleOptionViewItem& option,
                                  const QModelIndex& index) {
    if (event->type() != QEvent::MouseButtonRelease) return false;
    const auto* mouse = static_cast<const QMouseEvent*>(event);
    if (mouse->button() != Qt::LeftButton || !button(option.rect, index).contains(mouse->position().toPoint()))
        return false;
    emit fixPressed(index);
    return true;
}

}  // namespace gradlens
