// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/preview/preview_picture.h"

#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/heatmap_image.h"
#include "ui/widgets/tensor_coloring.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>

namespace gradlens {

namespace {
constexpr double kGap = 3;              // between tiles
constexpr double kSmallestTile = 16;    // below which a channel cannot be read
constexpr double kLargestNeeded = 30;   // a tile this high need not be higher for all of them to fit
constexpr std::int64_t kMostBars = 48;  // more elements are cells
constexpr int kOversampling = 2;        // of images kept, for zoom and dense screens

QFont withPixels(QFont font, int pixels) {
    font.setPixelSize(pixels);
    return font;
}

// How many leading elements count tiles, and how high and wide one is.
struct Channels {
    std::int64_t count = 1, height = 1, width = 1;
};
Channels channelsOf(const Shape& shape) {
    Channels channels;
    if (shape.rank() < 2) return channels;
    channels.height = shape[-2];
    channels.width = shape[-1];
    for (int axis = 0; axis + 2 < shape.rank(); ++axis) channels.count *= shape[axis];
    return channels;
}

// Where the tiles go: as many rows as it takes for all to be seen, unless they would become too small.
struct Tiling {
    int rows = 1, columns = 1;
    QSizeF tile;
    std::int64_t shown(const Channels& channels) const {
        return std::min<std::int64_t>(channels.count, std::int64_t{rows} * columns);
    }
};
Tiling tilingFor(const Channels& channels, QSizeF room) {
    const double aspect = static_cast<double>(channels.width) / static_cast<double>(channels.height);
    const double least = std::clamp(2.0 * static_cast<double>(channels.height), kSmallestTile, kLargestNeeded);
    const auto withRows = [&](int rows) {
        Tiling tiling;
        double height = (room.height() - (rows - 1) * kGap) / rows;
        const double width = std::min(height * aspect, room.width());
        height = width / aspect;
        tiling.rows = rows;
        tiling.tile = {width, height};
        tiling.columns = std::max(1, static_cast<int>((room.width() + kGap) / (width + kGap)));
        return tiling;
    };
    Tiling tiling = withRows(1);
    while (tiling.shown(channels) < channels.count) {
        const Tiling next = withRows(tiling.rows + 1);
        if (next.tile.height() < least) break;
        tiling = next;
    }
    return tiling;
}

QColor themeColor(ThemeColor role) {
    return Theme::instance().color(role);
}
}  // namespace

PreviewPicture::PreviewPicture(PreviewTensor value, bool gradient, std::shared_ptr<const Dataset> dataset)
    : m_value(std::move(value)), m_gradient(gradient), m_dataset(std::move(dataset)), m_kind(chosenKind()) {}

const Coloring& PreviewPicture::coloring() const {
    if (m_coloring) return *m_coloring;
    Coloring coloring;
    coloring.map = automaticMap(m_gradient, m_value.statistics);
    std::tie(coloring.low, coloring.high) = automaticRange(m_value.tensor.view(), m_value.statistics, coloring.map);
    m_coloring = withThemeColors(coloring);
    return *m_coloring;
}

PreviewPicture::Kind PreviewPicture::chosenKind() const {
    const Tensor& tensor = m_value.tensor;
    const Shape& shape = tensor.shape();
    if (tensor.dtype() == DType::Int32) return Kind::Text;
    if (tensor.elements() <= 1) return Kind::Number;
    if (shape.rank() == 1) {
        const bool classes = m_dataset != nullptr && m_dataset->classification && shape.elements() > 1 &&
                             shape.elements() == static_cast<std::int64_t>(m_dataset->classNames.size());
        const bool finite = m_value.statistics.finite == m_value.statistics.count;
        return classes && finite && !m_gradient ? Kind::Classes : Kind::Bars;
    }
    const Channels channels = channelsOf(shape);
    if (shape.rank() == 2 || channels.height == 1 || channels.width == 1) return Kind::Heatmap;
    const bool colours = channels.count == 1 || (channels.count == 3 && shape.rank() == 3);
    return colours && !m_gradient ? Kind::Image : Kind::Maps;
}

void PreviewPicture::paint(QPainter& painter, const QRectF& room, bool fine) const {
    if (room.isEmpty()) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    switch (m_kind) {
        case Kind::Number:
            if (fine) paintNumber(painter, room);
            break;
        case Kind::Text:
            if (fine) paintText(painter, room);
            break;
        case Kind::Classes:
            paintClasses(painter, room, fine);
            break;
        case Kind::Image:
        case Kind::Maps:
            paintMaps(painter, room);
            break;
        case Kind::Bars:
            paintBars(painter, room);
            break;
        case Kind::Heatmap:
            paintHeatmap(painter, room);
            break;
    }
    painter.restore();
}

int PreviewPicture::heightFor(int width, int most) const {
    constexpr int kLine = 18, kNumber = 30, kBars = 64, kClassesShown = 5, kLeastHeatmap = 48;
    const Channels channels = channelsOf(m_value.tensor.shape());
    switch (m_kind) {
        case Kind::Number:
            return kNumber;
        case Kind::Text:
            return std::min(most, kLine * static_cast<int>(1 + text().size() * 7 / std::max(width, 1)));
        case Kind::Classes:
            return std::min(most, kLine * std::min<int>(kClassesShown, static_cast<int>(m_value.tensor.elements())));
        case Kind::Bars:
            return kBars;
        case Kind::Heatmap:
            return static_cast<int>(std::clamp<std::int64_t>(m_value.tensor.shape()[0] * 4, kLeastHeatmap, most));
        case Kind::Image:
            return static_cast<int>(std::min<std::int64_t>(most, width * channels.height / channels.width));
        case Kind::Maps:
            break;
    }
    // As low as all of them still fit.
    for (int height = kLeastHeatmap; height < most; height += kLine / 2) {
        const Tiling tiling = tilingFor(channels, QSizeF(width, height));
        if (tiling.shown(channels) == channels.count && tiling.tile.height() >= kLargestNeeded) return height;
    }
    return most;
}

QString PreviewPicture::summary() const {
    const Statistics& s = m_value.statistics;
    const auto number = [](double value) { return QString::number(value, 'g', 3); };
    if (m_kind == Kind::Text) return text();
    QString result = shapeText(m_value.tensor.shape(), false);
    if (s.finite > 0)
        result += QObject::tr(", from %1 to %2, mean %3").arg(number(s.min), number(s.max), number(s.mean));
    if (s.nan > 0) result += QObject::tr(", %1 NaN").arg(s.nan);
    if (s.positiveInfinite + s.negativeInfinite > 0)
        result += QObject::tr(", %1 infinite").arg(s.positiveInfinite + s.negativeInfinite);
    return result;
}

// --- Words

void PreviewPicture::paintNumber(QPainter& painter, const QRectF& room) const {
    const double value = m_value.tensor.elements() > 0 ? m_value.tensor.at(0) : 0;
    painter.setFont(withPixels(Theme::instance().mono(), 17));
    painter.setPen(std::isfinite(value) ? themeColor(ThemeColor::Text) : QColor(coloring().of(value)));
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, QString::number(value, 'g', 5));
}

QString PreviewPicture::token(std::int64_t index) const {
    const auto value = static_cast<std::int64_t>(m_value.tensor.at(index));
    const bool named = m_dataset != nullptr && value >= 0 && value < std::ssize(m_dataset->classNames);
    return named ? QString::fromStdString(m_dataset->classNames[static_cast<std::size_t>(value)])
                 : QString::number(value);
}

QString PreviewPicture::text() const {
    constexpr std::int64_t kMostTokens = 2000;
    const std::int64_t count = std::min(m_value.tensor.elements(), kMostTokens);
    if (count == 1) {  // a label
        const auto value = static_cast<qlonglong>(m_value.tensor.at(0));
        const QString name = token(0);
        return name == QString::number(value) ? name : QStringLiteral("%1 · %2").arg(value).arg(name);
    }
    QString text;
    bool named = m_dataset != nullptr && !m_dataset->classNames.empty();
    for (std::int64_t i = 0; i < count; ++i) text += (named || i == 0 ? QString() : QStringLiteral(" ")) + token(i);
    return text.replace('\n', QChar(0x21B5)).replace('\t', ' ');
}

void PreviewPicture::paintText(QPainter& painter, const QRectF& room) const {
    const bool label = m_value.tensor.elements() == 1;
    const QFont font = label ? withPixels(Theme::instance().body(), 13) : withPixels(Theme::instance().mono(), 11);
    painter.setFont(font);
    painter.setPen(themeColor(ThemeColor::Text));
    const QFontMetricsF metrics(font);
    const QString whole = text();
    if (label) {
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(whole, Qt::ElideRight, room.width()));
        return;
    }
    const auto letters = std::max<qsizetype>(1, static_cast<qsizetype>(room.width() / metrics.horizontalAdvance('m')));
    double y = room.top() + metrics.ascent();
    for (qsizetype at = 0; at < whole.size() && y + metrics.descent() <= room.bottom() + 1; at += letters) {
        painter.drawText(QPointF(room.left(), y), whole.mid(at, letters));
        y += metrics.height();
    }
}

std::vector<PreviewPicture::Bar> PreviewPicture::likeliest(std::size_t count) const {
    const Tensor& tensor = m_value.tensor;
    std::vector<double> shares(static_cast<std::size_t>(tensor.elements()));
    for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = tensor.at(static_cast<std::int64_t>(i));
    // Scores become what a softmax makes of them, probabilities stay.
    constexpr double kNearlyOne = 1e-3;
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (m_value.statistics.min < 0 || std::abs(sum - 1) > kNearlyOne) {
        double total = 0;
        for (double& share : shares) total += share = std::exp(share - m_value.statistics.max);
        for (double& share : shares) share /= total;
    }
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    count = std::min(count, order.size());
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count),
                              [&](std::size_t a, std::size_t b) { return shares[a] > shares[b]; });
    std::vector<Bar> bars;
    for (std::size_t i = 0; i < count; ++i)
        bars.push_back({QString::fromStdString(m_dataset->classNames[order[i]]), shares[order[i]]});
    return bars;
}

void PreviewPicture::paintClasses(QPainter& painter, const QRectF& room, bool fine) const {
    constexpr double kRow = 12.5, kHighest = 18, kPercent = 38;
    const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(room.height() / kRow), 1, 5);
    const std::vector<Bar> bars = likeliest(count);
    const double row = std::min(kHighest, room.height() / static_cast<double>(bars.size()));
    const QFont font = withPixels(Theme::instance().small(), row >= 16 ? 12 : 11);
    const QFontMetricsF metrics(font);
    const double names = fine ? room.width() * 0.42 : 0, percents = fine ? kPercent : 0;
    painter.setFont(font);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const QRectF line(room.left(), room.top() + row * static_cast<double>(i), room.width(), row);
        const QRectF track(line.left() + names, line.top() + row / 2 - 3, line.width() - names - percents, 6);
        painter.setPen(Qt::NoPen);
        painter.setBrush(themeColor(ThemeColor::Hover));
        painter.drawRoundedRect(track, 2, 2);
        painter.setBrush(themeColor(i == 0 ? ThemeColor::Accent : ThemeColor::TextFaint));
        painter.drawRoundedRect(
            QRectF(track.topLeft(), QSizeF(std::max(2.0, track.width() * bars[i].share), track.height())), 2, 2);
        if (!fine) continue;
        painter.setPen(themeColor(i == 0 ? ThemeColor::Text : ThemeColor::TextMuted));
        painter.drawText(QRectF(line.left(), line.top(), names - 8, row), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(bars[i].name, Qt::ElideRight, names - 8));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("%1 %").arg(bars[i].share * 100, 0, 'f', bars[i].share < 0.0995 ? 1 : 0));
    }
}

// --- Images

TensorView PreviewPicture::channel(std::int64_t index) const {
    const Channels channels = channelsOf(m_value.tensor.shape());
    const std::size_t bytes =
        static_cast<std::size_t>(index * channels.height * channels.width) * sizeOf(m_value.tensor.dtype());
    return {static_cast<std::byte*>(m_value.tensor.view().data()) + bytes, m_value.tensor.dtype(),
            Shape{channels.height, channels.width}};
}

// At least one pixel a cell, or as many as can be seen; small ones enlarged, so that cells keep sharp edges.
QImage PreviewPicture::rendered(const TensorView& view, QSize pixels) const {
    const double aspect = pixels.width() / std::max(1.0, static_cast<double>(pixels.height()));
    const TensorPicture picture(view.shape(), defaultSlice(view.shape(), {}), {}, aspect);
    const QRectF cells(0, 0, static_cast<double>(picture.columns()), static_cast<double>(picture.rows()));
    return renderHeatmap(view, picture, cells, pixels, coloring()).image;
}

// From the darkest to the brightest of all channels; grey, or red, green and blue.
QImage PreviewPicture::colourImage() const {
    const Channels channels = channelsOf(m_value.tensor.shape());
    const Tensor& tensor = m_value.tensor;
    const std::int64_t plane = channels.height * channels.width;
    const double low = m_value.statistics.min, span = std::max(m_value.statistics.max - low, 1e-12);
    QImage image(static_cast<int>(channels.width), static_cast<int>(channels.height), QImage::Format_RGB32);
    for (std::int64_t y = 0; y < channels.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(y)));
        for (std::int64_t x = 0; x < channels.width; ++x) {
            std::array<int, 3> rgb{};
            double strange = 0;
            for (std::int64_t c = 0; c < 3; ++c) {
                const double value = tensor.at(std::min(c, channels.count - 1) * plane + y * channels.width + x);
                if (!std::isfinite(value)) strange = value;
                rgb[static_cast<std::size_t>(c)] =
                    std::isfinite(value) ? static_cast<int>(std::lround((value - low) / span * 255)) : 0;
            }
            line[x] = strange != 0 ? coloring().of(strange) : qRgb(rgb[0], rgb[1], rgb[2]);
        }
    }
    return image;
}

void PreviewPicture::paintMaps(QPainter& painter, const QRectF& room) const {
    const Channels all = channelsOf(m_value.tensor.shape());
    const Channels channels{m_kind == Kind::Image ? 1 : all.count, all.height, all.width};
    const Tiling tiling = tilingFor(channels, room.size());
    const std::int64_t shown = tiling.shown(channels);
    const QSize pixels(std::max(1, static_cast<int>(std::ceil(tiling.tile.width() * kOversampling))),
                       std::max(1, static_cast<int>(std::ceil(tiling.tile.height() * kOversampling))));
    if (m_imagesFor != tiling.tile || m_images.size() != static_cast<std::size_t>(shown)) {
        m_images.clear();
        m_imagesFor = tiling.tile;
        for (std::int64_t i = 0; i < shown; ++i) {
            QImage image = m_kind == Kind::Image ? colourImage() : rendered(channel(i), pixels);
            const int factor = image.isNull() ? 1 : std::max(1, (pixels.width() + image.width() - 1) / image.width());
            if (factor > 1) image = image.scaled(image.size() * factor, Qt::IgnoreAspectRatio, Qt::FastTransformation);
            m_images.push_back(std::move(image));
        }
    }
    QRectF last;
    for (std::int64_t i = 0; i < shown; ++i) {
        const auto row = static_cast<double>(i / tiling.columns), column = static_cast<double>(i % tiling.columns);
        last =
            QRectF(room.topLeft() + QPointF(column * (tiling.tile.width() + kGap), row * (tiling.tile.height() + kGap)),
                   tiling.tile);
        painter.drawImage(last, m_images[static_cast<std::size_t>(i)]);
    }
    constexpr double kLeastForCount = 24;
    if (shown == channels.count || room.right() - last.right() < kLeastForCount) return;
    painter.setFont(withPixels(Theme::instance().small(), 11));
    painter.setPen(themeColor(ThemeColor::TextMuted));
    painter.drawText(QRectF(last.right() + 2, last.top(), room.right() - last.right() - 2, last.height()),
                     Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("+%1").arg(channels.count - shown));
}

void PreviewPicture::paintHeatmap(QPainter& painter, const QRectF& room) const {
    const Channels channels = channelsOf(m_value.tensor.shape());
    const bool flat = m_value.tensor.shape().rank() > 2;  // channels of one row or column: those become the rows
    const Shape shape =
        flat ? Shape{channels.count, channels.height * channels.width} : Shape{channels.height, channels.width};
    if (m_images.empty() || m_imagesFor != room.size()) {
        m_imagesFor = room.size();
        const QSize pixels((room.size() * kOversampling).toSize());
        m_images = {rendered(m_value.tensor.view().reshaped(shape), pixels)};
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform,
                          m_images.front().width() > room.width() || m_images.front().height() > room.height());
    painter.drawImage(room, m_images.front());
}

void PreviewPicture::paintBars(QPainter& painter, const QRectF& room) const {
    const Tensor& tensor = m_value.tensor;
    const std::int64_t count = tensor.elements();
    if (count > kMostBars) {
        if (m_images.empty() || m_imagesFor != room.size()) {
            m_imagesFor = room.size();
            m_images = {rendered(tensor.view(), (room.size() * kOversampling).toSize())};
        }
        // Cells are square, and so the picture may be narrower than the room.
        const QImage& image = m_images.front();
        const double cell = std::min(room.width() / image.width(), room.height() / image.height());
        painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
        painter.drawImage(QRectF(room.topLeft(), QSizeF(image.width() * cell, image.height() * cell)), image);
        return;
    }
    const double low = std::min(m_value.statistics.min, 0.0), high = std::max(m_value.statistics.max, 0.0);
    const double span = high > low ? high - low : 1;
    const double zero = room.bottom() - (0 - low) / span * room.height();
    const double step = room.width() / static_cast<double>(count);
    const double width = std::min(step > 4 ? step - 1.5 : step, 14.0);
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::int64_t i = 0; i < count; ++i) {
        const double value = tensor.at(i), x = room.left() + step * static_cast<double>(i);
        if (!std::isfinite(value)) {
            painter.fillRect(QRectF(x, room.top(), width, room.height()), QColor(coloring().of(value)));
            continue;
        }
        const double y = room.bottom() - (value - low) / span * room.height();
        painter.fillRect(QRectF(x, std::min(y, zero), width, std::max(std::abs(y - zero), 1.0)),
                         themeColor(value < 0   ? ThemeColor::Negative
                                    : value > 0 ? ThemeColor::Positive
                                                : ThemeColor::Zero));
    }
}

}  // namespace gradlens
