// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+K: type a few letters of what you want to do, Return does it. Lists what it is given; forgets it when it closes.
// GUI thread.
#pragma once
#include <QFrame>
#include <QIcon>
#include <QList>
#include <QPointer>
#include <QString>

#include <functional>

class QListView;
class QStandardItemModel;

namespace gradlens {

class SearchField;

struct Command {
    QString title;
    QString group;  // shown faintly before the title: "Run"
    QString keys;   // shown at the right
    QIcon icon;
    bool enabled = true;
    std::function<void()> run;
};

// How well `text` answers to `pattern`: every letter in order, better at starts of words and in one piece. Negative:
// not at all.
int matchScore(const QString& pattern, const QString& text);

class CommandPalette : public QFrame {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* window);
    void open(QList<Command> commands);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& text);
    void moveBy(int rows);
    void accept();
    void place();
    void leave();

    SearchField* m_field;
    QListView* m_list;
    QStandardItemModel* m_model;
    QList<Command> m_commands;
    QPointer<QWidget> m_before;  // had the focus before, and gets it back
};

}  // namespace gradlens
