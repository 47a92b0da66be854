// SPDX-License-Identifier: GPL-3.0-or-later
// A figure to be read across the room: caption, value, and a line about it. GUI thread.
#pragma once
#include <QFrame>
#include <QString>

class QLabel;

namespace gradlens {

class ReadoutCard : public QFrame {
    Q_OBJECT
public:
    explicit ReadoutCard(const QString& caption, QWidget* parent = nullptr);

    // Nothing happens when it is what is shown already.
    void setReading(const QString& value, const QString& detail = {});
    void setAlarming(bool alarming);  // the value is in the colour of danger
    QString value() const;
    QString detail() const;

private:
    void applyTheme();
    QLabel* m_caption;
    QLabel* m_value;
    QLabel* m_detail;
    bool m_alarming = false;
};

}  // namespace gradlens
