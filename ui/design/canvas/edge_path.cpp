// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/edge_path.h"

#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
using Flow = DrawingStyle::Flow;
constexpr double kStub = 14;  // straight out of a port before the first corner
constexpr double kSame = 0.5;

// One wave: leaves and arrives along the flow.
void waveTo(QPainterPath& path, QPointF to, Flow flow) {
    constexpr double kLeastBow = 24, kMostBow = 140;
    const QPointF from = path.currentPosition();
    const double reach = along(to, flow) - along(from, flow);
    if (reach > 0 && std::abs(across(to, flow) - across(from, flow)) < kSame) {
        path.lineTo(to);
        return;
    }
    const QPointF bow = scenePoint(std::clamp(std::abs(reach) / 2, kLeastBow, kMostBow), 0, flow);
    path.cubicTo(from + bow, to - bow, to);
}

void cornerTo(QPainterPath& path, QPointF corner, QPointF next) {
    constexpr double kRadius = 10;
    const QPointF in = corner - path.currentPosition(), out = next - corner;
    const double before = std::hypot(in.x(), in.y()), after = std::hypot(out.x(), out.y());
    const double radius = std::min({kRadius, before, after / 2});
    if (radius < kSame) {
        path.lineTo(corner);
        return;
    }
    path.lineTo(corner - in * (radius / before));
    path.quadTo(corner, corner + out * (radius / after));
}
}  // namespace

double along(QPointF point, Flow flow) {
    return flow == Flow::Down ? point.y() : point.x();
}

double across(QPointF point, Flow flow) {
    return flow == Flow::Down ? point.x() : point.y();
}

QPointF scenePoint(double along, double across, Flow flow) {
    return flow == Flow::Down ? QPointF(across, along) : QPointF(along, across);
}

QPainterPath pathAlong(const EdgeWay& way) {
    QPainterPath path(way.from);
    if (way.style.edges == DrawingStyle::Edges::Orthogonal) {
        for (std::size_t i = 0; i < way.points.size(); ++i)
            cornerTo(path, way.points[i], i + 1 < way.points.size() ? way.points[i + 1] : way.to);
        path.lineTo(way.to);
        return path;
    }
    for (const QPointF& point : way.points) waveTo(path, point, way.style.flow);
    waveTo(path, way.to, way.style.flow);
    return path;
}

EdgeWay directWay(QPointF from, QPointF to, const DrawingStyle& style, double shift) {
    EdgeWay way{from, to, {}, style};
    const Flow flow = style.flow;
    const double start = across(from, flow), end = across(to, flow);
    const double reach = along(to, flow) - along(from, flow);
    const bool forward = reach >= 2 * kStub;
    if (style.edges == DrawingStyle::Edges::Curved || (forward && std::abs(end - start) < kSame)) return way;
    if (forward) {
        const double turn =
            std::clamp(along(from, flow) + reach / 2 + shift, along(from, flow) + kStub, along(to, flow) - kStub);
        way.points = {scenePoint(turn, start, flow), scenePoint(turn, end, flow)};
        return way;
    }
    // Against the flow: between the two cards when there is room, else round the one further out.
    const double room = cardAcross(flow) + kCardGap;
    const double side = std::abs(end - start) > room ? (start + end) / 2 : std::max(start, end) + room / 2 + kStub;
    return laneWay(from, to, style, side);
}

EdgeWay laneWay(QPointF from, QPointF to, const DrawingStyle& style, double lane) {
    EdgeWay way{from, to, {}, style};
    const Flow flow = style.flow;
    const double first = along(from, flow), last = along(to, flow);
    if (style.edges == DrawingStyle::Edges::Orthogonal) {
        way.points = {scenePoint(first + kStub, across(from, flow), flow), scenePoint(first + kStub, lane, flow),
                      scenePoint(last - kStub, lane, flow), scenePoint(last - kStub, across(to, flow), flow)};
        return way;
    }
    constexpr double kReach = 64;
    const double reach = std::min(kReach, (last - first) / 3);
    way.points = {scenePoint(first + reach, lane, flow), scenePoint(last - reach, lane, flow)};
    return way;
}

}  // namespace gradlens
