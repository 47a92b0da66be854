// SPDX-License-Identifier: GPL-3.0-or-later
// The strip at the left edge: home, the workspaces, and a few tools at its foot. Shows actions of the window. GUI
// thread.
#pragma once
#include <QWidget>

class QAction;
class QVBoxLayout;

namespace gradlens {

class WorkspaceRail : public QWidget {
    Q_OBJECT
public:
    explicit WorkspaceRail(QWidget* parent = nullptr);
    // A labelled place; checkable actions show which one is current.
    void addPlace(QAction* action, const QString& label);
    // A small button at the foot.
    void addTool(QAction* action);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_column;
};

}  // namespace gradlens
