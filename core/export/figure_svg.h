// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing as a figure fit for a paper: clean SVG with text as text, cards where the drawing has them (or arranged, in
// a drawing without places), the shapes of what flows along the edges, comments and frames. The same drawing gives the
// same text. Any thread.
#pragma once
#include "core/export/figure_colors.h"
#include "core/graph/analysis.h"

#include <string>

namespace gradlens {

// The faces asked for, the best first. Who renders with something that knows one only puts that in its place.
inline constexpr const char* kFigureFonts = "Inter, Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif";

struct FigureOptions {
    bool attributes = true;  // "64 filters, 3×3" on the cards
    bool shapes = true;      // of what flows along the edges
    bool parameters = true;  // how many each layer has
    bool notes = true;       // comments and frames
    bool background = true;  // else transparent
    friend bool operator==(const FigureOptions&, const FigureOptions&) = default;
};

struct Figure {
    std::string svg;
    double width = 0, height = 0;  // in its units, pixels at 100 %
};

// catalogue: with the project's blocks. Wrong drawings are drawn as far as they go.
Figure figureOf(const ModelGraph& graph, const OpCatalogue& catalogue, const FigureColors& colors,
                const FigureOptions& options = {});

}  // namespace gradlens
