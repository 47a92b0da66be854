// SPDX-License-Identifier: GPL-3.0-or-later
// What a panel shows when it has nothing to show: an icon, what is missing, what to do about it, and a button that does
// it.
#pragma once
#include <QWidget>

class QLabel;
class QPushButton;

namespace gradlens {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    // icon: a name of Theme::icon().
    EmptyState(const QString& icon, const QString& title, const QString& hint, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setHint(const QString& hint);
    // Shows a button; actionTriggered() when it is pressed. An empty text hides it.
    void setActionText(const QString& text, const QString& icon = {});
    // Another way on, beside it; secondActionTriggered().
    void setSecondActionText(const QString& text, const QString& icon = {});

signals:
    void actionTriggered();
    void secondActionTriggered();

private:
    static void setButton(QPushButton* button, const QString& text, const QString& icon);

    QString m_icon;
    QLabel* m_picture;
    QLabel* m_title;
    QLabel* m_hint;
    QPushButton* m_button;
    QPushButton* m_second;
};

}  // namespace gradlens
