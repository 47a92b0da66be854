// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/card_grid.h"

#include "ui/shell/project_card.h"
#include "ui/theme/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {
namespace {

constexpr int kMostColumns = 4;
constexpr int kCardRoom = 240;

}  // namespace

CardGrid::CardGrid(const QString& title, const QString& note, QWidget* parent)
    : QWidget(parent), m_grid(new QGridLayout) {
    auto* heading = new QLabel(title);
    QFont font = Theme::instance().strong();
    font.setPixelSize(14);
    heading->setFont(font);
    auto* words = new QLabel(note);
    words->setProperty("look", "faint");
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kSpace * 3 / 2);
    head->addWidget(heading);
    head->addWidget(words, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace * 3 / 2);
    column->addLayout(head);
    m_grid->setSpacing(Theme::kSpace * 2);
    column->addLayout(m_grid);
}

void CardGrid::add(ProjectCard* card) {
    m_cards.append(card);
    m_columns = 0;
}

void CardGrid::arrange(int width) {
    const int count = static_cast<int>(m_cards.size());
    int columns = std::clamp(width / kCardRoom, 1, kMostColumns);
    if (count % columns == 1 && columns > 2) --columns;  // no card alone in its row
    if (count == 0 || columns == m_columns) return;
    m_columns = columns;
    for (int i = 0; i < kMostColumns; ++i) m_grid->setColumnStretch(i, i < columns ? 1 : 0);
    for (int i = 0; i < count; ++i) m_grid->addWidget(m_cards[i], i / columns, i % columns);
}

}  // namespace gradlens
