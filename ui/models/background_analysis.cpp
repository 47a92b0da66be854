// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/background_analysis.h"

#include <utility>

namespace gradlens {

BackgroundAnalysis::BackgroundAnalysis(QObject* parent) : QObject(parent) {}

BackgroundAnalysis::~BackgroundAnalysis() = default;  // waits for the thread, which goes first

void BackgroundAnalysis::start(ModelGraph graph, const OpCatalogue& catalogue, std::int64_t batchSize) {
    m_wanted = true;
    m_next = Job{std::move(graph), std::make_shared<const OpCatalogue>(catalogue), batchSize};
    if (!m_running) run(*std::exchange(m_next, std::nullopt));
}

void BackgroundAnalysis::cancel() {
    m_wanted = false;
    m_next.reset();
}

void BackgroundAnalysis::run(Job job) {
    m_running = true;
    // The thread before has posted its answer and ends: joining it takes no time.
    m_thread = std::jthread([this, job = std::move(job)] {
        auto analysis = analyse(job.graph, *job.catalogue, job.batchSize);
        QMetaObject::invokeMethod(
            this, [this, analysis = std::move(analysis), catalogue = job.catalogue] { deliver(analysis); },
            Qt::QueuedConnection);
    });
}

void BackgroundAnalysis::deliver(const GraphAnalysis& analysis) {
    m_running = false;
    if (m_next) {
        run(*std::exchange(m_next, std::nullopt));
    } else if (m_wanted) {
        m_wanted = false;
        emit finished(analysis);
    }
}

}  // namespace gradlens
