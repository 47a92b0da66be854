// SPDX-License-Identifier: GPL-3.0-or-later
// The drawing as items, kept in step with a DesignDocument. Finds what lies under the pointer with its own grid, and
// shows what is only meant: a move, an edge being dragged. Several views may show it. GUI thread only.
#pragma once
#include "ui/design/canvas/canvas_grids.h"
#include "ui/design/canvas/canvas_style.h"
#include "ui/design/canvas/edge_item.h"
#include "ui/design/canvas/edge_router.h"
#include "ui/design/canvas/node_item.h"
#include "ui/design/canvas/note_item.h"
#include "ui/models/design_document.h"

#include <QGraphicsScene>
#include <QVariantAnimation>

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gradlens {

class CardWriter;

// What lies at a point of the canvas.
struct CanvasHit {
    enum class Kind { Nothing, Card, Badge, Input, Output, Edge, Note, NoteHandle };
    Kind kind = Kind::Nothing;
    NodeId node = NodeId::None;
    int port = -1;  // NoteHandle: the sides it moves
    Edge edge;
    NoteId note = NoteId::None;
    bool onNode() const {
        return kind == Kind::Card || kind == Kind::Badge || kind == Kind::Input || kind == Kind::Output;
    }
    bool onNote() const { return kind == Kind::Note || kind == Kind::NoteHandle; }
    bool onPort() const { return kind == Kind::Input || kind == Kind::Output; }
    friend bool operator==(const CanvasHit&, const CanvasHit&) = default;
};

class CanvasScene : public QGraphicsScene {
    Q_OBJECT
public:
    // The document must outlive the scene.
    explicit CanvasScene(DesignDocument& document, QObject* parent = nullptr);
    ~CanvasScene() override;

    DesignDocument& document() { return m_document; }
    const CanvasStyle& style() const { return m_style; }
    NodeItem* nodeItem(NodeId node) const;
    EdgeItem* edgeItem(PortRef input) const;
    std::vector<EdgeItem*> edgeItems() const;
    NoteItem* noteItem(NoteId note) const;
    QRectF contentRect() const;  // of all cards and notes; null when there is none
    QRectF rectOf(const SelectionModel& selection) const;

    // tolerance: how far off a port or edge still counts, in scene units.
    CanvasHit hitTest(QPointF point, double tolerance) const;
    std::vector<NodeId> nodesIn(const QRectF& rect) const;  // whose cards touch it
    std::vector<NoteId> notesIn(const QRectF& rect) const;  // comments that touch it, frames that lie in it
    // The edge nearest to a point, of those that neither begin nor end at `node`.
    std::optional<Edge> edgeNear(QPointF point, double tolerance, NodeId node) const;
    QString tipFor(const CanvasHit& hit) const;
    QString peekTip(NodeId node) const;  // of a block: a picture of what is inside; else empty

    void setHover(const CanvasHit& hit);
    void setDropTarget(std::optional<PortRef> input);  // the edge a dropped layer would go into

    // What layers cost, 0..1: colours their cards until told otherwise; empty: none.
    void setHeat(std::unordered_map<NodeId, double> heat);
    void setFound(std::vector<NodeId> nodes);  // what a search found stands out

    // A move that is only meant: cards and notes stand `delta` off their place until endMove().
    void previewMove(const std::vector<NodeId>& nodes, QPointF delta, const std::vector<QLineF>& guides,
                     const std::vector<NoteId>& notes = {});
    // Without the edges between `nodes` and the rest, until endMove().
    void previewPullOut(const std::vector<NodeId>& nodes);
    void previewNoteRect(NoteId note, const QRectF& rect);  // until endMove()
    void endMove();
    // The next nodesMoved() glides instead of jumping, unless so many cards move that it would stutter or motion is not
    // wanted.
    void animateNextMove();
    // Ways that a layout kept free: edges take them where their ends stand as it put them.
    void setArrangedEdges(const std::vector<ArrangedEdge>& edges);

    // An edge that is only meant, from a port to the pointer. replaced: the input whose edge was taken off.
    void beginDraft(PortRef anchor, bool anchorIsOutput, std::optional<PortRef> replaced);
    // The verdict of dropping on `hit`, empty reason where nothing is.
    ConnectionVerdict moveDraft(QPointF pointer, const CanvasHit& hit);
    void endDraft();
    bool isDrafting() const { return m_draft.has_value(); }

    bool canvasDrawsGrid = true;

signals:
    void itemsRebuilt();  // after a reset, or of another drawing

protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    struct Draft {
        PortRef anchor;
        bool anchorIsOutput = true;
        std::optional<PortRef> replaced;
        ModelGraph graph;  // without the edge that was taken off
    };

    void rebuild();
    void addNodeItem(NodeId node);
    void addEdgeItem(const Edge& edge);
    void connectNotes();
    void addNoteItem(NoteId note);
    CanvasHit noteHit(QPointF point, double tolerance, Note::Kind kind) const;
    void endNotePreview();
    void paintFound(QPainter* painter, const QRectF& rect) const;
    void removeNodeItem(NodeId node);
    void removeEdgeItem(const Edge& edge);
    void refreshCards();
    void refreshCard(NodeId node);
    void placeNodes(const std::vector<NodeId>& nodes);
    // Ways are found when the drawing has changed as a whole: until then what needs one is noted.
    void unsettle(NodeId node);        // its edges, and how many ports it has
    void disturb(const QRectF& card);  // edges around a place where a card came or went
    void placeItem(NodeItem& item, QPointF at);
    void refreshPorts(NodeId node);
    void routeAll();
    enum class Ways { Around, Direct };  // cards in the way, or as if there were none
    void route(EdgeItem& item, Ways ways);
    void routeEdgesOf(const std::vector<NodeId>& nodes);
    QRectF cardsIn(const QRectF& rect, const Edge& butEndsOf) const;
    void takeFlow();
    void restyle();
    void updateHighlights();
    void stopGlide();

    DesignDocument& m_document;
    CanvasStyle m_style;
    std::unordered_map<NodeId, std::unique_ptr<NodeItem>> m_nodes;
    std::unordered_map<std::uint64_t, std::unique_ptr<EdgeItem>> m_edges;  // by input
    std::unordered_map<NoteId, std::unique_ptr<NoteItem>> m_notes;
    std::vector<NoteId> m_previewNotes;
    std::vector<PortRef> m_hiddenEdges;
    std::vector<NodeId> m_found;
    CanvasGrids m_grids;
    std::unordered_set<NodeId> m_unsettled;
    std::unordered_set<std::uint64_t> m_disturbed;  // edges
    bool m_routesStale = false;                     // of all edges
    EdgeRouter m_router;
    DrawingStyle m_drawn;  // what cards and edges are drawn for
    std::unordered_map<NodeId, double> m_heat;
    CanvasHit m_hover;
    std::optional<PortRef> m_dropTarget;
    std::vector<NodeId> m_preview;
    std::vector<QLineF> m_guides;
    std::optional<Draft> m_draft;
    QGraphicsPathItem* m_draftItem = nullptr;
    QVariantAnimation m_glide;
    std::unordered_map<NodeId, QPointF> m_glideFrom;
    bool m_animateNext = false;
};

}  // namespace gradlens
