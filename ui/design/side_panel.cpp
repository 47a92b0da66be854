// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/side_panel.h"

#include "ui/design/data/data_panel.h"
#include "ui/design/node_form.h"
#include "ui/design/objective/objective_panel.h"
#include "ui/design/property_panel.h"

#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace gradlens {

SidePanel::SidePanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent)
    : QWidget(parent), m_document(document) {
    setObjectName("sidePanel");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    m_properties = new PropertyPanel(document);
    m_data = new DataPanel(document, provider);
    m_objective = new ObjectivePanel(document, provider);
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName("sideTabs");
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(false);
    m_tabs->setAccessibleName(tr("Side panel"));
    m_stack = new QStackedWidget(this);
    const auto add = [this](const QString& title, const QString& tip, QWidget* page) {
        const int index = m_tabs->addTab(title);
        m_tabs->setTabToolTip(index, tip);
        m_stack->addWidget(page);
    };
    add(tr("Properties"), tr("What is selected, or the project  (Alt+1)"), m_properties);
    add(tr("Data"), tr("Where samples come from, and how they look  (Alt+2)"), m_data);
    add(tr("Objective"), tr("Losses, metrics, optimizer and schedule  (Alt+3)"), m_objective);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_tabs);
    column->addWidget(m_stack, 1);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(&document.selection(), &SelectionModel::changed, this, &SidePanel::follow);
    connect(m_objective, &ObjectivePanel::nodeChosen, this, &SidePanel::nodeChosen);
    connect(m_properties->nodeForm(), &NodeForm::dataAsked, this, [this] { show(Data); });
    connect(m_properties->nodeForm(), &NodeForm::objectiveAsked, this, [this] { show(Objective); });
}

SidePanel::Page SidePanel::page() const {
    return static_cast<Page>(m_tabs->currentIndex());
}

void SidePanel::show(Page page) {
    m_tabs->setCurrentIndex(page);
}

void SidePanel::takeFocus() {
    QWidget* page = m_stack->currentWidget();
    if (page->focusProxy() != nullptr) {
        page->setFocus(Qt::ShortcutFocusReason);
        return;
    }
    for (QWidget* next = page->nextInFocusChain(); next != page; next = next->nextInFocusChain()) {
        if (!page->isAncestorOf(next) || !next->isVisible() || (next->focusPolicy() & Qt::TabFocus) == 0) continue;
        next->setFocus(Qt::ShortcutFocusReason);
        return;
    }
}

// Who selects a layer wants to see its properties; but the data stays with its Input, the objective with its losses.
void SidePanel::follow() {
    const Node* node = m_document.graph().find(m_document.selection().current());
    if (node == nullptr) return;
    const OpDefinition* op = m_document.catalogue().find(node->op);
    const bool isInput = node->op == "Input", isLoss = op != nullptr && op->isLoss;
    if ((page() == Data && !isInput) || (page() == Objective && !isLoss)) show(Properties);
}

}  // namespace gradlens
