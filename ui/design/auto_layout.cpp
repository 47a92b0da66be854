// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/auto_layout.h"

#include "core/layout/layered_layout.h"
#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace gradlens {

AutoLayout::AutoLayout(DesignDocument& document, QObject* parent) : QObject(parent), m_document(document) {
    connect(&document, &DesignDocument::graphChanged, this, [this] {
        if (m_running) start();
    });
    connect(&document, &DesignDocument::reset, this, &AutoLayout::cancel);
    connect(&document, &DesignDocument::scopeChanged, this, &AutoLayout::cancel);
}

AutoLayout::~AutoLayout() {
    cancel();
}

void AutoLayout::cancel() {
    ++m_run;
    m_running = false;
    if (m_thread.joinable()) m_thread.request_stop();
}

void AutoLayout::start() {
    cancel();
    m_running = true;
    const quint64 run = m_run;
    // Assigning stops and joins the thread before, which looks at its token often.
    m_thread = std::jthread(
        [this, run, graph = m_document.graph(), catalogue = m_document.catalogue()](const std::stop_token& stop) {
            auto positions = arranged(graph, catalogue, stop);
            if (stop.stop_requested()) return;
            QMetaObject::invokeMethod(
                this, [this, run, positions = std::move(positions)] { deliver(run, positions); }, Qt::QueuedConnection);
        });
}

void AutoLayout::deliver(quint64 run, const std::vector<NodePosition>& positions) {
    if (run != m_run) return;
    m_running = false;
    emit finished(positions);
}

std::vector<NodePosition> AutoLayout::arranged(const ModelGraph& graph, const OpCatalogue& catalogue,
                                               const std::stop_token& stop) {
    LayoutInput input;
    std::unordered_map<NodeId, int> indexOf;
    Point corner{0, 0};
    for (const Node& node : graph.nodes()) {
        if (indexOf.empty()) corner = node.position;
        corner = {std::min(corner.x, node.position.x), std::min(corner.y, node.position.y)};
        indexOf[node.id] = static_cast<int>(input.nodes.size());
        LayoutNode box{kCardWidth, kCardHeight};
        const int inputs = inputPortCount(graph, catalogue, node), outputs = outputPortCount(catalogue, node);
        for (int port = 0; port < inputs; ++port) box.inputs.push_back(inputPortPosition(port, inputs).x);
        for (int port = 0; port < outputs; ++port) box.outputs.push_back(outputPortPosition(port, outputs).x);
        input.nodes.push_back(std::move(box));
    }
    for (const Edge& edge : graph.edges()) {
        const LayoutEdge wire{indexOf[edge.from.node], edge.from.port, indexOf[edge.to.node], edge.to.port};
        const auto fits = [](int port, const std::vector<double>& ports) {
            return port >= 0 && port < static_cast<int>(ports.size());
        };
        if (fits(wire.fromPort, input.nodes[static_cast<std::size_t>(wire.fromNode)].outputs) &&
            fits(wire.toPort, input.nodes[static_cast<std::size_t>(wire.toNode)].inputs))
            input.edges.push_back(wire);
    }
    LayoutOptions options;
    options.layerGap = kCardGap;
    options.nodeGap = kCardGap;
    const auto result = layeredLayout(input, options, stop);
    std::vector<NodePosition> positions;
    if (!result) return positions;
    // The drawing stays where it was. Whole units keep straight edges straight, the grid would bend them.
    for (const Node& node : graph.nodes()) {
        const LayoutPoint at = result->positions[static_cast<std::size_t>(indexOf[node.id])];
        positions.emplace_back(node.id, Point{std::round(corner.x + at.x), std::round(corner.y + at.y)});
    }
    return positions;
}

bool AutoLayout::isTangled(const ModelGraph& graph) {
    // Sorted by height only neighbours need comparing.
    std::vector<Point> places;
    for (const Node& node : graph.nodes()) places.push_back(node.position);
    std::ranges::sort(places, {}, &Point::y);
    constexpr double kTolerated = 0.5;  // of a card
    for (std::size_t i = 0; i < places.size(); ++i)
        for (std::size_t j = i + 1; j < places.size() && places[j].y - places[i].y < kCardHeight * kTolerated; ++j)
            if (std::abs(places[j].x - places[i].x) < kCardWidth * kTolerated) return true;
    return false;
}

}  // namespace gradlens
