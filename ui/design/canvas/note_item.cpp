// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/note_item.h"

#include "ui/design/canvas/canvas_style.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>
#include <QTextOption>

#include <algorithm>
#include <array>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kRadius = 8, kPaddingX = 12, kPaddingY = 9, kGrip = 8;
constexpr double kFarBelow = 0.6, kTextlessBelow = 0.12;  // zoom
constexpr double kFrameBehind = -2, kCommentAbove = 0.7;  // below edges; between edges and cards
constexpr double kHandle = 7;                             // pixels

QColor withAlpha(QColor color, int alpha) {
    color.setAlpha(alpha);
    return color;
}

QColor mixed(const QColor& a, const QColor& b, double t) {
    const auto blend = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * t)); };
    return {blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue())};
}

QStaticText wrapped(const QString& text, const QFont& font, double width) {
    QStaticText made(QString(text).replace('\n', QChar::LineSeparator));
    made.setTextFormat(Qt::PlainText);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    made.setTextOption(option);
    made.setTextWidth(width);
    made.prepare({}, font);
    return made;
}

QStaticText line(const QString& text, const QFont& font, double width) {
    QStaticText made(QFontMetricsF(font).elidedText(text, Qt::ElideRight, width));
    made.setTextFormat(Qt::PlainText);
    made.prepare({}, font);
    return made;
}
}  // namespace

NoteItem::NoteItem(const Note& note, const CanvasStyle& style) : m_style(&style) {
    setNote(note);
}

void NoteItem::setNote(const Note& note) {
    prepareGeometryChange();
    m_note = note;
    setPos(note.position.x, note.position.y);
    m_size = {note.width, note.height};
    setZValue(note.kind == Note::Kind::Frame ? kFrameBehind : kCommentAbove);
    restyled();
}

void NoteItem::previewRect(const QRectF& rect) {
    if (rect == this->rect()) return;
    setPos(rect.topLeft());
    if (rect.size() == m_size) return;
    prepareGeometryChange();
    m_size = rect.size();
    layOut();
}

void NoteItem::restyled() {
    m_color = m_style->notes[static_cast<std::size_t>(std::clamp(m_note.color, 0, kNoteColors - 1))];
    layOut();
    update();
}

void NoteItem::layOut() {
    const QString text = QString::fromStdString(m_note.text);
    const QString title = text.section('\n', 0, 0);
    const double width = std::max(1.0, m_size.width() - 2 * kPaddingX);
    m_path.clear();
    m_path.addRoundedRect(QRectF({}, m_size), kRadius, kRadius);
    QPainterPath band;
    band.addRect(QRectF(0, 0, m_size.width(), kTitleHeight));
    m_titlePath = m_path.intersected(band);
    m_text =
        m_note.kind == Note::Kind::Frame ? line(title, m_style->name, width) : wrapped(text, m_style->detail, width);
    m_far = line(title, m_style->far, width);
}

void NoteItem::setHighlight(bool selected, bool hovered) {
    if (selected == m_selected && hovered == m_hovered) return;
    if (selected != m_selected) prepareGeometryChange();
    m_selected = selected;
    m_hovered = hovered;
    update();
}

bool NoteItem::isHeldAt(QPointF point) const {
    const QRectF box = rect();
    if (m_note.kind == Note::Kind::Comment) return box.contains(point);
    const QRectF inside = box.adjusted(kGrip, kTitleHeight, -kGrip, -kGrip);
    return box.contains(point) && !inside.contains(point);
}

int NoteItem::handleAt(QPointF point, double tolerance) const {
    if (!m_selected) return 0;
    const QRectF box = rect();
    if (!box.adjusted(-tolerance, -tolerance, tolerance, tolerance).contains(point)) return 0;
    int sides = 0;
    if (std::abs(point.x() - box.left()) <= tolerance) sides |= Left;
    if (std::abs(point.x() - box.right()) <= tolerance) sides |= Right;
    if (std::abs(point.y() - box.top()) <= tolerance) sides |= Top;
    if (std::abs(point.y() - box.bottom()) <= tolerance) sides |= Bottom;
    return sides;
}

QRectF NoteItem::textRect() const {
    if (m_note.kind == Note::Kind::Frame) return {pos(), QSizeF(m_size.width(), kTitleHeight)};
    return rect();
}

double NoteItem::heightFor(const QString& text, double width, const CanvasStyle& style) {
    return wrapped(text, style.detail, std::max(1.0, width - 2 * kPaddingX)).size().height() + 2 * kPaddingY;
}

QRectF NoteItem::boundingRect() const {
    // Handles keep their size on screen, so they may be large in the scene.
    const double outside = m_selected ? 60 : 4;
    return QRectF({}, m_size).adjusted(-outside, -outside, outside, outside);
}

void NoteItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const double detail = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    if (m_note.kind == Note::Kind::Frame) {
        paintFrame(painter, detail);
    } else {
        paintComment(painter, detail);
    }
    if (m_selected) paintHandles(painter, detail);
}

void NoteItem::paintFrame(QPainter* painter, double detail) const {
    painter->setPen(QPen(withAlpha(m_color, m_hovered ? 230 : 150), 1.5));
    painter->setBrush(withAlpha(m_color, 24));
    painter->drawPath(m_path);
    if (detail < kTextlessBelow) return;
    if (detail < kFarBelow) {
        painter->setPen(m_style->text);
        painter->setFont(m_style->far);
        painter->drawStaticText(QPointF(kPaddingX, 4), m_far);
        return;
    }
    painter->setPen(Qt::NoPen);
    painter->setBrush(withAlpha(m_color, 60));
    painter->drawPath(m_titlePath);
    painter->setPen(m_style->text);
    painter->setFont(m_style->name);
    painter->drawStaticText(QPointF(kPaddingX, (kTitleHeight - m_text.size().height()) / 2), m_text);
}

void NoteItem::paintComment(QPainter* painter, double detail) const {
    painter->setPen(QPen(withAlpha(m_color, m_hovered ? 230 : 150), 1));
    painter->setBrush(mixed(m_style->card, m_color, 0.16));
    painter->drawPath(m_path);
    if (detail < kTextlessBelow) return;
    painter->save();
    painter->setClipPath(m_path, Qt::IntersectClip);
    painter->setPen(m_style->text);
    if (detail < kFarBelow) {
        painter->setFont(m_style->far);
        painter->drawStaticText(QPointF(kPaddingX, kPaddingY), m_far);
    } else {
        painter->setFont(m_style->detail);
        painter->drawStaticText(QPointF(kPaddingX, kPaddingY), m_text);
    }
    painter->restore();
}

void NoteItem::paintHandles(QPainter* painter, double detail) const {
    QPen outline(m_style->accent, 2);
    outline.setCosmetic(true);
    painter->setPen(outline);
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(m_path);
    const double side = std::min(kHandle / std::max(detail, 0.05), 50.0);
    painter->setBrush(m_style->canvas);
    QPen thin(m_style->accent, 1.5);
    thin.setCosmetic(true);
    painter->setPen(thin);
    const double w = m_size.width(), h = m_size.height();
    for (const QPointF at :
         std::array<QPointF, 8>{QPointF(0, 0), {w / 2, 0}, {w, 0}, {w, h / 2}, {w, h}, {w / 2, h}, {0, h}, {0, h / 2}})
        painter->drawRect(QRectF(at - QPointF(side / 2, side / 2), QSizeF(side, side)));
}

}  // namespace gradlens
