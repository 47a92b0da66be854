// SPDX-License-Identifier: GPL-3.0-or-later
// Finds a way for each edge: the one the layout kept free for it, as long as both ends stand as the layout put them and
// nothing has come between; else a direct one, or down a lane beside the cards that are in the way. GUI thread only.
#pragma once
#include "ui/design/canvas/edge_path.h"
#include "ui/models/arrangement.h"

#include <QRectF>

#include <cstdint>
#include <functional>
#include <unordered_map>

namespace gradlens {

class EdgeRouter {
public:
    // The bounds of all cards that touch a rectangle, but for those at the ends of the edge; null when there are none.
    using Blockers = std::function<QRectF(const QRectF&)>;

    void remember(const std::vector<ArrangedEdge>& edges);
    void forget() { m_arranged.clear(); }

    // blockers: none while things move, then nobody steps aside. shift: see directWay().
    EdgeWay way(const Edge& edge, QPointF from, QPointF to, const DrawingStyle& style, double shift,
                const Blockers& blockers = {}) const;

private:
    std::optional<EdgeWay> arrangedWay(const Edge& edge, QPointF from, QPointF to, const DrawingStyle& style,
                                       const Blockers& blockers) const;

    std::unordered_map<std::uint64_t, ArrangedEdge> m_arranged;  // by input
};

}  // namespace gradlens
