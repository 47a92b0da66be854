// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, fonts, spacing and icons of the application, dark and light. Everything that paints asks here and repaints
// on changed(). One instance per application, GUI thread only.
#pragma once
#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QString>

class QApplication;

namespace gradlens {

enum class ThemeColor {
    Window,  // behind everything
    Canvas,  // drawing surface, chart and lens background
    Panel,   // docks, bars
    Raised,  // cards, nodes, buttons
    Field,   // text fields
    Hover,
    Border,
    Grid,  // canvas dots, chart grid lines
    Text,
    TextMuted,
    TextFaint,
    Accent,
    AccentHover,
    AccentText,  // AccentText: on Accent
    Selection,   // translucent
    Good,
    Warning,
    Danger,
    NotANumber,
    PositiveInfinite,
    NegativeInfinite,  // no colour map has these
    Negative,
    Zero,
    Positive,  // health strip
    Train,
    Validation,  // curves
};

class Theme : public QObject {
    Q_OBJECT
public:
    enum class Mode { System, Dark, Light };

    // The application's theme; made at first use.
    static Theme& instance();

    Mode mode() const { return m_mode; }
    bool isDark() const { return m_dark; }
    // Applies palette, style sheet and fonts to the application and emits changed().
    void apply(QApplication& application, Mode mode);

    QColor color(ThemeColor role) const;
    QColor category(const QString& opCategory) const;  // colour of a node's head
    QColor series(int index) const;                    // colour-blind safe; repeats after 8

    QFont body() const;
    QFont small() const;
    QFont strong() const;
    QFont title() const;
    QFont mono() const;  // numbers that change: tabular figures

    // An icon of resources/icons by name ("play", "pause", ...), tinted for the theme; follows changed() when re-asked.
    QIcon icon(const QString& name) const;
    QIcon icon(const QString& name, ThemeColor tint) const;

    static constexpr int kSpace = 8;  // the grid: margins and gaps are multiples of it or half of it
    static constexpr int kRadius = 6;

signals:
    void changed();

private:
    Theme() = default;
    Mode m_mode = Mode::System;
    bool m_dark = true;
    bool m_styled = false;
};

}  // namespace gradlens
