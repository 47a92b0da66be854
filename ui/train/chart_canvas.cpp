// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/chart_canvas.h"

#include "ui/theme/theme.h"
#include "ui/train/chart_items.h"

#include <QCategoryAxis>
#include <QChart>
#include <QGraphicsLayout>
#include <QKeyEvent>
#include <QLegend>
#include <QLineSeries>
#include <QMouseEvent>
#include <QSignalBlocker>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kLeftMargin = 64, kRightMargin = 20, kTopMargin = 8, kBottomMargin = 28;
constexpr double kNewestAtShare = 0.985;  // where along the axis the newest point lies while it follows

// Labels of a QCategoryAxis stand for ticks wherever we want them. One relayout for all: its signals wait.
void setTicks(QCategoryAxis& axis, const std::vector<AxisTick>& ticks, double low, double high) {
    {
        const QSignalBlocker blocker(axis);
        for (const QString& label : axis.categoriesLabels()) axis.remove(label);
        axis.setStartValue(low - (high - low));  // its own grid line stays out of sight
        for (const AxisTick& tick : ticks) axis.append(QString::fromStdString(tick.label), tick.position);
    }
    emit axis.categoriesChanged();
    axis.setRange(low, high);
}

QCategoryAxis* makeAxis(QChart& chart, Qt::Alignment side, QLineSeries& frame) {
    auto* axis = new QCategoryAxis(&chart);
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis->setTruncateLabels(false);
    chart.addAxis(axis, side);
    frame.attachAxis(axis);
    return axis;
}
}  // namespace

ChartCanvas::ChartCanvas(AxisUnit unit, QWidget* parent) : QChartView(parent), m_unit(unit), m_chart(new QChart) {
    m_chart->legend()->hide();
    m_chart->setBackgroundVisible(false);
    m_chart->setMargins({});
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_chart->setAcceptHoverEvents(false);
    // An empty series gives the axes a domain; the curves are drawn by m_item.
    auto* frame = new QLineSeries(m_chart);
    m_chart->addSeries(frame);
    m_xAxis = makeAxis(*m_chart, Qt::AlignBottom, *frame);
    m_yAxis = makeAxis(*m_chart, Qt::AlignLeft, *frame);
    m_item = new TraceItem(m_chart);
    m_item->setZValue(100);
    m_cursor = new CursorItem(m_chart);
    m_cursor->setZValue(200);
    m_cursor->setVisible(false);
    setChart(m_chart);

    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 120);
    setRubberBand(QChartView::NoRubberBand);
    setAccessibleDescription(tr("Wheel zooms, drag pans, double-click shows everything"));
    connect(&Theme::instance(), &Theme::changed, this, &ChartCanvas::applyTheme);
    applyTheme();
}

void ChartCanvas::applyTheme() {
    const Theme& theme = Theme::instance();
    setBackgroundBrush(theme.color(ThemeColor::Canvas));
    for (QCategoryAxis* axis : {m_xAxis, m_yAxis}) {
        axis->setLabelsFont(theme.small());
        axis->setLabelsColor(theme.color(ThemeColor::TextMuted));
        axis->setGridLinePen(QPen(theme.color(ThemeColor::Grid), 1));
        axis->setLinePen(QPen(theme.color(axis == m_xAxis ? ThemeColor::Border : ThemeColor::Canvas), 1));
    }
    dataChanged();
}

void ChartCanvas::setTraces(std::vector<Trace> traces) {
    m_traces = std::move(traces);
    dataChanged();
}

void ChartCanvas::setAxis(CurveAxis axis, double stepsPerEpoch) {
    if (m_view.axis != axis) resetZoom();
    m_view.axis = axis;
    m_view.stepsPerEpoch = std::max(stepsPerEpoch, 1.0);
    dataChanged();
}

void ChartCanvas::setLogScale(bool on) {
    if (m_view.logScale == on) return;
    m_view.logScale = on;
    m_userValues.reset();
    dataChanged();
}

void ChartCanvas::setEmptyText(const QString& text) {
    m_emptyText = text;
    dataChanged();
}

void ChartCanvas::setWindow(const ChartWindow& window) {
    if (window == m_window) return;
    m_window = window;
    dataChanged();
}

QString ChartCanvas::note() const {
    m_item->render(devicePixelRatioF());
    return m_item->note();
}

std::optional<std::pair<double, double>> ChartCanvas::dataRange() const {
    std::optional<std::pair<double, double>> range;
    for (const Trace& trace : m_traces) {
        if (trace.curve->size() == 0) continue;
        const double first = trace.curve->x(0, m_view.axis, m_view.stepsPerEpoch);
        const double last = trace.curve->x(trace.curve->size() - 1, m_view.axis, m_view.stepsPerEpoch);
        if (!range) range = {first, last};
        range = {std::min(range->first, first), std::max(range->second, last)};
    }
    return range;
}

AxisUnit ChartCanvas::horizontalUnit() const {
    switch (m_view.axis) {
        case CurveAxis::Time:
            return AxisUnit::Seconds;
        case CurveAxis::Epoch:
            return AxisUnit::Number;
        case CurveAxis::Step:
            break;
    }
    return AxisUnit::Count;
}

void ChartCanvas::dataChanged() {
    fitWindow();
    fitValues();
    updateTicks();
    m_item->show(m_view, &m_traces, dataRange() ? QString() : m_emptyText);
}

void ChartCanvas::fitWindow() {
    const auto range = dataRange();
    if (!range) {
        m_view.xLow = 0;
        m_view.xHigh = 1;
        return;
    }
    const double newest = range->second;
    if (m_window.mode == ChartWindow::Mode::Automatic) {
        // A run that has gone a hundredth of the way from its start shows from zero.
        m_window.low = range->first < 0.02 * newest || range->first <= 1 ? std::min(0.0, range->first) : range->first;
        m_window.high = m_window.low + (newest - m_window.low) / kNewestAtShare;
        if (!(m_window.high > m_window.low)) m_window.high = m_window.low + 1;
    } else if (m_window.mode == ChartWindow::Mode::Following) {
        const double width = m_window.high - m_window.low;
        m_window.low = newest - width * kNewestAtShare;
        m_window.high = m_window.low + width;
    }
    m_view.xLow = m_window.low;
    m_view.xHigh = m_window.high;
}

void ChartCanvas::fitValues() {
    if (m_userValues) {
        m_view.yLow = m_userValues->first;
        m_view.yHigh = m_userValues->second;
        return;
    }
    SeriesExtent all;
    for (const Trace& trace : m_traces)
        if (trace.curve->size() > 0) all.extend(visibleExtent(m_view, *trace.curve));
    double low = m_view.logScale ? all.minPositive : all.min, high = all.max;
    if (!m_view.shows(low) || !m_view.shows(high)) {
        m_view.yLow = m_view.logScale ? -1 : 0;
        m_view.yHigh = m_view.logScale ? 0 : 1;
        return;
    }
    if (m_view.logScale) {
        low = std::log10(low);
        high = std::log10(high);
    }
    if (high - low < 1e-12 * std::max(std::abs(low), std::abs(high)) || high == low) {
        const double spread = m_view.logScale ? 0.3 : std::max(std::abs(low) * 0.1, 1e-6);
        low -= spread;
        high += spread;
    }
    const double pad = 0.04 * (high - low);
    double paddedLow = low - pad, paddedHigh = high + pad;
    if (!m_view.logScale) {
        if (low >= 0 && (paddedLow < 0 || low < 0.3 * high)) paddedLow = 0;
        const int most = std::max(3, static_cast<int>(m_view.plot.height() / 22));
        widenToTicks(paddedLow, paddedHigh, most);
        if (m_unit == AxisUnit::Percent && high <= 1 && paddedHigh > 1) paddedHigh = 1 + 0.02 * (1 - paddedLow);
    }
    m_view.yLow = paddedLow;
    m_view.yHigh = paddedHigh;
}

void ChartCanvas::updateTicks() {
    const int across = std::max(2, static_cast<int>(m_view.plot.width() / 84));
    const int up = std::max(2, static_cast<int>(m_view.plot.height() / 36));
    const bool empty = !dataRange();
    auto xTicks = empty ? std::vector<AxisTick>{} : linearTicks(m_view.xLow, m_view.xHigh, across, horizontalUnit());
    auto yTicks = empty             ? std::vector<AxisTick>{}
                  : m_view.logScale ? logTicks(m_view.yLow, m_view.yHigh, up, m_unit)
                                    : linearTicks(m_view.yLow, m_view.yHigh, up, m_unit);
    m_xTicks = std::move(xTicks);
    m_yTicks = std::move(yTicks);
    setTicks(*m_xAxis, m_xTicks, m_view.xLow, m_view.xHigh);
    setTicks(*m_yAxis, m_yTicks, m_view.yLow, m_view.yHigh);
}

void ChartCanvas::layoutPlot() {
    const QRectF all(QPointF(0, 0), QSizeF(viewport()->size()));
    m_view.plot = all.adjusted(kLeftMargin, kTopMargin, -kRightMargin, -kBottomMargin);
    m_chart->setPlotArea(m_view.plot);
}

void ChartCanvas::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    layoutPlot();
    dataChanged();
}

void ChartCanvas::showCursor(const std::optional<CursorReadout>& readout) {
    m_cursor->show(m_view, readout);
}

void ChartCanvas::resetZoom() {
    m_window.mode = ChartWindow::Mode::Automatic;
    m_userValues.reset();
    dataChanged();
    emit windowChanged();
}

void ChartCanvas::setUserWindow(double low, double high) {
    const auto range = dataRange();
    if (!range) return;
    const double first = std::min(0.0, range->first), newest = range->second;
    const double fullWidth = (newest - first) / kNewestAtShare;
    // Never closer than a few points, never further than everything.
    const double least = m_view.axis == CurveAxis::Step ? 4.0 : fullWidth * 1e-6;
    if (high - low >= fullWidth) {
        m_window.mode = ChartWindow::Mode::Automatic;
    } else {
        if (high - low < least) {
            const double middle = (low + high) / 2;
            low = middle - least / 2;
            high = middle + least / 2;
        }
        const double shift = std::max(0.0, first - low) - std::max(0.0, high - (first + fullWidth));
        m_window.low = low + shift;
        m_window.high = high + shift;
        const bool seesNewest = m_window.high >= newest + 0.5 * (1 - kNewestAtShare) * (m_window.high - m_window.low);
        m_window.mode = seesNewest ? ChartWindow::Mode::Following : ChartWindow::Mode::Fixed;
    }
    dataChanged();
    emit windowChanged();
}

void ChartCanvas::zoomHorizontally(double factor, double aroundPixel) {
    const double x = m_view.toX(std::clamp(aroundPixel, m_view.plot.left(), m_view.plot.right()));
    setUserWindow(x - (x - m_view.xLow) * factor, x + (m_view.xHigh - x) * factor);
}

void ChartCanvas::zoomVertically(double factor, double aroundPixel) {
    const double share = std::clamp((m_view.plot.bottom() - aroundPixel) / m_view.plot.height(), 0.0, 1.0);
    const double y = m_view.yLow + share * (m_view.yHigh - m_view.yLow);
    m_userValues = {y - (y - m_view.yLow) * factor, y + (m_view.yHigh - y) * factor};
    dataChanged();
}

void ChartCanvas::panBy(QPointF pixels) {
    if (m_userValues) {
        const double shift = pixels.y() / m_view.plot.height() * (m_view.yHigh - m_view.yLow);
        m_userValues = {m_view.yLow + shift, m_view.yHigh + shift};
    }
    const double shift = -pixels.x() / m_view.plot.width() * (m_view.xHigh - m_view.xLow);
    if (m_window.mode == ChartWindow::Mode::Automatic) {
        dataChanged();
        return;
    }
    setUserWindow(m_view.xLow + shift, m_view.xHigh + shift);
}

void ChartCanvas::wheelEvent(QWheelEvent* event) {
    if (!dataRange()) return event->ignore();
    const QPoint turn = event->angleDelta();
    const double clicks = (turn.y() != 0 ? turn.y() : turn.x()) / 120.0;
    if (clicks == 0) return event->ignore();
    const double factor = std::pow(0.8, clicks);
    if (event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))
        zoomVertically(factor, event->position().y());
    else
        zoomHorizontally(factor, event->position().x());
    event->accept();
}

void ChartCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && dataRange()) {
        m_dragFrom = event->pos();
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragFrom) {
        panBy(event->pos() - *m_dragFrom);
        m_dragFrom = event->pos();
    }
    if (dataRange() && m_view.plot.contains(event->position()))
        emit cursorMoved(m_view.toX(event->position().x()));
    else
        emit cursorLeft();
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_dragFrom.reset();
    viewport()->unsetCursor();
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) resetZoom();
}

void ChartCanvas::keyPressEvent(QKeyEvent* event) {
    const double width = m_view.plot.width();
    switch (event->key()) {
        case Qt::Key_Left:
            return panBy({width * 0.1, 0});
        case Qt::Key_Right:
            return panBy({-width * 0.1, 0});
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomHorizontally(0.8, m_view.plot.center().x());
        case Qt::Key_Minus:
            return zoomHorizontally(1.25, m_view.plot.center().x());
        case Qt::Key_Home:
        case Qt::Key_0:
            return resetZoom();
        default:
            QChartView::keyPressEvent(event);
    }
}

bool ChartCanvas::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // While it has the focus these keys are its own, whatever the window means by them.
        const auto* key = static_cast<QKeyEvent*>(event);
        static constexpr std::array kOwn{Qt::Key_Plus, Qt::Key_Equal, Qt::Key_Minus, Qt::Key_Home, Qt::Key_0};
        if (!(key->modifiers() & Qt::ControlModifier) &&
            std::find(kOwn.begin(), kOwn.end(), key->key()) != kOwn.end()) {
            event->accept();
            return true;
        }
    }
    return QChartView::event(event);
}

void ChartCanvas::leaveEvent(QEvent* event) {
    QChartView::leaveEvent(event);
    emit cursorLeft();
}

}  // namespace gradlens
