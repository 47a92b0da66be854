// SPDX-License-Identifier: GPL-3.0-or-later
// The way of an edge on the canvas and the line that is drawn along it: a smooth curve, or right angles with round
// corners. Pure functions of their arguments.
#pragma once
#include "core/graph/model_graph.h"

#include <QPainterPath>
#include <QPointF>

#include <vector>

namespace gradlens {

struct EdgeWay {
    QPointF from, to;  // the ports, in the scene
    // Between them: what a curve passes, or the corners. A straight or direct way has none.
    std::vector<QPointF> points = {};
    DrawingStyle style = {};
    friend bool operator==(const EdgeWay&, const EdgeWay&) = default;
};

QPainterPath pathAlong(const EdgeWay& way);

// From port to port with nothing between. shift: how far off the middle a way with corners turns.
EdgeWay directWay(QPointF from, QPointF to, const DrawingStyle& style, double shift = 0);
// Past what is between, on a lane at `lane` across the flow.
EdgeWay laneWay(QPointF from, QPointF to, const DrawingStyle& style, double lane);

double along(QPointF point, DrawingStyle::Flow flow);
double across(QPointF point, DrawingStyle::Flow flow);
QPointF scenePoint(double along, double across, DrawingStyle::Flow flow);

}  // namespace gradlens
