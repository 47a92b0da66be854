// SPDX-License-Identifier: GPL-3.0-or-later
// Crossing reduction by barycentres, layer by layer (Sugiyama et al. 1981), with exchanges of neighbours between sweeps
// (Gansner, Koutsofios, North and Vo 1993, "A technique for drawing directed graphs"), and crossings counted with a
// tree of sums (Barth, Juenger and Mutzel 2002, "Simple and efficient bilayer cross counting").
#include "core/layout/layered_graph.h"

#include <algorithm>
#include <utility>

namespace gradlens::layout {

namespace {
std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

// Crossings between a layer and the next.
class CrossingCounter {
public:
    explicit CrossingCounter(const LayeredGraph& graph) : m_graph(graph), m_firstPort(graph.vertices.size(), 0) {}

    std::int64_t between(std::size_t upperLayer) {
        // Ends in the lower layer, numbered from left to right; equal ports share a number.
        int ports = 0;
        for (const int vertex : m_graph.layers[upperLayer + 1]) {
            m_firstPort[index(vertex)] = ports;
            ports += static_cast<int>(m_graph.above[vertex].size());
        }
        m_tree.assign(index(ports) + 1, 0);
        std::int64_t crossings = 0, inserted = 0;
        for (const int vertex : m_graph.layers[upperLayer]) {
            m_ends.clear();
            for (const int s : m_graph.below[vertex]) {
                const Segment& segment = m_graph.segments[index(s)];
                m_ends.emplace_back(segment.upperRank, m_firstPort[index(segment.lower)] + segment.lowerRank);
            }
            std::ranges::sort(m_ends);
            for (const auto& [rank, port] : m_ends) {
                crossings += inserted - upTo(port);
                add(port);
                ++inserted;
            }
        }
        return crossings;
    }

private:
    std::int64_t upTo(int port) const {
        std::int64_t sum = 0;
        for (std::size_t i = index(port) + 1; i > 0; i -= i & (~i + 1)) sum += m_tree[i];
        return sum;
    }
    void add(int port) {
        for (std::size_t i = index(port) + 1; i < m_tree.size(); i += i & (~i + 1)) ++m_tree[i];
    }

    const LayeredGraph& m_graph;
    std::vector<int> m_firstPort;
    std::vector<int> m_tree;
    std::vector<std::pair<int, int>> m_ends;
};

// What lies together in a depth-first walk starts out together.
void orderByWalk(LayeredGraph& graph) {
    std::vector<bool> seen(graph.vertices.size(), false);
    std::vector<int> stack;
    for (auto& layer : graph.layers) layer.clear();
    // Starts at sources first, then at whatever is left (in a component without one there is none left to miss).
    for (std::size_t i = graph.vertices.size(); i-- > 0;)
        if (graph.above[static_cast<int>(i)].empty()) stack.push_back(static_cast<int>(i));
    while (!stack.empty()) {
        const int vertex = stack.back();
        stack.pop_back();
        if (seen[index(vertex)]) continue;
        seen[index(vertex)] = true;
        graph.layers[index(graph.vertices[index(vertex)].layer)].push_back(vertex);
        const auto below = graph.below[vertex];
        for (auto s = below.rbegin(); s != below.rend(); ++s) stack.push_back(graph.segments[index(*s)].lower);
    }
    graph.updatePlaces();
}

// Sorts a layer by the mean place of each vertex's neighbours in the layer above (or below). Vertices without any stay.
class BarycentreSorter {
public:
    explicit BarycentreSorter(LayeredGraph& graph) : m_graph(graph) {}

    void sort(std::size_t layerIndex, bool byAbove) {
        auto& layer = m_graph.layers[layerIndex];
        m_keys.clear();
        m_slots.clear();
        for (std::size_t i = 0; i < layer.size(); ++i) {
            const auto list = byAbove ? m_graph.above[layer[i]] : m_graph.below[layer[i]];
            if (list.empty()) continue;
            double sum = 0;
            for (const int s : list) {
                const Segment& segment = m_graph.segments[index(s)];
                sum += byAbove ? m_graph.place[index(segment.upper)] + segment.upperFraction
                               : m_graph.place[index(segment.lower)] + segment.lowerFraction;
            }
            m_slots.push_back(i);
            m_keys.push_back({sum / static_cast<double>(list.size()), static_cast<int>(i), layer[i]});
        }
        std::ranges::sort(m_keys, [](const Key& a, const Key& b) {
            return a.centre != b.centre ? a.centre < b.centre : a.place < b.place;
        });
        for (std::size_t i = 0; i < m_slots.size(); ++i) {
            layer[m_slots[i]] = m_keys[i].vertex;
            m_graph.place[index(m_keys[i].vertex)] = static_cast<int>(m_slots[i]);
        }
    }

private:
    struct Key {
        double centre;
        int place, vertex;
    };
    LayeredGraph& m_graph;
    std::vector<Key> m_keys;
    std::vector<std::size_t> m_slots;
};

// Exchanges neighbours wherever that saves crossings.
class Exchanger {
public:
    explicit Exchanger(LayeredGraph& graph) : m_graph(graph) {}

    void run() {
        constexpr int kPasses = 3;
        bool improved = true;
        for (int pass = 0; pass < kPasses && improved; ++pass) {
            improved = false;
            for (auto& layer : m_graph.layers)
                for (std::size_t i = 0; i + 1 < layer.size(); ++i) improved |= exchange(layer, i);
        }
    }

private:
    bool exchange(std::vector<int>& layer, std::size_t i) {
        const int left = layer[i], right = layer[i + 1];
        ends(left, m_leftAbove, m_leftBelow);
        ends(right, m_rightAbove, m_rightBelow);
        const std::int64_t now = inversions(m_leftAbove, m_rightAbove) + inversions(m_leftBelow, m_rightBelow);
        const std::int64_t then = inversions(m_rightAbove, m_leftAbove) + inversions(m_rightBelow, m_leftBelow);
        if (then >= now) return false;
        std::swap(layer[i], layer[i + 1]);
        std::swap(m_graph.place[index(left)], m_graph.place[index(right)]);
        return true;
    }

    void ends(int vertex, std::vector<double>& above, std::vector<double>& below) const {
        above.clear();
        below.clear();
        for (const int s : m_graph.above[vertex]) {
            const Segment& segment = m_graph.segments[index(s)];
            above.push_back(m_graph.place[index(segment.upper)] + 0.99 * segment.upperFraction);
        }
        for (const int s : m_graph.below[vertex]) {
            const Segment& segment = m_graph.segments[index(s)];
            below.push_back(m_graph.place[index(segment.lower)] + 0.99 * segment.lowerFraction);
        }
        std::ranges::sort(above);
        std::ranges::sort(below);
    }

    // Pairs (a of the left vertex, b of the right one) with a > b: they cross.
    static std::int64_t inversions(const std::vector<double>& left, const std::vector<double>& right) {
        std::int64_t count = 0;
        std::size_t smaller = 0;
        for (const double a : left) {
            while (smaller < right.size() && right[smaller] < a) ++smaller;
            count += static_cast<std::int64_t>(smaller);
        }
        return count;
    }

    LayeredGraph& m_graph;
    std::vector<double> m_leftAbove, m_leftBelow, m_rightAbove, m_rightBelow;
};
}  // namespace

std::int64_t countCrossings(const LayeredGraph& graph) {
    CrossingCounter counter(graph);
    std::int64_t crossings = 0;
    for (std::size_t layer = 0; layer + 1 < graph.layers.size(); ++layer) crossings += counter.between(layer);
    return crossings;
}

void reduceCrossings(LayeredGraph& graph, const std::stop_token& stop) {
    orderByWalk(graph);
    std::int64_t fewest = countCrossings(graph);
    auto best = graph.layers;
    // By size alone, never by time: the same input gives the same drawing.
    const std::size_t size = graph.vertices.size();
    const int sweeps = size > 50'000 ? 6 : size > 10'000 ? 12 : 24;
    const bool exchanges = size <= 20'000;
    constexpr int kPatience = 6;
    BarycentreSorter sorter(graph);
    Exchanger exchanger(graph);
    for (int sweep = 0, since = 0; sweep < sweeps && since < kPatience && fewest > 0 && !stop.stop_requested();
         ++sweep, ++since) {
        if (sweep % 2 == 0) {
            for (std::size_t layer = 1; layer < graph.layers.size(); ++layer) sorter.sort(layer, true);
        } else {
            for (std::size_t layer = graph.layers.size() - 1; layer-- > 0;) sorter.sort(layer, false);
        }
        if (exchanges) exchanger.run();
        const std::int64_t crossings = countCrossings(graph);
        if (crossings >= fewest) continue;
        fewest = crossings;
        best = graph.layers;
        since = 0;
    }
    graph.layers = std::move(best);
    graph.updatePlaces();
}

}  // namespace gradlens::layout
