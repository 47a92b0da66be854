// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/layout/layered_layout.h"

#include "core/layout/layered_graph.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace gradlens {

namespace {
using layout::Arc;
using layout::LayeredGraph;
using layout::Vertex;

std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

// Nodes of each connected part in ascending order; parts by their first node.
std::vector<std::vector<int>> connectedParts(const LayoutInput& input) {
    std::vector<int> parent(input.nodes.size());
    std::iota(parent.begin(), parent.end(), 0);
    const auto rootOf = [&](int node) {
        while (parent[index(node)] != node) node = parent[index(node)] = parent[index(parent[index(node)])];
        return node;
    };
    for (const LayoutEdge& edge : input.edges) {
        const int a = rootOf(edge.fromNode), b = rootOf(edge.toNode);
        parent[index(std::max(a, b))] = std::min(a, b);  // a part's root is its first node
    }
    std::vector<std::vector<int>> parts;
    std::vector<int> partOf(input.nodes.size(), -1);
    for (int node = 0; node < static_cast<int>(input.nodes.size()); ++node) {
        int& part = partOf[index(rootOf(node))];
        if (part < 0) {
            part = static_cast<int>(parts.size());
            parts.emplace_back();
        }
        parts[index(part)].push_back(node);
    }
    return parts;
}

// Node sizes as if drawing down.
struct Extents {
    double across = 0, along = 0;
};

Extents extentsOf(const LayoutNode& node, LayoutDirection direction) {
    return direction == LayoutDirection::Down ? Extents{node.width, node.height} : Extents{node.height, node.width};
}

double fractionOf(double offset, double across) {
    return across > 0 ? std::clamp(offset / across, 0.0, 1.0) : 0.5;
}

// The line of a node that chains are aligned along: the middle of its ports.
double anchorOf(const LayoutNode& node, double across) {
    double sum = 0, sides = 0;
    for (const auto* ports : {&node.inputs, &node.outputs}) {
        if (ports->empty()) continue;
        sum += std::accumulate(ports->begin(), ports->end(), 0.0) / static_cast<double>(ports->size());
        ++sides;
    }
    return sides > 0 ? std::clamp(sum / sides, 0.0, across) : across / 2;
}

// Places one connected part: its nodes from (0, 0), drawing down.
class PartLayout {
public:
    PartLayout(const LayoutInput& input, const LayoutOptions& options, const std::vector<int>& nodes,
               std::span<const int> edges, std::span<const int> placeInPart)
        : m_input(input), m_options(options), m_nodes(nodes) {
        for (const int node : nodes) {
            const LayoutNode& given = input.nodes[index(node)];
            const Extents extents = extentsOf(given, options.direction);
            const double anchor = anchorOf(given, extents.across);
            m_vertices.push_back({node, 0, anchor, extents.across - anchor});
        }
        for (const int e : edges) {
            const LayoutEdge& edge = input.edges[index(e)];
            if (edge.fromNode == edge.toNode) continue;
            const auto& from = input.nodes[index(edge.fromNode)];
            const auto& to = input.nodes[index(edge.toNode)];
            m_arcs.push_back({placeInPart[index(edge.fromNode)], placeInPart[index(edge.toNode)], e,
                              fractionOf(from.outputs[index(edge.fromPort)], extentsOf(from, options.direction).across),
                              fractionOf(to.inputs[index(edge.toPort)], extentsOf(to, options.direction).across)});
        }
    }

    // False when asked to stop. What it places in the result is indexed as in the input.
    bool run(LayoutResult& result, const std::stop_token& stop) {
        const int count = static_cast<int>(m_nodes.size());
        layout::breakCycles(count, m_arcs);
        const std::vector<int> layers = layout::assignLayers(count, m_arcs);
        if (stop.stop_requested()) return false;
        m_graph = layout::cutIntoSegments(m_vertices, m_arcs, layers);
        layout::reduceCrossings(m_graph, stop);
        if (stop.stop_requested()) return false;
        m_x = layout::assignCoordinates(m_graph, {m_options.nodeGap, m_options.edgeGap});
        if (stop.stop_requested()) return false;
        moveToTheEdge();
        m_tracks = layout::assignTracks(m_graph, m_x);
        placeLayers();
        placeNodes(result.positions);
        placeRoutes(result.routes);
        placeCorners(result.corners);
        return true;
    }

    Extents size() const { return m_size; }

private:
    double along(int vertex) const {
        const Vertex& v = m_graph.vertices[index(vertex)];
        return v.isDummy() ? 0 : extentsOf(m_input.nodes[index(v.node)], m_options.direction).along;
    }

    void moveToTheEdge() {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        for (std::size_t i = 0; i < m_x.size(); ++i) {
            low = std::min(low, m_x[i] - m_graph.vertices[i].left);
            high = std::max(high, m_x[i] + m_graph.vertices[i].right);
        }
        for (double& x : m_x) x -= low;
        m_size.across = high - low;
    }

    double gapBelow(std::size_t layer) const {
        constexpr int kMost = 30;  // tracks that a gap widens for; more of them lie closer together
        const int tracks = std::min(m_tracks.counts[layer], kMost);
        if (tracks == 0) return m_options.layerGap;
        return std::max(m_options.layerGap,
                        m_options.trackBehind + (tracks - 1) * m_options.trackGap + m_options.trackAhead);
    }

    void placeLayers() {
        double top = 0;
        for (std::size_t i = 0; i < m_graph.layers.size(); ++i) {
            double height = 0;
            for (const int vertex : m_graph.layers[i]) height = std::max(height, along(vertex));
            m_tops.push_back(top);
            m_heights.push_back(height);
            m_size.along = top + height;
            top += height + gapBelow(i);
        }
    }

    // Where along the flow a track of the gap below a layer runs.
    double trackAt(std::size_t layer, int track) const {
        const double room = gapBelow(layer) - m_options.trackBehind - m_options.trackAhead;
        const int spaces = m_tracks.counts[layer] - 1;
        const double pitch = spaces > 0 ? std::min(m_options.trackGap, std::max(room, 0.0) / spaces) : 0;
        return m_tops[layer] + m_heights[layer] + m_options.trackBehind + pitch * track;
    }

    void placeNodes(std::vector<LayoutPoint>& positions) const {
        for (std::size_t i = 0; i < m_nodes.size(); ++i) {
            const Vertex& vertex = m_graph.vertices[i];
            const double spare = m_heights[index(vertex.layer)] - along(static_cast<int>(i));
            positions[index(vertex.node)] = {m_x[i] - vertex.left, m_tops[index(vertex.layer)] + spare / 2};
        }
    }

    // A long edge passes each layer straight, from its top to its bottom. Bends on a straight line are left out.
    void placeRoutes(std::vector<std::vector<LayoutPoint>>& routes) const {
        for (std::size_t i = 0; i < m_arcs.size(); ++i) {
            auto& route = routes[index(m_arcs[i].edge)];
            for (const int dummy : m_graph.passages[i]) {
                const int layer = m_graph.vertices[index(dummy)].layer;
                const double x = m_x[index(dummy)], top = m_tops[index(layer)];
                for (const LayoutPoint& point : {LayoutPoint{x, top}, LayoutPoint{x, top + m_heights[index(layer)]}}) {
                    const bool straightOn = route.size() >= 2 && route.back().x == x && route[route.size() - 2].x == x;
                    if (straightOn) route.pop_back();
                    if (route.empty() || route.back() != point) route.push_back(point);
                }
            }
            if (m_arcs[i].reversed) std::ranges::reverse(route);
        }
    }

    void placeCorners(std::vector<std::vector<LayoutPoint>>& corners) const {
        for (std::size_t i = 0; i < m_arcs.size(); ++i) {
            if (m_arcs[i].reversed || m_graph.firstSegment[i] < 0) continue;
            const std::size_t first = index(m_graph.firstSegment[i]);
            for (std::size_t s = first; s <= first + m_graph.passages[i].size(); ++s) {
                const int track = m_tracks.ofSegment[s];
                if (track < 0) continue;
                const layout::Segment& segment = m_graph.segments[s];
                const Vertex& upper = m_graph.vertices[index(segment.upper)];
                const Vertex& lower = m_graph.vertices[index(segment.lower)];
                const double y = trackAt(index(upper.layer), track);
                corners[index(m_arcs[i].edge)].push_back(
                    {layout::endOf(upper, m_x[index(segment.upper)], segment.upperFraction), y});
                corners[index(m_arcs[i].edge)].push_back(
                    {layout::endOf(lower, m_x[index(segment.lower)], segment.lowerFraction), y});
            }
        }
    }

    const LayoutInput& m_input;
    const LayoutOptions& m_options;
    const std::vector<int>& m_nodes;
    std::vector<Vertex> m_vertices;
    std::vector<Arc> m_arcs;
    LayeredGraph m_graph;
    std::vector<double> m_x;  // of each vertex's alignment line
    layout::Tracks m_tracks;
    std::vector<double> m_tops, m_heights;  // of the layers
    Extents m_size;
};

// Parts stand side by side, in rows when there are many, so that the whole is about as wide as high.
class Shelf {
public:
    Shelf(double targetAcross, double gap) : m_target(targetAcross), m_gap(gap) {}

    LayoutPoint place(Extents size) {
        if (m_x > 0 && m_x + size.across > m_target) {
            m_y += m_row + m_gap;
            m_x = m_row = 0;
        }
        const LayoutPoint corner{m_x, m_y};
        m_across = std::max(m_across, m_x + size.across);
        m_x += size.across + m_gap;
        m_row = std::max(m_row, size.along);
        return corner;
    }
    Extents size() const { return {m_across, m_y + m_row}; }

private:
    double m_target, m_gap;
    double m_x = 0, m_y = 0, m_row = 0, m_across = 0;
};

void assertValid([[maybe_unused]] const LayoutInput& input) {
    for ([[maybe_unused]] const LayoutEdge& edge : input.edges) {
        assert(edge.fromNode >= 0 && index(edge.fromNode) < input.nodes.size() && edge.toNode >= 0 &&
               index(edge.toNode) < input.nodes.size());
        assert(edge.fromPort >= 0 && index(edge.fromPort) < input.nodes[index(edge.fromNode)].outputs.size());
        assert(edge.toPort >= 0 && index(edge.toPort) < input.nodes[index(edge.toNode)].inputs.size());
    }
}

// The result was made drawing down.
void turnToTheRight(LayoutResult& result) {
    for (LayoutPoint& position : result.positions) std::swap(position.x, position.y);
    for (auto* ways : {&result.routes, &result.corners})
        for (auto& way : *ways)
            for (LayoutPoint& point : way) std::swap(point.x, point.y);
    std::swap(result.width, result.height);
}
}  // namespace

std::optional<LayoutResult> layeredLayout(const LayoutInput& input, const LayoutOptions& options,
                                          const std::stop_token& stop) {
    assertValid(input);
    LayoutResult result;
    result.positions.resize(input.nodes.size());
    result.routes.resize(input.edges.size());
    result.corners.resize(input.edges.size());
    if (input.nodes.empty()) return result;

    const std::vector<std::vector<int>> parts = connectedParts(input);
    std::vector<int> partOf(input.nodes.size()), placeInPart(input.nodes.size());
    for (std::size_t part = 0; part < parts.size(); ++part)
        for (std::size_t i = 0; i < parts[part].size(); ++i) {
            partOf[index(parts[part][i])] = static_cast<int>(part);
            placeInPart[index(parts[part][i])] = static_cast<int>(i);
        }
    std::vector<int> owners;
    for (const LayoutEdge& edge : input.edges) owners.push_back(partOf[index(edge.fromNode)]);
    const layout::Adjacency edges(parts.size(), owners);

    std::vector<Extents> sizes;
    double area = 0, widest = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) {
        PartLayout layout(input, options, parts[part], edges[static_cast<int>(part)], placeInPart);
        if (!layout.run(result, stop)) return std::nullopt;
        sizes.push_back(layout.size());
        area += (sizes.back().across + options.componentGap) * (sizes.back().along + options.componentGap);
        widest = std::max(widest, sizes.back().across);
    }

    // As wide as a screen is; a few parts always fit beside each other.
    const double aspect = options.direction == LayoutDirection::Down ? 1.6 : 1 / 1.6;
    double few = -options.componentGap;
    for (std::size_t part = 0; part < std::min<std::size_t>(sizes.size(), 4); ++part)
        few += sizes[part].across + options.componentGap;
    Shelf shelf(std::max({std::sqrt(area * aspect), widest, few}), options.componentGap);
    for (std::size_t part = 0; part < parts.size(); ++part) {
        const LayoutPoint corner = shelf.place(sizes[part]);
        for (const int node : parts[part]) {
            result.positions[index(node)].x += corner.x;
            result.positions[index(node)].y += corner.y;
        }
        for (const int edge : edges[static_cast<int>(part)])
            for (auto* way : {&result.routes[index(edge)], &result.corners[index(edge)]})
                for (LayoutPoint& point : *way) {
                    point.x += corner.x;
                    point.y += corner.y;
                }
    }
    result.width = shelf.size().across;
    result.height = shelf.size().along;
    if (options.direction == LayoutDirection::Right) turnToTheRight(result);
    return result;
}

}  // namespace gradlens
