// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/histogram_view.h"

#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kSide = 10;        // room for half a handle
constexpr double kHandleReach = 8;  // pixels from a handle that still grab it
constexpr double kScaleHeight = 6;  // the strip of colours below the bars
constexpr double kGripWidth = 9, kGripHeight = 14;

QColor mixed(const QColor& map, const QColor& ink) {
    constexpr double kInk = 0.35;
    const auto mix = [](int a, int b) { return static_cast<int>(std::lround(a + kInk * (b - a))); };
    return QColor(mix(map.red(), ink.red()), mix(map.green(), ink.green()), mix(map.blue(), ink.blue()));
}
}  // namespace

HistogramView::HistogramView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Histogram with colour range"));
    setAccessibleDescription(tr("Drag the handles, or choose one with L or H and move it with Left and Right"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void HistogramView::setHistogram(const std::optional<Histogram>& histogram) {
    m_histogram = histogram;
    update();
}

void HistogramView::setColoring(const Coloring& coloring) {
    if (coloring == m_coloring) return;
    m_coloring = coloring;
    update();
}

QRectF HistogramView::plot() const {
    return QRectF(rect()).adjusted(kSide, 2, -kSide, -2);
}

double HistogramView::axisLow() const {
    if (m_dragged != Handle::None) return m_dragLow;
    return m_histogram && m_histogram->high > m_histogram->low ? std::min(m_histogram->low, m_coloring.low)
                                                               : m_coloring.low;
}

double HistogramView::axisHigh() const {
    if (m_dragged != Handle::None) return m_dragHigh;
    return m_histogram && m_histogram->high > m_histogram->low ? std::max(m_histogram->high, m_coloring.high)
                                                               : m_coloring.high;
}

double HistogramView::toPixel(double value) const {
    return plot().left() + (value - axisLow()) / (axisHigh() - axisLow()) * plot().width();
}

double HistogramView::toValue(double pixel) const {
    return axisLow() + (pixel - plot().left()) / plot().width() * (axisHigh() - axisLow());
}

void HistogramView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& theme = Theme::instance();
    const QRectF area = plot();
    const QRectF bars(area.left(), area.top(), area.width(), area.height() - kScaleHeight - 3);

    if (m_histogram && !m_histogram->bins.empty() && m_histogram->high > m_histogram->low) {
        const std::int64_t most =
            std::max<std::int64_t>(1, *std::max_element(m_histogram->bins.begin(), m_histogram->bins.end()));
        const auto count = static_cast<double>(m_histogram->bins.size());
        painter.setPen(Qt::NoPen);
        for (std::size_t i = 0; i < m_histogram->bins.size(); ++i) {
            if (m_histogram->bins[i] == 0) continue;
            const double width = m_histogram->high - m_histogram->low;
            const double from = m_histogram->low + width * static_cast<double>(i) / count,
                         to = m_histogram->low + width * static_cast<double>(i + 1) / count;
            // Square root: the zeros of a ReLU do not flatten all the rest.
            const double height = std::max(
                1.0, bars.height() * std::sqrt(static_cast<double>(m_histogram->bins[i]) / static_cast<double>(most)));
            const double middle = (from + to) / 2;
            // Mixed with the ink of the theme: the ends of a map may be as dark, or as light, as the card.
            QColor color = mixed(QColor(m_coloring.of(middle)), theme.color(ThemeColor::TextMuted));
            if (middle < m_coloring.low || middle > m_coloring.high) color = theme.color(ThemeColor::TextFaint);
            painter.setBrush(color);
            const double left = toPixel(from), right = toPixel(to);
            painter.drawRect(
                QRectF(left, bars.bottom() - height, std::max(1.0, right - left - (right - left > 4 ? 1 : 0)), height));
        }
    }
    if (!m_histogram || !(m_histogram->high > m_histogram->low)) {
        painter.setFont(theme.small());
        painter.setPen(theme.color(ThemeColor::TextFaint));
        painter.drawText(bars, Qt::AlignCenter, tr("No spread of values to show"));
    }
    painter.setPen(QPen(theme.color(ThemeColor::Border), 1));
    painter.drawLine(QPointF(area.left(), bars.bottom() + 0.5), QPointF(area.right(), bars.bottom() + 0.5));

    // The colours, spread over the range.
    const double left = toPixel(m_coloring.low), right = toPixel(m_coloring.high);
    QImage strip(kColorSteps, 1, QImage::Format_RGB32);
    std::copy(colorTable(m_coloring.map).begin(), colorTable(m_coloring.map).end(),
              reinterpret_cast<QRgb*>(strip.scanLine(0)));
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(QRectF(left, area.bottom() - kScaleHeight, std::max(1.0, right - left), kScaleHeight), strip);

    for (const double x : {left, right}) {
        const bool active = hasFocus() && (x == left) == (m_active == Handle::Low);
        const QColor color = theme.color(active || m_dragged != Handle::None ? ThemeColor::Accent : ThemeColor::Text);
        painter.setPen(QPen(color, 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(QPen(theme.color(ThemeColor::Panel), 1));
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(x - kGripWidth / 2, area.bottom() - kGripHeight, kGripWidth, kGripHeight), 3, 3);
    }
}

HistogramView::Handle HistogramView::handleAt(QPointF position) const {
    const double toLow = std::abs(position.x() - lowPixel()), toHigh = std::abs(position.x() - highPixel());
    if (std::min(toLow, toHigh) <= kHandleReach) return toLow <= toHigh ? Handle::Low : Handle::High;
    return position.x() > lowPixel() && position.x() < highPixel() ? Handle::Both : Handle::None;
}

void HistogramView::moveHandle(Handle handle, double value) {
    double low = m_coloring.low, high = m_coloring.high;
    const double least = (axisHigh() - axisLow()) * 0.002;
    if (handle == Handle::Low) low = std::min(value, high - least);
    if (handle == Handle::High) high = std::max(value, low + least);
    if (handle == Handle::Both) {
        low += value - m_grab;
        high += value - m_grab;
        m_grab = value;
    }
    m_coloring.low = low;
    m_coloring.high = high;
    update();
    emit rangeDragged(low, high);
}

void HistogramView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    const Handle handle = handleAt(event->position());
    if (handle == Handle::None) return;
    m_dragLow = axisLow();
    m_dragHigh = axisHigh();
    m_grab = toValue(event->position().x());
    m_dragged = handle;
    if (handle != Handle::Both) m_active = handle;
    update();
}

void HistogramView::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragged == Handle::None) {
        const Handle handle = handleAt(event->position());
        setCursor(handle == Handle::None   ? Qt::ArrowCursor
                  : handle == Handle::Both ? Qt::SizeAllCursor
                                           : Qt::SplitHCursor);
        return;
    }
    moveHandle(m_dragged, toValue(std::clamp(event->position().x(), plot().left(), plot().right())));
}

void HistogramView::mouseReleaseEvent(QMouseEvent*) {
    m_dragged = Handle::None;
    update();
}

void HistogramView::mouseDoubleClickEvent(QMouseEvent*) {
    m_dragged = Handle::None;
    emit resetRequested();
}

void HistogramView::keyPressEvent(QKeyEvent* event) {
    const double step = (axisHigh() - axisLow()) * 0.01;
    const double now = m_active == Handle::Low ? m_coloring.low : m_coloring.high;
    switch (event->key()) {
        case Qt::Key_Left:
            return moveHandle(m_active, now - step);
        case Qt::Key_Right:
            return moveHandle(m_active, now + step);
        case Qt::Key_L:
            m_active = Handle::Low;
            return update();
        case Qt::Key_H:
            m_active = Handle::High;
            return update();
        case Qt::Key_Home:
            emit resetRequested();
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

bool HistogramView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_L || key == Qt::Key_H) event->accept();
    }
    if (event->type() == QEvent::ToolTip && m_histogram && m_histogram->high > m_histogram->low) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const double value = toValue(help->pos().x());
        const auto bins = static_cast<double>(m_histogram->bins.size());
        const double width = (m_histogram->high - m_histogram->low) / bins;
        const auto bin = static_cast<std::int64_t>(std::floor((value - m_histogram->low) / width));
        QString text = tr("Drag the handles to choose the range the colours span; double-click for an automatic one.");
        if (bin >= 0 && bin < static_cast<std::int64_t>(m_histogram->bins.size()))
            text = tr("%1 values from %2 to %3 (heights grow with the square root of the count)\n")
                       .arg(m_histogram->bins[static_cast<std::size_t>(bin)])
                       .arg(m_histogram->low + width * static_cast<double>(bin), 0, 'g', 4)
                       .arg(m_histogram->low + width * static_cast<double>(bin + 1), 0, 'g', 4) +
                   text;
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace gradlens
