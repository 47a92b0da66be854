// SPDX-License-Identifier: GPL-3.0-or-later
// Where everything in a figure is, before it is written as SVG.
#pragma once
#include "core/export/figure_svg.h"

#include <vector>

namespace gradlens {

struct FigureBox {
    double x = 0, y = 0, width = 0, height = 0;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
    bool meets(const FigureBox& other) const {
        return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
    }
    FigureBox grown(double by) const { return {x - by, y - by, width + 2 * by, height + 2 * by}; }
    void include(const FigureBox& other);
};

struct FigureCard {
    FigureBox box;
    std::string name, op, category, detail, parameters, times;  // times: "×4" of a block that repeats
    bool block = false, bypassed = false;
};

// A pen's way: to a point in a straight line, or along a curve with two handles.
struct FigureStroke {
    enum class Kind { Move, Line, Curve } kind = Kind::Move;
    Point first, second;  // handles
    Point end;
};

struct FigureEdge {
    std::vector<FigureStroke> strokes;
    Point tip, tail;  // of the arrow: its point, and a point behind it
    bool dimmed = false;
};

struct FigureLabel {
    std::string text;
    FigureBox box;
    bool onEdge = false;  // there was no room beside one
};

inline constexpr double kFigureLabelSize = 10.5;

struct FigureScene {
    std::vector<FigureCard> cards;
    std::vector<FigureEdge> edges;
    std::vector<FigureLabel> labels;
    std::vector<Note> notes;
    FigureBox bounds;
};

FigureScene figureScene(const ModelGraph& graph, const OpCatalogue& catalogue, const FigureOptions& options);

}  // namespace gradlens
