// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/scatter_view.h"

#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradlens {

namespace {
constexpr double kRadius = 2.5, kNear = 12;
}

ScatterView::ScatterView(SampleReader& reader, QWidget* parent) : QWidget(parent), m_reader(reader) {
    setObjectName("scatter");
    setAccessibleName(tr("Samples as points"));
    setMinimumHeight(140);
    connect(&m_reader, &SampleReader::arrived, this, [this] {
        if (!isVisible()) return;
        measure();
        update();
    });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ScatterView::setChoice(const SampleChoice& choice) {
    m_choice = choice;
    m_current = -1;
    m_positions.clear();
    const std::int64_t count = std::min(choice.size(), kMostPoints);
    for (std::int64_t i = 0; i < count; ++i)
        m_positions.push_back(static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(choice.size()) /
                                                        static_cast<double>(count)));
    if (isVisible()) ask();
    update();
}

void ScatterView::showEvent(QShowEvent*) {
    ask();
}

void ScatterView::ask() {
    std::vector<std::int64_t> samples;
    for (const std::int64_t position : m_positions) samples.push_back(m_choice.at(position));
    m_reader.want(samples);
    measure();
}

void ScatterView::measure() {
    double left = std::numeric_limits<double>::infinity(), right = -left, low = left, high = -left;
    for (const std::int64_t position : m_positions) {
        const Sample* sample = sampleAt(position);
        if (sample == nullptr || sample->values.size() < 2) continue;
        left = std::min(left, static_cast<double>(sample->values[0]));
        right = std::max(right, static_cast<double>(sample->values[0]));
        low = std::min(low, static_cast<double>(sample->values[1]));
        high = std::max(high, static_cast<double>(sample->values[1]));
    }
    if (!(right >= left)) return;
    m_middleX = (left + right) / 2;
    m_middleY = (low + high) / 2;
    m_reach = std::max({(right - left) / 2, (high - low) / 2, 1e-6}) * 1.08;
}

void ScatterView::setCurrent(std::int64_t position) {
    m_current = position;
    update();
}

std::int64_t ScatterView::pointsShown() const {
    return std::ranges::count_if(m_positions, [&](std::int64_t position) { return sampleAt(position) != nullptr; });
}

QPointF ScatterView::placeOf(std::int64_t position) const {
    const Sample* sample = sampleAt(position);
    if (sample == nullptr || sample->values.size() < 2) return {};
    const double scale = std::min(width(), height()) / (2 * m_reach);
    return {width() / 2.0 + (static_cast<double>(sample->values[0]) - m_middleX) * scale,
            height() / 2.0 - (static_cast<double>(sample->values[1]) - m_middleY) * scale};
}

void ScatterView::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme.color(ThemeColor::Canvas));
    const double scale = std::min(width(), height()) / (2 * m_reach);
    painter.setFont(theme.small());
    const double halfWidth = width() / 2.0 / scale, halfHeight = height() / 2.0 / scale;
    for (const AxisTick& tick :
         linearTicks(m_middleX - halfWidth, m_middleX + halfWidth, width() / 70, AxisUnit::Number)) {
        const double x = std::round(width() / 2.0 + (tick.position - m_middleX) * scale) + 0.5;
        painter.setPen(theme.color(ThemeColor::Grid));
        painter.drawLine(QPointF(x, 0), QPointF(x, height()));
        painter.setPen(theme.color(ThemeColor::TextFaint));
        painter.drawText(QPointF(x + 3, height() - 5), QString::fromStdString(tick.label));
    }
    for (const AxisTick& tick :
         linearTicks(m_middleY - halfHeight, m_middleY + halfHeight, height() / 50, AxisUnit::Number)) {
        const double y = std::round(height() / 2.0 - (tick.position - m_middleY) * scale) + 0.5;
        painter.setPen(theme.color(ThemeColor::Grid));
        painter.drawLine(QPointF(0, y), QPointF(width(), y));
        painter.setPen(theme.color(ThemeColor::TextFaint));
        painter.drawText(QPointF(4, y - 3), QString::fromStdString(tick.label));
    }
    painter.setPen(Qt::NoPen);
    for (const std::int64_t position : m_positions) {
        const Sample* sample = sampleAt(position);
        if (sample == nullptr) continue;
        QColor color = theme.series(std::max(sample->classNumber, 0));
        color.setAlpha(200);
        painter.setBrush(color);
        painter.drawEllipse(placeOf(position), kRadius, kRadius);
    }
    if (m_current < 0 || m_current >= m_choice.size() || sampleAt(m_current) == nullptr) return;
    painter.setPen(QPen(theme.color(ThemeColor::Text), 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(placeOf(m_current), kRadius + 3, kRadius + 3);
}

void ScatterView::mousePressEvent(QMouseEvent* event) {
    double nearest = kNear * kNear;
    std::int64_t found = -1;
    for (const std::int64_t position : m_positions) {
        if (sampleAt(position) == nullptr) continue;
        const QPointF away = placeOf(position) - event->position();
        const double distance = QPointF::dotProduct(away, away);
        if (distance >= nearest) continue;
        nearest = distance;
        found = position;
    }
    if (found < 0) return;
    setCurrent(found);
    emit currentChanged(found);
}

}  // namespace gradlens
