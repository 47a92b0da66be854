// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/edge_router.h"

#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
using Flow = DrawingStyle::Flow;
constexpr double kBeside = 4;  // that much to each side of a line is kept free

std::uint64_t keyOf(PortRef input) {
    return (static_cast<std::uint64_t>(toInteger(input.node)) << 32) | static_cast<std::uint32_t>(input.port);
}

QRectF around(QPointF a, QPointF b) {
    return QRectF(a, b).normalized().adjusted(-kBeside, -kBeside, kBeside, kBeside);
}

// Where a long direct edge would run behind cards: a lane beside them.
std::optional<double> laneBeside(const EdgeWay& direct, const EdgeRouter::Blockers& blockers) {
    constexpr double kMargin = 20, kPort = 8, kTurn = 40;
    const Flow flow = direct.style.flow;
    const double start = across(direct.from, flow), end = across(direct.to, flow);
    const double first = along(direct.from, flow), last = along(direct.to, flow);
    if (last - first < cardAlong(flow) + kCardGap) return std::nullopt;
    const auto strip = [&](double from, double to, double low, double high) {
        return QRectF(scenePoint(from, low, flow), scenePoint(to, high, flow)).normalized();
    };
    const double low = std::min(start, end) - kBeside, high = std::max(start, end) + kBeside;
    const QRectF blocked = blockers(strip(first + kPort, last - kPort, low, high));
    if (blocked.isNull() || !pathAlong(direct).intersects(blocked)) return std::nullopt;
    double before = across(blocked.topLeft(), flow) - kMargin, behind = across(blocked.bottomRight(), flow) + kMargin;
    // A lane may meet further cards: step out past them, a few times at most.
    for (int attempt = 0; attempt < 4; ++attempt) {
        const auto met = [&](double lane) {
            return blockers(strip(first + kTurn, last - kTurn, lane - kBeside, lane + kBeside));
        };
        const QRectF metBefore = met(before), metBehind = met(behind);
        if (metBefore.isNull() && metBehind.isNull()) break;
        if (!metBefore.isNull()) before = across(metBefore.topLeft(), flow) - kMargin;
        if (!metBehind.isNull()) behind = across(metBehind.bottomRight(), flow) + kMargin;
    }
    const auto reach = [&](double lane) { return std::abs(lane - start) + std::abs(lane - end); };
    return reach(before) < reach(behind) ? before : behind;
}
}  // namespace

void EdgeRouter::remember(const std::vector<ArrangedEdge>& edges) {
    for (const ArrangedEdge& edge : edges) m_arranged[keyOf(edge.edge.to)] = edge;
}

EdgeWay EdgeRouter::way(const Edge& edge, QPointF from, QPointF to, const DrawingStyle& style, double shift,
                        const Blockers& blockers) const {
    if (auto arranged = arrangedWay(edge, from, to, style, blockers)) return *std::move(arranged);
    EdgeWay direct = directWay(from, to, style, shift);
    if (!blockers) return direct;
    const auto lane = laneBeside(direct, blockers);
    return lane ? laneWay(from, to, style, *lane) : direct;
}

std::optional<EdgeWay> EdgeRouter::arrangedWay(const Edge& edge, QPointF from, QPointF to, const DrawingStyle& style,
                                               const Blockers& blockers) const {
    const auto found = m_arranged.find(keyOf(edge.to));
    if (found == m_arranged.end() || found->second.edge != edge) return std::nullopt;
    const ArrangedEdge& arranged = found->second;
    constexpr double kOff = 1;
    const QPointF moved = from - QPointF(arranged.from.x, arranged.from.y);
    const QPointF off = to - QPointF(arranged.to.x, arranged.to.y) - moved;
    if (std::abs(off.x()) > kOff || std::abs(off.y()) > kOff) return std::nullopt;
    const bool corners = style.edges == DrawingStyle::Edges::Orthogonal;
    EdgeWay way{from, to, {}, style};
    for (const Point& point : corners ? arranged.corners : arranged.points)
        way.points.push_back(moved + QPointF(point.x, point.y));
    if (corners && !way.points.empty()) {
        // Cards stand on whole units, corners need not: the first and last are exactly in line with the ports.
        const Flow flow = style.flow;
        way.points.front() = scenePoint(along(way.points.front(), flow), across(from, flow), flow);
        way.points.back() = scenePoint(along(way.points.back(), flow), across(to, flow), flow);
    }
    const bool straight = std::abs(across(from, style.flow) - across(to, style.flow)) <= kOff;
    if (corners && way.points.empty() && !straight) return std::nullopt;  // it was not routed
    if (blockers)
        for (std::size_t i = 0; i + 1 < way.points.size(); ++i)
            if (!blockers(around(way.points[i], way.points[i + 1])).isNull()) return std::nullopt;
    return way;
}

}  // namespace gradlens
