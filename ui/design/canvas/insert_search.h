// SPDX-License-Identifier: GPL-3.0-or-later
// The little search that opens where an edge was dropped on free space, or a letter typed: choose, and the layer is
// there. Escape closes it at once. GUI thread.
#pragma once
#include "core/ops/catalogue/catalogue.h"

#include <QFrame>

#include <functional>

class QListWidget;

namespace gradlens {

class SearchField;

class InsertSearch : public QFrame {
    Q_OBJECT
public:
    using Filter = std::function<bool(const OpDefinition&)>;
    // Offers the ops that pass the filter. Deletes itself when closed.
    InsertSearch(const OpCatalogue& catalogue, Filter filter, QWidget* parent);
    void openAt(QPoint globalPosition, const QString& typed = {});

signals:
    void chosen(const QString& op);
    void closed();

protected:
    void hideEvent(QHideEvent* event) override;

private:
    void refill();
    void choose();
    void step(int rows);

    const OpCatalogue& m_catalogue;
    Filter m_filter;
    SearchField* m_field;
    QListWidget* m_list;
};

}  // namespace gradlens
