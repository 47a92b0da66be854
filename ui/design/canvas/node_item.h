// SPDX-License-Identifier: GPL-3.0-or-later
// One card of the drawing. Paints what it was told, holds no truth. GUI thread only; owned by the scene.
#pragma once
#include "core/graph/model_graph.h"
#include "ui/models/connection_check.h"

#include <QGraphicsItem>
#include <QStaticText>
#include <QString>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace gradlens {

struct CanvasStyle;
class PreviewPicture;

// What a card shows of the drawing.
struct NodeCard {
    QString name, op, category, detail, shape, figures, tip;
    int inputs = 0, outputs = 0;
    std::uint32_t connectedInputs = 0;  // bit per port, the first 32
    bool outputConnected = false;
    enum class Trouble { None, Warning, Error } trouble = Trouble::None;
    std::uint32_t troubledInputs = 0;  // bit per port
    QString troubleTip;
    bool bypassed = false;
    int copies = 0;  // of a block: how often it stands there, one behind the other; 0: no block
    friend bool operator==(const NodeCard&, const NodeCard&) = default;
};

// What a card shows of the training.
struct NodeLife {
    std::array<float, 6> health{};  // fractions: NaN, -Inf, negative, zero, positive, +Inf
    bool hasHealth = false;
    std::vector<float> spark;  // oldest first; not finite: a gap
    QString tip;
};

class NodeItem : public QGraphicsItem {
public:
    // style must outlive the item; restyled() when it changed.
    NodeItem(NodeId id, const CanvasStyle& style);

    NodeId id() const { return m_id; }
    const NodeCard& card() const { return m_card; }
    void setCard(NodeCard card);
    void setLife(NodeLife life);
    void clearLife();
    // What the layer costs, 0..1 of the most expensive, as its colour; nothing: the colours of its category.
    void setHeat(std::optional<double> heat);
    std::optional<double> heat() const { return m_heat; }
    const NodeLife* life() const { return m_life ? &*m_life : nullptr; }
    // In place of attributes and figures: what the layer makes of a sample. Null: those again.
    void setPreview(std::shared_ptr<const PreviewPicture> preview);
    const PreviewPicture* preview() const { return m_preview.get(); }
    void restyled();
    void setHighlight(bool selected, bool hovered);
    // While an edge is dragged: what would come of dropping it on each input or output. Empty when nothing is dragged.
    void setVerdicts(std::vector<ConnectionVerdict::Kind> verdicts, bool onInputs);
    void setHotPort(int port, bool input);  // under the pointer; -1: none
    void setFlow(DrawingStyle::Flow flow);  // which sides the ports are on

    QPointF inputPort(int port) const;  // in the scene
    QPointF outputPort(int port) const;
    QRectF cardRect() const;   // in the scene
    QRectF badgeRect() const;  // in the scene

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void layOutTexts();
    void paintFar(QPainter* painter, double detail) const;
    void paintFrame(QPainter* painter) const;
    void paintTexts(QPainter* painter) const;
    void paintStack(QPainter* painter) const;
    void paintCopies(QPainter* painter) const;
    void paintBypass(QPainter* painter) const;
    void paintLife(QPainter* painter) const;
    void paintHealth(QPainter* painter, const QRectF& strip) const;
    void paintPorts(QPainter* painter) const;
    void paintBadge(QPainter* painter) const;

    NodeId m_id;
    const CanvasStyle* m_style;
    NodeCard m_card;
    std::optional<NodeLife> m_life;
    std::shared_ptr<const PreviewPicture> m_preview;
    QColor m_categoryColor;
    std::optional<double> m_heat;
    QColor accentColor() const;
    QBrush cardBrush() const;
    bool m_textsStale = true;
    QStaticText m_name, m_op, m_copies, m_detail, m_shape, m_figures, m_far, m_farOp;
    std::vector<ConnectionVerdict::Kind> m_verdicts;
    bool m_verdictsOnInputs = true;
    bool m_connecting = false;
    bool m_selected = false, m_hovered = false;
    DrawingStyle::Flow m_flow = DrawingStyle::Flow::Down;
    int m_hotPort = -1;
    bool m_hotInput = false;
};

}  // namespace gradlens
