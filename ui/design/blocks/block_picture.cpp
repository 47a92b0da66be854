// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/blocks/block_picture.h"

#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QBuffer>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kWidest = 280, kTallest = 320, kMargin = 10, kLargestScale = 0.6;
constexpr int kLeastFont = 7;

QRectF cardOf(const Node& node) {
    return {node.position.x, node.position.y, kCardWidth, kCardHeight};
}

void paintEdge(QPainter& painter, QPointF from, QPointF to, bool right) {
    const double reach = std::max(16.0, std::abs(right ? to.x() - from.x() : to.y() - from.y()) / 2);
    const QPointF pull = right ? QPointF(reach, 0) : QPointF(0, reach);
    QPainterPath path(from);
    path.cubicTo(from + pull, to - pull, to);
    painter.drawPath(path);
}
}  // namespace

QImage blockPicture(const Block& block, const OpCatalogue& catalogue, double devicePixelRatio) {
    const Theme& theme = Theme::instance();
    QRectF content;
    for (const Node& node : block.graph.nodes()) content |= cardOf(node);
    if (content.isEmpty()) return {};
    const double scale = std::min({kLargestScale, kWidest / content.width(), kTallest / content.height()});
    const QSizeF size = content.size() * scale + QSizeF(2 * kMargin, 2 * kMargin);
    QImage image((size * devicePixelRatio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(devicePixelRatio);
    image.fill(theme.color(ThemeColor::Canvas));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(kMargin, kMargin);
    painter.scale(scale, scale);
    painter.translate(-content.topLeft());
    painter.setPen(QPen(theme.color(ThemeColor::TextMuted), 1.5 / scale));
    const bool right = block.graph.style().flow == DrawingStyle::Flow::Right;
    for (const Edge& edge : block.graph.edges()) {
        const QRectF source = cardOf(*block.graph.find(edge.from.node)),
                     target = cardOf(*block.graph.find(edge.to.node));
        paintEdge(painter,
                  right ? QPointF(source.right(), source.center().y()) : QPointF(source.center().x(), source.bottom()),
                  right ? QPointF(target.left(), target.center().y()) : QPointF(target.center().x(), target.top()),
                  right);
    }
    QFont font = theme.strong();
    font.setPixelSize(static_cast<int>(std::max(kCardHeight * 0.34, kLeastFont / scale)));
    painter.setFont(font);
    for (const Node& node : block.graph.nodes()) {
        const QRectF card = cardOf(node);
        const OpDefinition* op = catalogue.find(node.op);
        painter.setPen(QPen(theme.color(ThemeColor::Border), 1 / scale));
        painter.setBrush(theme.color(ThemeColor::Raised));
        painter.drawRoundedRect(card, 10, 10);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.category(op == nullptr ? QString() : QString::fromStdString(op->category)));
        painter.drawRoundedRect(QRectF(card.left(), card.top(), 10, card.height()), 5, 5);
        painter.setPen(theme.color(ThemeColor::Text));
        const QRectF text = card.adjusted(20, 0, -8, 0);
        const bool port = node.op == kBlockInput || node.op == kBlockOutput || node.op.starts_with('$');
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetricsF(font).elidedText(QString::fromStdString(port ? node.name : node.op),
                                                        Qt::ElideRight, text.width()));
    }
    return image;
}

QString blockPictureTip(const Block& block, const OpCatalogue& catalogue) {
    constexpr double kSharp = 2;
    const QImage image = blockPicture(block, catalogue, kSharp);
    if (image.isNull()) return {};
    QByteArray png;
    QBuffer buffer(&png);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return QString("<p><img src='data:image/png;base64,%1' width='%2'></p>")
        .arg(QString::fromLatin1(png.toBase64()))
        .arg(static_cast<int>(image.width() / kSharp));
}

}  // namespace gradlens
