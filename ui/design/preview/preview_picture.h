// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor of one sample, drawn into whatever room there is, small on a card or larger in a panel: images as images,
// channels side by side, vectors as bars, sequences as heatmaps, scores as the likeliest classes, tokens as text.
// Renders when first painted and keeps the images; after a change of theme make another. GUI thread only.
#pragma once
#include "core/train/previewer.h"
#include "ui/widgets/color_map.h"

#include <QImage>
#include <QRectF>
#include <QSize>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace gradlens {

class PreviewPicture {
public:
    // gradient: of which zero is the middle. dataset: for the names of classes; may be null.
    PreviewPicture(PreviewTensor value, bool gradient, std::shared_ptr<const Dataset> dataset);

    enum class Kind { Number, Text, Classes, Image, Maps, Bars, Heatmap };
    Kind kind() const { return m_kind; }
    const PreviewTensor& value() const { return m_value; }
    // fine: there is room for words; without them only images and bars are drawn.
    void paint(QPainter& painter, const QRectF& room, bool fine = true) const;
    // How high it wants to be at this width, at most `most`.
    int heightFor(int width, int most) const;
    // For tool tips and screen readers: "32×26×26, from -0.21 to 1.3, mean 0.04".
    QString summary() const;

private:
    struct Bar {
        QString name;
        double share = 0;
    };
    Kind chosenKind() const;
    void paintNumber(QPainter& painter, const QRectF& room) const;
    void paintText(QPainter& painter, const QRectF& room) const;
    void paintClasses(QPainter& painter, const QRectF& room, bool fine) const;
    void paintMaps(QPainter& painter, const QRectF& room) const;
    void paintBars(QPainter& painter, const QRectF& room) const;
    void paintHeatmap(QPainter& painter, const QRectF& room) const;
    std::vector<Bar> likeliest(std::size_t count) const;
    QString text() const;
    QString token(std::int64_t index) const;
    TensorView channel(std::int64_t index) const;
    QImage colourImage() const;
    QImage rendered(const TensorView& view, QSize pixels) const;
    const Coloring& coloring() const;

    PreviewTensor m_value;
    bool m_gradient;
    std::shared_ptr<const Dataset> m_dataset;
    Kind m_kind;
    mutable std::optional<Coloring> m_coloring;
    mutable std::vector<QImage> m_images;  // of channels, or of the whole
    mutable QSizeF m_imagesFor;            // the room of each
};

}  // namespace gradlens
