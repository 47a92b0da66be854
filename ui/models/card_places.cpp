// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/card_places.h"

#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradlens {

namespace {
// A card touches at most the nine cells around the one its corner is in.
constexpr double kCellWidth = kCardWidth + kCardGap, kCellHeight = kCardHeight + kCardGap;

std::uint64_t cellAt(std::int32_t column, std::int32_t row) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(column)) << 32) | static_cast<std::uint32_t>(row);
}

std::int32_t columnOf(Point card) {
    return static_cast<std::int32_t>(std::floor(card.x / kCellWidth));
}

std::int32_t rowOf(Point card) {
    return static_cast<std::int32_t>(std::floor(card.y / kCellHeight));
}

bool touch(Point a, Point b) {
    return std::abs(a.x - b.x) < kCardWidth && std::abs(a.y - b.y) < kCardHeight;
}
}  // namespace

CardPlaces::CardPlaces(const ModelGraph& graph, const std::unordered_set<NodeId>& except) {
    for (const Node& node : graph.nodes())
        if (!except.contains(node.id)) take(node.position);
}

void CardPlaces::take(Point card) {
    m_cells[cellAt(columnOf(card), rowOf(card))].push_back(card);
}

bool CardPlaces::isFree(Point card) const {
    for (std::int32_t column = columnOf(card) - 1; column <= columnOf(card) + 1; ++column)
        for (std::int32_t row = rowOf(card) - 1; row <= rowOf(card) + 1; ++row) {
            const auto cell = m_cells.find(cellAt(column, row));
            if (cell != m_cells.end() &&
                std::ranges::any_of(cell->second, [&](Point other) { return touch(card, other); }))
                return false;
        }
    return true;
}

bool CardPlaces::areFree(std::span<const Point> cards, Point offset) const {
    return std::ranges::all_of(cards, [&](Point card) { return isFree({card.x + offset.x, card.y + offset.y}); });
}

Point CardPlaces::nearestFree(std::span<const Point> cards) const {
    if (cards.empty() || areFree(cards, {})) return {};
    // Rings around where they are, in steps of a third of a card; of a ring the nearest.
    constexpr double kAcross = (kCardWidth + kCardGap) / 3, kDown = (kCardHeight + kCardGap) / 3;
    constexpr int kRings = 400;
    for (int ring = 1; ring <= kRings; ++ring) {
        Point best;
        double nearest = std::numeric_limits<double>::infinity();
        const auto consider = [&](int column, int row) {
            const Point offset{std::round(column * kAcross / kCanvasGrid) * kCanvasGrid,
                               std::round(row * kDown / kCanvasGrid) * kCanvasGrid};
            const double distance = std::hypot(offset.x, offset.y);
            if (distance < nearest && areFree(cards, offset)) nearest = distance, best = offset;
        };
        for (int step = -ring; step <= ring; ++step) {
            consider(ring, step);
            consider(step, ring);
            consider(-ring, step);
            consider(step, -ring);
        }
        if (nearest < std::numeric_limits<double>::infinity()) return best;
    }
    return {};
}

Point CardPlaces::freeBeside(Point card, DrawingStyle::Flow flow) const {
    while (!isFree(card)) card = placeBeside(card, flow);
    return card;
}

namespace {
// How far down the cards that were placed or pushed reach, by columns a grid step wide.
class Skyline {
public:
    explicit Skyline(DrawingStyle::Flow flow) : m_flow(flow) {}

    void raise(Point card) {
        forColumns(card, [&](double& end) { end = std::max(end, along(card, m_flow) + cardAlong(m_flow)); });
    }
    double over(Point card) {
        double lowest = kNothing;
        forColumns(card, [&](double& end) { lowest = std::max(lowest, end); });
        return lowest;
    }

private:
    static constexpr double kNothing = -1e18;

    template <class F>
    void forColumns(Point card, F&& visit) {
        const auto first = static_cast<std::int64_t>(std::floor(across(card, m_flow) / kCanvasGrid));
        const auto last =
            static_cast<std::int64_t>(std::ceil((across(card, m_flow) + cardAcross(m_flow)) / kCanvasGrid)) - 1;
        for (auto column = first; column <= last; ++column) visit(m_ends.try_emplace(column, kNothing).first->second);
    }

    DrawingStyle::Flow m_flow;
    std::unordered_map<std::int64_t, double> m_ends;
};
}  // namespace

void makeRoom(ModelGraph& graph, Point start, NodeId reader, NodeId inserted) {
    const DrawingStyle::Flow flow = graph.style().flow;
    // From the top down once: whoever is pushed is so by a card above.
    std::vector<std::pair<NodeId, Point>> order;
    for (const Node& node : graph.nodes())
        if (node.id != inserted) order.emplace_back(node.id, node.position);
    std::ranges::sort(order, [&](const auto& a, const auto& b) {
        const double first = along(a.second, flow), second = along(b.second, flow);
        return first != second ? first < second : a.first < b.first;
    });
    std::unordered_multimap<NodeId, NodeId> sources;  // of each node
    for (const Edge& edge : graph.edges()) sources.emplace(edge.to.node, edge.from.node);
    std::unordered_map<NodeId, double> ends;  // of what moved
    Skyline skyline(flow);
    skyline.raise(start);
    for (const auto& [id, position] : order) {
        double needed = along(position, flow);
        const bool behind = needed + cardAlong(flow) > along(start, flow);
        if (behind) needed = std::max(needed, skyline.over(position) + gapAlong(flow));
        if (behind && id == reader) needed = std::max(needed, along(start, flow) + cardAlong(flow) + gapAlong(flow));
        const auto [first, last] = sources.equal_range(id);
        for (auto source = first; source != last; ++source) {
            const auto end = ends.find(source->second);
            if (end != ends.end() && behind) needed = std::max(needed, end->second + gapAlong(flow));
        }
        if (needed <= along(position, flow)) continue;
        const Point pushed = pointAt(needed, across(position, flow), flow);
        graph.move(id, pushed);
        ends[id] = needed + cardAlong(flow);
        skyline.raise(pushed);
    }
}

}  // namespace gradlens
