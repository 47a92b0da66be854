// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/layout/layered_graph.h"

#include <algorithm>
#include <tuple>

namespace gradlens::layout {

Adjacency::Adjacency(std::size_t lists, std::span<const int> owners) : m_starts(lists + 1, 0), m_items(owners.size()) {
    for (const int owner : owners) ++m_starts[static_cast<std::size_t>(owner) + 1];
    for (std::size_t list = 0; list < lists; ++list) m_starts[list + 1] += m_starts[list];
    std::vector<std::size_t> next(m_starts.begin(), m_starts.end() - 1);
    for (std::size_t i = 0; i < owners.size(); ++i)
        m_items[next[static_cast<std::size_t>(owners[i])]++] = static_cast<int>(i);
}

void LayeredGraph::updatePlaces() {
    place.resize(vertices.size());
    for (const auto& layer : layers)
        for (std::size_t i = 0; i < layer.size(); ++i) place[static_cast<std::size_t>(layer[i])] = static_cast<int>(i);
}

namespace {
// Which arcs are drawn through the layers. The dummies of all may be quadratic in number; the shortest arcs go first.
std::vector<bool> affordable(std::span<const Arc> arcs, std::span<const int> layers, std::size_t nodes) {
    const std::size_t budget = 100'000 + 8 * nodes;
    std::vector<std::pair<int, int>> byLength;
    for (std::size_t i = 0; i < arcs.size(); ++i)
        byLength.emplace_back(
            layers[static_cast<std::size_t>(arcs[i].to)] - layers[static_cast<std::size_t>(arcs[i].from)],
            static_cast<int>(i));
    std::ranges::sort(byLength);
    std::vector<bool> drawn(arcs.size(), false);
    std::size_t dummies = 0;
    for (const auto& [length, arc] : byLength) {
        dummies += static_cast<std::size_t>(length - 1);
        if (dummies > budget) break;
        drawn[static_cast<std::size_t>(arc)] = true;
    }
    return drawn;
}

// Dense ranks of the ports among the segments of each vertex on one side.
template <class Fraction, class Rank>
void rankPorts(LayeredGraph& graph, Adjacency& lists, Fraction fraction, Rank rank) {
    for (std::size_t vertex = 0; vertex < graph.vertices.size(); ++vertex) {
        const auto list = lists.editable(static_cast<int>(vertex));
        const auto fractionOf = [&](int segment) {
            return graph.segments[static_cast<std::size_t>(segment)].*fraction;
        };
        std::ranges::sort(list,
                          [&](int a, int b) { return std::tuple(fractionOf(a), a) < std::tuple(fractionOf(b), b); });
        int next = 0;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0 && fractionOf(list[i]) > fractionOf(list[i - 1])) ++next;
            graph.segments[static_cast<std::size_t>(list[i])].*rank = next;
        }
    }
}
}  // namespace

LayeredGraph cutIntoSegments(std::span<const Vertex> nodes, std::span<const Arc> arcs, std::span<const int> layers) {
    LayeredGraph graph;
    graph.vertices.assign(nodes.begin(), nodes.end());
    for (std::size_t i = 0; i < nodes.size(); ++i) graph.vertices[i].layer = layers[i];
    graph.passages.resize(arcs.size());
    graph.firstSegment.assign(arcs.size(), -1);
    const std::vector<bool> drawn = affordable(arcs, layers, nodes.size());
    for (std::size_t i = 0; i < arcs.size(); ++i) {
        if (!drawn[i]) continue;
        const Arc& arc = arcs[i];
        graph.firstSegment[i] = static_cast<int>(graph.segments.size());
        int upper = arc.from;
        double fraction = arc.fromFraction;
        for (int layer = layers[static_cast<std::size_t>(arc.from)] + 1;
             layer < layers[static_cast<std::size_t>(arc.to)]; ++layer) {
            const int dummy = static_cast<int>(graph.vertices.size());
            graph.vertices.push_back({-1, layer, 0, 0});
            graph.passages[i].push_back(dummy);
            graph.segments.push_back({upper, dummy, fraction, 0.5});
            upper = dummy;
            fraction = 0.5;
        }
        graph.segments.push_back({upper, arc.to, fraction, arc.toFraction});
    }

    std::vector<int> uppers, lowers;
    for (const Segment& segment : graph.segments) {
        uppers.push_back(segment.upper);
        lowers.push_back(segment.lower);
    }
    graph.below = Adjacency(graph.vertices.size(), uppers);
    graph.above = Adjacency(graph.vertices.size(), lowers);
    rankPorts(graph, graph.below, &Segment::upperFraction, &Segment::upperRank);
    rankPorts(graph, graph.above, &Segment::lowerFraction, &Segment::lowerRank);

    const int last = layers.empty() ? -1 : *std::ranges::max_element(layers);
    graph.layers.resize(static_cast<std::size_t>(last + 1));
    for (std::size_t i = 0; i < graph.vertices.size(); ++i)
        graph.layers[static_cast<std::size_t>(graph.vertices[i].layer)].push_back(static_cast<int>(i));
    graph.updatePlaces();
    return graph;
}

}  // namespace gradlens::layout
