// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of one theme as read from resources/themes/<name>.json. Immutable value; any thread.
#pragma once
#include "ui/theme/theme.h"

#include <QHash>
#include <QVector>

namespace gradlens {

// The name of a colour in the JSON files and the style sheet: "TextMuted".
QString nameOf(ThemeColor role);
inline constexpr int kThemeColorCount = static_cast<int>(ThemeColor::Validation) + 1;

class ThemeColors {
public:
    // Reads a shipped theme. A name or colour that is missing there is a programming error.
    static ThemeColors load(const QString& themeName);

    QColor color(ThemeColor role) const { return m_colors[static_cast<int>(role)]; }
    // Unknown categories get the colour of Shape.
    QColor category(const QString& name) const;
    QColor series(int index) const;
    QStringList categories() const { return m_categories.keys(); }
    // The style sheet with every @Name replaced by its colour and @theme by the theme's name.
    QString fill(const QString& sheet, const QString& themeName) const;

private:
    QVector<QColor> m_colors;
    QHash<QString, QColor> m_categories;
    QVector<QColor> m_series;
};

// WCAG 2.1 contrast ratio of two opaque colours, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

}  // namespace gradlens
