// SPDX-License-Identifier: GPL-3.0-or-later
// The letters of an SVG: escaped text, numbers, and how wide a text will be in a sans-serif face. Pure functions, the
// same in every locale.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

// For element content and attribute values. What XML cannot hold (control characters, broken UTF-8) becomes U+FFFD.
std::string xmlText(std::string_view text);
// At most two decimals: "12.5", "-3".
std::string svgNumber(double value);
// In the units of `size`, for Inter, Helvetica and faces like them; rather too wide than too narrow.
double textWidth(std::string_view text, double size, bool bold = false);
// The text, or as much of it as fits with "…" behind.
std::string elided(std::string_view text, double width, double size, bool bold = false);
// Lines of at most `width`, broken at spaces and where the text has line breaks.
std::vector<std::string> wrapped(std::string_view text, double width, double size);

}  // namespace gradlens
