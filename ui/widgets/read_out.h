// SPDX-License-Identifier: GPL-3.0-or-later
// A number that changes, under a faint caption: "STEP 1,204 / 4,690". Fixed width per digit, so that it does not dance.
#pragma once
#include <QWidget>

class QLabel;

namespace gradlens {

class ReadOut : public QWidget {
    Q_OBJECT
public:
    // widest: a text as wide as the value may become; room is kept for it.
    ReadOut(const QString& caption, const QString& widest, QWidget* parent = nullptr);
    void setValue(const QString& value);
    QString value() const;

private:
    QLabel* m_caption;
    QLabel* m_value;
};

}  // namespace gradlens
