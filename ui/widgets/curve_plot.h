// SPDX-License-Identifier: GPL-3.0-or-later
// A small plot of a function of whole numbers: axes, the curve with its jumps, and under the pointer the value. The
// function is asked once for every pixel column and more, so that any length costs the same. GUI thread.
#pragma once
#include "ui/widgets/axis_ticks.h"

#include <QPolygonF>
#include <QWidget>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace gradlens {

class CurvePlot : public QWidget {
    Q_OBJECT
public:
    explicit CurvePlot(QWidget* parent = nullptr);

    using Function = std::function<double(std::int64_t)>;
    // The function on [0, count).
    void setFunction(Function function, std::int64_t count);
    // Vertical lines behind the curve at these places.
    void setMarks(std::vector<std::int64_t> places);
    // What is said of the place under the pointer, such as "step 12, epoch 3"; the value follows.
    void setPlaceText(std::function<QString(std::int64_t)> text) { m_placeText = std::move(text); }
    void setLogarithmic(bool on);
    bool isLogarithmic() const { return m_log; }
    // Shown instead of a curve; empty: the curve.
    void setMessage(const QString& message);
    const QString& message() const { return m_message; }

    // What the pointer, or the keys, point at.
    std::optional<std::int64_t> place() const { return m_place; }
    void setPlace(std::optional<std::int64_t> place);
    QString readOut() const;  // the place and its value; empty without a place
    std::vector<AxisTick> valueTicks() const;
    QPointF pointOf(std::int64_t place, double value) const;

    QSize sizeHint() const override { return {280, 168}; }
    QSize minimumSizeHint() const override { return {160, 120}; }

signals:
    void placeChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QRectF area() const;
    double toAxis(double value) const;
    void measure();
    void paintAxes(QPainter& painter) const;
    void paintCurve(QPainter& painter) const;
    void paintPlace(QPainter& painter) const;

    Function m_function;
    std::int64_t m_count = 0;
    std::vector<std::int64_t> m_marks;
    std::function<QString(std::int64_t)> m_placeText;
    bool m_log = false;
    QString m_message;
    std::optional<std::int64_t> m_place;
    // Measured for the present size.
    std::vector<std::pair<std::int64_t, double>> m_points;
    double m_low = 0, m_high = 1;  // of the value axis, in axis units
};

}  // namespace gradlens
