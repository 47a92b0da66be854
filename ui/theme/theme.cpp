// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/theme_colors.h"
#include "ui/theme/tinted_icon.h"

#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QProxyStyle>
#include <QStyle>

#include <array>

// Resources of a static library have to be asked for by name, outside any namespace.
static void initialiseResources() {
    Q_INIT_RESOURCE(gradlens);
}

namespace gradlens {
namespace {

const ThemeColors& colorsOf(bool dark) {
    static const std::array<ThemeColors, 2> themes{ThemeColors::load(QStringLiteral("light")),
                                                   ThemeColors::load(QStringLiteral("dark"))};
    return themes[dark ? 1 : 0];
}

QString firstFamily(const QStringList& wanted) {
    const QStringList present = QFontDatabase::families();
    for (const QString& family : wanted)
        if (present.contains(family)) return family;
    return {};
}

QFont makeFont(const QString& family, int pixels, QFont::Weight weight, QFont::StyleHint hint) {
    QFont font;
    if (!family.isEmpty()) font.setFamily(family);
    font.setStyleHint(hint);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferVerticalHinting);
    return font;
}

QFont sans(int pixels, QFont::Weight weight) {
    static const QString family = firstFamily({"Inter", "Noto Sans", "DejaVu Sans"});
    return makeFont(family, pixels, weight, QFont::SansSerif);
}

bool desktopIsDark() {
    // The palette the platform came with, before the first apply() changes it.
    static const bool dark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    return dark;
}

// Fusion, with the access keys of menus and labels working but not underlined, and dialog buttons without pictures.
class ThemeStyle : public QProxyStyle {
public:
    ThemeStyle() : QProxyStyle(QStringLiteral("Fusion")) {}
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returned) const override {
        if (hint == SH_UnderlineShortcut || hint == SH_DialogButtonBox_ButtonsHaveIcons) return 0;
        return QProxyStyle::styleHint(hint, option, widget, returned);
    }
};

QPalette makePalette(const Theme& theme) {
    const auto color = [&theme](ThemeColor role) { return theme.color(role); };
    QPalette palette(color(ThemeColor::Raised), color(ThemeColor::Panel));
    const auto all = [&palette](QPalette::ColorRole role, const QColor& value) { palette.setColor(role, value); };
    all(QPalette::Window, color(ThemeColor::Panel));
    all(QPalette::WindowText, color(ThemeColor::Text));
    all(QPalette::Base, color(ThemeColor::Field));
    all(QPalette::AlternateBase, color(ThemeColor::Canvas));
    all(QPalette::ToolTipBase, color(ThemeColor::Raised));
    all(QPalette::ToolTipText, color(ThemeColor::Text));
    all(QPalette::Text, color(ThemeColor::Text));
    all(QPalette::Button, color(ThemeColor::Raised));
    all(QPalette::ButtonText, color(ThemeColor::Text));
    all(QPalette::BrightText, color(ThemeColor::Danger));
    all(QPalette::Highlight, color(ThemeColor::Accent));
    all(QPalette::HighlightedText, color(ThemeColor::AccentText));
    all(QPalette::Link, color(ThemeColor::Accent));
    all(QPalette::LinkVisited, color(ThemeColor::Accent));
    all(QPalette::PlaceholderText, color(ThemeColor::TextFaint));
    all(QPalette::Light, color(ThemeColor::Hover));
    all(QPalette::Midlight, color(ThemeColor::Hover));
    all(QPalette::Mid, color(ThemeColor::Border));
    all(QPalette::Dark, color(ThemeColor::Border));
    all(QPalette::Shadow, color(ThemeColor::Window));
    for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, color(ThemeColor::TextFaint));
    return palette;
}

QString makeStyleSheet(bool dark) {
    QFile file(QStringLiteral(":/themes/style.qss"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return colorsOf(dark).fill(QString::fromUtf8(file.readAll()), dark ? "dark" : "light");
}

}  // namespace

Theme& Theme::instance() {
    static Theme theme;
    static const bool ready = (initialiseResources(), true);
    Q_UNUSED(ready);
    return theme;
}

void Theme::apply(QApplication& application, Mode mode) {
    const bool systemDark = desktopIsDark();
    m_mode = mode;
    m_dark = mode == Mode::System ? systemDark : mode == Mode::Dark;
    if (!m_styled) application.setStyle(new ThemeStyle);  // the application owns it
    m_styled = true;
    application.setPalette(makePalette(*this));
    application.setFont(body());
    application.setStyleSheet(makeStyleSheet(m_dark));
    emit changed();
}

QColor Theme::color(ThemeColor role) const {
    return colorsOf(m_dark).color(role);
}

QColor Theme::category(const QString& opCategory) const {
    return colorsOf(m_dark).category(opCategory);
}

QColor Theme::series(int index) const {
    return colorsOf(m_dark).series(index);
}

QFont Theme::body() const {
    return sans(13, QFont::Normal);
}

QFont Theme::small() const {
    return sans(12, QFont::Normal);
}

QFont Theme::strong() const {
    return sans(13, QFont::DemiBold);
}

QFont Theme::title() const {
    QFont font = sans(20, QFont::DemiBold);
    font.setLetterSpacing(QFont::PercentageSpacing, 98.5);
    return font;
}

QFont Theme::mono() const {
    static const QString family = firstFamily({"JetBrains Mono", "DejaVu Sans Mono", "Noto Sans Mono"});
    return makeFont(family, 12, QFont::Normal, QFont::Monospace);
}

QIcon Theme::icon(const QString& name) const {
    return tintedIcon(name, ThemeColor::TextMuted, ThemeColor::Accent);
}

QIcon Theme::icon(const QString& name, ThemeColor tint) const {
    return tintedIcon(name, tint, tint);
}

}  // namespace gradlens
