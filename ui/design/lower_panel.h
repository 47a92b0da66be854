// SPDX-License-Identifier: GPL-3.0-or-later
// Below the canvas: the problems of the drawing, or its figures. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace gradlens {

class FiguresPanel;
class ProblemList;

class LowerPanel : public QWidget {
    Q_OBJECT
public:
    enum Page { Problems, Figures };

    explicit LowerPanel(DesignDocument& document, QWidget* parent = nullptr);
    ProblemList& problems() { return *m_problems; }
    FiguresPanel& figures() { return *m_figures; }
    QTabBar& tabs() { return *m_tabs; }
    void show(Page page);
    using QWidget::show;

private:
    void nameProblems(const QString& counts);
    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    ProblemList* m_problems;
    FiguresPanel* m_figures;
};

}  // namespace gradlens
