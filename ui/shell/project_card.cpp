// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/project_card.h"

#include "ui/models/words.h"
#include "ui/shell/dataset_text.h"
#include "ui/theme/theme.h"

#include <QFocusEvent>
#include <QHash>
#include <QPainter>
#include <QPainterPath>
#include <QTextLayout>

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradlens {
namespace {

constexpr int kPictureHeight = 116;
constexpr int kTextHeight = 116;

// At most `lines` lines of `text`, the last one cut with an ellipsis.
void drawLines(QPainter& painter, const QRectF& place, const QString& text, int lines) {
    QTextLayout layout(text, painter.font());
    layout.beginLayout();
    double y = place.top();
    for (int i = 0; i < lines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) break;
        line.setLineWidth(place.width());
        const bool last = i == lines - 1;
        const QString words = last ? text.mid(line.textStart()) : text.mid(line.textStart(), line.textLength());
        const double height = painter.fontMetrics().lineSpacing() + 2;
        painter.drawText(QRectF(place.left(), y, place.width(), height), Qt::AlignLeft | Qt::AlignVCenter,
                         last ? painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(place.width()))
                              : words.trimmed());
        y += height;
    }
    layout.endLayout();
}

}  // namespace

Silhouette silhouetteOf(const ModelGraph& graph, const GraphAnalysis& analysis) {
    Silhouette picture;
    QHash<quint32, int> depth;
    for (const NodeAnalysis& node : analysis.nodes) {
        int column = 0;
        for (const Edge& edge : graph.edgesOf(node.id))
            if (edge.to.node == node.id) column = std::max(column, depth.value(toInteger(edge.from.node)) + 1);
        depth.insert(toInteger(node.id), column);
    }
    // What only feeds something late, such as the labels, stands just before it.
    for (const NodeAnalysis& node : analysis.nodes) {
        int feeders = 0, next = std::numeric_limits<int>::max();
        for (const Edge& edge : graph.edgesOf(node.id)) {
            if (edge.to.node == node.id) ++feeders;
            if (edge.from.node == node.id) next = std::min(next, depth.value(toInteger(edge.to.node)));
        }
        if (feeders == 0 && next != std::numeric_limits<int>::max()) depth[toInteger(node.id)] = next - 1;
    }
    QHash<int, int> used;
    QHash<quint32, int> barOf;
    double largest = 1;
    for (const NodeAnalysis& node : analysis.nodes) {
        Silhouette::Bar bar;
        bar.column = depth.value(toInteger(node.id));
        bar.row = used[bar.column]++;
        bar.category = node.op ? QString::fromStdString(node.op->category) : QString();
        double elements = 1;
        if (node.known && !node.inference.outputs.empty())
            elements = static_cast<double>(node.inference.outputs.front().shape.elements());
        bar.size = std::log2(std::max(1.0, elements) + 1);
        largest = std::max(largest, bar.size);
        picture.columns = std::max(picture.columns, bar.column + 1);
        picture.rows = std::max(picture.rows, bar.row + 1);
        barOf.insert(toInteger(node.id), static_cast<int>(picture.bars.size()));
        picture.bars.append(bar);
    }
    for (const Edge& edge : graph.edges()) {
        const int from = barOf.value(toInteger(edge.from.node), -1), to = barOf.value(toInteger(edge.to.node), -1);
        if (from >= 0 && to >= 0) picture.links.append({from, to});
    }
    for (Silhouette::Bar& bar : picture.bars) bar.size /= largest;
    return picture;
}

ProjectCard::ProjectCard(const Project& project, const OpCatalogue& catalogue, QWidget* parent)
    : QAbstractButton(parent) {
    const GraphAnalysis analysis = analyse(project.graph, catalogue, 1);
    m_silhouette = silhouetteOf(project.graph, analysis);
    m_title = QString::fromStdString(project.name);
    m_description = QString::fromStdString(project.description);
    m_facts = QStringLiteral("%1  ·  %2").arg(datasetText(project.data), parameterText(analysis.parameters));
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setMinimumWidth(220);
    setAccessibleName(m_title);
    setAccessibleDescription(m_description);
    setToolTip(m_description);
}

QSize ProjectCard::sizeHint() const {
    return {260, kPictureHeight + kTextHeight};
}

void ProjectCard::paintSilhouette(QPainter& painter, const QRectF& place) const {
    if (m_silhouette.columns == 0) return;
    const Theme& theme = Theme::instance();
    const double step = std::min(place.width() / m_silhouette.columns, 30.0);
    const double thickness = std::min(step * 0.56, 14.0);
    const double left = place.center().x() - step * m_silhouette.columns / 2;
    // The first row holds the main line and gets most of the room.
    const int others = m_silhouette.rows - 1;
    const double main = others == 0 ? place.height() : place.height() * (others == 1 ? 0.78 : 0.5);
    const double slot = others == 0 ? 0 : (place.height() - main) / others;
    const auto centreOf = [&](const Silhouette::Bar& bar) {
        const double y = bar.row == 0 ? main / 2 : main + slot * (bar.row - 0.5);
        return QPointF(left + step * (bar.column + 0.5), place.top() + y);
    };
    painter.setPen(QPen(theme.color(ThemeColor::TextFaint), 1));
    for (const auto& [from, to] : m_silhouette.links)
        painter.drawLine(centreOf(m_silhouette.bars[from]), centreOf(m_silhouette.bars[to]));
    painter.setPen(Qt::NoPen);
    for (const Silhouette::Bar& bar : m_silhouette.bars) {
        const double height = std::max(thickness, bar.size * (bar.row == 0 ? main : slot * 0.86));
        const QPointF centre = centreOf(bar);
        const QRectF shape(centre.x() - thickness / 2, centre.y() - height / 2, thickness, height);
        painter.setBrush(theme.category(bar.category));
        painter.drawRoundedRect(shape, std::min(4.0, thickness / 2), std::min(4.0, thickness / 2));
    }
}

void ProjectCard::focusInEvent(QFocusEvent* event) {
    m_ring = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QAbstractButton::focusInEvent(event);
}

void ProjectCard::focusOutEvent(QFocusEvent* event) {
    m_ring = false;
    QAbstractButton::focusOutEvent(event);
}

void ProjectCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QPainterPath outline;
    outline.addRoundedRect(body, 8, 8);
    painter.fillPath(outline, theme.color(underMouse() ? ThemeColor::Hover : ThemeColor::Raised));
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(QRectF(0, 0, width(), kPictureHeight), theme.color(ThemeColor::Canvas));
    painter.restore();
    painter.setPen(QPen(theme.color(m_ring || underMouse() ? ThemeColor::Accent : ThemeColor::Border), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(outline);
    paintSilhouette(painter, QRectF(20, 20, width() - 40, kPictureHeight - 40));

    const QRectF text(16, kPictureHeight + 12, width() - 32, kTextHeight - 24);
    painter.setFont(theme.strong());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(QRectF(text.left(), text.top(), text.width(), 20), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_title, Qt::ElideRight, static_cast<int>(text.width())));
    painter.setFont(theme.small());
    painter.setPen(theme.color(ThemeColor::TextMuted));
    drawLines(painter, QRectF(text.left(), text.top() + 24, text.width(), 40), m_description, 2);
    painter.setPen(theme.color(ThemeColor::TextFaint));
    painter.drawText(QRectF(text.left(), text.bottom() - 16, text.width(), 18), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_facts, Qt::ElideRight, static_cast<int>(text.width())));
}

}  // namespace gradlens
