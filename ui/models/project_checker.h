// SPDX-License-Identifier: GPL-3.0-or-later
// Has the document's project checked (see checkProject) on a thread of its own, a moment after it was last edited:
// fixes are tried and rules look at every layer, which may take longer than a frame. GUI thread only.
#pragma once
#include "core/train/project_check.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <thread>
#include <vector>

namespace gradlens {

class ProjectChecker : public QObject {
    Q_OBJECT
public:
    explicit ProjectChecker(QObject* parent = nullptr);
    ~ProjectChecker() override;  // waits for the check under way

    // finished() follows, unless the project changes again before. The catalogue knows the project's blocks; a copy is
    // kept, because the document's changes with them.
    void check(const Project& project, const OpCatalogue& catalogue, const KnownData& data);
    bool isUpToDate() const { return m_found == m_asked; }
    // Of the last check that finished.
    const std::vector<Problem>& problems() const { return m_problems; }
    void expire();  // what was found is of a project that has changed since
    void forget();  // and is of no interest any more

signals:
    void finished();  // problems() is up to date

private:
    struct Request {
        Project project;
        OpCatalogue catalogue;
        KnownData data;
    };

    void start();
    void deliver(quint64 asked, std::vector<Problem> problems);

    QTimer m_pause;  // edits follow one another: one check for all
    std::unique_ptr<Request> m_next;
    std::jthread m_thread;
    bool m_running = false;
    quint64 m_asked = 1, m_found = 0;
    std::vector<Problem> m_problems;
};

}  // namespace gradlens
