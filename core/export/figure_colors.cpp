// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/figure_colors.h"

#include "core/graph/json_fields.h"
#include "core/io/atomic_file.h"
#include "core/io/json_text.h"
#include "core/io/resources.h"

namespace gradlens {

namespace {
FigureColors paper() {
    FigureColors colors;
    colors.background = "#ffffff";
    colors.card = "#ffffff";
    colors.border = "#1a1a1a";
    colors.text = "#000000";
    colors.muted = "#333333";
    colors.faint = "#555555";
    colors.edge = "#1a1a1a";
    colors.notes = {"#777777"};
    return colors;
}

FigureColors themed(const char* name) {
    constexpr std::uint64_t kMostBytes = 1 << 20;
    const std::filesystem::path file = findResources() / "themes" / name;
    const auto json = parseJson(readFile(file, kMostBytes), file.string());
    const JsonPlace root = JsonPlace::root(json, file.string());
    const JsonPlace all = root.member("colors");
    FigureColors colors;
    colors.background = all.member("Canvas").text();
    colors.card = all.member("Raised").text();
    colors.border = all.member("Border").text();
    colors.text = all.member("Text").text();
    colors.muted = all.member("TextMuted").text();
    colors.faint = all.member("TextFaint").text();
    colors.edge = colors.faint;
    const JsonPlace categories = root.member("categories"), series = root.member("series");
    for (const auto& [category, color] : categories.json().items())
        colors.categories[category] = categories.member(category.c_str()).text();
    for (std::size_t i = 0; i < series.size(); ++i) colors.notes.push_back(series.element(i).text());
    if (colors.notes.empty()) colors.notes.push_back(colors.faint);
    return colors;
}
}  // namespace

const std::string& FigureColors::category(const std::string& name) const {
    const auto found = categories.find(name);
    return found == categories.end() ? muted : found->second;
}

const std::string& FigureColors::note(int color) const {
    return notes[static_cast<std::size_t>(color < 0 ? 0 : color) % notes.size()];
}

FigureColors figureColors(FigureStyle style) {
    return style == FigureStyle::Paper ? paper() : themed(style == FigureStyle::Light ? "light.json" : "dark.json");
}

}  // namespace gradlens
