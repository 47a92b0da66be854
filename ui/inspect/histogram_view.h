// SPDX-License-Identifier: GPL-3.0-or-later
// How the values are distributed, in the colours of the heatmap, with two handles for the range those colours span. GUI
// thread.
#pragma once
#include "core/tensor/statistics.h"
#include "ui/widgets/color_map.h"

#include <QWidget>

#include <optional>

namespace gradlens {

class HistogramView : public QWidget {
    Q_OBJECT
public:
    explicit HistogramView(QWidget* parent = nullptr);

    void setHistogram(const std::optional<Histogram>& histogram);
    void setColoring(const Coloring& coloring);
    double low() const { return m_coloring.low; }
    double high() const { return m_coloring.high; }
    // Where the handles are, in the widget.
    double lowPixel() const { return toPixel(m_coloring.low); }
    double highPixel() const { return toPixel(m_coloring.high); }

    QSize sizeHint() const override { return {240, 64}; }
    QSize minimumSizeHint() const override { return {120, 48}; }

signals:
    void rangeDragged(double low, double high);
    void resetRequested();  // double-click

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Handle { None, Low, High, Both };
    QRectF plot() const;
    // What the widget spans: the histogram and the handles, however far apart.
    double axisLow() const;
    double axisHigh() const;
    double toPixel(double value) const;
    double toValue(double pixel) const;
    Handle handleAt(QPointF position) const;
    void moveHandle(Handle handle, double value);

    std::optional<Histogram> m_histogram;
    Coloring m_coloring;
    Handle m_dragged = Handle::None;
    Handle m_active = Handle::Low;         // for the keyboard
    double m_grab = 0;                     // value under the pointer, for moving both
    double m_dragLow = 0, m_dragHigh = 1;  // the axis while dragging: it must not run away from the pointer
};

}  // namespace gradlens
