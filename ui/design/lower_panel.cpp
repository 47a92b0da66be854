// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/lower_panel.h"

#include "ui/design/figures_panel.h"
#include "ui/design/problem_list.h"

#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace gradlens {

LowerPanel::LowerPanel(DesignDocument& document, QWidget* parent) : QWidget(parent) {
    setObjectName("lowerPanel");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    m_problems = new ProblemList(document);
    m_figures = new FiguresPanel(document);
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName("lowerTabs");
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Below the canvas"));
    m_stack = new QStackedWidget(this);
    const auto add = [this](const QString& title, const QString& tip, QWidget* page) {
        m_tabs->setTabToolTip(m_tabs->addTab(title), tip);
        m_stack->addWidget(page);
    };
    add(tr("Problems"), tr("What is wrong with the drawing, and what to do"), m_problems);
    add(tr("Figures"), tr("What each layer costs: parameters, operations, memory, time  (Alt+4)"), m_figures);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_problems, &ProblemList::countsChanged, this, &LowerPanel::nameProblems);
    nameProblems(m_problems->countsText());
}

void LowerPanel::nameProblems(const QString& counts) {
    m_tabs->setTabText(Problems, counts.isEmpty() ? tr("Problems") : tr("Problems: %1").arg(counts));
}

void LowerPanel::show(Page page) {
    m_tabs->setCurrentIndex(page);
}

}  // namespace gradlens
