// SPDX-License-Identifier: GPL-3.0-or-later
// The whole drawing in a corner of the canvas, with a frame around what is in sight; dragging there pans. Shown while
// it is wanted and something is out of sight. The cards are painted once into an image after a change, so panning costs
// the same for any number of layers. GUI thread.
#pragma once
#include <QImage>
#include <QRectF>
#include <QTimer>
#include <QWidget>

namespace gradlens {

class CanvasView;

class Minimap : public QWidget {
    Q_OBJECT
public:
    // A child of the view's viewport.
    explicit Minimap(CanvasView& view);

    void setWanted(bool wanted);
    void showSight();  // the view moved

    QRectF mapFromScene(const QRectF& rect) const;  // where a part of the drawing is here

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    void changed();
    void renew();
    void panTo(QPointF point);
    double scale() const;

    CanvasView& m_view;
    QImage m_cards;
    QRectF m_content;  // of the drawing, when the image was painted
    QTimer m_timer;
    bool m_wanted = false;
};

}  // namespace gradlens
