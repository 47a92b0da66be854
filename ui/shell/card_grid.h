// SPDX-License-Identifier: GPL-3.0-or-later
// Cards of projects under a heading, in as many columns as there is room for. GUI thread.
#pragma once
#include <QWidget>

class QGridLayout;

namespace gradlens {

class ProjectCard;

class CardGrid : public QWidget {
    Q_OBJECT
public:
    // note: a faint line beside the title.
    CardGrid(const QString& title, const QString& note, QWidget* parent = nullptr);
    void add(ProjectCard* card);
    bool isEmpty() const { return m_cards.isEmpty(); }
    // For this much width. Tells nothing when the columns stay.
    void arrange(int width);

private:
    QGridLayout* m_grid;
    QList<ProjectCard*> m_cards;
    int m_columns = 0;
};

}  // namespace gradlens
