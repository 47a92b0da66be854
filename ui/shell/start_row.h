// SPDX-License-Identifier: GPL-3.0-or-later
// A clickable line of the start page: icon, title, note, and when. GUI thread.
#pragma once
#include <QAbstractButton>

namespace gradlens {

class StartRow : public QAbstractButton {
    Q_OBJECT
public:
    StartRow(const QString& icon, const QString& title, const QString& note, const QString& when,
             QWidget* parent = nullptr);
    // 0..1: a thin bar of how far a run is; negative for none.
    void setProgress(double progress);
    QSize sizeHint() const override { return {240, 48}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QString m_icon, m_note, m_when;
    double m_progress = -1;
    bool m_ring = false;  // for those who walk by keyboard
};

}  // namespace gradlens
