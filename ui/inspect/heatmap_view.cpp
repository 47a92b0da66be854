// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/heatmap_view.h"

#include "ui/theme/theme.h"
#include "ui/widgets/tensor_coloring.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace gradlens {

namespace {
constexpr double kMargin = 8;                        // around a fitted picture
constexpr double kMostScale = 160;                   // pixels a cell, zoomed in
constexpr double kMostFitted = 72;                   // and when fitted: a single element is not a wall of colour
constexpr double kStretchBeyond = 4;                 // pictures this much longer than their room are stretched into it
constexpr double kTextWidth = 46, kTextHeight = 18;  // cells from this size on carry their value
constexpr double kLinesFrom = 14;                    // and from this size on a line around them
}  // namespace

QString cellText(double value, bool integer) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("+Inf") : QStringLiteral("-Inf");
    if (integer) return QString::number(static_cast<qint64>(value));
    const double size = std::abs(value);
    if (size == 0) return QStringLiteral("0");
    if (size < 1e-3 || size >= 1e5) return QString::number(value, 'e', 0);
    return QString::number(value, 'f', size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

HeatmapView::HeatmapView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Heatmap"));
    setAccessibleDescription(tr("Wheel zooms, drag pans, F fits"));
    connect(&Theme::instance(), &Theme::changed, this, &HeatmapView::invalidate);
}

void HeatmapView::setTensor(const Tensor& tensor, const TensorPicture& picture) {
    const bool sameLayout = picture.rows() == m_picture.rows() && picture.columns() == m_picture.columns();
    m_tensor = tensor;
    m_picture = picture;
    if (!sameLayout || m_fitted) fit();
    updateHover();
    invalidate();
}

void HeatmapView::setColoring(const Coloring& coloring) {
    if (coloring == m_coloring) return;
    m_coloring = coloring;
    invalidate();
}

void HeatmapView::clear() {
    setTensor({}, {});
}

void HeatmapView::invalidate() {
    m_stale = true;
    update();
}

void HeatmapView::fit() {
    m_fitted = true;
    if (!m_picture.empty()) {
        const auto columns = static_cast<double>(m_picture.columns()), rows = static_cast<double>(m_picture.rows());
        const double across = std::max(1.0, width() - 2 * kMargin) / columns,
                     down = std::max(1.0, height() - 2 * kMargin) / rows;
        double square = std::min({across, down, kMostFitted});
        if (square > 2) square = std::floor(square);  // whole pixels, so that all cells look alike
        m_scale = {square, square};
        // A layer of 128 x 9216 would be a hairline: it fills its room instead.
        if (across > kStretchBeyond * square) m_scale.setWidth(std::min(across, kMostFitted));
        if (down > kStretchBeyond * square) m_scale.setHeight(std::min(down, kMostFitted));
        m_origin = QPointF(std::floor((width() - columns * m_scale.width()) / 2),
                           std::floor((height() - rows * m_scale.height()) / 2));
    }
    updateHover();
    invalidate();
}

double HeatmapView::elementsPerPixel() const {
    const double ratio = devicePixelRatioF();
    const auto perPixel = [ratio](double cells, int pixels) {
        return std::max(1.0, cells / std::max(1.0, pixels * ratio));
    };
    return perPixel(static_cast<double>(m_picture.columns()), width()) *
           perPixel(static_cast<double>(m_picture.rows()), height());
}

QRectF HeatmapView::cellRect(std::int64_t row, std::int64_t column) const {
    return {m_origin.x() + static_cast<double>(column) * m_scale.width(),
            m_origin.y() + static_cast<double>(row) * m_scale.height(), m_scale.width(), m_scale.height()};
}

std::optional<std::pair<std::int64_t, std::int64_t>> HeatmapView::cellAt(QPointF position) const {
    const auto column = static_cast<std::int64_t>(std::floor((position.x() - m_origin.x()) / m_scale.width()));
    const auto row = static_cast<std::int64_t>(std::floor((position.y() - m_origin.y()) / m_scale.height()));
    if (row < 0 || column < 0 || row >= m_picture.rows() || column >= m_picture.columns()) return std::nullopt;
    return std::pair{row, column};
}

QRectF HeatmapView::visibleCells() const {
    return QRectF(-m_origin.x() / m_scale.width(), -m_origin.y() / m_scale.height(), width() / m_scale.width(),
                  height() / m_scale.height());
}

void HeatmapView::renderVisible() {
    m_stale = false;
    const QRectF all(0, 0, static_cast<double>(m_picture.columns()), static_cast<double>(m_picture.rows()));
    const QRectF visible = visibleCells().intersected(all);
    // Pixels of the screen that these cells cover.
    const QSizeF screen =
        QSizeF(visible.width() * m_scale.width(), visible.height() * m_scale.height()) * devicePixelRatioF();
    const QSize pixels(std::max(1, static_cast<int>(std::ceil(screen.width())) + 2),
                       std::max(1, static_cast<int>(std::ceil(screen.height())) + 2));
    m_image = renderHeatmap(m_tensor.view(), m_picture, visible, pixels, withThemeColors(m_coloring));
}

void HeatmapView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::instance();
    painter.fillRect(rect(), theme.color(ThemeColor::Canvas));
    if (m_picture.empty() || !m_tensor) return;
    if (m_stale) renderVisible();
    if (m_image.image.isNull()) return;
    const QRectF target(m_origin.x() + m_image.cells.left() * m_scale.width(),
                        m_origin.y() + m_image.cells.top() * m_scale.height(), m_image.cells.width() * m_scale.width(),
                        m_image.cells.height() * m_scale.height());
    painter.drawImage(target, m_image.image);
    paintValues(painter, m_image.cells);
    if (!m_pointer || !m_hovered) return;
    const auto cell = cellAt(*m_pointer);
    if (!cell) return;
    // Crosshair through the cell, dark and light so that it shows on every colour.
    const QRectF at = cellRect(cell->first, cell->second);
    const QPointF centre = at.center();
    for (const auto& [color, shift] :
         {std::pair{QColor(0, 0, 0, 110), 1.0}, std::pair{QColor(255, 255, 255, 150), 0.0}}) {
        painter.setPen(QPen(color, 1));
        painter.drawLine(QPointF(0, centre.y() + shift), QPointF(at.left() - 1, centre.y() + shift));
        painter.drawLine(QPointF(at.right() + 1, centre.y() + shift), QPointF(width(), centre.y() + shift));
        painter.drawLine(QPointF(centre.x() + shift, 0), QPointF(centre.x() + shift, at.top() - 1));
        painter.drawLine(QPointF(centre.x() + shift, at.bottom() + 1), QPointF(centre.x() + shift, height()));
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.color(ThemeColor::Accent), 2));
    painter.drawRect(at.adjusted(-1, -1, 1, 1));
}

void HeatmapView::paintValues(QPainter& painter, QRectF cells) const {
    const bool lines = m_scale.width() >= kLinesFrom && m_scale.height() >= kLinesFrom;
    const bool values = m_scale.width() >= kTextWidth && m_scale.height() >= kTextHeight;
    if (!lines) return;
    const QColor canvas = Theme::instance().color(ThemeColor::Canvas);
    painter.setFont(Theme::instance().mono());
    const bool integer = !isReal(m_tensor.dtype());
    for (auto row = static_cast<std::int64_t>(cells.top()); row < static_cast<std::int64_t>(cells.bottom()); ++row)
        for (auto column = static_cast<std::int64_t>(cells.left()); column < static_cast<std::int64_t>(cells.right());
             ++column) {
            const std::int64_t element = m_picture.elementAt(row, column);
            if (element < 0) continue;
            const QRectF cell = cellRect(row, column);
            painter.setPen(canvas);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(cell);
            if (!values) continue;
            const QPoint pixel(static_cast<int>(column - static_cast<std::int64_t>(m_image.cells.left())),
                               static_cast<int>(row - static_cast<std::int64_t>(m_image.cells.top())));
            if (!m_image.image.valid(pixel)) continue;
            painter.setPen(QColor(inkOn(m_image.image.pixel(pixel))));
            painter.drawText(cell, Qt::AlignCenter, cellText(m_tensor.at(element), integer));
        }
}

QImage HeatmapView::exported(int most) const {
    const QRectF all(0, 0, static_cast<double>(m_picture.columns()), static_cast<double>(m_picture.rows()));
    const QImage image = renderHeatmap(m_tensor.view(), m_picture, all, QSize(most, most), withThemeColors(m_coloring)).image;
    // Small pictures are enlarged by whole factors, so that they can be looked at.
    const int factor = image.isNull() ? 1 : std::max(1, 512 / std::max(image.width(), image.height()));
    return factor > 1 ? image.scaled(image.size() * factor, Qt::IgnoreAspectRatio, Qt::FastTransformation) : image;
}

void HeatmapView::zoomAt(QPointF position, double factor) {
    if (m_picture.empty()) return;
    const double least = std::min({1.0, (width() - 2 * kMargin) / static_cast<double>(m_picture.columns()),
                                   (height() - 2 * kMargin) / static_cast<double>(m_picture.rows())}) *
                         0.5;
    const double larger = std::max(m_scale.width(), m_scale.height()),
                 smaller = std::min(m_scale.width(), m_scale.height());
    factor = std::clamp(factor, std::max(least, 1e-4) / smaller, kMostScale / larger);
    if (larger * factor < larger && factor * smaller < least) return;
    const QPointF cell((position.x() - m_origin.x()) / m_scale.width(),
                       (position.y() - m_origin.y()) / m_scale.height());
    m_scale *= factor;
    m_origin = QPointF(position.x() - cell.x() * m_scale.width(), position.y() - cell.y() * m_scale.height());
    m_fitted = false;
    keepInView();
    updateHover();
    invalidate();
}

void HeatmapView::panBy(QPointF delta) {
    m_origin += delta;
    m_fitted = false;
    keepInView();
    updateHover();
    invalidate();
}

// A corner of the picture stays in sight whatever is done.
void HeatmapView::keepInView() {
    const double across = static_cast<double>(m_picture.columns()) * m_scale.width(),
                 down = static_cast<double>(m_picture.rows()) * m_scale.height();
    constexpr double kRest = 32;
    m_origin.setX(std::clamp(m_origin.x(), std::min(kRest - across, 0.0), std::max(width() - kRest, 0.0)));
    m_origin.setY(std::clamp(m_origin.y(), std::min(kRest - down, 0.0), std::max(height() - kRest, 0.0)));
}

void HeatmapView::updateHover() {
    std::optional<std::int64_t> element;
    if (m_pointer)
        if (const auto cell = cellAt(*m_pointer))
            if (const std::int64_t found = m_picture.elementAt(cell->first, cell->second); found >= 0) element = found;
    m_hovered = element;
    emit hovered(element.value_or(-1));
    update();
}

void HeatmapView::resizeEvent(QResizeEvent*) {
    if (m_fitted)
        fit();
    else
        invalidate();
}

void HeatmapView::wheelEvent(QWheelEvent* event) {
    const double clicks = event->angleDelta().y() / 120.0;
    if (m_picture.empty() || clicks == 0) return event->ignore();
    zoomAt(event->position(), std::pow(1.25, clicks));
    event->accept();
}

void HeatmapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    m_dragFrom = event->pos();
}

void HeatmapView::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    if (m_dragFrom && (event->buttons() & Qt::LeftButton)) {
        setCursor(Qt::ClosedHandCursor);
        const QPoint delta = event->pos() - *m_dragFrom;
        m_dragFrom = event->pos();
        return panBy(delta);
    }
    updateHover();
}

void HeatmapView::mouseReleaseEvent(QMouseEvent*) {
    m_dragFrom.reset();
    unsetCursor();
}

void HeatmapView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) fit();
}

void HeatmapView::keyPressEvent(QKeyEvent* event) {
    constexpr double kStep = 40;
    if (event->matches(QKeySequence::Copy)) {
        emit copyRequested();
        return;
    }
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomAt(QRectF(rect()).center(), 1.25);
        case Qt::Key_Minus:
            return zoomAt(QRectF(rect()).center(), 0.8);
        case Qt::Key_F:
        case Qt::Key_0:
            return fit();
        case Qt::Key_Left:
            return panBy({kStep, 0});
        case Qt::Key_Right:
            return panBy({-kStep, 0});
        case Qt::Key_Up:
            return panBy({0, kStep});
        case Qt::Key_Down:
            return panBy({0, -kStep});
        default:
            QWidget::keyPressEvent(event);
    }
}

void HeatmapView::leaveEvent(QEvent*) {
    m_pointer.reset();
    updateHover();
}

bool HeatmapView::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        // While it has the focus these keys are its own, whatever the window means by them.
        const auto* key = static_cast<QKeyEvent*>(event);
        static constexpr std::array kOwn{Qt::Key_Plus, Qt::Key_Equal, Qt::Key_Minus, Qt::Key_F, Qt::Key_0};
        if (key->matches(QKeySequence::Copy) || (!(key->modifiers() & Qt::ControlModifier) &&
                                                 std::find(kOwn.begin(), kOwn.end(), key->key()) != kOwn.end())) {
            event->accept();
            return true;
        }
    }
    if (event->type() == QEvent::ToolTip && !m_picture.empty()) {
        QString text;
        if (m_image.reduced)
            text =
                tr("There are more elements than pixels: each pixel shows the element furthest from the middle of the "
                   "range,\n"
                   "and NaN or infinity before all others. Zoom in to see every one.");
        if (m_image.sampled) text += tr("\nSo many elements are in view that only some of them were looked at.");
        QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

}  // namespace gradlens
