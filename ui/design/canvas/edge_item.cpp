// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/edge_item.h"

#include "ui/design/canvas/canvas_style.h"

#include <QFontMetricsF>
#include <QHash>
#include <QLineF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kLabelsAbove = 0.6, kSmoothAbove = 0.2;  // zoom
constexpr double kArrow = 5;
constexpr double kThin = 1.5, kThick = 5;

double distanceToSegment(QPointF point, QPointF a, QPointF b) {
    const QPointF along = b - a;
    const double squared = QPointF::dotProduct(along, along);
    const double t = squared > 0 ? std::clamp(QPointF::dotProduct(point - a, along) / squared, 0.0, 1.0) : 0;
    const QPointF apart = point - (a + t * along);
    return std::hypot(apart.x(), apart.y());
}

QColor mixed(const QColor& a, const QColor& b, double t) {
    const auto blend = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * t)); };
    return {blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue())};
}
// Many edges carry the same shape: each is measured once.
QSizeF sizeOf(const QString& text, const QFont& font) {
    static QHash<QString, QSizeF> sizes;
    static QFont measured;
    constexpr qsizetype kMost = 5000;
    if (font != measured || sizes.size() > kMost) sizes.clear();
    measured = font;
    const auto known = sizes.constFind(text);
    if (known != sizes.constEnd()) return *known;
    const QFontMetricsF metrics(font);
    return *sizes.insert(text, QSizeF(metrics.horizontalAdvance(text), metrics.height()));
}
}  // namespace

EdgeItem::EdgeItem(Edge edge, const CanvasStyle& style) : m_edge(edge), m_style(&style) {
    setZValue(0);
}

void EdgeItem::setWay(EdgeWay way, const LabelPlace& label) {
    if (way == m_way && label == m_labelPlace && !m_line.isEmpty()) return;
    prepareGeometryChange();
    m_way = std::move(way);
    m_path = pathAlong(m_way);
    m_labelPlace = label;
    const auto polygons = m_path.toSubpathPolygons();
    m_line = polygons.isEmpty() ? QPolygonF() : polygons.first();
    constexpr double kBeforeTip = 14;
    m_labelAt = label.atTip ? m_way.to - scenePoint(kBeforeTip, 0, m_way.style.flow) : middle();
    updateBounds();
}

void EdgeItem::updateBounds() {
    constexpr double kMargin = kThick + 4;
    m_bounds = m_path.boundingRect().adjusted(-kMargin, -kMargin, kMargin, kMargin);
    if (!m_text.isEmpty()) m_bounds |= labelBox();
}

QRectF EdgeItem::labelBox() const {
    constexpr QSizeF kUsual(72, 14);  // of a shape that is not known yet
    const QSizeF size = (m_text.isEmpty() ? kUsual : m_labelSize) + QSizeF(8, 2);
    constexpr double kBeside = 8, kAbove = 3;
    if (m_way.style.flow == DrawingStyle::Flow::Down)
        return {m_labelAt + QPointF(m_labelPlace.aside ? -kBeside - size.width() : kBeside, -size.height() / 2), size};
    // In the middle of a straight edge, else it ends where the arrow begins.
    const bool centred = std::abs(m_way.to.x() - m_labelAt.x()) > size.width() / 2 + kBeside;
    const double left = centred ? -size.width() / 2 : m_way.to.x() - m_labelAt.x() - kBeside - size.width();
    return {m_labelAt + QPointF(left, m_labelPlace.aside ? kAbove : -kAbove - size.height()), size};
}

void EdgeItem::setLabel(const QString& label) {
    if (label == m_text) return;
    prepareGeometryChange();
    m_text = label;
    restyled();
    updateBounds();
}

void EdgeItem::restyled() {
    m_labelSize = sizeOf(m_text, m_style->label);
    m_labelStale = true;
    update();
}

void EdgeItem::setTroubled(bool troubled) {
    if (troubled == m_troubled) return;
    m_troubled = troubled;
    update();
}

void EdgeItem::setHighlight(bool selected, bool hovered) {
    if (selected == m_selected && hovered == m_hovered) return;
    m_selected = selected;
    m_hovered = hovered;
    setZValue(selected || hovered ? 0.5 : 0);
    update();
}

void EdgeItem::setDropTarget(bool target) {
    if (target == m_target) return;
    m_target = target;
    update();
}

void EdgeItem::setFlow(Flow flow, double level) {
    constexpr double kVisible = 0.02;
    if (flow == m_flow && std::abs(level - m_level) < kVisible) return;
    m_flow = flow;
    m_level = level;
    update();
}

double EdgeItem::distanceTo(QPointF point) const {
    double nearest = std::numeric_limits<double>::max();
    for (qsizetype i = 0; i + 1 < m_line.size(); ++i)
        nearest = std::min(nearest, distanceToSegment(point, m_line[i], m_line[i + 1]));
    return nearest;
}

std::vector<QRectF> EdgeItem::footprint() const {
    std::vector<QRectF> rects;
    constexpr double kPiece = 128;
    for (qsizetype i = 0; i + 1 < m_line.size(); ++i) {
        const QLineF piece(m_line[i], m_line[i + 1]);
        const int cuts = std::max(1, static_cast<int>(piece.length() / kPiece));
        for (int cut = 0; cut < cuts; ++cut) {
            const QRectF rect =
                QRectF(piece.pointAt(double(cut) / cuts), piece.pointAt(double(cut + 1) / cuts)).normalized();
            // Short pieces of a curve join the rectangle before: fewer cells to keep.
            if (!rects.empty() && (rects.back() | rect).height() < kPiece && (rects.back() | rect).width() < kPiece) {
                rects.back() |= rect;
            } else {
                rects.push_back(rect);
            }
        }
    }
    return rects;
}

QPen EdgeItem::pen(double detail) const {
    QColor color = m_style->faint;
    double width = kThin;
    switch (m_flow) {
        case Flow::None:
            break;
        case Flow::Level:
            color = mixed(m_style->border, m_style->accent, 0.25 + 0.75 * m_level);
            width = kThin + (kThick - kThin) * m_level;
            break;
        case Flow::Vanished:
            color = m_style->border;
            break;
        case Flow::NotFinite:
            color = m_style->notANumber;
            width = kThick;
            break;
    }
    if (m_troubled) color = m_style->danger;
    if (m_hovered) color = m_style->muted;
    if (m_selected || m_target) color = m_style->accent, width = std::max(width, 2.5);
    if (m_target) width = kThick;
    // Far away a thin line costs a fraction of a wide one.
    QPen pen(color, detail < kSmoothAbove ? 0 : width);
    if (m_flow == Flow::Vanished) pen.setStyle(Qt::DotLine);
    pen.setCapStyle(Qt::FlatCap);
    return pen;
}

void EdgeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    if (m_line.isEmpty()) return;
    const double detail = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform());
    const QPen line = pen(detail);
    painter->setPen(line);
    painter->setBrush(Qt::NoBrush);
    if (detail < kSmoothAbove) {
        painter->setRenderHint(QPainter::Antialiasing, false);
        painter->drawPolyline(m_line);
        painter->setRenderHint(QPainter::Antialiasing, true);
        return;
    }
    painter->drawPath(m_path);
    const auto flow = m_way.style.flow;
    const QPointF tip = m_line.last() - scenePoint(6, 0, flow);
    const double arrow = std::max(kArrow, line.widthF() + 2);
    painter->setPen(Qt::NoPen);
    painter->setBrush(line.color());
    painter->drawPolygon(QPolygonF(
        {tip, tip + scenePoint(-arrow * 1.3, -arrow * 0.8, flow), tip + scenePoint(-arrow * 1.3, arrow * 0.8, flow)}));
    if (m_text.isEmpty() || detail < kLabelsAbove) return;
    const QRectF box = labelBox();
    if (box.width() > m_labelPlace.room && !m_selected && !m_hovered) return;
    if (m_labelStale) {
        m_label = QStaticText(m_text);
        m_label.setTextFormat(Qt::PlainText);
        m_label.prepare({}, m_style->label);
        m_labelStale = false;
    }
    QColor veil = m_style->canvas;
    veil.setAlpha(220);
    painter->setBrush(veil);
    painter->drawRoundedRect(box, 3, 3);
    painter->setPen(m_troubled ? m_style->danger : m_selected || m_hovered ? m_style->text : m_style->muted);
    painter->setFont(m_style->label);
    painter->drawStaticText(box.topLeft() + QPointF(4, 1), m_label);
}

}  // namespace gradlens
