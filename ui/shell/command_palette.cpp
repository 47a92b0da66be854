// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include "ui/theme/theme.h"
#include "ui/widgets/search_field.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>
#include <vector>

namespace gradlens {
namespace {

constexpr int kWidth = 600;
constexpr int kRowHeight = 34;
constexpr int kMostRows = 11;
constexpr int kIndexRole = Qt::UserRole + 1;

class CommandDelegate : public QStyledItemDelegate {
public:
    CommandDelegate(const QList<Command>& commands, QObject* parent)
        : QStyledItemDelegate(parent), m_commands(commands) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {kWidth, kRowHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const Command& command = m_commands[index.data(kIndexRole).toInt()];
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(
                theme.color(option.state & QStyle::State_Selected ? ThemeColor::Selection : ThemeColor::Hover));
            painter->drawRoundedRect(QRectF(option.rect).adjusted(0, 1, 0, -1), 5, 5);
        }
        QRect place = option.rect.adjusted(10, 0, -10, 0);
        if (!command.icon.isNull()) command.icon.paint(painter, QRect(place.left(), place.center().y() - 8, 18, 18));
        place.setLeft(place.left() + 30);
        if (!command.keys.isEmpty()) {
            painter->setFont(theme.small());
            painter->setPen(theme.color(ThemeColor::TextFaint));
            painter->drawText(place, Qt::AlignRight | Qt::AlignVCenter, command.keys);
            place.setRight(place.right() - painter->fontMetrics().horizontalAdvance(command.keys) - 16);
        }
        painter->setFont(theme.body());
        if (!command.group.isEmpty()) {
            const QString group = command.group + QStringLiteral("  ");
            painter->setPen(theme.color(ThemeColor::TextFaint));
            painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter, group);
            place.setLeft(place.left() + painter->fontMetrics().horizontalAdvance(group));
        }
        painter->setPen(theme.color(ThemeColor::Text));
        painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(command.title, Qt::ElideRight, place.width()));
        painter->restore();
    }

private:
    const QList<Command>& m_commands;
};

}  // namespace

int matchScore(const QString& pattern, const QString& text) {
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar letter : pattern) {
        if (letter.isSpace()) continue;
        qsizetype found = -1;
        // A letter that goes on a run beats one at the start of a word, which beats any other.
        for (qsizetype i = at; i < text.size(); ++i) {
            if (text[i].toLower() != letter.toLower()) continue;
            const bool wordStart =
                i == 0 || !text[i - 1].isLetterOrNumber() || (text[i].isUpper() && text[i - 1].isLower());
            if (found < 0) found = i;
            if (i == last + 1 || wordStart) {
                found = i;
                break;
            }
        }
        if (found < 0) return -1;
        const bool wordStart = found == 0 || !text[found - 1].isLetterOrNumber();
        score += found == last + 1 ? 12 : wordStart ? 10 : 1;
        last = found;
        at = found + 1;
    }
    return score * 8 - static_cast<int>(std::min<qsizetype>(text.size(), 60)) / 4;
}

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window),
      m_field(new SearchField(tr("Search for an action, a layer, a page of help…"))),
      m_list(new QListView),
      m_model(new QStandardItemModel(this)) {
    setObjectName("commandPalette");
    setAccessibleName(tr("Command palette"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 10, 10, 10);
    column->setSpacing(8);
    m_field->setMinimumHeight(36);
    column->addWidget(m_field);
    column->addWidget(m_list);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(m_commands, this));
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->viewport()->setAutoFillBackground(false);
    m_list->setStyleSheet(QStringLiteral("background: transparent"));
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_field, &SearchField::moved, this, &CommandPalette::moveBy);
    connect(m_field, &SearchField::escaped, this, &CommandPalette::leave);
    connect(m_field, &QLineEdit::returnPressed, this, &CommandPalette::accept);
    connect(m_list, &QListView::clicked, this, &CommandPalette::accept);
    window->installEventFilter(this);
    m_field->installEventFilter(this);
    hide();
}

void CommandPalette::open(QList<Command> commands) {
    m_commands = std::move(commands);
    m_commands.removeIf([](const Command& command) { return !command.enabled; });
    m_field->clear();
    filter({});
    if (!isVisible()) m_before = qApp->focusWidget();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::filter(const QString& text) {
    std::vector<std::pair<int, int>> ranked;  // minus score, index: equal ones keep their order
    for (int i = 0; i < m_commands.size(); ++i) {
        const Command& command = m_commands[i];
        const int score =
            text.trimmed().isEmpty()
                ? 0
                : std::max(matchScore(text, command.title), matchScore(text, command.group + " " + command.title) - 4);
        if (score >= 0 || text.trimmed().isEmpty()) ranked.emplace_back(-score, i);
    }
    std::sort(ranked.begin(), ranked.end());
    m_model->clear();
    for (const auto& [score, index] : ranked) {
        auto* item = new QStandardItem(m_commands[index].title);
        item->setData(index, kIndexRole);
        m_model->appendRow(item);
    }
    if (!ranked.empty()) m_list->setCurrentIndex(m_model->index(0, 0));
    place();
}

void CommandPalette::moveBy(int rows) {
    if (m_model->rowCount() == 0) return;
    const int row = std::clamp(m_list->currentIndex().row() + rows, 0, m_model->rowCount() - 1);
    m_list->setCurrentIndex(m_model->index(row, 0));
}

void CommandPalette::accept() {
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid()) return;
    const auto run = m_commands[current.data(kIndexRole).toInt()].run;
    leave();
    if (run) run();
}

void CommandPalette::leave() {
    hide();
    if (m_before) m_before->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::place() {
    const QWidget* window = parentWidget();
    const int rows = std::clamp(m_model->rowCount(), 1, kMostRows);
    const int width = std::min(kWidth, window->width() - 32);
    m_list->setFixedHeight(rows * kRowHeight + 2);
    setGeometry((window->width() - width) / 2, std::max(48, window->height() / 8), width,
                m_list->height() + m_field->sizeHint().height() + 38);
}

void CommandPalette::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(ThemeColor::Raised));
    painter.setPen(theme.color(ThemeColor::Border));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parent() && event->type() == QEvent::Resize && isVisible()) place();
    // Looking elsewhere closes it.
    if (watched == m_field && event->type() == QEvent::FocusOut && qApp->focusWidget() &&
        !isAncestorOf(qApp->focusWidget()))
        hide();
    return QFrame::eventFilter(watched, event);
}

}  // namespace gradlens
