// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/problem_list.h"

#include "ui/design/fix_menu.h"
#include "ui/design/problem_delegate.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kLeft = 12;
}

ProblemList::ProblemList(DesignDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(document) {
    setObjectName("problems");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    m_view = new QListView(this);
    m_view->setModel(&m_model);
    auto* delegate = new ProblemDelegate(m_view);
    m_view->setItemDelegate(delegate);
    m_view->setMouseTracking(true);
    m_view->setUniformItemSizes(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setAccessibleName(tr("Problems"));
    m_view->setAccessibleDescription(tr("Return goes to the layer, Ctrl+. shows what can be done."));
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    auto* fix = new QAction(tr("Quick fix..."), m_view);
    fix->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Period), QKeySequence(Qt::ALT | Qt::Key_Return)});
    fix->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(fix);
    m_fine = new QLabel(tr("Nothing stands in the way: this network can be trained."), this);
    m_fine->setProperty("look", "muted");
    m_fine->setContentsMargins(kLeft, 0, kLeft, Theme::kSpace);
    m_fine->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_fine->setWordWrap(true);
    m_silenced = new QLabel(this);
    m_silenced->setObjectName("silencedAdvice");
    m_silenced->setProperty("look", "muted");
    m_silenced->setFont(Theme::instance().small());
    m_silenced->setContentsMargins(kLeft, 4, kLeft, 4);
    m_silenced->setTextInteractionFlags(Qt::TextBrowserInteraction);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, Theme::kSpace / 2, 0, 4);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    column->addWidget(m_fine, 1);
    column->addWidget(m_silenced);
    connect(m_view, &QListView::clicked, this, &ProblemList::choose);
    connect(m_view, &QListView::activated, this, &ProblemList::choose);
    connect(delegate, &ProblemDelegate::fixPressed, this, [this](const QModelIndex& index) {
        const Problem problem = m_model.problemAt(index.row());
        m_document.applyFix(problem.fixes.front());
    });
    connect(fix, &QAction::triggered, this, [this] {
        const QModelIndex index = m_view->currentIndex();
        openFixes(index, m_view->visualRect(index).center());
    });
    connect(m_view, &QWidget::customContextMenuRequested, this,
            [this](QPoint at) { openFixes(m_view->indexAt(at), at); });
    connect(m_silenced, &QLabel::linkActivated, &m_document, &DesignDocument::hearAllAdvice);
    connect(&m_model, &ProblemModel::countsChanged, this, &ProblemList::refresh);
    connect(&m_document, &DesignDocument::projectChanged, this, &ProblemList::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_view->viewport()->update();
        refresh();
    });
    refresh();
}

void ProblemList::refresh() {
    using Kind = ProblemModel::Kind;
    QStringList note;
    for (const auto& [kind, word] : {std::pair{Kind::Error, tr("error")}, std::pair{Kind::Warning, tr("warning")},
                                     std::pair{Kind::Advice, tr("suggestion")}})
        if (const int count = m_model.count(kind); count > 0) note << counted(count, word);
    m_counts = note.join(", ");
    emit countsChanged(m_counts);
    m_view->setVisible(m_model.rowCount() > 0);
    m_fine->setVisible(m_model.rowCount() == 0);
    const auto silenced = std::ssize(m_document.project().silenced);
    m_silenced->setVisible(silenced > 0);
    if (silenced > 0)
        m_silenced->setText(QString("%1 <a href='hear' style='color:%2'>%3</a>")
                                .arg(silenced == 1
                                         ? tr("One kind of advice is silenced in this project.")
                                         : tr("%1 kinds of advice are silenced in this project.").arg(silenced),
                                     Theme::instance().color(ThemeColor::Accent).name(), tr("Hear it again")));
}

void ProblemList::choose(const QModelIndex& index) {
    const auto node = static_cast<NodeId>(index.data(ProblemModel::NodeRole).toUInt());
    if (m_document.graph().find(node) == nullptr) return;
    m_document.selection().select(node);
    emit nodeChosen(node);
}

QRect ProblemList::fixButton(int row) const {
    const QModelIndex index = m_model.index(row);
    return ProblemDelegate::button(m_view->visualRect(index), index);
}

void ProblemList::openFixes(const QModelIndex& index, QPoint at) {
    if (!index.isValid()) return;
    auto* menu = new QMenu(this);
    menu->setObjectName("fixes");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addFixes(*menu, m_document, {m_model.problemAt(index.row())});
    const auto node = static_cast<NodeId>(index.data(ProblemModel::NodeRole).toUInt());
    if (m_document.graph().find(node) != nullptr) {
        menu->addSeparator();
        menu->addAction(Theme::instance().icon("goto"),
                        tr("Go to %1").arg(index.data(ProblemModel::NodeNameRole).toString()), this,
                        [this, row = QPersistentModelIndex(index)] { choose(row); });
    }
    if (menu->isEmpty()) {
        delete menu;
        return;
    }
    menu->setActiveAction(menu->actions().front());
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

}  // namespace gradlens
