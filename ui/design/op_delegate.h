// SPDX-License-Identifier: GPL-3.0-or-later
// Paints an op in a list: its category's colour, its name and what it does. Items carry the op's name in kOpRole; items
// without one are headings. GUI thread.
#pragma once
#include "core/ops/catalogue/catalogue.h"

#include <QStyledItemDelegate>

namespace gradlens {

inline constexpr int kOpRole = Qt::UserRole + 1;

class OpDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    OpDelegate(const OpCatalogue& catalogue, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const OpCatalogue& m_catalogue;
};

}  // namespace gradlens
