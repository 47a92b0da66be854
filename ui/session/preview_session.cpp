// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/preview_session.h"

#include <algorithm>
#include <utility>

namespace gradlens {

namespace {
constexpr int kWeightsMilliseconds = 250;
// While a run trains, previews take at most this part of one core.
constexpr qint64 kShareOfCore = 10;
}  // namespace

PreviewSession::PreviewSession(Session& session, QObject* parent)
    : QObject(parent), m_session(session), m_thread([this](const std::stop_token& stop) { work(stop); }) {
    m_scheduled.setSingleShot(true);
    m_scheduled.setInterval(0);
    connect(&m_scheduled, &QTimer::timeout, this, &PreviewSession::post);
    m_weightsTimer.setInterval(kWeightsMilliseconds);
    connect(&m_weightsTimer, &QTimer::timeout, this, &PreviewSession::askForWeights);
    connect(&session, &Session::weightsChanged, this, &PreviewSession::takeWeights);
    connect(&session, &Session::trainingGraphChanged, this, [this] {
        m_weightsStale = true;
        askForWeights();
    });
}

PreviewSession::~PreviewSession() {
    const std::lock_guard lock(m_mutex);
    m_thread.request_stop();
    m_current.request_stop();
}

void PreviewSession::setActive(bool active) {
    if (active == m_active) return;
    m_active = active;
    if (active) {
        m_wanted.weights = m_session.weights();
        m_weightsTimer.start();
        askForWeights();
    } else {
        m_weightsTimer.stop();
        m_preview.reset();
        emit previewChanged();
    }
    schedule();
}

void PreviewSession::setProject(std::shared_ptr<const Project> project) {
    m_wanted.project = std::move(project);
    schedule();
}

void PreviewSession::setDataset(std::shared_ptr<const Dataset> dataset) {
    if (dataset == m_wanted.dataset) return;
    m_wanted.dataset = std::move(dataset);
    schedule();
}

void PreviewSession::setSample(bool validation, qint64 sample) {
    if (validation == m_wanted.validation && sample == m_wanted.sample) return;
    m_wanted.validation = validation;
    m_wanted.sample = sample;
    schedule();
}

void PreviewSession::setGradients(bool gradients) {
    if (gradients == m_wanted.gradients) return;
    m_wanted.gradients = gradients;
    schedule();
}

void PreviewSession::schedule() {
    m_scheduled.start();
}

void PreviewSession::post() {
    Job job{++m_posted, {}, {}};
    if (m_active && m_wanted.project && m_wanted.dataset) {
        job.request = m_wanted;
    } else {
        m_delivered = m_posted;  // nothing will come
        if (std::exchange(m_preview, nullptr)) emit previewChanged();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_current.request_stop();
        m_current = job.stop;
        m_next = std::move(job);
    }
    m_wake.notify_one();
}

// The thread's main function. Previewer and all that it keeps live here.
void PreviewSession::work(const std::stop_token& stop) {
    std::optional<Previewer> previewer;
    while (true) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_next.has_value(); })) return;
            job = std::move(*std::exchange(m_next, std::nullopt));
        }
        if (job.request.project == nullptr) {
            previewer.reset();
            continue;
        }
        if (!previewer) previewer.emplace();
        QElapsedTimer timer;
        timer.start();
        auto preview = previewer->preview(job.request, job.stop.get_token());
        if (preview == nullptr) continue;
        QMetaObject::invokeMethod(
            this,
            [this, number = job.number, preview = std::move(preview), took = timer.elapsed()] {
                deliver(number, preview, took);
            },
            Qt::QueuedConnection);
    }
}

void PreviewSession::deliver(quint64 number, std::shared_ptr<const Preview> preview, qint64 milliseconds) {
    if (number != m_posted) return;
    m_delivered = number;
    m_lastMilliseconds = milliseconds;
    m_preview = std::move(preview);
    emit previewChanged();
}

// Of the run's present step, where the last ones are not.
void PreviewSession::askForWeights() {
    if (!m_active || !m_session.isPrepared() || isBusy()) return;
    const auto& weights = m_wanted.weights;
    if (weights && !m_weightsStale && weights->step == m_session.status().step) return;
    const qint64 pause = std::max<qint64>(kWeightsMilliseconds, kShareOfCore * m_lastMilliseconds);
    if (!m_weightsStale && m_sinceAsked.isValid() && m_sinceAsked.elapsed() < pause) return;
    m_weightsStale = false;
    m_sinceAsked.start();
    m_session.askForWeights();
}

void PreviewSession::takeWeights() {
    // Between two versions of an edited run there are none for a moment: the old ones will do.
    if (m_session.weights() == nullptr && m_session.isPrepared()) return;
    m_wanted.weights = m_session.weights();
    if (m_active) schedule();
}

}  // namespace gradlens
