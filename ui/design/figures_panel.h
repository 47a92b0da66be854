// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer costs: a table to sort, copy and save, its totals, and a choice of what colours the canvas. Computes
// while it is visible, or while it colours. GUI thread.
#pragma once
#include "ui/models/figures_model.h"

#include <QWidget>

#include <unordered_map>

class QComboBox;
class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace gradlens {

class FiguresPanel : public QWidget {
    Q_OBJECT
public:
    explicit FiguresPanel(DesignDocument& document, QWidget* parent = nullptr);
    QTableView* view() const { return m_view; }
    QComboBox* coloring() const { return m_coloring; }
    QString totalsText() const;
    FiguresModel& model() { return m_model; }
    void copy() const;                  // the rows as they are sorted, with tabs between, to the clipboard
    void saveCsv(const QString& file);  // throws Error

signals:
    void nodeChosen(gradlens::NodeId node);
    // By node, 0..1 of the most expensive; empty: no colours.
    void colored(const std::unordered_map<gradlens::NodeId, double>& heat);
    void failed(const QString& message);

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool isWanted() const;
    void refresh();
    void color();
    void askForCsv();
    QString memoryText() const;

    DesignDocument& m_document;
    FiguresModel m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_view;
    QComboBox* m_coloring;
    QLabel* m_totals;
};

}  // namespace gradlens
