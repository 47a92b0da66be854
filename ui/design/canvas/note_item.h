// SPDX-License-Identifier: GPL-3.0-or-later
// A comment or a frame on the canvas. Frames lie below everything and are held by their title and border, so that one
// can still draw a marquee inside; comments lie above edges and are held anywhere. Paints what it was told. GUI thread
// only; owned by the scene.
#pragma once
#include "core/graph/model_graph.h"

#include <QGraphicsItem>
#include <QPainterPath>
#include <QStaticText>

namespace gradlens {

struct CanvasStyle;

class NoteItem : public QGraphicsItem {
public:
    // The sides a handle moves; corners move two.
    enum Side { Left = 1, Right = 2, Top = 4, Bottom = 8 };
    static constexpr double kTitleHeight = 24, kLeastWidth = 64, kLeastHeight = 40;

    // style must outlive the item; restyled() when it changed.
    NoteItem(const Note& note, const CanvasStyle& style);

    NoteId id() const { return m_note.id; }
    const Note& note() const { return m_note; }
    void setNote(const Note& note);
    void setHighlight(bool selected, bool hovered);
    // A rectangle that is only meant, while it is resized or moved; setNote() ends it.
    void previewRect(const QRectF& rect);
    void restyled();

    QRectF rect() const { return {pos(), m_size}; }  // scene
    bool isHeldAt(QPointF point) const;
    // The sides of the handle there, 0 for none. Only a selected note has handles.
    int handleAt(QPointF point, double tolerance) const;
    bool isSelectedNote() const { return m_selected; }
    // Where its text is written, in the scene.
    QRectF textRect() const;
    // The height a comment needs for a text.
    static double heightFor(const QString& text, double width, const CanvasStyle& style);

    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

private:
    void layOut();
    void paintFrame(QPainter* painter, double detail) const;
    void paintComment(QPainter* painter, double detail) const;
    void paintHandles(QPainter* painter, double detail) const;

    Note m_note;
    const CanvasStyle* m_style;
    QSizeF m_size;
    QColor m_color;
    QPainterPath m_path, m_titlePath;
    QStaticText m_text, m_far;
    bool m_selected = false, m_hovered = false;
};

}  // namespace gradlens
