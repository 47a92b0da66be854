// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor as a picture of cells: wheel zooms at the pointer, drag pans, double-click or F fits. Cells large enough
// carry their value. The picture is computed for what is visible only, when something about it changed. GUI thread.
#pragma once
#include "core/tensor/tensor.h"
#include "ui/widgets/heatmap_image.h"

#include <QPoint>
#include <QWidget>

#include <optional>

namespace gradlens {

class HeatmapView : public QWidget {
    Q_OBJECT
public:
    explicit HeatmapView(QWidget* parent = nullptr);

    // The zoom stays as long as the layout does. The colouring's special colours come from the theme.
    void setTensor(const Tensor& tensor, const TensorPicture& picture);
    void setColoring(const Coloring& coloring);
    void clear();
    void fit();

    const TensorPicture& picture() const { return m_picture; }
    // Logical pixels a cell takes across and down.
    QSizeF cellSize() const { return m_scale; }
    bool isFitted() const { return m_fitted; }
    QRectF cellRect(std::int64_t row, std::int64_t column) const;                         // in the widget
    std::optional<std::pair<std::int64_t, std::int64_t>> cellAt(QPointF position) const;  // row, column
    std::optional<std::int64_t> hoveredElement() const { return m_hovered; }
    // Elements a pixel of the fitted picture stands for; 1 where there is room for all.
    double elementsPerPixel() const;
    bool isReduced() const { return m_image.reduced; }
    // The whole picture, each cell at least one pixel; at most `most` pixels across or down.
    QImage exported(int most) const;

    QSize sizeHint() const override { return {320, 320}; }
    QSize minimumSizeHint() const override { return {120, 80}; }

signals:
    void hovered(qint64 element);  // flat index, or -1: the pointer is on none
    void copyRequested();          // Ctrl+C

protected:
    void paintEvent(QPaintEvent* event) override;
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
    void invalidate();
    void renderVisible();
    void paintValues(QPainter& painter, QRectF visible) const;
    void zoomAt(QPointF position, double factor);
    void panBy(QPointF delta);
    void keepInView();
    void updateHover();
    QRectF visibleCells() const;

    Tensor m_tensor;
    TensorPicture m_picture;
    Coloring m_coloring;
    HeatmapImage m_image;
    bool m_stale = true;
    bool m_fitted = true;
    QSizeF m_scale{1, 1};
    QPointF m_origin;  // of cell (0, 0), in the widget
    std::optional<QPoint> m_dragFrom;
    std::optional<QPoint> m_pointer;
    std::optional<std::int64_t> m_hovered;
};

// "0.0123", "-1.2e-05", "NaN", "17": at most six characters or so, for cells.
QString cellText(double value, bool integer);

}  // namespace gradlens
