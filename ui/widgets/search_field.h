// SPDX-License-Identifier: GPL-3.0-or-later
// A line to search in, with a lens and a clear button. Up, Down and Return can steer the list it filters. GUI thread.
#pragma once
#include <QLineEdit>

namespace gradlens {

class SearchField : public QLineEdit {
    Q_OBJECT
public:
    explicit SearchField(const QString& placeholder, QWidget* parent = nullptr);
    // Off: Escape leaves at once, even a filled field.
    void setEscapeClears(bool clears) { m_escapeClears = clears; }

signals:
    void moved(int rows);  // Up: -1, Down: 1, PageUp/PageDown: -8/8
    void escaped();        // Escape on an empty field; on a filled one it clears

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool m_escapeClears = true;
};

}  // namespace gradlens
