// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/blocks/scope_bar.h"

#include "ui/design/blocks/block_actions.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kHeight = 36, kCrumbHeight = 26;
}

ScopeBar::ScopeBar(DesignDocument& document, BlockActions& actions, QWidget* parent)
    : QWidget(parent), m_document(document) {
    setObjectName("scopeBar");
    setAccessibleName(tr("Where you are"));
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(kHeight);
    auto* across = new QHBoxLayout(this);
    across->setContentsMargins(Theme::kSpace / 2, 0, Theme::kSpace, 0);
    across->setSpacing(Theme::kSpace);
    m_row = new QHBoxLayout;
    m_row->setSpacing(0);
    across->addLayout(m_row);
    across->addStretch(1);
    m_note = new QLabel(this);
    m_note->setProperty("look", "muted");
    m_note->setFont(Theme::instance().small());
    across->addWidget(m_note);
    m_copy = new QToolButton(this);
    m_copy->setObjectName("makeOwnCopy");
    m_copy->setText(tr("Make my own copy"));
    m_copy->setToolTip(tr("A copy in this project, which you can change; the block is replaced by it"));
    m_copy->setAccessibleName(m_copy->text());
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setFixedHeight(kCrumbHeight);
    connect(m_copy, &QToolButton::clicked, actions.copy, &QAction::trigger);
    across->addWidget(m_copy);
    connect(&document, &DesignDocument::scopeChanged, this, &ScopeBar::refill);
    connect(&document, &DesignDocument::reset, this, &ScopeBar::refill);
    connect(&document, &DesignDocument::projectChanged, this, &ScopeBar::refreshNote);
    connect(&Theme::instance(), &Theme::changed, this, &ScopeBar::refill);
    refill();
}

QString ScopeBar::noteText() const {
    return m_note->text();
}

void ScopeBar::addCrumb(const QString& text, const QString& tip, const DrawingScope& target, bool here) {
    if (!m_crumbs.isEmpty()) {
        auto* slash = new QLabel("/", this);
        slash->setProperty("look", "faint");
        m_row->addWidget(slash);
    }
    auto* crumb = new QToolButton(this);
    crumb->setText(text);
    crumb->setToolTip(tip);
    crumb->setAccessibleName(tr("Go to %1").arg(text));
    crumb->setAutoRaise(true);
    crumb->setFixedHeight(kCrumbHeight);
    crumb->setFont(here ? Theme::instance().strong() : Theme::instance().body());
    crumb->setFocusPolicy(Qt::TabFocus);
    if (!here) connect(crumb, &QToolButton::clicked, this, [this, target] { m_document.goTo(target); });
    m_row->addWidget(crumb);
    m_crumbs.append(crumb);
}

void ScopeBar::refill() {
    setVisible(m_document.isInside());
    m_crumbs.clear();
    while (QLayoutItem* item = m_row->takeAt(0)) {
        // A crumb may be what was clicked: it goes once that is over.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    const DrawingScope& scope = m_document.scope();
    if (scope.empty()) return;
    addCrumb(m_document.displayName(), tr("The whole drawing"), {}, false);
    const ModelGraph* graph = &m_document.rootGraph();
    for (std::size_t level = 0; level < scope.size(); ++level) {
        const Node* node = graph->find(scope[level].node);
        const OpDefinition* op = m_document.catalogue().find(scope[level].block);
        if (node == nullptr || op == nullptr) return;
        addCrumb(QString::fromStdString(node->name),
                 QString("%1: %2").arg(QString::fromStdString(op->name), QString::fromStdString(op->summary)),
                 {scope.begin(), scope.begin() + static_cast<std::ptrdiff_t>(level) + 1}, level + 1 == scope.size());
        graph = &op->block->graph;
    }
    m_copy->setIcon(Theme::instance().icon("copy"));
    refreshNote();
}

void ScopeBar::refreshNote() {
    const Block* block = m_document.openBlock();
    if (block == nullptr) return;
    const QString name = QString::fromStdString(block->name);
    m_copy->setVisible(m_document.isReadOnly());
    if (m_document.isReadOnly()) {
        m_note->setText(tr("%1 comes with Gradlens: to look at only").arg(name));
        return;
    }
    const int uses = m_document.useCount(block->name);
    m_note->setText(uses <= 1 ? tr("%1, used once").arg(name) : tr("%1: edits change all %2 uses").arg(name).arg(uses));
}

}  // namespace gradlens
