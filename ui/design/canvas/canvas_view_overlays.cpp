// SPDX-License-Identifier: GPL-3.0-or-later
// Small windows over the canvas: names and notes being written, the search for a layer, find, the minimap, hints.
#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/design/canvas/find_bar.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/design/canvas/inline_rename.h"
#include "ui/design/canvas/insert_search.h"
#include "ui/design/canvas/minimap.h"
#include "ui/design/canvas/note_editor.h"
#include "ui/models/arrange.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kCorner = 12;  // pixels between a small window and the canvas's edge

// An overlay moves with what it covers only when it is placed anew.
void place(QWidget* widget, QPoint corner) {
    if (widget->pos() != corner) widget->move(corner);
}
}  // namespace

void CanvasView::setOverlay(QWidget* overlay) {
    m_overlay = overlay;
    overlay->setParent(viewport());
    placeOverlays();
}

// In their places, whatever the canvas scrolled to: scrolling takes the viewport's children along.
void CanvasView::placeOverlays() {
    const QSize room = viewport()->size();
    if (m_overlay) {
        const QSize size = m_overlay->sizeHint().boundedTo(room);
        m_overlay->setGeometry(
            QRect(QPoint((room.width() - size.width()) / 2, (room.height() - size.height()) / 2), size));
    }
    if (m_find != nullptr) place(m_find, {std::max(0, room.width() - m_find->width() - kCorner), kCorner});
    if (m_minimap != nullptr)
        place(m_minimap, {room.width() - m_minimap->width() - kCorner, room.height() - m_minimap->height() - kCorner});
}

void CanvasView::scrollContentsBy(int dx, int dy) {
    QGraphicsView::scrollContentsBy(dx, dy);
    placeOverlays();
    if (m_minimap != nullptr) m_minimap->showSight();
}

void CanvasView::closeEditors() {
    if (m_rename) m_rename->finish();
    if (m_noteEditor) m_noteEditor->finish();
}

// --- Names and notes

void CanvasView::rename(NodeId node) {
    closeEditors();
    const NodeItem* item = m_canvas.nodeItem(node);
    if (item == nullptr || isReadOnly()) return;
    reveal(node);
    constexpr double kLeast = 11;
    QFont font = m_canvas.style().name;
    font.setPixelSize(static_cast<int>(std::max(kLeast, font.pixelSize() * zoom())));
    m_rename = new InlineRename(document(), node, font, viewport());
    const QRectF line(item->pos() + QPointF(9, 3), QSizeF(kCardWidth - 18, 26));
    QRect place = mapFromScene(line).boundingRect();
    place.setHeight(std::max(place.height(), 20));
    place.setWidth(std::max(place.width(), 120));
    m_rename->setGeometry(place);
    connect(m_rename, &InlineRename::refused, this, [this, place](const QString& reason) {
        say(reason, viewport()->mapTo(this, place.bottomLeft()), static_cast<int>(HintBubble::Tone::Refusal));
    });
    connect(m_rename, &InlineRename::finished, this, [this] { setFocus(); });
    m_rename->show();
    m_rename->setFocus();
}

void CanvasView::renameSelected() {
    const SelectionModel& selection = document().selection();
    if (selection.current() != NodeId::None) {
        rename(selection.current());
    } else if (selection.notes().size() == 1) {
        writeNote(selection.notes().front());
    }
}

void CanvasView::writeNote(NoteId note) {
    const Note* written = document().graph().findNote(note);
    if (written != nullptr) editNote(*written);
}

void CanvasView::writeComment() {
    if (isReadOnly()) return;
    const auto pointer = m_interaction->pointer();
    const QPointF at = mapToScene(pointer.value_or(viewport()->rect().center()));
    Note note;
    note.position = snapped({at.x(), at.y()});
    note.color = static_cast<int>(document().graph().notes().size() % kNoteColors);
    editNote(note);
}

// A note without an id is added once something is written on it.
void CanvasView::editNote(const Note& note) {
    closeEditors();
    if (isReadOnly()) return;
    const QRectF area = note.kind == Note::Kind::Frame
                            ? QRectF(note.position.x, note.position.y, note.width, NoteItem::kTitleHeight)
                            : rectOf(note);
    if (!sight().intersects(area)) centerOn(area.center());
    m_noteEditor = new NoteEditor(note, m_canvas.style(), zoom(), viewport());
    const QRect place = mapFromScene(area).boundingRect();
    m_noteEditor->setGeometry(QRect(place.topLeft(), place.size().expandedTo(m_noteEditor->minimumSize())));
    connect(m_noteEditor, &NoteEditor::written, this, [this, note](const QString& text) {
        Note changed = note;
        changed.text = text.toStdString();
        // A new comment is as high as its text; one that is there only grows.
        if (note.kind == Note::Kind::Comment) {
            const double least = note.id == NoteId::None ? NoteItem::kLeastHeight : note.height;
            changed.height = std::max(least, NoteItem::heightFor(text, note.width, m_canvas.style()));
        }
        if (note.id != NoteId::None) {
            document().writeNote(note.id, text, changed.height);
        } else if (!text.isEmpty()) {
            document().addNote(changed);
        }
    });
    connect(m_noteEditor, &NoteEditor::finished, this, [this] { setFocus(); });
    m_noteEditor->show();
    m_noteEditor->setFocus();
}

// --- The search for a layer

void CanvasView::openSearch(QPoint viewportPoint, OpFilter filter, std::function<void(const QString& op)> chosen,
                            const QString& typed) {
    auto* search = new InsertSearch(document().offered(), std::move(filter), this);
    connect(search, &InsertSearch::chosen, this, [this, chosen = std::move(chosen)](const QString& op) {
        chosen(op);
        setFocus();
    });
    search->openAt(viewport()->mapToGlobal(viewportPoint), typed);
}

void CanvasView::openInsertSearch(QPoint viewportPoint, const Attachment& attachment) {
    if (isReadOnly()) return;
    const QPointF at = mapToScene(viewportPoint);
    // Wired from behind the card hangs at the pointer by its input, from ahead by its output.
    const DrawingStyle::Flow flow = document().graph().style().flow;
    const double hangs = attachment.from ? 0 : attachment.to ? 1 : 0.5;
    const Point corner = pointAt(hangs * cardAlong(flow), cardAcross(flow) / 2, flow);
    const Point place = snapped({at.x() - corner.x, at.y() - corner.y});
    openSearch(
        viewportPoint,
        [attachment](const OpDefinition& op) {
            return (!attachment.from || !op.inputs.empty()) && (!attachment.to || !op.outputs.empty());
        },
        [this, place, attachment](const QString& op) {
            const auto exists = [&](const std::optional<PortRef>& port) {
                return !port || document().graph().find(port->node) != nullptr;
            };
            if (exists(attachment.from) && exists(attachment.to)) document().addNode(op, place, attachment);
        });
}

void CanvasView::quickInsert(const QString& typed) {
    if (isReadOnly()) return;
    InsertTarget target;
    target.pointer = m_interaction->pointer();
    const CanvasHit hit = target.pointer ? m_interaction->hitAt(*target.pointer) : CanvasHit{};
    if (hit.kind == CanvasHit::Kind::Edge) target.edge = hit.edge;
    target.after = hit.onNode() ? hit.node : document().selection().current();
    if (hit.onNode()) target.pointer.reset();  // goes below that card, not onto it
    const QPoint at = m_interaction->pointer().value_or(viewport()->rect().center());
    openSearch(
        at,
        [inEdge = target.edge.has_value()](const OpDefinition& op) {
            return !inEdge || (!op.inputs.empty() && !op.outputs.empty());
        },
        [this, target](const QString& op) { insertAt(target, op); }, typed);
}

void CanvasView::insertAt(const InsertTarget& target, const QString& op) {
    const ModelGraph& graph = document().graph();
    if (target.edge && graph.edgeInto(target.edge->to) == target.edge) {
        reveal(document().insertOnEdge(op, *target.edge));
        return;
    }
    const Node* after = graph.find(target.after);
    if (!target.pointer) {
        if (after != nullptr) document().selection().select(after->id);
        reveal(document().appendNode(op));
        return;
    }
    const QPointF at = mapToScene(*target.pointer);
    const Point place = snapped({at.x() - kCardWidth / 2, at.y() - kCardHeight / 2});
    Attachment attachment;
    const OpDefinition* definition = document().offered().find(op.toStdString());
    if (after != nullptr && !definition->inputs.empty() && outputPortCount(document().catalogue(), *after) > 0)
        attachment.from = PortRef{after->id, 0};
    reveal(document().addNode(op, place, attachment));
}

// --- Find, minimap, hints

void CanvasView::openFind() {
    if (m_find == nullptr) {
        m_find = new FindBar(*this);
        placeOverlays();
    }
    m_find->open();
}

void CanvasView::findStep(int step) {
    if (m_find == nullptr || !m_find->isVisible()) {
        openFind();
    } else {
        m_find->step(step);
    }
}

void CanvasView::setMinimapShown(bool shown) {
    m_minimapShown = shown;
    m_actions->minimap->setChecked(shown);
    if (shown && m_minimap == nullptr) {
        m_minimap = new Minimap(*this);
        placeOverlays();
    }
    if (m_minimap != nullptr) m_minimap->setWanted(shown);
}

void CanvasView::sayAtSelection(const QString& text) {
    const QRectF selected = m_canvas.rectOf(document().selection());
    const QPoint at = mapFromScene(selected.center());
    const bool inSight = !selected.isNull() && viewport()->rect().contains(at);
    say(text, inSight ? at : viewport()->rect().center(), static_cast<int>(HintBubble::Tone::Refusal));
}

void CanvasView::say(const QString& text, QPoint viewportPoint, int tone) {
    m_bubble->say(text, viewportPoint, static_cast<HintBubble::Tone>(tone));
}

}  // namespace gradlens
