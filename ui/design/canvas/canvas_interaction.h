// SPDX-License-Identifier: GPL-3.0-or-later
// What pointer and keys do on a canvas: select, move with snapping, put into edges and pull out of them, resize notes,
// marquee, draw and take off edges, walk from layer to layer, pan, drop layers.
// One state at a time; Escape leaves any of them without a trace. Owned by its view; GUI thread only.
#pragma once
#include "ui/design/canvas/canvas_scene.h"

#include <QPoint>
#include <QPointF>
#include <QRectF>

#include <optional>
#include <vector>

class QDropEvent;
class QKeyEvent;
class QMouseEvent;

namespace gradlens {

class CanvasView;

// What a drag from the palette carries: the op's name.
inline constexpr const char* kOpMimeType = "application/x-gradlens-op";

class CanvasInteraction {
public:
    explicit CanvasInteraction(CanvasView& view) : m_view(view) {}

    void press(QMouseEvent* event);
    void move(QMouseEvent* event);
    void release(QMouseEvent* event);
    void doubleClick(QMouseEvent* event);
    bool key(QKeyEvent* event);  // true: used
    void keyReleased(QKeyEvent* event);
    void leave();
    void cancel();

    void dragOver(QDropEvent* event);
    void drop(QDropEvent* event);
    void dragLeft();

    QRectF marquee() const { return m_state == State::Marquee ? m_marquee : QRectF(); }  // scene
    CanvasHit hitAt(QPoint viewportPoint) const;
    // Where the pointer is, in the viewport; none when it is elsewhere.
    std::optional<QPoint> pointer() const { return m_pointer; }

private:
    enum class State { Idle, Pressed, Moving, Resizing, Marquee, Connecting, Panning };

    CanvasScene& scene() const;
    DesignDocument& document() const;
    void pressLeft(QMouseEvent* event);
    void selectPressed(Qt::KeyboardModifiers modifiers);
    void beginConnecting(const CanvasHit& hit);
    bool arrowKey(QKeyEvent* event);
    void walk(int key);
    void dragBeyond(Qt::KeyboardModifiers modifiers);
    void beginMoving(Qt::KeyboardModifiers modifiers);
    void updateMoving(QPoint viewportPoint, Qt::KeyboardModifiers modifiers);
    void finishMoving();
    std::optional<Edge> edgeUnder(QPointF point) const;
    QRectF resizedTo(QPointF point) const;
    QPointF snappedDelta(QPointF delta, bool free, std::vector<QLineF>* guides) const;
    void updateMarquee(QPointF point, Qt::KeyboardModifiers modifiers);
    void updateConnecting(QPoint viewportPoint);
    CanvasHit connectTarget(CanvasHit hit) const;
    void finishConnecting(QPoint viewportPoint);
    void updateCursor(const CanvasHit& hit);

    CanvasView& m_view;
    State m_state = State::Idle;
    CanvasHit m_hit;  // where the button went down
    QPoint m_pressedAt, m_last;
    std::optional<QPoint> m_pointer;
    QPointF m_pressedScene;
    bool m_wasSelected = false;
    bool m_spaceHeld = false;
    std::vector<NodeId> m_moved;
    std::vector<NoteId> m_movedNotes;
    bool m_pullsOut = false;
    std::optional<Edge> m_dropEdge;  // what is moved would go in there
    QPointF m_delta;
    QRectF m_resized;
    QRectF m_marquee;
    std::vector<NodeId> m_marqueeBase;
    PortRef m_anchor;
    bool m_anchorIsOutput = true;
    std::optional<PortRef> m_replaced;
};

}  // namespace gradlens
