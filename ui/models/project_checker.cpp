// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/project_checker.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kPause = 40;  // milliseconds without an edit
}

ProjectChecker::ProjectChecker(QObject* parent) : QObject(parent) {
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPause);
    connect(&m_pause, &QTimer::timeout, this, &ProjectChecker::start);
}

ProjectChecker::~ProjectChecker() = default;  // the thread is joined

void ProjectChecker::check(const Project& project, const OpCatalogue& catalogue, const KnownData& data) {
    ++m_asked;
    m_next = std::make_unique<Request>(Request{project, catalogue, data});
    m_pause.start();
}

void ProjectChecker::expire() {
    ++m_asked;
}

void ProjectChecker::forget() {
    expire();
    m_pause.stop();
    m_next.reset();
    m_problems.clear();
}

void ProjectChecker::start() {
    if (m_running || m_next == nullptr) return;  // what is under way starts the next when it is done
    m_running = true;
    m_thread = std::jthread([this, asked = m_asked, request = std::shared_ptr<const Request>(std::move(m_next))] {
        const GraphAnalysis analysis = analyse(request->project.graph, request->catalogue,
                                               std::max<std::int64_t>(request->project.training.batchSize, 1));
        std::vector<Problem> problems = checkProject(request->project, request->catalogue, analysis, request->data);
        QMetaObject::invokeMethod(
            this, [this, asked, problems = std::move(problems)] { deliver(asked, problems); }, Qt::QueuedConnection);
    });
}

void ProjectChecker::deliver(quint64 asked, std::vector<Problem> problems) {
    m_running = false;
    if (asked != m_asked) {
        if (!m_pause.isActive()) start();
        return;
    }
    m_problems = std::move(problems);
    m_found = asked;
    emit finished();
}

}  // namespace gradlens
