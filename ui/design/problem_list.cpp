// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/problem_list.h"

#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kRowHeight = 44, kIcon = 16, kLeft = 12;

class ProblemDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, kRowHeight}; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const bool error = index.data(ProblemModel::IsErrorRole).toBool();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        if (selected || (option.state & QStyle::State_MouseOver) != 0) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(selected ? ThemeColor::Selection : ThemeColor::Hover));
            painter->drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), Theme::kRadius, Theme::kRadius);
        }
        const QRect icon(option.rect.left() + kLeft, option.rect.top() + 5, kIcon, kIcon);
        theme.icon(error ? "error" : "warning", error ? ThemeColor::Danger : ThemeColor::Warning).paint(painter, icon);
        const QRect text = option.rect.adjusted(kLeft + kIcon + 8, 5, -12, -5);
        painter->setFont(theme.body());
        painter->setPen(theme.color(ThemeColor::Text));
        painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
        painter->setFont(theme.small());
        painter->setPen(theme.color(ThemeColor::TextMuted));
        painter->drawText(text, Qt::AlignLeft | Qt::AlignBottom,
                          painter->fontMetrics().elidedText(index.data(ProblemModel::HintRole).toString(),
                                                            Qt::ElideRight, text.width()));
        painter->restore();
    }
};
}  // namespace

ProblemList::ProblemList(DesignDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_model(document) {
    setObjectName("problems");
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    m_header = new SectionHeader(tr("Problems"), this);
    m_view = new QListView(this);
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new ProblemDelegate(m_view));
    m_view->setMouseTracking(true);
    m_view->setUniformItemSizes(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setAccessibleName(tr("Problems"));
    auto* fine = new QLabel(tr("Nothing stands in the way: this network can be trained."), this);
    fine->setProperty("look", "muted");
    fine->setContentsMargins(kLeft, 0, kLeft, Theme::kSpace);
    fine->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    fine->setWordWrap(true);
    m_fine = fine;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 4);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_view, 1);
    column->addWidget(m_fine, 1);
    connect(m_view, &QListView::clicked, this, &ProblemList::choose);
    connect(m_view, &QListView::activated, this, &ProblemList::choose);
    connect(&m_model, &ProblemModel::countsChanged, this, &ProblemList::refresh);
    connect(&Theme::instance(), &Theme::changed, m_view->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

void ProblemList::refresh() {
    const int errors = m_model.errors(), warnings = m_model.warnings();
    QStringList note;
    if (errors > 0) note << counted(errors, tr("error"));
    if (warnings > 0) note << counted(warnings, tr("warning"));
    m_header->setNote(note.join(", "));
    m_view->setVisible(errors + warnings > 0);
    m_fine->setVisible(errors + warnings == 0);
}

void ProblemList::choose(const QModelIndex& index) {
    const auto node = static_cast<NodeId>(index.data(ProblemModel::NodeRole).toUInt());
    if (m_document.graph().find(node) == nullptr) return;
    m_document.selection().select(node);
    emit nodeChosen(node);
}

}  // namespace gradlens
