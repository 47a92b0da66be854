// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/find_bar.h"

#include "ui/design/canvas/canvas_view.h"
#include "ui/models/node_search.h"
#include "ui/theme/theme.h"
#include "ui/widgets/search_field.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kWidth = 372, kCountWidth = 68, kButton = 26;
}

FindBar::FindBar(CanvasView& view) : QFrame(view.viewport()), m_view(view) {
    setObjectName("findBar");
    setProperty("look", "card");
    setAccessibleName(tr("Find layers"));
    m_field = new SearchField(tr("Find by name, kind or attribute"), this);
    m_field->setEscapeClears(false);
    m_field->installEventFilter(this);
    m_count = new QLabel(this);
    m_count->setProperty("look", "muted");
    m_count->setFont(Theme::instance().small());
    m_count->setFixedWidth(kCountWidth);
    m_count->setAlignment(Qt::AlignCenter);
    m_count->setAccessibleName(tr("How many were found"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 6, 6, 6);
    row->setSpacing(2);
    row->addWidget(m_field, 1);
    row->addWidget(m_count);
    const auto button = [&](const QString& icon, const QString& text, const QString& keys, auto run) {
        auto* made = new QToolButton(this);
        made->setIcon(Theme::instance().icon(icon));
        made->setFixedSize(kButton, kButton);
        made->setIconSize({14, 14});
        made->setAccessibleName(text);
        made->setToolTip(QString("%1  (%2)").arg(text, keys));
        made->setFocusPolicy(Qt::NoFocus);
        connect(made, &QToolButton::clicked, this, run);
        connect(&Theme::instance(), &Theme::changed, made,
                [made, icon] { made->setIcon(Theme::instance().icon(icon)); });
        row->addWidget(made);
    };
    button("chevron-up", tr("Previous"), tr("Shift+Return"), [this] { step(-1); });
    button("chevron-down", tr("Next"), tr("Return"), [this] { step(1); });
    button("close", tr("Close"), tr("Esc"), [this] { leave(); });
    setFixedWidth(kWidth);
    adjustSize();
    hide();
    connect(m_field, &QLineEdit::textEdited, this, &FindBar::search);
    connect(m_field, &SearchField::moved, this, &FindBar::step);
    connect(m_field, &SearchField::escaped, this, &FindBar::leave);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty()) search();  // the clear button
    });
    connect(&view.document(), &DesignDocument::graphChanged, this, &FindBar::refresh);
    connect(&view.canvas(), &CanvasScene::itemsRebuilt, this, &FindBar::refresh);
}

void FindBar::open() {
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    refresh();
}

void FindBar::search() {
    m_found = findNodes(m_view.document().graph(), m_view.document().catalogue(), m_field->text());
    m_view.canvas().setFound(m_found);
    m_place = 0;
    if (!m_found.empty()) goTo(0);
    showCount();
}

// The drawing changed: the same words, and the same place if it is still there.
void FindBar::refresh() {
    if (!isVisible()) return;
    const NodeId current = m_place < m_found.size() ? m_found[m_place] : NodeId::None;
    m_found = findNodes(m_view.document().graph(), m_view.document().catalogue(), m_field->text());
    m_view.canvas().setFound(m_found);
    const auto place = std::ranges::find(m_found, current);
    m_place = place == m_found.end() ? 0 : static_cast<std::size_t>(place - m_found.begin());
    showCount();
}

void FindBar::step(int by) {
    if (m_found.empty()) return;
    const auto count = static_cast<std::ptrdiff_t>(m_found.size());
    goTo(static_cast<std::size_t>(((static_cast<std::ptrdiff_t>(m_place) + by) % count + count) % count));
    showCount();
}

void FindBar::goTo(std::size_t place) {
    m_place = place;
    m_view.document().selection().select(m_found[place]);
    m_view.reveal(m_found[place]);
}

void FindBar::showCount() {
    const bool searched = !m_field->text().trimmed().isEmpty();
    const QString count = m_found.empty() ? tr("not found") : tr("%1 of %2").arg(m_place + 1).arg(m_found.size());
    m_count->setText(searched ? count : QString());
}

void FindBar::leave() {
    hide();
    m_view.setFocus();
}

void FindBar::hideEvent(QHideEvent* event) {
    QFrame::hideEvent(event);
    m_view.canvas().setFound({});
}

bool FindBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool back = (key->modifiers() & Qt::ShiftModifier) != 0;
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || key->key() == Qt::Key_F3) {
            step(back ? -1 : 1);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace gradlens
