// SPDX-License-Identifier: GPL-3.0-or-later
// A small form over the canvas that asks for a name: Return takes it, Escape or a click elsewhere leaves. A name that
// may not be is told while typing. Deletes itself. GUI thread.
#pragma once
#include <QFrame>
#include <QString>

#include <functional>

class QLabel;
class QLineEdit;
class QPushButton;

namespace gradlens {

class NameForm : public QFrame {
    Q_OBJECT
public:
    struct Text {
        QString title, hint, button;
    };
    // fault: why a name may not be, empty when it may. Stands in the upper middle of its parent.
    NameForm(const Text& text, const QString& name, std::function<QString(const QString&)> fault, QWidget* parent);

    QLineEdit* field() const { return m_field; }
    QPushButton* button() const { return m_button; }
    QString faultText() const;

signals:
    void accepted(const QString& name);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void check();
    void accept();
    void leave();
    void place();

    std::function<QString(const QString&)> m_fault;
    QLineEdit* m_field;
    QLabel* m_message;
    QPushButton* m_button;
    bool m_done = false;
};

}  // namespace gradlens
