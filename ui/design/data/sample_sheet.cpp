// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/sample_sheet.h"

#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <limits>

namespace gradlens {

namespace {
constexpr int kCell = 70, kPadding = 4, kCaption = 18;           // of pictures
constexpr int kTextHeight = 62, kRowHeight = 24, kHeads = 26;    // of tokens and tables
constexpr int kIndexWidth = 52, kLabelWidth = 84, kNumber = 68;  // columns of a table
constexpr int kPagesAhead = 1;                                   // read before they are asked for

QString number(float value) {
    return QString::fromStdString(valueText(static_cast<double>(value), AxisUnit::Number));
}
}  // namespace

SampleChoice::SampleChoice(std::vector<std::int64_t> samples)
    : m_count(std::ssize(samples)), m_some(std::make_shared<const std::vector<std::int64_t>>(std::move(samples))) {}

std::int64_t SampleChoice::positionOf(std::int64_t sample) const {
    const std::int64_t last = std::max<std::int64_t>(m_count - 1, 0);
    if (!m_some) return std::clamp<std::int64_t>(sample, 0, last);
    return std::min<std::int64_t>(std::ranges::lower_bound(*m_some, sample) - m_some->begin(), last);
}

SampleSheet::SampleSheet(SampleReader& reader, QWidget* parent) : QAbstractScrollArea(parent), m_reader(reader) {
    setObjectName("sampleSheet");
    setAccessibleName(tr("Samples"));
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(NoFrame);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&m_reader, &SampleReader::arrived, viewport(), qOverload<>(&QWidget::update));
    connect(&Theme::instance(), &Theme::changed, viewport(), qOverload<>(&QWidget::update));
}

void SampleSheet::setChoice(const SampleChoice& choice) {
    const std::int64_t before = m_current >= 0 && m_choice.size() > 0 ? m_choice.at(m_current) : 0;
    m_choice = choice;
    if (dataset() != nullptr) m_kind = kindOf(*dataset());
    m_current = choice.size() == 0 ? -1 : choice.positionOf(before);
    measure();
    if (m_current >= 0) reveal(m_current);
    ask();
    viewport()->update();
    emit currentChanged(m_current);
    emit sightChanged();
}

void SampleSheet::measure() {
    const int width = std::max(viewport()->width(), 1);
    m_top = 0;
    m_columns = 1;
    m_cellWidth = width;
    int contentWidth = width;
    if (m_kind == SampleKind::Picture) {
        const gradlens::Shape shape = dataset() != nullptr ? dataset()->featureShape : gradlens::Shape{1, 1};
        const std::int64_t tiles = shape.rank() == 3 && shape[0] != 3 ? shape[0] : 1;
        const double aspect = static_cast<double>(shape[-2]) / static_cast<double>(shape[-1] * tiles);
        // What is wider than high gets the width for it.
        m_columns = std::max(1, static_cast<int>(width / (kCell * std::clamp(1 / aspect, 1.0, 4.0))));
        m_cellWidth = width / m_columns;
        const int side = m_cellWidth - 2 * kPadding;
        m_cellHeight = static_cast<int>(side * std::min(aspect, 1.0)) + 2 * kPadding + kCaption;
    } else if (m_kind == SampleKind::Tokens) {
        m_cellHeight = kTextHeight;
    } else {
        m_cellHeight = kRowHeight;
        m_top = kHeads;
        const std::int64_t numbers = dataset() != nullptr ? dataset()->featureShape.elements() : 0;
        constexpr std::int64_t kMostNumbers = 4096;
        contentWidth = kIndexWidth + kLabelWidth + kNumber * static_cast<int>(std::min(numbers, kMostNumbers));
    }
    const std::int64_t rows = (m_choice.size() + m_columns - 1) / m_columns;
    const int room = std::max(viewport()->height() - m_top, 1);
    const std::int64_t height = std::min<std::int64_t>(rows * m_cellHeight, std::numeric_limits<int>::max() / 2);
    verticalScrollBar()->setPageStep(room);
    verticalScrollBar()->setSingleStep(m_cellHeight / (m_kind == SampleKind::Picture ? 2 : 1));
    verticalScrollBar()->setRange(0, static_cast<int>(std::max<std::int64_t>(height - room, 0)));
    horizontalScrollBar()->setPageStep(width);
    horizontalScrollBar()->setSingleStep(kNumber);
    horizontalScrollBar()->setRange(0, std::max(contentWidth - width, 0));
}

void SampleSheet::ask() {
    if (!isVisible()) return;
    std::vector<std::int64_t> samples;
    if (m_choice.size() > 0) {
        const std::int64_t first = firstInSight(), last = lastInSight(), page = last - first + 1;
        for (std::int64_t position = first; position <= last; ++position) samples.push_back(m_choice.at(position));
        for (std::int64_t i = 1; i <= page * kPagesAhead; ++i) {
            if (last + i < m_choice.size()) samples.push_back(m_choice.at(last + i));
            if (first - i >= 0) samples.push_back(m_choice.at(first - i));
        }
    }
    m_reader.want(samples);
}

std::int64_t SampleSheet::firstInSight() const {
    return std::int64_t{verticalScrollBar()->value() / m_cellHeight} * m_columns;
}

std::int64_t SampleSheet::lastInSight() const {
    const int bottom = verticalScrollBar()->value() + std::max(viewport()->height() - m_top, 1) - 1;
    return std::min<std::int64_t>(std::int64_t{bottom / m_cellHeight + 1} * m_columns, m_choice.size()) - 1;
}

int SampleSheet::rowsAPage() const {
    return std::max((viewport()->height() - m_top) / m_cellHeight, 1);
}

void SampleSheet::turnPage(int pages) {
    verticalScrollBar()->setValue(verticalScrollBar()->value() + pages * rowsAPage() * m_cellHeight);
}

QRect SampleSheet::cellOf(std::int64_t position) const {
    const auto row = static_cast<int>(position / m_columns), column = static_cast<int>(position % m_columns);
    return {column * m_cellWidth, m_top + row * m_cellHeight - verticalScrollBar()->value(), m_cellWidth, m_cellHeight};
}

void SampleSheet::setCurrent(std::int64_t position) {
    if (m_choice.size() == 0) return;
    position = std::clamp<std::int64_t>(position, 0, m_choice.size() - 1);
    reveal(position);
    if (position == m_current) return;
    m_current = position;
    viewport()->update();
    emit currentChanged(position);
}

void SampleSheet::reveal(std::int64_t position) {
    const auto top = static_cast<int>(position / m_columns) * m_cellHeight;
    const int room = viewport()->height() - m_top;
    QScrollBar* bar = verticalScrollBar();
    if (top < bar->value()) bar->setValue(top);
    if (top + m_cellHeight > bar->value() + room) bar->setValue(top + m_cellHeight - room);
}

void SampleSheet::resizeEvent(QResizeEvent*) {
    measure();
    ask();
    emit sightChanged();
}

void SampleSheet::showEvent(QShowEvent*) {
    ask();
}

void SampleSheet::scrollContentsBy(int, int) {
    viewport()->update();
    ask();
    emit sightChanged();
}

void SampleSheet::mousePressEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    const int column = at.x() / m_cellWidth, y = at.y() - m_top;
    if (event->button() != Qt::LeftButton || column >= m_columns || y < 0) return;
    const std::int64_t position = std::int64_t{(y + verticalScrollBar()->value()) / m_cellHeight} * m_columns + column;
    if (position < m_choice.size()) setCurrent(position);
}

void SampleSheet::keyPressEvent(QKeyEvent* event) {
    const std::int64_t page = std::int64_t{rowsAPage()} * m_columns;
    switch (event->key()) {
        case Qt::Key_Right:
            setCurrent(m_current + 1);
            break;
        case Qt::Key_Left:
            setCurrent(m_current - 1);
            break;
        case Qt::Key_Down:
            setCurrent(m_current + m_columns);
            break;
        case Qt::Key_Up:
            setCurrent(m_current - m_columns);
            break;
        case Qt::Key_PageDown:
            setCurrent(m_current + page);
            break;
        case Qt::Key_PageUp:
            setCurrent(m_current - page);
            break;
        case Qt::Key_Home:
            setCurrent(0);
            break;
        case Qt::Key_End:
            setCurrent(m_choice.size() - 1);
            break;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void SampleSheet::focusInEvent(QFocusEvent*) {
    viewport()->update();
}
void SampleSheet::focusOutEvent(QFocusEvent*) {
    viewport()->update();
}

// --- Painting

void SampleSheet::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme.color(ThemeColor::Panel));
    painter.setFont(theme.small());
    painter.setClipRect(viewport()->rect().adjusted(0, m_top, 0, 0));
    for (std::int64_t position = firstInSight(); position <= lastInSight(); ++position) paintCell(painter, position);
    painter.setClipping(false);
    if (m_top > 0) paintHeads(painter);
}

void SampleSheet::paintCell(QPainter& painter, std::int64_t position) const {
    const Theme& theme = Theme::instance();
    const QRect cell = cellOf(position);
    const std::int64_t index = m_choice.at(position);
    if (position == m_current) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(hasFocus() ? QPen(theme.color(ThemeColor::Accent), 1.5) : QPen(Qt::NoPen));
        painter.setBrush(theme.color(ThemeColor::Selection));
        painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), 4, 4);
    }
    const Sample* sample = m_reader.find(index);
    if (m_kind == SampleKind::Picture)
        paintPicture(painter, cell, sample);
    else if (m_kind == SampleKind::Tokens)
        paintText(painter, cell, index, sample);
    else
        paintNumbers(painter, cell, index, sample);
}

void SampleSheet::paintPicture(QPainter& painter, const QRect& cell, const Sample* sample) const {
    const Theme& theme = Theme::instance();
    const QRect room = cell.adjusted(kPadding, kPadding, -kPadding, -kPadding - kCaption);
    if (sample == nullptr) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(ThemeColor::Raised));
        painter.drawRoundedRect(room, 3, 3);
        return;
    }
    const QSize fitted = sample->picture.size().scaled(room.size(), Qt::KeepAspectRatio);
    QRect place(QPoint(), fitted);
    place.moveCenter(room.center());
    // Pixels stay pixels when they are magnified.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, fitted.width() < sample->picture.width());
    painter.drawImage(place, sample->picture);
    painter.setPen(theme.color(ThemeColor::TextMuted));
    const QRect caption(cell.left() + 2, room.bottom() + 2, cell.width() - 4, kCaption);
    painter.drawText(caption, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(sample->label, Qt::ElideRight, caption.width()));
}

void SampleSheet::paintText(QPainter& painter, const QRect& cell, std::int64_t index, const Sample* sample) const {
    const Theme& theme = Theme::instance();
    const QRect text = cell.adjusted(12, 4, -12, -6);
    painter.setPen(theme.color(ThemeColor::Grid));
    painter.drawLine(cell.bottomLeft(), cell.bottomRight());
    painter.setFont(theme.small());
    painter.setPen(theme.color(ThemeColor::TextFaint));
    painter.drawText(text, Qt::AlignLeft | Qt::AlignTop, QString::number(index + 1));
    if (sample == nullptr) return;
    painter.setFont(theme.mono());
    painter.setPen(theme.color(ThemeColor::Text));
    painter.drawText(text.adjusted(kIndexWidth - 8, 0, 0, 0), Qt::AlignLeft | Qt::AlignTop | Qt::TextWrapAnywhere,
                     sample->text);
}

void SampleSheet::paintNumbers(QPainter& painter, const QRect& cell, std::int64_t index, const Sample* sample) const {
    const Theme& theme = Theme::instance();
    const int fixed = kIndexWidth + kLabelWidth;
    painter.setPen(theme.color(ThemeColor::TextFaint));
    painter.drawText(QRect(0, cell.top(), kIndexWidth - 10, cell.height()), Qt::AlignRight | Qt::AlignVCenter,
                     QString::number(index + 1));
    if (sample == nullptr) return;
    painter.setPen(theme.color(ThemeColor::TextMuted));
    painter.drawText(QRect(kIndexWidth, cell.top(), kLabelWidth - 6, cell.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(sample->label, Qt::ElideRight, kLabelWidth - 6));
    painter.save();
    painter.setClipRect(QRect(fixed, m_top, viewport()->width() - fixed, viewport()->height()));
    painter.setPen(theme.color(ThemeColor::Text));
    const int shift = horizontalScrollBar()->value();
    const auto first = static_cast<std::size_t>(shift / kNumber);
    for (std::size_t i = first; i < sample->values.size(); ++i) {
        const int left = fixed + static_cast<int>(i) * kNumber - shift;
        if (left > viewport()->width()) break;
        painter.drawText(QRect(left, cell.top(), kNumber - 8, cell.height()), Qt::AlignRight | Qt::AlignVCenter,
                         number(sample->values[i]));
    }
    painter.restore();
}

void SampleSheet::paintHeads(QPainter& painter) const {
    const Theme& theme = Theme::instance();
    const QRect heads(0, 0, viewport()->width(), m_top);
    painter.fillRect(heads, theme.color(ThemeColor::Panel));
    painter.setPen(theme.color(ThemeColor::Border));
    painter.drawLine(heads.bottomLeft(), heads.bottomRight());
    painter.setPen(theme.color(ThemeColor::TextMuted));
    painter.drawText(QRect(0, 0, kIndexWidth - 10, m_top), Qt::AlignRight | Qt::AlignVCenter, "#");
    painter.drawText(QRect(kIndexWidth, 0, kLabelWidth, m_top), Qt::AlignLeft | Qt::AlignVCenter, tr("Label"));
    if (dataset() == nullptr) return;
    const int fixed = kIndexWidth + kLabelWidth, shift = horizontalScrollBar()->value();
    painter.setClipRect(QRect(fixed, 0, viewport()->width() - fixed, m_top));
    const std::int64_t count = dataset()->featureShape.elements();
    for (std::int64_t i = shift / kNumber; i < count; ++i) {
        const int left = fixed + static_cast<int>(i) * kNumber - shift;
        if (left > viewport()->width()) break;
        const QString name = count == 2 ? QString(QLatin1Char(i == 0 ? 'x' : 'y')) : QString::number(i + 1);
        painter.drawText(QRect(left, 0, kNumber - 8, m_top), Qt::AlignRight | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(name, Qt::ElideRight, kNumber - 10));
    }
}

}  // namespace gradlens
