// SPDX-License-Identifier: GPL-3.0-or-later
// Pens, brushes, fonts and paths of the canvas, made once for a theme: items only refer to them. GUI thread only.
#pragma once
#include "core/graph/model_graph.h"

#include <QBrush>
#include <QColor>
#include <QFont>
#include <QHash>
#include <QPainterPath>
#include <QPen>

#include <array>

namespace gradlens {

struct CanvasStyle {
    static CanvasStyle fromTheme();

    QColor canvas, grid, card, field, border, hover, text, muted, faint, accent, selection, good, warning, danger;
    QColor onAccent;
    QPen cardPen, hoverPen, selectedPen, warningPen, errorPen, haloPen, haloErrorPen;
    QPen gridPen, guidePen, marqueePen, foundPen;
    QBrush shadow;
    QFont name, op, detail, figure, label, badge, far, farOp;
    QPainterPath cardPath, accentPath, farAccentPath, haloPath;  // relative to the card's corner
    // NaN, -Inf, negative, zero, positive, +Inf.
    std::array<QColor, 6> health;
    QColor notANumber;
    std::array<QColor, kNoteColors> notes;  // what Note::color means

    QColor category(const QString& categoryName) const;
};

}  // namespace gradlens
