// SPDX-License-Identifier: GPL-3.0-or-later
// Previews of a drawing, computed on a thread of its own while the user draws and trains: the latest request wins, and
// what was under way for an older one stops between two instructions. Weights come from the run there is, a few times a
// second at most. GUI thread only; never waits, but for the destructor.
#pragma once
#include "core/train/previewer.h"
#include "ui/session/session.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace gradlens {

class PreviewSession : public QObject {
    Q_OBJECT
public:
    // The session must outlive it.
    explicit PreviewSession(Session& session, QObject* parent = nullptr);
    ~PreviewSession() override;

    // What to preview; previewChanged() follows. The setters may be called as often as things change: one request is
    // made of them when control returns.
    void setActive(bool active);  // inactive: nothing is computed, asked for or kept
    void setProject(std::shared_ptr<const Project> project);
    void setDataset(std::shared_ptr<const Dataset> dataset);
    void setSample(bool validation, qint64 sample);
    void setGradients(bool gradients);

    std::shared_ptr<const Preview> preview() const { return m_preview; }  // null: none yet
    bool isBusy() const { return m_scheduled.isActive() || m_posted != m_delivered; }

signals:
    void previewChanged();

private:
    struct Job {
        quint64 number = 0;
        PreviewRequest request;  // without a project: forget what was kept
        std::stop_source stop;
    };
    void schedule();
    void post();
    void work(const std::stop_token& stop);
    void deliver(quint64 number, std::shared_ptr<const Preview> preview, qint64 milliseconds);
    void askForWeights();
    void takeWeights();

    Session& m_session;
    bool m_active = false;
    PreviewRequest m_wanted;
    std::shared_ptr<const Preview> m_preview;
    quint64 m_posted = 0, m_delivered = 0;
    qint64 m_lastMilliseconds = 0;  // that a preview took
    QTimer m_scheduled, m_weightsTimer;
    QElapsedTimer m_sinceAsked;
    bool m_weightsStale = true;  // those there are may be of another run

    std::mutex m_mutex;  // guards the next three
    std::condition_variable_any m_wake;
    std::optional<Job> m_next;
    std::stop_source m_current;
    std::jthread m_thread;  // last: joined before what it uses goes
};

}  // namespace gradlens
