// SPDX-License-Identifier: GPL-3.0-or-later
// The problems of the drawing, each with its remedy. Choosing one selects its layer and brings it into sight. GUI
// thread.
#pragma once
#include "ui/models/problem_model.h"

#include <QListView>
#include <QWidget>

namespace gradlens {

class SectionHeader;

class ProblemList : public QWidget {
    Q_OBJECT
public:
    explicit ProblemList(DesignDocument& document, QWidget* parent = nullptr);
    QListView* view() const { return m_view; }
    ProblemModel& model() { return m_model; }

signals:
    void nodeChosen(gradlens::NodeId node);

private:
    void choose(const QModelIndex& index);
    void refresh();

    DesignDocument& m_document;
    ProblemModel m_model;
    SectionHeader* m_header;
    QListView* m_view;
    QWidget* m_fine;
};

}  // namespace gradlens
