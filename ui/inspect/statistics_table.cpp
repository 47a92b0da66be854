// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/statistics_table.h"

#include "ui/theme/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
constexpr int kRowHeight = 18;
constexpr int kGutter = 20;         // between the columns
constexpr int kWidestColumn = 240;  // wider, and name and value would not meet the eye together

QString shareText(std::int64_t part, std::int64_t whole) {
    if (whole == 0) return QStringLiteral("–");
    const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    // A few among millions are not "0.0 %".
    if (part > 0 && share < 0.05) return QStringLiteral("<0.1 %");
    return QString::number(share, 'f', 1) + QStringLiteral(" %");
}
}  // namespace

QString numberText(double value) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("+Inf") : QStringLiteral("-Inf");
    return QString::number(value, 'g', 5);
}

StatisticsTable::StatisticsTable(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Statistics"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    clear();
}

QSize StatisticsTable::sizeHint() const {
    return {260, kRows * kRowHeight};
}

void StatisticsTable::setFigures(const TensorType& type, const Statistics& s) {
    const bool finite = s.finite > 0;
    const auto figure = [&](double value) {
        return Row{{}, finite ? numberText(value) : QStringLiteral("–"), finite ? Tone::Plain : Tone::Faint};
    };
    const auto count = [](std::int64_t value, Tone bad) {
        return Row{
            {}, QLocale(QLocale::English).toString(static_cast<qlonglong>(value)), value > 0 ? bad : Tone::Faint};
    };
    const auto named = [](const QString& name, Row row) {
        row.name = name;
        return row;
    };
    m_rows = {
        {tr("Shape"), QString::fromStdString(type.shape.toString()).replace(QLatin1Char('x'), QStringLiteral("×")),
         Tone::Plain},
        named(tr("Min"), figure(s.min)),
        named(tr("Max"), figure(s.max)),
        named(tr("Mean"), figure(s.mean)),
        named(tr("Std"), figure(s.standardDeviation)),
        named(tr("L2 norm"), figure(s.l2)),
        {tr("Type"), QString::fromUtf8(nameOf(type.dtype).data(), static_cast<qsizetype>(nameOf(type.dtype).size())),
         Tone::Plain},
        {tr("Zeros"), shareText(s.zeros, s.count), Tone::Plain},
        named(tr("NaN"), count(s.nan, Tone::NotANumber)),
        named(tr("+Inf"), count(s.positiveInfinite, Tone::PositiveInfinite)),
        named(tr("-Inf"), count(s.negativeInfinite, Tone::NegativeInfinite)),
        named(tr("Denormals"), count(s.denormals, Tone::Warning)),
    };
    if (type.shape.rank() == 0) m_rows[0].value = tr("scalar");
    setAccessibleDescription(asText());
    update();
}

void StatisticsTable::clear() {
    m_rows.clear();
    update();
}

QString StatisticsTable::valueOf(const QString& name) const {
    for (const Row& row : m_rows)
        if (row.name == name) return row.value;
    return {};
}

QString StatisticsTable::asText() const {
    QString text;
    for (const Row& row : m_rows) text += row.name + QLatin1Char('\t') + row.value + QLatin1Char('\n');
    return text;
}

void StatisticsTable::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::instance();
    // The first column holds the shape, the longest value there is.
    const int room = std::min(width() - kGutter, kColumns * kWidestColumn);
    const int firstWidth = room * 11 / 20;
    const auto color = [&](Tone tone) {
        switch (tone) {
            case Tone::Faint:
                return theme.color(ThemeColor::TextFaint);
            case Tone::NotANumber:
                return theme.color(ThemeColor::Danger);
            case Tone::PositiveInfinite:
            case Tone::NegativeInfinite:
                return theme.color(ThemeColor::Danger);
            case Tone::Warning:
                return theme.color(ThemeColor::Warning);
            case Tone::Plain:
                break;
        }
        return theme.color(ThemeColor::Text);
    };
    const auto swatch = [&](Tone tone) {
        switch (tone) {
            case Tone::NotANumber:
                return theme.color(ThemeColor::NotANumber);
            case Tone::PositiveInfinite:
                return theme.color(ThemeColor::PositiveInfinite);
            case Tone::NegativeInfinite:
                return theme.color(ThemeColor::NegativeInfinite);
            default:
                return QColor();
        }
    };
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const int column = static_cast<int>(i) / kRows;
        const QRect line(column == 0 ? 0 : firstWidth + kGutter, static_cast<int>(i) % kRows * kRowHeight,
                         column == 0 ? firstWidth : room - firstWidth, kRowHeight);
        painter.setFont(theme.small());
        painter.setPen(theme.color(ThemeColor::TextMuted));
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, row.name);
        // The colour this kind of value has in the heatmap.
        if (const QColor dot = swatch(row.tone); dot.isValid()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(dot);
            const int left = line.left() + painter.fontMetrics().horizontalAdvance(row.name) + 6;
            painter.drawRoundedRect(QRectF(left, line.center().y() - 3, 8, 8), 2, 2);
        }
        painter.setFont(theme.mono());
        painter.setPen(color(row.tone));
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, row.value);
    }
}

}  // namespace gradlens
