// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/auto_layout.h"

#include "core/layout/grouped_layout.h"
#include "ui/models/arrange.h"
#include "ui/models/card_places.h"
#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
constexpr double kLabelHeight = 28, kPortReach = 4;

std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

Point moved(Point point, Point by) {
    return {point.x + by.x, point.y + by.y};
}

// One arrangement: what the layout is told of the drawing, and what its answer means for it.
class Arranger {
public:
    Arranger(const ModelGraph& graph, const OpCatalogue& catalogue, const AutoLayout::Request& request)
        : m_graph(graph), m_catalogue(catalogue), m_style(request.style), m_onlySome(!request.only.empty()) {
        for (const Node& node : graph.nodes())
            if (!m_onlySome || std::ranges::binary_search(request.only, node.id)) m_nodes.push_back(&node);
    }

    Arrangement run(const std::stop_token& stop) {
        Arrangement result;
        result.style = m_style;
        takeNodes();
        takeEdges();
        takeFrames();
        LayoutOptions options;
        options.direction = m_style.flow == DrawingStyle::Flow::Down ? LayoutDirection::Down : LayoutDirection::Right;
        options.layerGap = gapAlong(m_style.flow);
        options.nodeGap = kCardGap;
        // An edge arrives straight for as long as its shape needs to stand beside it.
        options.trackAhead = m_style.flow == DrawingStyle::Flow::Down ? kLabelHeight : kCardGapToRight - kPortReach;
        const auto layout = groupedLayout(m_input, m_groupOf, m_groups, options, stop);
        if (!layout || m_nodes.empty()) return result;
        placeNodes(*layout, result);
        placeEdges(*layout, result);
        placeFrames(*layout, result);
        return result;
    }

private:
    void takeNodes() {
        for (const Node* node : m_nodes) {
            m_indexOf[node->id] = static_cast<int>(m_input.nodes.size());
            LayoutNode box{kCardWidth, kCardHeight};
            const int inputs = inputPortCount(m_graph, m_catalogue, *node);
            const int outputs = outputPortCount(m_catalogue, *node);
            for (int port = 0; port < inputs; ++port)
                box.inputs.push_back(across(inputPortPosition(port, inputs, m_style.flow), m_style.flow));
            for (int port = 0; port < outputs; ++port)
                box.outputs.push_back(across(outputPortPosition(port, outputs, m_style.flow), m_style.flow));
            m_input.nodes.push_back(std::move(box));
        }
    }

    void takeEdges() {
        const auto fits = [](int port, const std::vector<double>& ports) {
            return port >= 0 && port < static_cast<int>(ports.size());
        };
        for (const Edge& edge : m_graph.edges()) {
            const auto from = m_indexOf.find(edge.from.node), to = m_indexOf.find(edge.to.node);
            if (from == m_indexOf.end() || to == m_indexOf.end()) continue;
            if (!fits(edge.from.port, m_input.nodes[index(from->second)].outputs) ||
                !fits(edge.to.port, m_input.nodes[index(to->second)].inputs))
                continue;
            m_input.edges.push_back({from->second, edge.from.port, to->second, edge.to.port});
            m_edges.push_back(edge);
        }
    }

    // Frames from the largest to the smallest: one that lies in another comes behind it.
    void takeFrames() {
        m_groupOf.assign(m_nodes.size(), -1);
        for (const Note& note : m_graph.notes())
            if (note.kind == Note::Kind::Frame) m_frames.push_back(&note);
        std::ranges::sort(m_frames, [](const Note* a, const Note* b) {
            const double first = a->width * a->height, second = b->width * b->height;
            return first != second ? first > second : a->id < b->id;
        });
        std::erase_if(m_frames, [&](const Note* frame) {
            const std::vector<NodeId> inside = contentsOf(m_graph, *frame).nodes;
            return inside.empty() || !std::ranges::all_of(inside, [&](NodeId id) { return m_indexOf.contains(id); });
        });
        const auto holds = [](const Note& outer, const Note& inner) {
            const double x = inner.position.x + inner.width / 2, y = inner.position.y + inner.height / 2;
            return x > outer.position.x && x < outer.position.x + outer.width && y > outer.position.y &&
                   y < outer.position.y + outer.height;
        };
        for (std::size_t i = 0; i < m_frames.size(); ++i) {
            LayoutGroup group{-1, kFrameMargin, kFrameTop, kFrameMargin, kFrameMargin};
            for (std::size_t outer = 0; outer < i; ++outer)
                if (holds(*m_frames[outer], *m_frames[i])) group.parent = static_cast<int>(outer);
            m_groups.push_back(group);
            for (const NodeId id : contentsOf(m_graph, *m_frames[i]).nodes)
                m_groupOf[index(m_indexOf.at(id))] = static_cast<int>(i);
        }
    }

    // The drawing stays where it was. Whole units keep straight edges straight, the grid would bend them.
    void placeNodes(const GroupedLayout& layout, Arrangement& result) {
        constexpr double kFar = std::numeric_limits<double>::infinity();
        Point before{kFar, kFar}, after{kFar, kFar};
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            const LayoutPoint& at = layout.drawing.positions[i];
            before = {std::min(before.x, m_nodes[i]->position.x), std::min(before.y, m_nodes[i]->position.y)};
            after = {std::min(after.x, at.x), std::min(after.y, at.y)};
        }
        m_offset = {before.x - after.x, before.y - after.y};
        const auto placed = [&] {
            std::vector<Point> places;
            for (const LayoutPoint& at : layout.drawing.positions)
                places.push_back({std::round(m_offset.x + at.x), std::round(m_offset.y + at.y)});
            return places;
        };
        if (m_onlySome) {
            std::unordered_set<NodeId> own;
            for (const Node* node : m_nodes) own.insert(node->id);
            m_offset = moved(m_offset, CardPlaces(m_graph, own).nearestFree(placed()));
        }
        m_places = placed();
        for (std::size_t i = 0; i < m_nodes.size(); ++i) result.nodes.emplace_back(m_nodes[i]->id, m_places[i]);
    }

    void placeEdges(const GroupedLayout& layout, Arrangement& result) const {
        const auto absolute = [&](const std::vector<LayoutPoint>& points) {
            std::vector<Point> moved;
            for (const LayoutPoint& point : points) moved.push_back({m_offset.x + point.x, m_offset.y + point.y});
            return moved;
        };
        const DrawingStyle::Flow flow = m_style.flow;
        for (std::size_t e = 0; e < m_edges.size(); ++e) {
            const LayoutEdge& wire = m_input.edges[e];
            const std::size_t from = index(wire.fromNode), to = index(wire.toNode);
            const Point out = pointAt(cardAlong(flow), m_input.nodes[from].outputs[index(wire.fromPort)], flow);
            const Point in = pointAt(0, m_input.nodes[to].inputs[index(wire.toPort)], flow);
            result.edges.push_back({m_edges[e], moved(m_places[from], out), moved(m_places[to], in),
                                    absolute(layout.drawing.routes[e]), absolute(layout.drawing.corners[e])});
        }
    }

    void placeFrames(const GroupedLayout& layout, Arrangement& result) const {
        for (std::size_t i = 0; i < m_frames.size(); ++i) {
            Note frame = *m_frames[i];
            const LayoutBox& box = layout.groups[i];
            frame.position = {std::round(m_offset.x + box.x), std::round(m_offset.y + box.y)};
            frame.width = box.width;
            frame.height = box.height;
            result.frames.push_back(std::move(frame));
        }
    }

    const ModelGraph& m_graph;
    const OpCatalogue& m_catalogue;
    DrawingStyle m_style;
    bool m_onlySome;
    std::vector<const Node*> m_nodes;  // as in m_input
    std::vector<Edge> m_edges;         // as in m_input
    std::vector<const Note*> m_frames;
    std::unordered_map<NodeId, int> m_indexOf;
    LayoutInput m_input;
    std::vector<int> m_groupOf;
    std::vector<LayoutGroup> m_groups;
    Point m_offset;  // from the layout's coordinates to the canvas's
    std::vector<Point> m_places;
};
}  // namespace

AutoLayout::AutoLayout(DesignDocument& document, QObject* parent) : QObject(parent), m_document(document) {
    connect(&document, &DesignDocument::graphChanged, this, [this] {
        if (m_running) start(m_request);
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

void AutoLayout::start(Request request) {
    cancel();
    m_running = true;
    m_request = std::move(request);
    const quint64 run = m_run;
    // Assigning stops and joins the thread before, which looks at its token often.
    m_thread = std::jthread([this, run, graph = m_document.graph(), catalogue = m_document.catalogue(),
                             wanted = m_request](const std::stop_token& stop) {
        auto arrangement = arranged(graph, catalogue, wanted, stop);
        if (stop.stop_requested()) return;
        QMetaObject::invokeMethod(
            this, [this, run, arrangement = std::move(arrangement)] { deliver(run, arrangement); },
            Qt::QueuedConnection);
    });
}

void AutoLayout::deliver(quint64 run, const Arrangement& arrangement) {
    if (run != m_run) return;
    m_running = false;
    emit finished(arrangement);
}

Arrangement AutoLayout::arranged(const ModelGraph& graph, const OpCatalogue& catalogue, const Request& request,
                                 const std::stop_token& stop) {
    return Arranger(graph, catalogue, request).run(stop);
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
