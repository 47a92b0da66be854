// SPDX-License-Identifier: GPL-3.0-or-later
// The ops one can draw with, by category, searchable. Drag one onto the canvas, or choose it with Return or a double
// click. GUI thread.
#pragma once
#include "core/ops/catalogue/catalogue.h"

#include <QListWidget>
#include <QWidget>

namespace gradlens {

class EmptyState;
class SearchField;

// The list inside the palette; its items drag as kOpMimeType.
class OpList : public QListWidget {
    Q_OBJECT
public:
    using QListWidget::QListWidget;

signals:
    void opActivated(const QString& op);

protected:
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override;
    void startDrag(Qt::DropActions actions) override;
    void keyPressEvent(QKeyEvent* event) override;
};

class OpPalette : public QWidget {
    Q_OBJECT
public:
    explicit OpPalette(const OpCatalogue& catalogue, QWidget* parent = nullptr);
    void refill();  // the catalogue holds other ops

    OpList* list() const { return m_list; }
    SearchField* searchField() const { return m_field; }
    // The row of an op, or null when the search hides it.
    QListWidgetItem* itemOf(const QString& op) const;

signals:
    void opChosen(const QString& op);
    void menuAsked(const QString& op, QPoint globalPosition);  // the context menu of a row

private:
    void addOp(const OpDefinition& op);
    void step(int rows);

    const OpCatalogue& m_catalogue;
    SearchField* m_field;
    OpList* m_list;
    EmptyState* m_nothing;
};

}  // namespace gradlens
