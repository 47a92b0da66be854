// SPDX-License-Identifier: GPL-3.0-or-later
// Draws curves into a rectangle: column by column where there are more points than pixels, as lines where there are
// fewer, with marks for what is not finite. Plain functions on a QPainter; GUI thread.
#pragma once
#include "ui/train/curve.h"

#include <QColor>
#include <QPointF>
#include <QRectF>

#include <span>

class QPainter;

namespace gradlens {

// What part of the curves the rectangle shows. On a log scale yLow and yHigh are base-10 logarithms.
struct TraceView {
    QRectF plot;
    double xLow = 0, xHigh = 1, yLow = 0, yHigh = 1;
    bool logScale = false;
    CurveAxis axis = CurveAxis::Step;
    double stepsPerEpoch = 1;

    double toPixelX(double x) const { return plot.left() + (x - xLow) / (xHigh - xLow) * plot.width(); }
    double toX(double pixel) const { return xLow + (pixel - plot.left()) / plot.width() * (xHigh - xLow); }
    // Of a value that can be shown (see shows()).
    double toPixelY(double value) const;
    // Finite and, on a log scale, above zero.
    bool shows(double value) const;
    friend bool operator==(const TraceView&, const TraceView&) = default;
};

struct Trace {
    const Curve* curve = nullptr;
    QColor color;
    bool markers = false;  // a dot on every point while they are few
};

struct TraceColors {
    QColor background, notANumber, positiveInfinite, negativeInfinite;
};

// What paintTraces() could not draw as a curve, for a note.
struct TraceOmissions {
    std::int64_t nonPositive = 0;  // on a log scale
    std::int64_t nonFinite = 0;
};

TraceOmissions paintTraces(QPainter& painter, const TraceView& view, std::span<const Trace> traces,
                           const TraceColors& colors);

// The least and greatest finite value among the points in [xLow, xHigh] and the neighbours just outside, over raw and
// smoothed values.
SeriesExtent visibleExtent(const TraceView& view, const Curve& curve);

}  // namespace gradlens
