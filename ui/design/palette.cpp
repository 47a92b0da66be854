// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/palette.h"

#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/card_text.h"
#include "ui/design/op_delegate.h"
#include "ui/design/op_search.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/search_field.h"

#include <QDrag>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

QStringList OpList::mimeTypes() const {
    return {kOpMimeType};
}

QMimeData* OpList::mimeData(const QList<QListWidgetItem*>& items) const {
    if (items.isEmpty()) return nullptr;
    auto* carried = new QMimeData;
    carried->setData(kOpMimeType, items.first()->data(kOpRole).toString().toUtf8());
    return carried;
}

void OpList::startDrag(Qt::DropActions) {
    QListWidgetItem* item = currentItem();
    if (item == nullptr || item->data(kOpRole).toString().isEmpty()) return;
    const Theme& theme = Theme::instance();
    const QString name = item->data(kOpRole).toString();
    const QFontMetrics metrics(theme.strong());
    const QSize size(metrics.horizontalAdvance(name) + 32, 32);
    const double ratio = devicePixelRatioF();
    QPixmap picture(size * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(ThemeColor::Accent));
    painter.setBrush(theme.color(ThemeColor::Raised));
    painter.drawRoundedRect(QRectF({0.5, 0.5}, QSizeF(size) - QSizeF(1, 1)), Theme::kRadius, Theme::kRadius);
    painter.setFont(theme.strong());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(QRect({0, 0}, size), Qt::AlignCenter, name);
    painter.end();
    auto* drag = new QDrag(this);
    drag->setMimeData(mimeData({item}));
    drag->setPixmap(picture);
    drag->setHotSpot({size.width() / 2, size.height() / 2});
    drag->exec(Qt::CopyAction);
}

void OpList::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (!enter || currentItem() == nullptr) {
        QListWidget::keyPressEvent(event);
        return;
    }
    emit opActivated(currentItem()->data(kOpRole).toString());
}

OpPalette::OpPalette(const OpCatalogue& catalogue, QWidget* parent) : QWidget(parent), m_catalogue(catalogue) {
    setProperty("look", "panel");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("palette");
    setAccessibleName(tr("Layers"));
    m_field = new SearchField(tr("Search layers"), this);
    m_list = new OpList(this);
    m_list->setItemDelegate(new OpDelegate(catalogue, m_list));
    m_list->setDragEnabled(true);
    m_list->setDragDropMode(QAbstractItemView::DragOnly);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Layers by category"));
    m_nothing = new EmptyState("search", tr("No layer found"),
                               tr("Try a shorter word, or part of a category such as \"pool\"."), this);
    m_nothing->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::kSpace, Theme::kSpace, 0, 0);
    column->setSpacing(Theme::kSpace);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, Theme::kSpace, 0);
    row->addWidget(m_field);
    column->addLayout(row);
    column->addWidget(m_list, 1);
    column->addWidget(m_nothing, 1);
    connect(m_field, &QLineEdit::textChanged, this, &OpPalette::refill);
    connect(m_field, &SearchField::moved, this, &OpPalette::step);
    const auto choose = [this](const QString& op) {
        if (!op.isEmpty()) emit opChosen(op);
    };
    connect(m_field, &QLineEdit::returnPressed, this, [this, choose] {
        if (const QListWidgetItem* item = m_list->currentItem()) choose(item->data(kOpRole).toString());
    });
    connect(m_list, &OpList::opActivated, this, choose);
    connect(m_list, &QListWidget::itemDoubleClicked, this,
            [choose](const QListWidgetItem* item) { choose(item->data(kOpRole).toString()); });
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_list, &QWidget::customContextMenuRequested, this, [this](QPoint at) {
        const QListWidgetItem* item = m_list->itemAt(at);
        if (item != nullptr && !item->data(kOpRole).toString().isEmpty())
            emit menuAsked(item->data(kOpRole).toString(), m_list->viewport()->mapToGlobal(at));
    });
    connect(&Theme::instance(), &Theme::changed, m_list->viewport(), qOverload<>(&QWidget::update));
    refill();
}

void OpPalette::addOp(const OpDefinition& op) {
    auto* item = new QListWidgetItem(QString::fromStdString(op.name), m_list);
    item->setData(kOpRole, item->text());
    item->setToolTip(opTip(op));
    item->setData(Qt::AccessibleDescriptionRole, QString::fromStdString(op.summary));
}

void OpPalette::refill() {
    const int scrolled = m_list->verticalScrollBar()->value();
    const QString current =
        m_list->currentItem() == nullptr ? QString() : m_list->currentItem()->data(kOpRole).toString();
    m_list->clear();
    const QString text = m_field->text().trimmed();
    std::string category;
    for (const OpDefinition* op : searchOps(m_catalogue, text)) {
        // Headings only where the order is theirs; a search is ordered by worth.
        if (text.isEmpty() && op->category != category) {
            category = op->category;
            auto* heading = new QListWidgetItem(QString::fromStdString(category), m_list);
            heading->setFlags(Qt::ItemIsEnabled);
        }
        addOp(*op);
    }
    const bool empty = m_list->count() == 0;
    m_list->setVisible(!empty);
    m_nothing->setVisible(empty);
    if (!text.isEmpty() && !empty) m_list->setCurrentRow(0);
    if (!text.isEmpty()) return;
    if (QListWidgetItem* same = current.isEmpty() ? nullptr : itemOf(current)) m_list->setCurrentItem(same);
    m_list->verticalScrollBar()->setValue(scrolled);
}

void OpPalette::step(int rows) {
    int row = m_list->currentRow();
    for (int left = std::abs(rows); left > 0; --left) {
        int next = row + (rows > 0 ? 1 : -1);
        if (next >= 0 && next < m_list->count() && m_list->item(next)->data(kOpRole).toString().isEmpty())
            next += rows > 0 ? 1 : -1;
        if (next < 0 || next >= m_list->count()) break;
        row = next;
    }
    if (row >= 0) m_list->setCurrentRow(row);
}

QListWidgetItem* OpPalette::itemOf(const QString& op) const {
    for (int row = 0; row < m_list->count(); ++row)
        if (m_list->item(row)->data(kOpRole).toString() == op) return m_list->item(row);
    return nullptr;
}

}  // namespace gradlens
