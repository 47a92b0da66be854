// SPDX-License-Identifier: GPL-3.0-or-later
// What the phases of the layered layout hand on: one connected graph whose edges are cut into segments between
// neighbouring layers. Internal to core/layout. All coordinates are for drawing down.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace gradlens::layout {

// A directed edge between nodes of one component; `edge` is its index in the caller's list.
struct Arc {
    int from = 0, to = 0, edge = 0;
    double fromFraction = 0.5, toFraction = 0.5;  // where its ports are on the nodes, 0..1
    bool reversed = false;                        // turned round to break a cycle
};

// A node of the drawing, or the place where a long edge passes through a layer (node < 0).
struct Vertex {
    int node = -1;
    int layer = 0;
    double left = 0, right = 0;  // extents beside the line that chains are aligned along
    bool isDummy() const { return node < 0; }
};

struct Segment {
    int upper = 0, lower = 0;  // vertices
    double upperFraction = 0.5, lowerFraction = 0.5;
    int upperRank = 0, lowerRank = 0;  // order of the ports among the vertex's segments on that side; ties share one
};

// Lists of integers packed into one.
class Adjacency {
public:
    Adjacency() = default;
    // owners[i] is the list that item i goes into; items keep their order.
    Adjacency(std::size_t lists, std::span<const int> owners);
    std::span<const int> operator[](int list) const {
        const auto begin = m_starts[static_cast<std::size_t>(list)];
        return {m_items.data() + begin, m_starts[static_cast<std::size_t>(list) + 1] - begin};
    }
    std::span<int> editable(int list) {
        const auto begin = m_starts[static_cast<std::size_t>(list)];
        return {m_items.data() + begin, m_starts[static_cast<std::size_t>(list) + 1] - begin};
    }

private:
    std::vector<std::size_t> m_starts;
    std::vector<int> m_items;
};

struct LayeredGraph {
    std::vector<Vertex> vertices;  // the component's nodes first
    std::vector<Segment> segments;
    Adjacency above, below;                  // segments that end, or begin, at a vertex
    std::vector<std::vector<int>> layers;    // vertices in drawing order
    std::vector<int> place;                  // of each vertex in its layer
    std::vector<std::vector<int>> passages;  // of each arc: its dummy vertices from its upper to its lower end
    std::vector<int> firstSegment;           // of each arc: the others follow it; -1: the arc was left out

    void updatePlaces();
};

// 1. Turns arcs round until there is no cycle (those that lead back in a depth-first walk from the sources).
void breakCycles(int nodes, std::vector<Arc>& arcs);

// 2. The layer of each node, from 0: every arc leads at least one layer down, long arcs are avoided.
std::vector<int> assignLayers(int nodes, std::span<const Arc> arcs);

// 3. Cuts arcs into segments. Arcs that would need more dummies than can be afforded are left out, the longest first.
LayeredGraph cutIntoSegments(std::span<const Vertex> nodes, std::span<const Arc> arcs, std::span<const int> layers);

// 4. Orders every layer so that few segments cross. Ends early when asked to stop.
void reduceCrossings(LayeredGraph& graph, const std::stop_token& stop);
std::int64_t countCrossings(const LayeredGraph& graph);

struct Gaps {
    double node = 0, edge = 0;
};
// 5. The coordinate of each vertex's alignment line: neighbours keep their distance, chains are straight.
std::vector<double> assignCoordinates(const LayeredGraph& graph, const Gaps& gaps);

// Where across a segment ends at a vertex whose alignment line is at x.
double endOf(const Vertex& vertex, double x, double fraction);

struct Tracks {
    std::vector<int> ofSegment;  // from the top of the gap that the segment crosses; -1: it runs straight down
    std::vector<int> counts;     // in the gap below each layer
};
// 6. What does not run straight shifts sideways on a track between the layers: segments of different ports that would
// touch have tracks of their own. x: of the vertices' alignment lines.
Tracks assignTracks(const LayeredGraph& graph, std::span<const double> x);

}  // namespace gradlens::layout
