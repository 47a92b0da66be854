// SPDX-License-Identifier: GPL-3.0-or-later
// One edge of the drawing: a smooth curve from an output down to an input, with the shape that flows along it. GUI
// thread only; owned by the scene.
#pragma once
#include "core/graph/model_graph.h"

#include <QGraphicsItem>
#include <QPainterPath>
#include <QPolygonF>
#include <QStaticText>

#include <optional>
#include <vector>

namespace gradlens {

struct CanvasStyle;

class EdgeItem : public QGraphicsItem {
public:
    EdgeItem(Edge edge, const CanvasStyle& style);

    const Edge& edge() const { return m_edge; }
    // In the scene. detour: the x of a lane beside the cards that lie between, where the straight way is blocked.
    // labelLeft: the shape stands left of the edge, where another edge comes in on the right.
    void setEnds(QPointF from, QPointF to, std::optional<double> detour = {}, bool labelLeft = false);
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

    static QPainterPath curve(QPointF from, QPointF to, std::optional<double> detour = {});

    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    QPen pen(double detail) const;
    void updateBounds();
    QRectF labelBox() const;

    Edge m_edge;
    const CanvasStyle* m_style;
    QPainterPath m_path;
    QPolygonF m_line;   // the flattened path
    QPointF m_labelAt;  // on the edge
    bool m_labelLeft = false;
    QRectF m_bounds;
    QString m_text;
    QStaticText m_label;
    Flow m_flow = Flow::None;
    double m_level = 0;
    bool m_troubled = false, m_selected = false, m_hovered = false, m_target = false;
};

}  // namespace gradlens
