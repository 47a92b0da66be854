// SPDX-License-Identifier: GPL-3.0-or-later
// One edge of the drawing: a line from an output to an input, with the shape that flows along it. GUI thread only;
// owned by the scene.
#pragma once
#include "ui/design/canvas/edge_path.h"

#include <QGraphicsItem>
#include <QPainterPath>
#include <QPolygonF>
#include <QStaticText>

#include <vector>

namespace gradlens {

struct CanvasStyle;

class EdgeItem : public QGraphicsItem {
public:
    EdgeItem(Edge edge, const CanvasStyle& style);

    const Edge& edge() const { return m_edge; }
    // Where the shape stands: beside the edge, in its middle or at its tip. aside: on the other side of the edge (left
    // of it, or below one that flows to the right), where another edge comes in on the usual one. room: what there is
    // beside the tip; a shape that needs more shows while it is pointed at.
    struct LabelPlace {
        bool atTip = false, aside = false;
        double room = 1e9;
        friend bool operator==(const LabelPlace&, const LabelPlace&) = default;
    };
    void setWay(EdgeWay way, const LabelPlace& label);
    QRectF labelBox() const;  // in the scene
    void setLabel(const QString& label);
    void setTroubled(bool troubled);
    void setHighlight(bool selected, bool hovered);
    void setDropTarget(bool target);  // a layer dropped now would go in here
    // The L2 norm of the gradient that flows back, as 0..1 of the drawing's range, or what is wrong with it.
    enum class Flow { None, Level, Vanished, NotFinite };
    void setFlow(Flow flow, double level);
    void restyled();

    double distanceTo(QPointF point) const;  // scene units
    // Where the curve is: small rectangles along it, for picking.
    std::vector<QRectF> footprint() const;
    QPointF middle() const { return m_path.pointAtPercent(0.5); }
    const QPainterPath& path() const { return m_path; }

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    QPen pen(double detail) const;
    void updateBounds();

    Edge m_edge;
    const CanvasStyle* m_style;
    EdgeWay m_way;
    QPainterPath m_path;
    QPolygonF m_line;   // the flattened path
    QPointF m_labelAt;  // on the edge
    LabelPlace m_labelPlace;
    QRectF m_bounds;
    QString m_text;
    QSizeF m_labelSize;
    QStaticText m_label;  // laid out when it is first painted
    bool m_labelStale = true;
    Flow m_flow = Flow::None;
    double m_level = 0;
    bool m_troubled = false, m_selected = false, m_hovered = false, m_target = false;
};

}  // namespace gradlens
