// SPDX-License-Identifier: GPL-3.0-or-later
// The line at the foot of the window: hints and messages left; data, device, saved state and phase right. GUI thread.
#pragma once
#include <QStatusBar>

class QLabel;

namespace gradlens {

class ElidedLabel;
class Session;

class StatusLine : public QStatusBar {
    Q_OBJECT
public:
    StatusLine(Session& session, int threads, QWidget* parent = nullptr);
    void setDataset(const QString& text);
    void setStale(bool stale);  // the run is of an older drawing

private:
    void refresh();
    Session& m_session;
    QLabel* m_stale;
    ElidedLabel* m_dataset;
    QLabel* m_saved;
    QLabel* m_phase;
};

}  // namespace gradlens
