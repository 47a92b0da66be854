// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/curve_plot.h"

#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradlens {

namespace {
constexpr int kLeft = 52, kRight = 10, kTop = 26, kBottom = 22, kTextGap = 6;
constexpr int kSamplesAPixel = 4;     // a drop and a rise between two pixels are both seen
constexpr double kMostDecades = 9.0;  // below the largest value a log axis shows no more

QString label(const std::string& text) {
    return QString::fromStdString(text);
}
}  // namespace

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CurvePlot::setFunction(Function function, std::int64_t count) {
    m_function = std::move(function);
    m_count = count;
    if (m_place && *m_place >= count) m_place.reset();
    measure();
    emit placeChanged();
}

void CurvePlot::setMarks(std::vector<std::int64_t> places) {
    m_marks = std::move(places);
    update();
}

void CurvePlot::setLogarithmic(bool on) {
    m_log = on;
    measure();
}

void CurvePlot::setMessage(const QString& message) {
    m_message = message;
    update();
}

void CurvePlot::setPlace(std::optional<std::int64_t> place) {
    if (place) place = std::clamp<std::int64_t>(*place, 0, std::max<std::int64_t>(m_count - 1, 0));
    if (m_count == 0) place.reset();
    if (place == m_place) return;
    m_place = place;
    update();
    emit placeChanged();
}

QString CurvePlot::readOut() const {
    if (!m_place || !m_function) return {};
    const QString value = QString::number(m_function(*m_place), 'g', 4);
    const QString place = m_placeText ? m_placeText(*m_place) : QString::number(*m_place);
    return place + ": " + value;
}

QRectF CurvePlot::area() const {
    return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

double CurvePlot::toAxis(double value) const {
    if (!m_log) return value;
    return value > 0 ? std::max(std::log10(value), m_low) : m_low;
}

QPointF CurvePlot::pointOf(std::int64_t place, double value) const {
    const QRectF inside = area();
    const double across = m_count > 1 ? static_cast<double>(place) / static_cast<double>(m_count - 1) : 0.5;
    const double up = (toAxis(value) - m_low) / (m_high - m_low);
    return {inside.left() + across * inside.width(), inside.bottom() - up * inside.height()};
}

void CurvePlot::measure() {
    m_points.clear();
    if (m_function && m_count > 0) {
        const auto wanted = static_cast<std::int64_t>(std::max(area().width(), 1.0)) * kSamplesAPixel;
        const std::int64_t samples = std::min(m_count, wanted);
        for (std::int64_t i = 0; i < samples; ++i) {
            const std::int64_t place = samples == m_count ? i
                                                          : static_cast<std::int64_t>(static_cast<double>(i) *
                                                                                      static_cast<double>(m_count - 1) /
                                                                                      static_cast<double>(samples - 1));
            m_points.emplace_back(place, m_function(place));
        }
    }
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const auto& [place, value] : m_points) {
        if (!std::isfinite(value)) continue;
        most = std::max(most, value);
        if (value > 0) least = std::min(least, value);
    }
    if (m_log && most > 0) {
        m_high = std::log10(most);
        m_low = std::max(std::log10(least), m_high - kMostDecades);
        const double room = std::max((m_high - m_low) * 0.06, 0.1);
        m_high += room;
        m_low -= room;
    } else {
        m_low = 0;
        m_high = most > 0 ? most * 1.08 : 1;
    }
    update();
}

std::vector<AxisTick> CurvePlot::valueTicks() const {
    const int most = std::max(2, static_cast<int>(area().height() / 28));
    return m_log ? logTicks(m_low, m_high, most, AxisUnit::Number) : linearTicks(m_low, m_high, most, AxisUnit::Number);
}

void CurvePlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? theme.color(ThemeColor::Accent) : theme.color(ThemeColor::Border));
    painter.setBrush(theme.color(ThemeColor::Canvas));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    if (!m_message.isEmpty() || m_points.empty()) {
        painter.setFont(theme.small());
        painter.setPen(theme.color(ThemeColor::TextMuted));
        painter.drawText(rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        return;
    }
    paintAxes(painter);
    paintCurve(painter);
    paintPlace(painter);
}

void CurvePlot::paintAxes(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const QRectF inside = area();
    painter.setFont(theme.small());
    const QFontMetrics metrics = painter.fontMetrics();
    for (const std::int64_t mark : m_marks) {
        const double x = std::round(pointOf(mark, 0).x()) + 0.5;
        painter.setPen(theme.color(ThemeColor::Grid));
        painter.drawLine(QPointF(x, inside.top()), QPointF(x, inside.bottom()));
    }
    for (const AxisTick& tick : valueTicks()) {
        const double y =
            std::round(inside.bottom() - (tick.position - m_low) / (m_high - m_low) * inside.height()) + 0.5;
        painter.setPen(theme.color(ThemeColor::Grid));
        painter.drawLine(QPointF(inside.left(), y), QPointF(inside.right(), y));
        painter.setPen(theme.color(ThemeColor::TextMuted));
        painter.drawText(QRectF(0, y - 10, kLeft - kTextGap, 20), Qt::AlignRight | Qt::AlignVCenter, label(tick.label));
    }
    const int most = std::max(2, static_cast<int>(inside.width() / 64));
    double taken = -1;
    for (const AxisTick& tick :
         linearTicks(0, static_cast<double>(std::max<std::int64_t>(m_count - 1, 1)), most, AxisUnit::Count)) {
        const double x = pointOf(static_cast<std::int64_t>(tick.position), 0).x();
        const QString text = label(tick.label);
        const double width = metrics.horizontalAdvance(text);
        const double left = std::clamp(x - width / 2, inside.left() - 4, rect().right() - 4 - width);
        if (left < taken) continue;
        taken = left + width + 8;
        painter.setPen(theme.color(ThemeColor::TextMuted));
        painter.drawText(QRectF(left, inside.bottom() + 2, width + 1, kBottom - 4), Qt::AlignLeft | Qt::AlignVCenter,
                         text);
    }
    painter.setPen(theme.color(ThemeColor::Border));
    painter.drawLine(QPointF(inside.left(), inside.bottom() + 0.5), QPointF(inside.right(), inside.bottom() + 0.5));
}

void CurvePlot::paintCurve(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    QPolygonF line;
    for (const auto& [place, value] : m_points)
        if (std::isfinite(value)) line << pointOf(place, value);
    if (line.isEmpty()) return;
    const QColor color = theme.color(ThemeColor::Accent);
    QColor faint = color;
    faint.setAlpha(28);
    QPolygonF ground = line;
    ground << QPointF(line.back().x(), area().bottom()) << QPointF(line.front().x(), area().bottom());
    painter.setPen(Qt::NoPen);
    painter.setBrush(faint);
    painter.drawPolygon(ground);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 1.5));
    if (line.size() == 1) painter.drawEllipse(line.front(), 2, 2);
    painter.drawPolyline(line);
}

void CurvePlot::paintPlace(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    painter.setFont(theme.small());
    if (!m_place) return;
    const double value = m_function(*m_place);
    const QPointF at = pointOf(*m_place, value);
    painter.setPen(QPen(theme.color(ThemeColor::TextFaint), 1, Qt::DotLine));
    painter.drawLine(QPointF(at.x(), area().top()), QPointF(at.x(), area().bottom()));
    painter.setPen(QPen(theme.color(ThemeColor::Canvas), 1.5));
    painter.setBrush(theme.color(ThemeColor::Accent));
    painter.drawEllipse(at, 4, 4);
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(QRectF(10, 4, width() - 20, kTop - 6), Qt::AlignRight | Qt::AlignVCenter, readOut());
}

void CurvePlot::mouseMoveEvent(QMouseEvent* event) {
    const QRectF inside = area();
    const double share = std::clamp((event->position().x() - inside.left()) / inside.width(), 0.0, 1.0);
    setPlace(std::llround(share * static_cast<double>(std::max<std::int64_t>(m_count - 1, 0))));
}

void CurvePlot::leaveEvent(QEvent*) {
    setPlace(std::nullopt);
}

void CurvePlot::keyPressEvent(QKeyEvent* event) {
    constexpr std::int64_t kJumps = 50;  // from one end to the other
    const std::int64_t jump =
        event->modifiers().testFlag(Qt::ShiftModifier) ? 1 : std::max<std::int64_t>(m_count / kJumps, 1);
    const std::int64_t at = m_place.value_or(0);
    switch (event->key()) {
        case Qt::Key_Right:
            setPlace(m_place ? at + jump : 0);
            break;
        case Qt::Key_Left:
            setPlace(m_place ? at - jump : m_count - 1);
            break;
        case Qt::Key_Home:
            setPlace(0);
            break;
        case Qt::Key_End:
            setPlace(m_count - 1);
            break;
        default:
            QWidget::keyPressEvent(event);
    }
}

void CurvePlot::resizeEvent(QResizeEvent*) {
    measure();
}

}  // namespace gradlens
