// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_style.h"

#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

namespace gradlens {

namespace {
constexpr double kCardRadius = 8;
constexpr double kAccentWidth = 4;

QColor translucent(QColor color, int alpha) {
    color.setAlpha(alpha);
    return color;
}

QFont withPixels(QFont font, int pixels) {
    font.setPixelSize(pixels);
    return font;
}
}  // namespace

CanvasStyle CanvasStyle::fromTheme() {
    const Theme& theme = Theme::instance();
    CanvasStyle style;
    style.canvas = theme.color(ThemeColor::Canvas);
    style.grid = theme.color(ThemeColor::Grid);
    style.card = theme.color(ThemeColor::Raised);
    style.field = theme.color(ThemeColor::Field);
    style.border = theme.color(ThemeColor::Border);
    style.hover = theme.color(ThemeColor::Hover);
    style.text = theme.color(ThemeColor::Text);
    style.muted = theme.color(ThemeColor::TextMuted);
    style.faint = theme.color(ThemeColor::TextFaint);
    style.accent = theme.color(ThemeColor::Accent);
    style.onAccent = theme.color(ThemeColor::AccentText);
    style.selection = theme.color(ThemeColor::Selection);
    style.good = theme.color(ThemeColor::Good);
    style.warning = theme.color(ThemeColor::Warning);
    style.danger = theme.color(ThemeColor::Danger);
    style.notANumber = theme.color(ThemeColor::NotANumber);
    style.cardPen = QPen(style.border, 1);
    style.hoverPen = QPen(style.faint, 1);
    style.selectedPen = QPen(style.accent, 2);
    style.errorPen = QPen(style.danger, 1.5);
    style.warningPen = QPen(translucent(style.warning, 170), 1);
    style.haloPen = QPen(translucent(style.accent, 70), 4);
    style.haloErrorPen = QPen(translucent(style.danger, 40), 4);
    style.gridPen = QPen(style.grid, 0);
    style.guidePen = QPen(style.accent, 0, Qt::DashLine);
    style.marqueePen = QPen(style.accent, 0);
    style.foundPen = QPen(translucent(style.warning, 190), 3);
    style.shadow = QColor(0, 0, 0, theme.isDark() ? 70 : 18);
    style.name = withPixels(theme.strong(), 13);
    style.op = withPixels(theme.small(), 11);
    style.op.setWeight(QFont::Medium);
    style.detail = withPixels(theme.body(), 12);
    style.figure = withPixels(theme.mono(), 11);
    style.label = withPixels(theme.mono(), 11);
    style.badge = withPixels(theme.strong(), 11);
    style.far = withPixels(theme.strong(), 28);
    style.farOp = withPixels(theme.body(), 20);

    const QRectF card(0, 0, kCardWidth, kCardHeight);
    style.cardPath.addRoundedRect(card, kCardRadius, kCardRadius);
    QPainterPath bar;
    bar.addRect(QRectF(0, 0, kAccentWidth, kCardHeight));
    style.accentPath = style.cardPath.intersected(bar);
    QPainterPath farBar;
    farBar.addRect(QRectF(0, 0, 2 * kAccentWidth, kCardHeight));
    style.farAccentPath = style.cardPath.intersected(farBar);
    style.haloPath.addRoundedRect(card.adjusted(-2, -2, 2, 2), kCardRadius + 2, kCardRadius + 2);

    style.health = {theme.color(ThemeColor::NotANumber), theme.color(ThemeColor::NegativeInfinite),
                    theme.color(ThemeColor::Negative),   theme.color(ThemeColor::Zero),
                    theme.color(ThemeColor::Positive),   theme.color(ThemeColor::PositiveInfinite)};
    for (int color = 0; color < kNoteColors; ++color)
        style.notes[static_cast<std::size_t>(color)] = theme.series(color);
    return style;
}

QColor CanvasStyle::category(const QString& categoryName) const {
    return Theme::instance().category(categoryName);
}

}  // namespace gradlens
