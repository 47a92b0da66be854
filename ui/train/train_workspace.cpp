// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/train_workspace.h"

namespace gradlens {

namespace {
// Painting takes a core from training: three pictures a second cost it two per cent of one. A large window, dearer to
// paint, is refreshed less often.
constexpr int kRefreshMilliseconds = 200;
constexpr int kPixelsPerMillisecond = 6'000;
}  // namespace

TrainWorkspace::TrainWorkspace(Session& session, QWidget* parent) : TrainView(parent), m_session(session) {
    m_pace.setSingleShot(true);
    connect(&m_pace, &QTimer::timeout, this, [this] {
        if (m_stale) scheduleRefresh();
    });
    connect(&session, &Session::scalarsChanged, this, &TrainWorkspace::scheduleRefresh);
    connect(&session, &Session::statusChanged, this, &TrainWorkspace::scheduleRefresh);
    connect(&session, &Session::scalarsReplaced, this, [this] {
        // The old run's curves go at once, even out of sight: they belong to nobody now.
        setLog(m_session.scalars());
        scheduleRefresh();
    });
    setLog(m_session.scalars());
}

void TrainWorkspace::scheduleRefresh() {
    m_stale = true;
    if (!isVisible() || m_pace.isActive()) return;
    takeAll();
    m_pace.start(kRefreshMilliseconds + width() * height() / kPixelsPerMillisecond);
}

void TrainWorkspace::takeAll() {
    m_stale = false;
    setStatus(m_session.status());
    refresh();
}

void TrainWorkspace::showEvent(QShowEvent* event) {
    TrainView::showEvent(event);
    if (m_stale) takeAll();
}

}  // namespace gradlens
