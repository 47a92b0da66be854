// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing surface of a ScalarChart: a Qt Chart for frame, grid and axes, and one item of ours inside it that draws
// the curves (Qt's own line series cost tens of milliseconds at the densities a run has). Wheel zooms, drag pans,
// double-click shows everything again. GUI thread.
#pragma once
#include "ui/train/trace_painter.h"
#include "ui/widgets/axis_ticks.h"

#include <QChartView>

#include <optional>
#include <vector>

class QCategoryAxis;
class QChart;

namespace gradlens {

class TraceItem;
class CursorItem;

// The part of the horizontal axis in view. Automatic shows the whole run as it grows; following keeps the newest point
// at the right edge at a fixed width.
struct ChartWindow {
    enum class Mode { Automatic, Following, Fixed };
    Mode mode = Mode::Automatic;
    double low = 0, high = 1;
    friend bool operator==(const ChartWindow&, const ChartWindow&) = default;
};

// A line of the cursor's read-out.
struct CursorRow {
    QColor color;
    QString label, value, detail;
    std::optional<QPointF> dot;  // on the curve
};
struct CursorReadout {
    double x = 0;  // in axis units
    QString title;
    std::vector<CursorRow> rows;
};

class ChartCanvas : public QChartView {
    Q_OBJECT
public:
    explicit ChartCanvas(AxisUnit unit, QWidget* parent = nullptr);

    // What to draw. The curves must outlive the canvas or the next call.
    void setTraces(std::vector<Trace> traces);
    void setAxis(CurveAxis axis, double stepsPerEpoch);
    void setLogScale(bool on);
    void setEmptyText(const QString& text);
    void setWindow(const ChartWindow& window);
    const ChartWindow& window() const { return m_window; }
    // The curves have new points: follow them and redraw with the next frame.
    void dataChanged();
    void showCursor(const std::optional<CursorReadout>& readout);
    void resetZoom();

    const TraceView& traceView() const { return m_view; }
    // Which part of the axis there is data for; nothing without data.
    std::optional<std::pair<double, double>> dataRange() const;
    QString note() const;
    std::vector<AxisTick> horizontalTicks() const { return m_xTicks; }
    std::vector<AxisTick> verticalTicks() const { return m_yTicks; }

signals:
    void windowChanged();        // by the user's hand
    void cursorMoved(double x);  // in axis units; the pointer is over the plot
    void cursorLeft();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    friend class TraceItem;
    void applyTheme();
    void layoutPlot();
    void fitWindow();  // m_view's x range from m_window and the data
    void fitValues();  // m_view's y range from what is visible, unless zoomed by hand
    void updateTicks();
    void zoomHorizontally(double factor, double aroundPixel);
    void zoomVertically(double factor, double aroundPixel);
    void panBy(QPointF pixels);
    void setUserWindow(double low, double high);
    AxisUnit horizontalUnit() const;

    AxisUnit m_unit;
    QChart* m_chart;
    QCategoryAxis* m_xAxis;
    QCategoryAxis* m_yAxis;
    TraceItem* m_item;
    CursorItem* m_cursor;
    std::vector<Trace> m_traces;
    TraceView m_view;
    ChartWindow m_window;
    std::optional<std::pair<double, double>> m_userValues;  // y range set by hand, in axis units
    std::vector<AxisTick> m_xTicks, m_yTicks;
    QString m_emptyText;
    std::optional<QPoint> m_dragFrom;
};

}  // namespace gradlens
