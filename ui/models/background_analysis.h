// SPDX-License-Identifier: GPL-3.0-or-later
// Analyses large drawings on a thread of its own, so that the hand goes on meanwhile. GUI thread only.
#pragma once
#include "core/graph/analysis.h"

#include <QObject>

#include <memory>
#include <optional>
#include <thread>

namespace gradlens {

class BackgroundAnalysis : public QObject {
    Q_OBJECT
public:
    explicit BackgroundAnalysis(QObject* parent = nullptr);
    ~BackgroundAnalysis() override;

    // finished() follows for the drawing given last; those before it may be passed over.
    void start(ModelGraph graph, const OpCatalogue& catalogue, std::int64_t batchSize);
    void cancel();

signals:
    // The nodes of the analysis refer to a copy of the catalogue that is gone afterwards.
    void finished(const gradlens::GraphAnalysis& analysis);

private:
    struct Job {
        ModelGraph graph;
        std::shared_ptr<const OpCatalogue> catalogue;
        std::int64_t batchSize;
    };
    void run(Job job);
    void deliver(const GraphAnalysis& analysis);

    std::optional<Job> m_next;  // given while another is being analysed
    bool m_running = false, m_wanted = false;
    std::jthread m_thread;
};

}  // namespace gradlens
