// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_render.h"

#include <QBuffer>
#include <QPageLayout>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgRenderer>

#include <cmath>

namespace gradlens {

namespace {
// Qt takes a list of families for the name of one.
QByteArray withFont(const Figure& figure, const QString& family) {
    QByteArray svg = QByteArray::fromStdString(figure.svg);
    if (!family.isEmpty()) svg.replace(kFigureFonts, family.toHtmlEscaped().toUtf8());
    return svg;
}
}  // namespace

QSize pixelSize(const Figure& figure, double scale) {
    const auto pixels = [scale](double units) { return static_cast<int>(std::min(std::ceil(units * scale), 1e9)); };
    return {pixels(figure.width), pixels(figure.height)};
}

QImage renderedImage(const Figure& figure, double scale, const QString& fontFamily) {
    const QSize size = pixelSize(figure, scale);
    if (size.isEmpty() || size.width() > kMostPixels || size.height() > kMostPixels) return {};
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull()) return {};
    image.fill(Qt::transparent);
    QSvgRenderer renderer(withFont(figure, fontFamily));
    QPainter painter(&image);
    renderer.render(&painter, QRectF(image.rect()));
    return image;
}

QByteArray pngOf(const Figure& figure, double scale, const QString& fontFamily) {
    QImage image = renderedImage(figure, scale, fontFamily);
    // A unit is a pixel at 96 dots an inch; print programs read the size on paper from this.
    constexpr double kDotsPerMetre = 96 / 0.0254;
    image.setDotsPerMeterX(static_cast<int>(std::lround(kDotsPerMetre * scale)));
    image.setDotsPerMeterY(static_cast<int>(std::lround(kDotsPerMetre * scale)));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    return !image.isNull() && image.save(&buffer, "PNG") ? bytes : QByteArray();
}

QByteArray pdfOf(const Figure& figure, const QString& title, const QString& fontFamily) {
    constexpr double kPointsPerUnit = 0.75;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Gradlens"));
    const QSizeF page(figure.width * kPointsPerUnit, figure.height * kPointsPerUnit);
    // As it is: a figure may be wider than high.
    writer.setPageSize(QPageSize(page, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    QPainter painter(&writer);
    if (!painter.isActive()) return {};
    QSvgRenderer renderer(withFont(figure, fontFamily));
    renderer.render(&painter, QRectF(0, 0, writer.width(), writer.height()));
    painter.end();
    return bytes;
}

}  // namespace gradlens
