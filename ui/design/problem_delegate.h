// SPDX-License-Identifier: GPL-3.0-or-later
// How a problem looks in the list: an icon of its kind, what is wrong, what to do, and a button with its first fix. GUI
// thread only.
#pragma once
#include <QStyledItemDelegate>

namespace gradlens {

class ProblemDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
    // Of a row that fills `row`; null where the problem has no fix.
    static QRect button(const QRect& row, const QModelIndex& index);

signals:
    void fixPressed(const QModelIndex& index);
};

}  // namespace gradlens
