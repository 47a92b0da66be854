// SPDX-License-Identifier: GPL-3.0-or-later
// Which places of the canvas are taken by cards, and where there is room for more. Pure geometry, in canvas units.
#pragma once
#include "core/graph/model_graph.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gradlens {

class CardPlaces {
public:
    CardPlaces() = default;
    explicit CardPlaces(const ModelGraph& graph, const std::unordered_set<NodeId>& except = {});

    void take(Point card);
    bool isFree(Point card) const;  // no card touches it
    // How far the cards, kept together, must move to lie free: the nearest way there is, not at all when they do.
    Point nearestFree(std::span<const Point> cards) const;
    // The first free place in steps beside `card` across the flow.
    Point freeBeside(Point card, DrawingStyle::Flow flow) const;

private:
    bool areFree(std::span<const Point> cards, Point offset) const;
    std::unordered_map<std::uint64_t, std::vector<Point>> m_cells;
};

// Makes room for a card at `place` that `reader` will read: pushes along the flow what it would cover, the reader, what
// reads that and so on, each only as far as it must to keep the gap. What is not in the way stays, as does `inserted`,
// the card itself where it is in the drawing already.
void makeRoom(ModelGraph& graph, Point place, NodeId reader, NodeId inserted);

}  // namespace gradlens
