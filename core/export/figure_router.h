// SPDX-License-Identifier: GPL-3.0-or-later
// The ways of a figure's edges: from port to port, beside the cards that lie between. Coordinates are along the flow
// (v) and across it (u), so that drawings down and to the right are one case.
#pragma once
#include "core/export/figure_scene.h"

#include <optional>
#include <unordered_map>

namespace gradlens {

// Finds boxes near a place: a grid of cells.
class FigureGrid {
public:
    void add(const FigureBox& box);
    // The union of those that meet `box`; boxes in `except` do not count.
    std::optional<FigureBox> meeting(const FigureBox& box, std::initializer_list<const FigureBox*> except = {}) const;

private:
    std::vector<FigureBox> m_boxes;
    std::unordered_map<std::int64_t, std::vector<std::size_t>> m_cells;
};

class FigureRouter {
public:
    // cards: in flow coordinates.
    FigureRouter(const std::vector<FigureBox>& cards, DrawingStyle::Edges edges);
    // from, to: ports; source, target: their cards.
    std::vector<FigureStroke> route(Point from, Point to, const FigureBox& source, const FigureBox& target);

private:
    std::optional<double> laneBeside(Point from, Point to, const FigureBox& source, const FigureBox& target);

    FigureGrid m_cards, m_lanes;
    DrawingStyle::Edges m_edges;
};

}  // namespace gradlens
