// SPDX-License-Identifier: GPL-3.0-or-later
// Arranges a drawing in layers, on a thread of its own so that the window answers meanwhile. Nodes that stand in a
// frame stay together in it. GUI thread only.
#pragma once
#include "ui/models/arrangement.h"
#include "ui/models/design_document.h"

#include <QObject>

#include <stop_token>
#include <thread>

namespace gradlens {

class AutoLayout : public QObject {
    Q_OBJECT
public:
    struct Request {
        DrawingStyle style;
        // Only these, in ascending order, in the place where they are; everything when empty.
        std::vector<NodeId> only = {};
    };

    explicit AutoLayout(DesignDocument& document, QObject* parent = nullptr);
    ~AutoLayout() override;

    // finished() follows, unless the drawing changes before; then it starts over.
    void start(Request request);
    void cancel();
    bool isRunning() const { return m_running; }
    // At once, on this thread. Without nodes when it was asked to stop.
    static Arrangement arranged(const ModelGraph& graph, const OpCatalogue& catalogue, const Request& request,
                                const std::stop_token& stop = {});
    // Cards that lie on one another, as in a file without positions.
    static bool isTangled(const ModelGraph& graph);

signals:
    void finished(const gradlens::Arrangement& arrangement);

private:
    void deliver(quint64 run, const Arrangement& arrangement);
    DesignDocument& m_document;
    Request m_request;
    std::jthread m_thread;
    quint64 m_run = 0;
    bool m_running = false;
};

}  // namespace gradlens
