// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say of the drawing: errors, warnings, advice, each with its remedy and a button that carries it out.
// Choosing one selects its layer and brings it into sight. GUI thread.
#pragma once
#include "ui/models/problem_model.h"

#include <QListView>
#include <QWidget>

class QLabel;

namespace gradlens {

class ProblemList : public QWidget {
    Q_OBJECT
public:
    explicit ProblemList(DesignDocument& document, QWidget* parent = nullptr);
    QListView* view() const { return m_view; }
    ProblemModel& model() { return m_model; }
    // Where the button of a row is, in the view; null where the row has none.
    QRect fixButton(int row) const;

    QString countsText() const { return m_counts; }  // "1 error, 2 warnings"; empty: none

signals:
    void countsChanged(const QString& text);
    void nodeChosen(gradlens::NodeId node);

private:
    void choose(const QModelIndex& index);
    void refresh();
    void openFixes(const QModelIndex& index, QPoint at);

    DesignDocument& m_document;
    ProblemModel m_model;
    QString m_counts;
    QListView* m_view;
    QLabel* m_fine;
    QLabel* m_silenced;
};

}  // namespace gradlens
