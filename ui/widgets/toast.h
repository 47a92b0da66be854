// SPDX-License-Identifier: GPL-3.0-or-later
// A short word at the bottom of a window that goes away by itself: "Saved", "A new run has begun". Nothing one must not
// miss.
#pragma once
#include <QTimer>
#include <QWidget>

class QLabel;

namespace gradlens {

class Toast : public QWidget {
    Q_OBJECT
public:
    // Floats over `window`, which owns it.
    explicit Toast(QWidget* window);
    void say(const QString& text, int milliseconds = 4000);
    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    QLabel* m_label;
    QTimer m_timer;
};

}  // namespace gradlens
