// SPDX-License-Identifier: GPL-3.0-or-later
// A window onto the canvas: pan, zoom, fit, and the actions of editing. Pointer work is CanvasInteraction's. Read-only
// it navigates and selects but never edits. Several views may share a scene. GUI thread only.
#pragma once
#include "ui/design/canvas/canvas_actions.h"
#include "ui/design/canvas/canvas_scene.h"

#include <QGraphicsView>
#include <QPointer>

#include <functional>
#include <memory>
#include <optional>

class QMenu;

namespace gradlens {

class CanvasInteraction;
class FindBar;
class HintBubble;
class InlineRename;
class Minimap;
class NoteEditor;

class CanvasView : public QGraphicsView {
    Q_OBJECT
public:
    static constexpr double kSmallestZoom = 0.04, kLargestZoom = 4;
    static constexpr int kDragDistance = 4;  // pixels before a press becomes a drag

    // The scene must outlive the view.
    explicit CanvasView(CanvasScene& scene, QWidget* parent = nullptr);
    ~CanvasView() override;

    CanvasScene& canvas() { return m_canvas; }
    DesignDocument& document() { return m_canvas.document(); }
    void setReadOnly(bool readOnly);
    // Set so, or because the drawing is of a block that comes with the program.
    bool isReadOnly() const { return m_readOnly || m_canvas.document().isReadOnly(); }

    double zoom() const;
    void setZoom(double zoom);  // around the middle
    void zoomAt(QPoint viewportPoint, double factor);
    void zoomIn();
    void zoomOut();
    void resetZoom();
    void fit();          // all of the drawing, at most 100 %
    void showFromTop();  // the whole if it can be read, else where it begins, readable
    void fitSelection();
    void reveal(NodeId node);  // scrolls only when it is not in sight
    QRectF sight() const;      // what is seen, in the scene

    // It shows the way only: a double click asks for what is behind a node, not into a block.
    bool isNavigator() const { return m_readOnly; }
    const CanvasActions& canvasActions() const { return *m_actions; }

    void rename(NodeId node);
    void renameSelected();  // a layer, or a note
    void writeNote(NoteId note);
    void writeComment();  // where the pointer is; there only once something is written
    // Where a new layer goes when nobody points: the middle of what is in sight.
    Point middleInSight() const;
    // The search for a layer, wired to `attachment` when chosen.
    void openInsertSearch(QPoint viewportPoint, const Attachment& attachment = {});
    // The search where the pointer is, with what was typed. The layer chosen goes into the edge under the pointer, else
    // it is connected to the layer under the pointer or the selected one.
    void quickInsert(const QString& typed);
    void openFind();
    void findStep(int step);  // to the next, or previous, that was found
    void setMinimapShown(bool shown);
    bool isMinimapShown() const { return m_minimapShown; }
    void sayAtSelection(const QString& text);                       // a refusal
    void say(const QString& text, QPoint viewportPoint, int tone);  // HintBubble::Tone; empty hides
    void panBy(QPoint pixels);
    // A widget in the middle of the canvas (an empty state); drops still reach the canvas. Takes it as a child.
    void setOverlay(QWidget* overlay);

signals:
    void zoomChanged(double zoom);
    void nodeActivated(gradlens::NodeId node);  // double click on a card of a read-only view
    void arrangeRequested();
    void menuAsked(QMenu& menu);  // the context menu is about to be shown: add to it
    void arrangeSelectionRequested();
    void flowRequested(gradlens::DrawingStyle::Flow flow);  // the drawing, laid out anew
    void failed(const QString& message);                    // an action could not be done: why

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    bool viewportEvent(QEvent* event) override;

    bool focusNextPrevChild(bool next) override;

private:
    using OpFilter = std::function<bool(const OpDefinition&)>;
    // What quickInsert() would do with an op.
    struct InsertTarget {
        std::optional<Edge> edge;
        NodeId after = NodeId::None;
        std::optional<QPoint> pointer;
    };
    void openSearch(QPoint viewportPoint, OpFilter filter, std::function<void(const QString& op)> chosen,
                    const QString& typed = {});
    void insertAt(const InsertTarget& target, const QString& op);
    void editNote(const Note& note);
    void setIcons();
    void closeEditors();
    void placeOverlays();
    void applyZoom(double zoom);
    void showRect(const QRectF& rect, double largestZoom);

    CanvasScene& m_canvas;
    CanvasActions* m_actions = nullptr;
    std::unique_ptr<CanvasInteraction> m_interaction;
    HintBubble* m_bubble = nullptr;
    QPointer<InlineRename> m_rename;
    QPointer<NoteEditor> m_noteEditor;
    QPointer<QWidget> m_overlay;
    FindBar* m_find = nullptr;  // made when first asked for
    Minimap* m_minimap = nullptr;
    bool m_minimapShown = false;
    bool m_readOnly = false;
    bool m_shown = false;
};

}  // namespace gradlens
