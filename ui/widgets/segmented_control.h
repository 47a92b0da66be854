// SPDX-License-Identifier: GPL-3.0-or-later
// A row of a few choices of which one holds: "Linear | Log". Left and Right move along it. GUI thread.
#pragma once
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace gradlens {

class SegmentedControl : public QWidget {
    Q_OBJECT
public:
    explicit SegmentedControl(QWidget* parent = nullptr);
    // Returns its index. With an icon (a name of Theme::icon()) the text may be empty; give a tool tip then.
    int addSegment(const QString& text, const QString& icon = {}, const QString& toolTip = {});
    int count() const;
    int currentIndex() const;
    void setCurrentIndex(int index);  // emits currentChanged() when it differs
    void setSegmentEnabled(int index, bool enabled);

signals:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QButtonGroup* m_group;
    QHBoxLayout* m_row;
};

}  // namespace gradlens
