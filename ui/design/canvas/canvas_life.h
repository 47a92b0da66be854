// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the canvas live while training: health and curve on cards, width and colour of edges, from statistics the
// Trainer computes anyway for whoever asks. Asks only while a canvas is in sight. GUI thread only.
#pragma once
#include "ui/design/canvas/canvas_scene.h"
#include "ui/session/session.h"

#include <QHash>
#include <QObject>

#include <deque>
#include <unordered_map>
#include <vector>

namespace gradlens {

class CanvasView;

class CanvasLife : public QObject {
    Q_OBJECT
public:
    // Scene and session must outlive it.
    CanvasLife(CanvasScene& scene, Session& session, QObject* parent = nullptr);
    // The probes live while at least one watched view is visible.
    void watch(CanvasView& view);
    qsizetype probeCount() const { return m_asked.size(); }
    // What a probe's result means for the canvas; for the session, and for tests.
    enum class Role { Output, OutputGradient, WeightGradient };
    void show(NodeId node, int port, Role role, const ProbeResult& result);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Asked {
        ProbeHandle handle;
        NodeId node = NodeId::None;
        int port = 0;
        Role role = Role::Output;
    };
    struct Life {
        Statistics output, weightGradient;
        bool hasOutput = false, hasWeightGradient = false;
        std::deque<float> deviations, gradients;  // of the output; of the weight's gradient, log10
    };
    void refreshProbes();
    void ask();
    NodeId nodeOf(const Value& value) const;
    void ask(const Value& value, NodeId node, int port, Role role);
    void forget();
    void clear();
    bool anyVisible() const;
    void showNode(NodeId node);
    void showFlows();

    CanvasScene& m_scene;
    Session& m_session;
    std::vector<CanvasView*> m_views;
    QHash<quint64, std::shared_ptr<Asked>> m_asked;
    std::weak_ptr<const TrainingGraph> m_graph;
    std::unordered_map<NodeId, Life> m_lives;
    std::unordered_map<std::uint64_t, double> m_flows;  // L2 of the gradient of an output port
    QTimer m_flowTimer;
};

}  // namespace gradlens
