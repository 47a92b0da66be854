// SPDX-License-Identifier: GPL-3.0-or-later
// The Train workspace: a TrainView that follows the session's run. Refreshes only while it is visible, and a few times
// a second, so that watching does not take the time that training needs. GUI thread.
#pragma once
#include "ui/session/session.h"
#include "ui/train/train_view.h"

#include <QTimer>
#include <QWidget>

namespace gradlens {

class TrainWorkspace : public TrainView {
    Q_OBJECT
public:
    // The session must outlive the workspace.
    explicit TrainWorkspace(Session& session, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void scheduleRefresh();
    void takeAll();

    Session& m_session;
    QTimer m_pace;  // runs while the last refresh is too recent for another
    bool m_stale = true;
};

}  // namespace gradlens
