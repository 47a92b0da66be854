// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/layout/layered_graph.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace gradlens::layout {

namespace {
struct Neighbours {
    Adjacency entering, leaving;
};

std::vector<int> topologicalOrder(int nodes, std::span<const Arc> arcs, const Adjacency& leaving) {
    std::vector<int> waiting(static_cast<std::size_t>(nodes), 0);
    for (const Arc& arc : arcs) ++waiting[static_cast<std::size_t>(arc.to)];
    std::vector<int> order;
    order.reserve(static_cast<std::size_t>(nodes));
    for (int node = 0; node < nodes; ++node)
        if (waiting[static_cast<std::size_t>(node)] == 0) order.push_back(node);
    for (std::size_t i = 0; i < order.size(); ++i)
        for (const int index : leaving[order[i]]) {
            const int to = arcs[static_cast<std::size_t>(index)].to;
            if (--waiting[static_cast<std::size_t>(to)] == 0) order.push_back(to);
        }
    assert(order.size() == static_cast<std::size_t>(nodes));
    return order;
}
}  // namespace

// The longest path from a source gives the least layers, but leaves every source at the top and its arcs long. Then
// each node slides within its room to where its arcs together are shortest: down when more leave than enter.
std::vector<int> assignLayers(int nodes, std::span<const Arc> arcs) {
    std::vector<int> from, to;
    for (const Arc& arc : arcs) {
        from.push_back(arc.from);
        to.push_back(arc.to);
    }
    const Neighbours neighbours{Adjacency(static_cast<std::size_t>(nodes), to),
                                Adjacency(static_cast<std::size_t>(nodes), from)};
    const std::vector<int> order = topologicalOrder(nodes, arcs, neighbours.leaving);
    std::vector<int> layers(static_cast<std::size_t>(nodes), 0);
    const auto layerOf = [&](int node) -> int& { return layers[static_cast<std::size_t>(node)]; };
    for (const int node : order)
        for (const int index : neighbours.leaving[node]) {
            const int next = arcs[static_cast<std::size_t>(index)].to;
            layerOf(next) = std::max(layerOf(next), layerOf(node) + 1);
        }

    constexpr int kPasses = 4;
    for (int pass = 0; pass < kPasses; ++pass) {
        bool moved = false;
        for (auto node = order.rbegin(); node != order.rend(); ++node) {
            const auto leaving = neighbours.leaving[*node];
            if (leaving.size() <= neighbours.entering[*node].size()) continue;
            int lowest = std::numeric_limits<int>::max();
            for (const int index : leaving)
                lowest = std::min(lowest, layerOf(arcs[static_cast<std::size_t>(index)].to) - 1);
            moved |= lowest != layerOf(*node);
            layerOf(*node) = lowest;
        }
        if (!moved) break;
    }
    const int first = layers.empty() ? 0 : *std::ranges::min_element(layers);
    for (int& layer : layers) layer -= first;
    return layers;
}

}  // namespace gradlens::layout
