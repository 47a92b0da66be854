// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/insert_search.h"

#include "ui/design/op_delegate.h"
#include "ui/design/op_search.h"
#include "ui/theme/theme.h"
#include "ui/widgets/search_field.h"

#include <QListWidget>
#include <QScreen>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kWidth = 300, kHeight = 320;
}

InsertSearch::InsertSearch(const OpCatalogue& catalogue, Filter filter, QWidget* parent)
    : QFrame(parent, Qt::Popup), m_catalogue(catalogue), m_filter(std::move(filter)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setProperty("look", "card");
    setObjectName("insertSearch");
    setAccessibleName(tr("Add a layer"));
    m_field = new SearchField(tr("Add a layer..."), this);
    m_field->setEscapeClears(false);
    m_list = new QListWidget(this);
    m_list->setItemDelegate(new OpDelegate(catalogue, m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Layers that fit"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 4, 8);
    column->addWidget(m_field);
    column->addWidget(m_list);
    resize(kWidth, kHeight);
    connect(m_field, &QLineEdit::textChanged, this, &InsertSearch::refill);
    connect(m_field, &QLineEdit::returnPressed, this, &InsertSearch::choose);
    connect(m_field, &SearchField::moved, this, &InsertSearch::step);
    connect(m_field, &SearchField::escaped, this, &QWidget::close);
    connect(m_list, &QListWidget::itemClicked, this, &InsertSearch::choose);
    refill();
}

void InsertSearch::openAt(QPoint globalPosition, const QString& typed) {
    if (const QScreen* screen = parentWidget()->screen()) {
        const QRect room = screen->availableGeometry();
        globalPosition.setX(std::clamp(globalPosition.x(), room.left(), std::max(room.left(), room.right() - width())));
        globalPosition.setY(std::clamp(globalPosition.y(), room.top(), std::max(room.top(), room.bottom() - height())));
    }
    move(globalPosition);
    show();
    m_field->setText(typed);
    m_field->setFocus();
}

void InsertSearch::refill() {
    m_list->clear();
    for (const OpDefinition* op : searchOps(m_catalogue, m_field->text())) {
        if (m_filter && !m_filter(*op)) continue;
        auto* item = new QListWidgetItem(QString::fromStdString(op->name), m_list);
        item->setData(kOpRole, item->text());
        item->setToolTip(QString::fromStdString(op->summary));
    }
    if (m_list->count() > 0) m_list->setCurrentRow(0);
}

void InsertSearch::step(int rows) {
    if (m_list->count() > 0) m_list->setCurrentRow(std::clamp(m_list->currentRow() + rows, 0, m_list->count() - 1));
}

void InsertSearch::choose() {
    const QListWidgetItem* item = m_list->currentItem();
    if (item == nullptr) return;
    emit chosen(item->data(kOpRole).toString());
    close();
}

void InsertSearch::hideEvent(QHideEvent* event) {
    QFrame::hideEvent(event);
    emit closed();
}

}  // namespace gradlens
