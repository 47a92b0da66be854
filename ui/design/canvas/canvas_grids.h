// SPDX-License-Identifier: GPL-3.0-or-later
// Where the cards and edges of the canvas are, kept as they come, move and go: answers what may lie in a rectangle in
// time that does not grow with the drawing. GUI thread only.
#pragma once
#include "core/graph/model_graph.h"
#include "ui/design/canvas/picking_grid.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gradlens {

// An input names the edge that ends there.
constexpr std::uint64_t edgeKey(PortRef input) {
    return (static_cast<std::uint64_t>(toInteger(input.node)) << 32) | static_cast<std::uint32_t>(input.port);
}

class CanvasGrids {
public:
    void setNode(NodeId node, const QRectF& card);
    void removeNode(NodeId node);
    QRectF cardOf(NodeId node) const;  // as last set; null when there is none
    void setEdge(PortRef input, const std::vector<QRectF>& footprint);
    void removeEdge(PortRef input);
    void clear();

    // Those whose ports, or the reach of a pointer around them, may touch the rectangle; to be tested exactly.
    std::vector<NodeId> nodesNear(const QRectF& rect) const { return m_nodes.candidates(rect); }
    std::vector<PortRef> edgesNear(const QRectF& rect) const { return m_edges.candidates(rect); }

private:
    PickingGrid<NodeId> m_nodes;
    PickingGrid<PortRef> m_edges;
    std::unordered_map<NodeId, QRectF> m_cards;
    std::unordered_map<std::uint64_t, std::vector<QRectF>> m_footprints;
};

}  // namespace gradlens
