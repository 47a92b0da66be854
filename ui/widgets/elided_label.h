// SPDX-License-Identifier: GPL-3.0-or-later
// One line of text that gives way: cut with an ellipsis when there is no room, whole in its tool tip. GUI thread.
#pragma once
#include <QLabel>

namespace gradlens {

class ElidedLabel : public QLabel {
    Q_OBJECT
public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setElideMode(Qt::TextElideMode mode);
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

}  // namespace gradlens
