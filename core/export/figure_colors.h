// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of figures: two from the window's themes, one for print.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace gradlens {

enum class FigureStyle {
    Paper,  // black on white, as for print
    Light,
    Dark,
};

// As SVG writes them: "#2f6fdb".
struct FigureColors {
    std::string background, card, border, text, muted, faint, edge;
    std::map<std::string, std::string> categories;  // of ops
    std::vector<std::string> notes;                 // Note::color

    const std::string& category(const std::string& name) const;
    const std::string& note(int color) const;
};

// Light and Dark read the themes among the resources. Throws Error.
FigureColors figureColors(FigureStyle style);

}  // namespace gradlens
