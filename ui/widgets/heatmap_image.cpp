// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/heatmap_image.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gradlens {

namespace {
constexpr std::int64_t kMostCells = 4 << 20;  // looked at for one picture; about ten milliseconds

struct CellRange {
    std::int64_t begin, end;
    std::int64_t size() const { return end - begin; }
};

CellRange clipped(double from, double to, std::int64_t count) {
    const auto begin = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(from)), 0, count);
    return {begin, std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(to)), begin, count)};
}

template <class F>
void dispatchAny(DType type, F&& body) {
    switch (type) {
        case DType::Float64:
            return body.template operator()<double>();
        case DType::Int32:
            return body.template operator()<std::int32_t>();
        case DType::UInt8:
            return body.template operator()<std::uint8_t>();
        case DType::Float32:
            break;
    }
    body.template operator()<float>();
}

template <class T>
void paintCells(QImage& image, const T* elements, const TensorPicture& picture, CellRange rows, CellRange columns,
                const Coloring& coloring) {
    const ColorTable& table = colorTable(coloring.map);
    const double scale = kColorSteps / (coloring.high - coloring.low), low = coloring.low;
    const std::int64_t* offsets = picture.columnOffsets().data();
    for (std::int64_t r = rows.begin; r < rows.end; ++r) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(r - rows.begin)));
        const std::int64_t start = picture.rowStart(r), limit = start < 0 ? 0 : picture.rowLimit(r);
        for (std::int64_t c = columns.begin; c < columns.end; ++c) {
            QRgb& pixel = line[c - columns.begin];
            if (c >= limit || offsets[c] < 0) {
                pixel = coloring.gap;
                continue;
            }
            const double value = static_cast<double>(elements[start + offsets[c]]);
            const double step = (value - low) * scale;
            // One comparison lets through all that is finite and in range; the rest is rare.
            pixel = step >= 0 && step < kColorSteps ? table[static_cast<std::size_t>(step)] : coloring.of(value);
        }
    }
}

struct Strides {
    std::int64_t row = 1, column = 1;
};

// Every pixel still sees one cell at least.
Strides stridesFor(std::int64_t rows, std::int64_t columns, int height, int width) {
    Strides stride;
    const auto tooMany = [&] { return (rows / stride.row) * (columns / stride.column) > kMostCells; };
    while (tooMany() && stride.row < rows / height) ++stride.row;
    while (tooMany() && stride.column < columns / width) ++stride.column;
    return stride;
}

// What a pixel has found so far. A score below zero: nothing but gaps.
struct Candidate {
    double value = 0, score = -1;
};

template <class T>
void paintReduced(QImage& image, const T* elements, const TensorPicture& picture, CellRange rows, CellRange columns,
                  const Coloring& coloring, Strides stride) {
    const double middle = coloring.middle();
    const int width = image.width(), height = image.height();
    std::vector<int> pixelOf(static_cast<std::size_t>(columns.size()));
    for (std::int64_t c = 0; c < columns.size(); ++c)
        pixelOf[static_cast<std::size_t>(c)] = static_cast<int>(c * width / columns.size());
    std::vector<Candidate> line(static_cast<std::size_t>(width));
    const std::int64_t* offsets = picture.columnOffsets().data();
    for (int y = 0; y < height; ++y) {
        std::fill(line.begin(), line.end(), Candidate{});
        const std::int64_t from = rows.begin + y * rows.size() / height;
        const std::int64_t to = std::max(from + 1, rows.begin + (y + 1) * rows.size() / height);
        for (std::int64_t r = from; r < to; r += stride.row) {
            const std::int64_t start = picture.rowStart(r);
            if (start < 0) continue;
            const std::int64_t limit = std::min(columns.end, picture.rowLimit(r));
            for (std::int64_t c = columns.begin; c < limit; c += stride.column) {
                if (offsets[c] < 0) continue;
                const double value = static_cast<double>(elements[start + offsets[c]]);
                Candidate& pixel = line[static_cast<std::size_t>(pixelOf[static_cast<std::size_t>(c - columns.begin)])];
                const double score = std::abs(value - middle);  // infinite for infinities, NaN for NaN
                if (score > pixel.score || (std::isnan(score) && !std::isnan(pixel.score))) pixel = {value, score};
            }
        }
        auto* out = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            const Candidate& pixel = line[static_cast<std::size_t>(x)];
            out[x] = pixel.score < 0 ? coloring.gap : coloring.of(pixel.value);
        }
    }
}
}  // namespace

HeatmapImage renderHeatmap(const TensorView& tensor, const TensorPicture& picture, const QRectF& visible, QSize pixels,
                           const Coloring& coloring) {
    HeatmapImage result;
    const CellRange rows = clipped(visible.top(), visible.bottom(), picture.rows());
    const CellRange columns = clipped(visible.left(), visible.right(), picture.columns());
    if (!tensor || rows.size() == 0 || columns.size() == 0 || pixels.isEmpty()) return result;
    result.cells = QRectF(static_cast<double>(columns.begin), static_cast<double>(rows.begin),
                          static_cast<double>(columns.size()), static_cast<double>(rows.size()));
    const int width = static_cast<int>(std::min<std::int64_t>(columns.size(), pixels.width()));
    const int height = static_cast<int>(std::min<std::int64_t>(rows.size(), pixels.height()));
    result.reduced = width < columns.size() || height < rows.size();
    result.image = QImage(width, height, QImage::Format_ARGB32_Premultiplied);
    const Strides stride = stridesFor(rows.size(), columns.size(), height, width);
    result.sampled = stride.row > 1 || stride.column > 1;
    dispatchAny(tensor.dtype(), [&]<class T>() {
        const T* elements = static_cast<const T*>(tensor.data());
        if (result.reduced)
            paintReduced(result.image, elements, picture, rows, columns, coloring, stride);
        else
            paintCells(result.image, elements, picture, rows, columns, coloring);
    });
    return result;
}

}  // namespace gradlens
