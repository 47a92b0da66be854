// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/trace_painter.h"

#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace gradlens {

namespace {
constexpr double kMarkSpacing = 9;       // pixels between marks of one kind on one curve
constexpr int kMostMarksWithLines = 24;  // more than these would hide the curves behind lines

enum class MarkKind { NotANumber, PositiveInfinite, NegativeInfinite };
struct Mark {
    MarkKind kind;
    double x, y;
};

// The marks of one curve; those too near their predecessor are dropped, since it stands for them.
class Marks {
public:
    explicit Marks(const TraceView& view) : m_view(view) {}
    void add(const SeriesExtent& extent, double x, double lastY) {
        if (extent.nan > 0) add(MarkKind::NotANumber, x, std::isnan(lastY) ? m_view.plot.center().y() : lastY);
        if (extent.positiveInfinite > 0) add(MarkKind::PositiveInfinite, x, m_view.plot.top() + 6);
        if (extent.negativeInfinite > 0) add(MarkKind::NegativeInfinite, x, m_view.plot.bottom() - 6);
    }
    const std::vector<Mark>& all() const { return m_marks; }

private:
    void add(MarkKind kind, double x, double y) {
        const auto near = [&](const Mark& mark) { return mark.kind == kind && x - mark.x < kMarkSpacing; };
        if (std::find_if(m_marks.rbegin(), m_marks.rend(), near) != m_marks.rend()) return;
        m_marks.push_back({kind, x, std::clamp(y, m_view.plot.top() + 4, m_view.plot.bottom() - 4)});
    }
    const TraceView& m_view;
    std::vector<Mark> m_marks;
};

struct IndexRange {
    std::int64_t begin, end;
};

// The points in view and one more on either side, so that lines run out of the picture.
IndexRange visibleRange(const TraceView& view, const Curve& curve) {
    const std::int64_t begin = curve.lowerBound(view.xLow, view.axis, view.stepsPerEpoch);
    std::int64_t end = curve.lowerBound(view.xHigh, view.axis, view.stepsPerEpoch);
    while (end < curve.size() && curve.x(end, view.axis, view.stepsPerEpoch) <= view.xHigh && end - begin < 4) ++end;
    return {std::max<std::int64_t>(0, begin - 1), std::min(curve.size(), end + 1)};
}

// Strokes of one pyramid, gathered first and drawn in few calls.
struct Strokes {
    std::vector<QPolygonF> lines;  // unbroken runs
    std::vector<QLineF> columns;   // what one pixel column spans
    QPolygonF dots;                // points without neighbours
};

void closeRun(Strokes& strokes, QPolygonF& run) {
    if (run.size() == 1) strokes.dots.push_back(run.first());
    if (run.size() > 1) strokes.lines.push_back(run);
    run.clear();
}

// The stroker clips lines itself and keeps their slope; this only keeps a huge value from becoming an infinite
// coordinate.
double clampedY(const TraceView& view, double value) {
    return std::clamp(view.toPixelY(value), -1e6, 1e6);
}

Strokes pointByPoint(const TraceView& view, const Curve& curve, const SeriesPyramid& values, IndexRange range) {
    Strokes strokes;
    QPolygonF run;
    for (std::int64_t i = range.begin; i < range.end; ++i) {
        const double value = values[i];
        if (!view.shows(value)) {
            closeRun(strokes, run);
            continue;
        }
        run.push_back(QPointF(view.toPixelX(curve.x(i, view.axis, view.stepsPerEpoch)), clampedY(view, value)));
    }
    closeRun(strokes, run);
    return strokes;
}

// The first point beyond a pixel column.
std::int64_t columnEnd(const TraceView& view, const Curve& curve, int column, int columns, std::int64_t hint) {
    const double right =
        column + 1 == columns ? std::nextafter(view.xHigh, HUGE_VAL) : view.toX(view.plot.left() + column + 1);
    return curve.lowerBound(right, view.axis, view.stepsPerEpoch, hint);
}

// What a column spans in pixels: top < bottom. A column that spans less than this is a point of a line.
constexpr double kThin = 1.5;
struct Span {
    double top, bottom;
};

// Columns of one curve, left to right. Those that span many pixels are vertical strokes, lengthened where they would
// not touch their neighbour; between and around them run lines. So the picture is whole, and costs little where it is
// dense.
class ColumnStrokes {
public:
    void add(double x, Span span) {
        if (span.bottom - span.top <= kThin) {
            const double y = (span.top + span.bottom) / 2;
            if (m_last && m_wasStroke) m_run.push_back(QPointF(m_lastX, std::clamp(y, m_last->top, m_last->bottom)));
            m_run.push_back(QPointF(x, y));
            m_wasStroke = false;
        } else {
            if (!m_run.isEmpty()) {
                m_run.push_back(QPointF(x, std::clamp(m_run.last().y(), span.top, span.bottom)));
                closeRun(m_strokes, m_run);
            } else if (m_last) {
                if (m_last->bottom < span.top) span.top = m_last->bottom;
                if (m_last->top > span.bottom) span.bottom = m_last->top;
            }
            m_strokes.columns.emplace_back(x, span.top, x, span.bottom);
            m_wasStroke = true;
        }
        m_last = span;
        m_lastX = x;
    }
    void gap() {
        closeRun(m_strokes, m_run);
        m_last.reset();
        m_wasStroke = false;
    }
    Strokes take() {
        gap();
        return std::move(m_strokes);
    }

private:
    Strokes m_strokes;
    QPolygonF m_run;
    std::optional<Span> m_last;
    double m_lastX = 0;
    bool m_wasStroke = false;
};

// One pixel column after the other, so that a single extreme among a million values still shows.
Strokes columnByColumn(const TraceView& view, const Curve& curve, const SeriesPyramid& values) {
    ColumnStrokes strokes;
    const int columns = static_cast<int>(std::ceil(view.plot.width()));
    std::int64_t begin = curve.lowerBound(view.xLow, view.axis, view.stepsPerEpoch);
    std::int64_t width = 0;
    for (int column = 0; column < columns; ++column) {
        const std::int64_t end = columnEnd(view, curve, column, columns, begin + width);
        width = end - begin;  // the next column holds about as many
        if (end <= begin) continue;
        const SeriesExtent extent = values.extent(begin, end);
        begin = end;
        const double least = view.logScale ? extent.minPositive : extent.min;
        if (extent.hasFinite() && view.shows(least) && view.shows(extent.max))
            strokes.add(view.plot.left() + column + 0.5, {clampedY(view, extent.max), clampedY(view, least)});
        else
            strokes.gap();
    }
    return strokes.take();
}

void draw(QPainter& painter, const Strokes& strokes, const QColor& color, bool strong) {
    // A cosmetic pen of one pixel takes the raster engine's fast path; a second pass half a pixel off makes the line
    // look heavier for far less than a wide pen costs.
    painter.setPen(QPen(color, 0));
    painter.setBrush(Qt::NoBrush);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (!strokes.columns.empty()) painter.drawLines(strokes.columns.data(), static_cast<int>(strokes.columns.size()));
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const double shift : {-0.3, 0.3}) {
        if (!strong && shift > 0) break;
        painter.translate(0, strong ? shift : 0);
        for (const QPolygonF& line : strokes.lines) painter.drawPolyline(line);
        painter.translate(0, strong ? -shift : 0);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    for (const QPointF& dot : strokes.dots) painter.drawEllipse(dot, strong ? 2 : 1.2, strong ? 2 : 1.2);
}

void collectMarks(const TraceView& view, const Curve& curve, Marks& marks) {
    const IndexRange range = visibleRange(view, curve);
    const SeriesExtent whole = curve.raw().extent(range.begin, range.end);
    if (whole.nonFinite() == 0) return;
    const int columns = static_cast<int>(std::ceil(view.plot.width()));
    std::int64_t begin = curve.lowerBound(view.xLow, view.axis, view.stepsPerEpoch);
    double lastY = std::nan("");
    std::int64_t width = 0;
    for (int column = 0; column < columns; ++column) {
        const std::int64_t end = columnEnd(view, curve, column, columns, begin + width);
        width = end - begin;  // the next column holds about as many
        if (end <= begin) continue;
        const SeriesExtent extent = curve.raw().extent(begin, end);
        begin = end;
        if (extent.nonFinite() > 0) marks.add(extent, view.plot.left() + column + 0.5, lastY);
        if (view.shows(extent.max)) lastY = view.toPixelY(extent.max);
    }
}

void drawMarks(QPainter& painter, const TraceView& view, const std::vector<Mark>& marks, const TraceColors& colors) {
    for (const Mark& mark : marks) {
        const QColor color = mark.kind == MarkKind::NotANumber         ? colors.notANumber
                             : mark.kind == MarkKind::PositiveInfinite ? colors.positiveInfinite
                                                                       : colors.negativeInfinite;
        if (marks.size() <= kMostMarksWithLines) {
            QColor faint = color;
            faint.setAlphaF(0.35f);
            painter.setRenderHint(QPainter::Antialiasing, false);
            painter.setPen(QPen(faint, 0));
            painter.drawLine(QPointF(mark.x, view.plot.top()), QPointF(mark.x, view.plot.bottom()));
        }
        painter.setRenderHint(QPainter::Antialiasing, true);
        painter.setPen(QPen(colors.background, 1));
        painter.setBrush(color);
        QPolygonF shape;
        const double x = mark.x, y = mark.y;
        switch (mark.kind) {
            case MarkKind::NotANumber:
                shape << QPointF(x, y - 5) << QPointF(x + 5, y) << QPointF(x, y + 5) << QPointF(x - 5, y);
                break;
            case MarkKind::PositiveInfinite:
                shape << QPointF(x, y - 5) << QPointF(x + 5, y + 4) << QPointF(x - 5, y + 4);
                break;
            case MarkKind::NegativeInfinite:
                shape << QPointF(x, y + 5) << QPointF(x + 5, y - 4) << QPointF(x - 5, y - 4);
                break;
        }
        painter.drawPolygon(shape);
    }
}

void drawPoints(QPainter& painter, const TraceView& view, const Trace& trace, IndexRange range,
                const TraceColors& colors) {
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(colors.background, 1.5));
    painter.setBrush(trace.color);
    for (std::int64_t i = range.begin; i < range.end; ++i) {
        const double value = trace.curve->shown()[i];
        if (view.shows(value))
            painter.drawEllipse(
                QPointF(view.toPixelX(trace.curve->x(i, view.axis, view.stepsPerEpoch)), clampedY(view, value)), 4, 4);
    }
}

// Where a growing curve is now.
void drawHead(QPainter& painter, const TraceView& view, const Trace& trace) {
    const std::int64_t last = trace.curve->size() - 1;
    if (last < 0 || !view.shows(trace.curve->shown()[last])) return;
    const QPointF at(view.toPixelX(trace.curve->x(last, view.axis, view.stepsPerEpoch)),
                     view.toPixelY(trace.curve->shown()[last]));
    if (!view.plot.adjusted(-1, -1, 1, 1).contains(at)) return;
    painter.setRenderHint(QPainter::Antialiasing, true);
    QColor halo = trace.color;
    halo.setAlphaF(0.25f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(halo);
    painter.drawEllipse(at, 6, 6);
    painter.setBrush(trace.color);
    painter.drawEllipse(at, 3, 3);
}
}  // namespace

double TraceView::toPixelY(double value) const {
    const double position = logScale ? std::log10(value) : value;
    return plot.bottom() - (position - yLow) / (yHigh - yLow) * plot.height();
}

bool TraceView::shows(double value) const {
    return std::isfinite(value) && (!logScale || value > 0);
}

SeriesExtent visibleExtent(const TraceView& view, const Curve& curve) {
    const IndexRange range = visibleRange(view, curve);
    SeriesExtent extent = curve.raw().extent(range.begin, range.end);
    if (curve.smoothed()) {
        const SeriesExtent smooth = curve.shown().extent(range.begin, range.end);
        extent.min = std::min(extent.min, smooth.min);
        extent.max = std::max(extent.max, smooth.max);
    }
    return extent;
}

TraceOmissions paintTraces(QPainter& painter, const TraceView& view, std::span<const Trace> traces,
                           const TraceColors& colors) {
    TraceOmissions omissions;
    painter.save();
    painter.setClipRect(view.plot.adjusted(-1, -1, 1, 1));
    const auto mostPoints = static_cast<std::int64_t>(view.plot.width());
    std::vector<Mark> marks;
    // All that is faint lies behind all that is not.
    for (const bool faint : {true, false})
        for (const Trace& trace : traces) {
            const Curve& curve = *trace.curve;
            if (curve.size() == 0 || (faint && !curve.smoothed())) continue;
            const IndexRange range = visibleRange(view, curve);
            const SeriesPyramid& values = faint ? curve.raw() : curve.shown();
            const bool sparse = range.end - range.begin <= mostPoints;
            const Strokes strokes =
                sparse ? pointByPoint(view, curve, values, range) : columnByColumn(view, curve, values);
            QColor color = trace.color;
            if (faint) color.setAlphaF(sparse ? 0.4f : 0.28f);  // a thin line needs more ink than a dense band
            draw(painter, strokes, color, !faint && traces.size() <= 4);
            if (faint) continue;

            if (trace.markers && static_cast<double>(range.end - range.begin) * 14 <= view.plot.width())
                drawPoints(painter, view, trace, range, colors);
            drawHead(painter, view, trace);
            Marks found(view);
            collectMarks(view, curve, found);
            marks.insert(marks.end(), found.all().begin(), found.all().end());
            const SeriesExtent extent = curve.raw().extent(range.begin, range.end);
            omissions.nonFinite += extent.nonFinite();
            if (view.logScale) omissions.nonPositive += extent.nonPositive;
        }
    drawMarks(painter, view, marks, colors);
    painter.restore();
    return omissions;
}

}  // namespace gradlens
