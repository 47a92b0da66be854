// SPDX-License-Identifier: GPL-3.0-or-later
// Arranges a drawing in layers, on a thread of its own so that the window answers meanwhile. GUI thread only.
#pragma once
#include "ui/models/design_document.h"

#include <QObject>

#include <stop_token>
#include <thread>

namespace gradlens {

class AutoLayout : public QObject {
    Q_OBJECT
public:
    explicit AutoLayout(DesignDocument& document, QObject* parent = nullptr);
    ~AutoLayout() override;

    // finished() follows, unless the drawing changes before; then it starts over.
    void start();
    void cancel();
    bool isRunning() const { return m_running; }
    // At once, on this thread.
    static std::vector<NodePosition> arranged(const ModelGraph& graph, const OpCatalogue& catalogue,
                                              const std::stop_token& stop = {});
    // Cards that lie on one another, as in a file without positions.
    static bool isTangled(const ModelGraph& graph);

signals:
    void finished(const std::vector<gradlens::NodePosition>& positions);

private:
    void deliver(quint64 run, const std::vector<NodePosition>& positions);
    DesignDocument& m_document;
    std::jthread m_thread;
    quint64 m_run = 0;
    bool m_running = false;
};

}  // namespace gradlens
