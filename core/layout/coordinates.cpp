// SPDX-License-Identifier: GPL-3.0-or-later
// Coordinates after Brandes and Koepf 2001 ("Fast and simple horizontal coordinate assignment"): vertices are aligned
// with their median neighbours into vertical blocks, once for each of the four corners; blocks are packed; the four
// results are averaged. Packing is by longest paths over the blocks rather than by recursion over classes, which also
// settles the shifts that the paper's erratum is about.
#include "core/layout/layered_graph.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

namespace gradlens::layout {

namespace {
std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

// Segments that must not be aligned: they cross one between two dummies, and long edges shall stay straight.
std::vector<bool> conflicts(const LayeredGraph& graph) {
    std::vector<bool> marked(graph.segments.size(), false);
    const auto isInner = [&](const Segment& s) {
        return graph.vertices[index(s.upper)].isDummy() && graph.vertices[index(s.lower)].isDummy();
    };
    for (std::size_t layer = 1; layer < graph.layers.size(); ++layer) {
        const auto& lower = graph.layers[layer];
        int leftLimit = 0;
        std::size_t scanned = 0;
        for (std::size_t i = 0; i < lower.size(); ++i) {
            int rightLimit = static_cast<int>(graph.layers[layer - 1].size()) - 1;
            const auto above = graph.above[lower[i]];
            const bool inner = above.size() == 1 && isInner(graph.segments[index(above[0])]);
            if (inner) rightLimit = graph.place[index(graph.segments[index(above[0])].upper)];
            if (!inner && i + 1 < lower.size()) continue;
            for (; scanned <= i; ++scanned)
                for (const int s : graph.above[lower[scanned]]) {
                    const int place = graph.place[index(graph.segments[index(s)].upper)];
                    if ((place < leftLimit || place > rightLimit) && !isInner(graph.segments[index(s)]))
                        marked[index(s)] = true;
                }
            leftLimit = rightLimit;
        }
    }
    return marked;
}

// One of the four alignments and its packing.
class Corner {
public:
    Corner(const LayeredGraph& graph, const Gaps& gaps, const std::vector<bool>& conflict, bool fromTop, bool fromLeft)
        : m_graph(graph), m_gaps(gaps), m_conflict(conflict), m_fromTop(fromTop), m_fromLeft(fromLeft) {}

    std::vector<double> coordinates() {
        align();
        return packed();
    }

private:
    int vertexAt(std::size_t layer, std::size_t i) const {
        const auto& vertices = m_graph.layers[layer];
        return vertices[m_fromLeft ? i : vertices.size() - 1 - i];
    }

    // A vertex joins the block of its median neighbour in the layer before, unless that crosses a block that is there.
    void align() {
        m_root.resize(m_graph.vertices.size());
        for (std::size_t i = 0; i < m_root.size(); ++i) m_root[i] = static_cast<int>(i);
        const std::size_t layers = m_graph.layers.size();
        std::vector<bool> taken(m_graph.vertices.size(), false);  // has a successor in its block
        for (std::size_t step = 1; step < layers; ++step) {
            const std::size_t layer = m_fromTop ? step : layers - 1 - step;
            int last = -1;  // how far, counted from our side, the layer before is aligned
            for (std::size_t i = 0; i < m_graph.layers[layer].size(); ++i) alignVertex(vertexAt(layer, i), taken, last);
        }
    }

    void alignVertex(int vertex, std::vector<bool>& taken, int& last) {
        const auto list = m_fromTop ? m_graph.above[vertex] : m_graph.below[vertex];
        if (list.empty()) return;
        m_neighbours.clear();
        for (const int s : list) {
            const Segment& segment = m_graph.segments[index(s)];
            const int neighbour = m_fromTop ? segment.upper : segment.lower;
            const int place = m_graph.place[index(neighbour)];
            const int size = static_cast<int>(m_graph.layers[index(m_graph.vertices[index(neighbour)].layer)].size());
            m_neighbours.push_back({m_fromLeft ? place : size - 1 - place, s, neighbour});
        }
        std::ranges::sort(m_neighbours, [](const Neighbour& a, const Neighbour& b) {
            return a.place != b.place ? a.place < b.place : a.segment < b.segment;
        });
        const std::size_t count = m_neighbours.size();
        for (std::size_t median = (count - 1) / 2; median <= count / 2; ++median) {
            const Neighbour& neighbour = m_neighbours[median];
            if (m_conflict[index(neighbour.segment)] || neighbour.place <= last || taken[index(neighbour.vertex)])
                continue;
            m_root[index(vertex)] = m_root[index(neighbour.vertex)];
            taken[index(neighbour.vertex)] = true;
            last = neighbour.place;
            return;
        }
    }

    double distance(int before, int after) const {
        const Vertex& a = m_graph.vertices[index(m_fromLeft ? before : after)];
        const Vertex& b = m_graph.vertices[index(m_fromLeft ? after : before)];
        return a.right + b.left + (a.isDummy() || b.isDummy() ? m_gaps.edge : m_gaps.node);
    }

    // Blocks as far to our side as their neighbours allow; then each away from it as far as the next one allows, so
    // that what hangs on a block stays near it.
    std::vector<double> packed() const {
        struct Step {
            int before, after;  // roots
            double distance;
        };
        std::vector<Step> steps;
        std::vector<int> owners;
        std::vector<int> waiting(m_root.size(), 0);
        for (std::size_t layer = 0; layer < m_graph.layers.size(); ++layer)
            for (std::size_t i = 0; i + 1 < m_graph.layers[layer].size(); ++i) {
                const int before = vertexAt(layer, i), after = vertexAt(layer, i + 1);
                steps.push_back({m_root[index(before)], m_root[index(after)], distance(before, after)});
                owners.push_back(steps.back().before);
                ++waiting[index(steps.back().after)];
            }
        const Adjacency following(m_root.size(), owners);
        std::vector<int> order;
        for (std::size_t i = 0; i < m_root.size(); ++i)
            if (m_root[i] == static_cast<int>(i) && waiting[i] == 0) order.push_back(static_cast<int>(i));
        std::vector<double> x(m_root.size(), 0.0);
        for (std::size_t i = 0; i < order.size(); ++i)
            for (const int s : following[order[i]]) {
                const Step& step = steps[index(s)];
                x[index(step.after)] = std::max(x[index(step.after)], x[index(step.before)] + step.distance);
                if (--waiting[index(step.after)] == 0) order.push_back(step.after);
            }
        for (auto block = order.rbegin(); block != order.rend(); ++block) {
            double room = std::numeric_limits<double>::infinity();
            for (const int s : following[*block])
                room = std::min(room, x[index(steps[index(s)].after)] - steps[index(s)].distance);
            if (room < std::numeric_limits<double>::infinity()) x[index(*block)] = std::max(x[index(*block)], room);
        }
        std::vector<double> result(m_root.size());
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = (m_fromLeft ? 1.0 : -1.0) * x[index(m_root[i])];
        return result;
    }

    struct Neighbour {
        int place, segment, vertex;
    };

    const LayeredGraph& m_graph;
    const Gaps& m_gaps;
    const std::vector<bool>& m_conflict;
    bool m_fromTop, m_fromLeft;
    std::vector<int> m_root;
    std::vector<Neighbour> m_neighbours;
};

struct Extent {
    double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
};

Extent extentOf(const LayeredGraph& graph, const std::vector<double>& x) {
    Extent extent;
    for (std::size_t i = 0; i < x.size(); ++i) {
        extent.low = std::min(extent.low, x[i] - graph.vertices[i].left);
        extent.high = std::max(extent.high, x[i] + graph.vertices[i].right);
    }
    return extent;
}
}  // namespace

std::vector<double> assignCoordinates(const LayeredGraph& graph, const Gaps& gaps) {
    const std::vector<bool> conflict = conflicts(graph);
    std::array<std::vector<double>, 4> corners;
    std::array<Extent, 4> extents;
    std::size_t narrowest = 0;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        corners[i] = Corner(graph, gaps, conflict, i < 2, i % 2 == 0).coordinates();
        extents[i] = extentOf(graph, corners[i]);
        if (extents[i].high - extents[i].low < extents[narrowest].high - extents[narrowest].low) narrowest = i;
    }
    // All against the narrowest: those packed to the left at its left edge, the others at its right.
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const double shift =
            i % 2 == 0 ? extents[narrowest].low - extents[i].low : extents[narrowest].high - extents[i].high;
        for (double& x : corners[i]) x += shift;
    }
    // The mean of the middle two keeps every distance that all four keep.
    std::vector<double> result(graph.vertices.size());
    for (std::size_t v = 0; v < result.size(); ++v) {
        std::array<double, 4> x{corners[0][v], corners[1][v], corners[2][v], corners[3][v]};
        std::ranges::sort(x);
        result[v] = (x[1] + x[2]) / 2;
    }
    return result;
}

}  // namespace gradlens::layout
