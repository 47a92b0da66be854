// SPDX-License-Identifier: GPL-3.0-or-later
// Where an automatic layout wants the cards, frames and edges of a drawing. A value.
#pragma once
#include "core/graph/model_graph.h"

#include <utility>
#include <vector>

namespace gradlens {

using NodePosition = std::pair<NodeId, Point>;

// The way the layout kept free for an edge between two ports that stand at `from` and `to`.
struct ArrangedEdge {
    Edge edge;
    Point from, to;
    std::vector<Point> points;   // that a curve passes, along the flow
    std::vector<Point> corners;  // of the same way with right angles
};

struct Arrangement {
    std::vector<NodePosition> nodes;
    std::vector<Note> frames;  // fitted around their nodes again
    std::vector<ArrangedEdge> edges;
    DrawingStyle style;  // that it was made for
};

}  // namespace gradlens
