// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/op_delegate.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QPainter>

namespace gradlens {

namespace {
constexpr int kRowHeight = 44, kHeadingHeight = 28;
constexpr int kMargin = 4, kChip = 4, kTextLeft = 18;
}  // namespace

OpDelegate::OpDelegate(const OpCatalogue& catalogue, QObject* parent)
    : QStyledItemDelegate(parent), m_catalogue(catalogue) {}

QSize OpDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    return {120, index.data(kOpRole).toString().isEmpty() ? kHeadingHeight : kRowHeight};
}

void OpDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const QString name = index.data(kOpRole).toString();
    const OpDefinition* op = m_catalogue.find(name.toStdString());
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (op == nullptr) {
        QFont font = theme.small();
        font.setPixelSize(11);
        font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        painter->setPen(theme.color(ThemeColor::TextMuted));
        painter->drawText(option.rect.adjusted(kMargin + 4, 4, -kMargin, 0), Qt::AlignLeft | Qt::AlignVCenter,
                          index.data().toString());
        painter->restore();
        return;
    }
    const QRect box = option.rect.adjusted(kMargin, 1, -kMargin, -1);
    const bool selected = (option.state & QStyle::State_Selected) != 0;
    if (selected || (option.state & QStyle::State_MouseOver) != 0) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(selected ? ThemeColor::Selection : ThemeColor::Hover));
        painter->drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
    }
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.category(QString::fromStdString(op->category)));
    painter->drawRoundedRect(QRectF(box.left() + 5, box.top() + 8, kChip, box.height() - 16), 2, 2);
    const QRect text = box.adjusted(kTextLeft, 4, -6, -4);
    painter->setFont(theme.body());
    painter->setPen(theme.color(ThemeColor::Text));
    painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                      painter->fontMetrics().elidedText(name, Qt::ElideRight, text.width()));
    QFont small = theme.small();
    small.setPixelSize(11);
    painter->setFont(small);
    painter->setPen(theme.color(ThemeColor::TextMuted));
    painter->drawText(
        text, Qt::AlignLeft | Qt::AlignBottom,
        painter->fontMetrics().elidedText(QString::fromStdString(op->summary), Qt::ElideRight, text.width()));
    painter->restore();
}

}  // namespace gradlens
