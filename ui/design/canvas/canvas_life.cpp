// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_life.h"

#include "ui/design/canvas/canvas_view.h"
#include "ui/models/node_geometry.h"

#include <QEvent>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr std::size_t kHistory = 68;  // one point a pixel of the curve
constexpr double kDecadesShown = 3;   // below the strongest edge
constexpr double kDecadesAlive = 7;   // weaker still: nothing that learns
constexpr int kFlowMilliseconds = 33;

std::uint64_t keyOf(PortRef port) {
    return (static_cast<std::uint64_t>(toInteger(port.node)) << 32) | static_cast<std::uint32_t>(port.port);
}

QString numberText(double value) {
    return QString::number(value, 'g', 4);
}

void push(std::deque<float>& history, double value) {
    history.push_back(static_cast<float>(value));
    if (history.size() > kHistory) history.pop_front();
}

bool holdsNonFinite(const Statistics& statistics) {
    return statistics.nan + statistics.positiveInfinite + statistics.negativeInfinite > 0;
}
}  // namespace

CanvasLife::CanvasLife(CanvasScene& scene, Session& session, QObject* parent)
    : QObject(parent), m_scene(scene), m_session(session) {
    connect(&session, &Session::trainingGraphChanged, this, [this] {
        clear();
        refreshProbes();
    });
    connect(&session, &Session::probeChanged, this, [this](ProbeId probe) {
        const auto found = m_asked.constFind(probe);
        if (found == m_asked.constEnd()) return;
        const std::shared_ptr<Asked> asked = *found;
        if (const auto result = asked->handle.latest()) show(asked->node, asked->port, asked->role, *result);
    });
    connect(&scene, &CanvasScene::itemsRebuilt, this, [this] {
        clear();
        forget();
        refreshProbes();
    });
    m_flowTimer.setSingleShot(true);
    m_flowTimer.setInterval(kFlowMilliseconds);
    connect(&m_flowTimer, &QTimer::timeout, this, &CanvasLife::showFlows);
}

void CanvasLife::watch(CanvasView& view) {
    m_views.push_back(&view);
    view.installEventFilter(this);
    connect(&view, &QObject::destroyed, this, [this, gone = &view] {
        std::erase(m_views, gone);
        refreshProbes();
    });
    refreshProbes();
}

bool CanvasLife::eventFilter(QObject* watched, QEvent* event) {
    // isVisible() holds after these were handled.
    if (event->type() == QEvent::Show || event->type() == QEvent::Hide)
        QMetaObject::invokeMethod(this, &CanvasLife::refreshProbes, Qt::QueuedConnection);
    return QObject::eventFilter(watched, event);
}

bool CanvasLife::anyVisible() const {
    return std::ranges::any_of(m_views, [](const CanvasView* view) { return view->isVisible(); });
}

void CanvasLife::forget() {
    m_asked.clear();
    m_graph.reset();
}

void CanvasLife::clear() {
    m_lives.clear();
    m_flows.clear();
    for (const Node& node : m_scene.document().graph().nodes())
        if (NodeItem* item = m_scene.nodeItem(node.id)) item->clearLife();
    for (EdgeItem* edge : m_scene.edgeItems()) edge->setFlow(EdgeItem::Flow::None, 0);
}

void CanvasLife::refreshProbes() {
    const auto graph = m_session.trainingGraph();
    if (!graph || !anyVisible()) {
        forget();
        return;
    }
    if (m_graph.lock() == graph) return;
    forget();
    m_graph = graph;
    ask();
}

// Of the drawing in scope. What is inside an open block is known by its name there: "residual1/conv2.weight".
NodeId CanvasLife::nodeOf(const Value& value) const {
    const DesignDocument& document = m_scene.document();
    if (!document.isInside()) return value.node;
    const std::string prefix = document.namePrefix();
    if (!value.name.starts_with(prefix)) return NodeId::None;
    const std::string inside = value.name.substr(prefix.size(), value.name.find('.', prefix.size()) - prefix.size());
    const Node* node = document.graph().findByName(inside);
    return node == nullptr ? NodeId::None : node->id;
}

void CanvasLife::ask() {
    const auto graph = m_graph.lock();
    const ModelGraph& drawing = m_scene.document().graph();
    std::unordered_map<NodeId, bool> hasWeight;
    for (const Value& value : graph->values) {
        const NodeId id = nodeOf(value);
        const Node* node = drawing.find(id);
        const OpDefinition* op = node == nullptr ? nullptr : m_scene.document().catalogue().find(node->op);
        if (op == nullptr) continue;
        if (value.kind == ValueKind::Activation || value.kind == ValueKind::Features) {
            for (int port = 0; port < outputPortCount(m_scene.document().catalogue(), *node); ++port)
                if (value.name.ends_with("." + outputNameOf(*op, port))) ask(value, id, port, Role::Output);
        } else if (value.kind == ValueKind::Gradient && value.of != kNoValue) {
            const Value& of = graph->values[static_cast<std::size_t>(value.of)];
            if (value.name != of.name + ".grad") continue;  // a part of the sum
            if (of.kind == ValueKind::Parameter) {
                // The first parameter is the weight.
                if (!hasWeight[id]) ask(value, id, 0, Role::WeightGradient);
                hasWeight[id] = true;
            } else if (of.kind == ValueKind::Activation) {
                for (int port = 0; port < outputPortCount(m_scene.document().catalogue(), *node); ++port)
                    if (of.name.ends_with("." + outputNameOf(*op, port)))
                        ask(value, id, port, Role::OutputGradient);
            }
        }
    }
}

void CanvasLife::ask(const Value& value, NodeId node, int port, Role role) {
    auto asked = std::make_shared<Asked>();
    asked->node = node;
    asked->port = port;
    asked->role = role;
    ProbeRequest request;
    request.value = value.name;
    asked->handle = m_session.probe(request);
    m_asked.insert(asked->handle.id(), std::move(asked));
}

void CanvasLife::show(NodeId node, int port, Role role, const ProbeResult& result) {
    const Statistics& statistics = result.statistics;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    Life& life = m_lives[node];
    switch (role) {
        case Role::Output:
            if (port != 0) return;
            life.output = statistics;
            life.hasOutput = true;
            push(life.deviations, holdsNonFinite(statistics) ? nan : statistics.standardDeviation);
            showNode(node);
            break;
        case Role::WeightGradient:
            life.weightGradient = statistics;
            life.hasWeightGradient = true;
            push(life.gradients, holdsNonFinite(statistics) || statistics.l2 <= 0 ? nan : std::log10(statistics.l2));
            showNode(node);
            break;
        case Role::OutputGradient:
            m_flows[keyOf({node, port})] = holdsNonFinite(statistics) ? nan : statistics.l2;
            if (!m_flowTimer.isActive()) m_flowTimer.start();
            break;
    }
}

void CanvasLife::showNode(NodeId node) {
    NodeItem* item = m_scene.nodeItem(node);
    if (item == nullptr) return;
    const Life& life = m_lives[node];
    NodeLife shown;
    if (life.hasOutput && life.output.count > 0) {
        const Statistics& s = life.output;
        const auto share = [&](std::int64_t count) { return static_cast<float>(count) / static_cast<float>(s.count); };
        shown.hasHealth = true;
        shown.health = {share(s.nan),   share(s.negativeInfinite), share(s.negatives),
                        share(s.zeros), share(s.positives),        share(s.positiveInfinite)};
        shown.tip =
            tr("<p><b>Output</b>: mean %1, deviation %2, from %3 to %4; %5 % zero</p>")
                .arg(numberText(s.mean), numberText(s.standardDeviation), numberText(s.min), numberText(s.max),
                     QString::number(100.0 * static_cast<double>(s.zeros) / static_cast<double>(s.count), 'f', 1));
        if (s.nan > 0 || s.positiveInfinite > 0 || s.negativeInfinite > 0)
            shown.tip +=
                tr("<p><b>%1 NaN, %2 infinite</b></p>").arg(s.nan).arg(s.positiveInfinite + s.negativeInfinite);
    }
    const std::deque<float>& curve = life.hasWeightGradient ? life.gradients : life.deviations;
    shown.spark.assign(curve.begin(), curve.end());
    shown.tip += life.hasWeightGradient ? tr("<p>Curve: L2 of the weight's gradient (log scale), now %1</p>")
                                              .arg(numberText(life.weightGradient.l2))
                                        : tr("<p>Curve: deviation of the output</p>");
    item->setLife(std::move(shown));
}

void CanvasLife::showFlows() {
    double strongest = 0;
    for (const auto& [port, l2] : m_flows)
        if (std::isfinite(l2)) strongest = std::max(strongest, l2);
    const double top = strongest > 0 ? std::log10(strongest) : 0;
    for (EdgeItem* item : m_scene.edgeItems()) {
        const auto found = m_flows.find(keyOf(item->edge().from));
        if (found == m_flows.end()) {
            item->setFlow(EdgeItem::Flow::None, 0);
        } else if (!std::isfinite(found->second)) {
            item->setFlow(EdgeItem::Flow::NotFinite, 1);
        } else if (found->second <= 0 || std::log10(found->second) < top - kDecadesAlive) {
            item->setFlow(EdgeItem::Flow::Vanished, 0);
        } else {
            item->setFlow(EdgeItem::Flow::Level,
                          std::clamp(1 - (top - std::log10(found->second)) / kDecadesShown, 0.0, 1.0));
        }
    }
}

}  // namespace gradlens
