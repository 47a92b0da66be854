// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/figure_svg.h"

#include "core/export/figure_scene.h"
#include "core/export/svg_text.h"

#include <cmath>

namespace gradlens {

namespace {
constexpr double kNameSize = 13, kOpSize = 11, kDetailSize = 11;

std::string attribute(const char* name, double value) {
    return std::string(" ") + name + "=\"" + svgNumber(value) + "\"";
}

std::string boxAttributes(const FigureBox& box) {
    return attribute("x", box.x) + attribute("y", box.y) + attribute("width", box.width) +
           attribute("height", box.height);
}

std::string point(Point at) {
    return svgNumber(at.x) + " " + svgNumber(at.y);
}

std::string text(const std::string& content, double x, double y, double size, const std::string& color,
                 const std::string& more = {}) {
    if (content.empty()) return {};
    return "<text" + attribute("x", x) + attribute("y", y) + attribute("font-size", size) + " fill=\"" + color + "\"" +
           more + ">" + xmlText(content) + "</text>\n";
}

class SvgWriter {
public:
    SvgWriter(const FigureScene& scene, const FigureColors& colors, const FigureOptions& options)
        : m_scene(scene), m_colors(colors), m_options(options) {}

    std::string run() {
        const FigureBox& all = m_scene.bounds;
        m_svg = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"" +
                attribute("width", all.width) + attribute("height", all.height) + " viewBox=\"" +
                point({all.x, all.y}) + " " + point({all.width, all.height}) + "\" font-family=\"" + kFigureFonts +
                "\">\n";
        if (m_options.background) m_svg += "<rect" + boxAttributes(all) + " fill=\"" + m_colors.background + "\"/>\n";
        group("frames", [&] { notes(Note::Kind::Frame); });
        group("edges", [&] {
            for (const FigureEdge& edge : m_scene.edges) edgePath(edge);
        });
        group("shapes", [&] {
            for (const FigureLabel& label : m_scene.labels) shapeLabel(label);
        });
        group("layers", [&] {
            for (const FigureCard& each : m_scene.cards) card(each);
        });
        group("comments", [&] { notes(Note::Kind::Comment); });
        return m_svg + "</svg>\n";
    }

private:
    template <class Body>
    void group(const char* id, Body body) {
        m_svg += std::string("<g id=\"") + id + "\">\n";
        body();
        m_svg += "</g>\n";
    }

    void edgePath(const FigureEdge& edge) {
        std::string path;
        for (const FigureStroke& stroke : edge.strokes) {
            using Kind = FigureStroke::Kind;
            if (!path.empty()) path += " ";
            path += stroke.kind == Kind::Move ? "M" : stroke.kind == Kind::Line ? "L" : "C";
            if (stroke.kind == Kind::Curve) path += point(stroke.first) + " " + point(stroke.second) + " ";
            path += point(stroke.end);
        }
        const std::string dim = edge.dimmed ? " opacity=\"0.45\"" : "";
        m_svg += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + m_colors.edge + "\" stroke-width=\"1.25\"" + dim +
                 "/>\n";
        constexpr double kHalf = 3.2;  // of the arrow's width
        const Point tip = edge.tip, tail = edge.tail;
        const double length = std::hypot(tip.x - tail.x, tip.y - tail.y);
        const Point side{(tip.y - tail.y) / length * kHalf, -(tip.x - tail.x) / length * kHalf};
        m_svg += "<path d=\"M" + point(tip) + " L" + point({tail.x + side.x, tail.y + side.y}) + " L" +
                 point({tail.x - side.x, tail.y - side.y}) + " Z\" fill=\"" + m_colors.edge + "\"" + dim + "/>\n";
    }

    void shapeLabel(const FigureLabel& label) {
        if (label.onEdge) m_svg += "<rect" + boxAttributes(label.box) + " fill=\"" + m_colors.background + "\"/>\n";
        m_svg += text(label.text, label.box.x + 3, label.box.bottom() - 4, kFigureLabelSize, m_colors.faint);
    }

    void card(const FigureCard& each) {
        constexpr double kPad = 14, kStack = 4;
        const FigureBox& box = each.box;
        const std::string& accent = m_colors.category(each.category);
        m_svg += std::string("<g") + (each.bypassed ? " opacity=\"0.45\"" : "") + ">\n<title>" + xmlText(each.name) +
                 "</title>\n";
        const std::string outline = " rx=\"7\" fill=\"" + m_colors.card + "\" stroke=\"" + m_colors.border +
                                    "\" stroke-width=\"1\"" + (each.bypassed ? " stroke-dasharray=\"4 3\"" : "") +
                                    "/>\n";
        // A block is a pile of cards.
        if (each.block)
            m_svg += "<rect" + boxAttributes({box.x + kStack, box.y + kStack, box.width, box.height}) + outline;
        m_svg += "<rect" + boxAttributes(box) + outline;
        if (!m_colors.categories.empty())
            m_svg += "<rect" + boxAttributes({box.x + 5, box.y + 9, 3, box.height - 18}) + " rx=\"1.5\" fill=\"" +
                     accent + "\"/>\n";
        const double inside = box.width - 2 * kPad;
        // The name comes first, the op gets what is left.
        constexpr double kApart = 8, kMostOfTheLine = 0.65;
        const std::string name = elided(each.name, inside * kMostOfTheLine, kNameSize, true);
        const std::string op = elided(each.op, inside - kApart - textWidth(name, kNameSize, true), kOpSize);
        // Two lines where there is nothing to say below, else three.
        const bool hasBottom = !each.parameters.empty() || !each.times.empty();
        const bool hasDetail = !each.detail.empty();
        const double lines = 1 + (hasDetail ? 1 : 0) + (hasBottom ? 1 : 0);
        constexpr double kLine = 20;
        double y = box.y + (box.height - lines * kLine) / 2 + 14.5;
        m_svg += text(name, box.x + kPad, y, kNameSize, m_colors.text, " font-weight=\"bold\"");
        m_svg += text(op, box.right() - kPad, y, kOpSize, accent, " text-anchor=\"end\"");
        if (hasDetail)
            m_svg +=
                text(elided(each.detail, inside, kDetailSize), box.x + kPad, y += kLine, kDetailSize, m_colors.muted);
        if (hasBottom) {
            y += kLine;
            m_svg += text(each.parameters, box.x + kPad, y, kDetailSize, m_colors.faint);
            m_svg += text(each.times, box.right() - kPad, y, kNameSize, m_colors.text,
                          " text-anchor=\"end\" font-weight=\"bold\"");
        }
        m_svg += "</g>\n";
    }

    void notes(Note::Kind kind) {
        constexpr double kPad = 12, kSize = 12, kLine = 17;
        for (const Note& note : m_scene.notes) {
            if (note.kind != kind) continue;
            const std::string& color = m_colors.note(note.color);
            const FigureBox box{note.position.x, note.position.y, note.width, note.height};
            const bool frame = kind == Note::Kind::Frame;
            m_svg += "<rect" + boxAttributes(box) + " rx=\"9\" fill=\"" + color + "\" fill-opacity=\"" +
                     (frame ? "0.07" : "0.12") + "\" stroke=\"" + color + "\" stroke-opacity=\"0.7\"/>\n";
            const auto lines = wrapped(note.text, box.width - 2 * kPad, kSize);
            double y = box.y + kPad + 9;
            for (const std::string& line : lines) {
                if (y > box.bottom() - 4 || (frame && y > box.y + kPad + 9)) break;
                m_svg += text(line, box.x + kPad, y, kSize, frame ? color : m_colors.text,
                              frame ? " font-weight=\"bold\"" : "");
                y += kLine;
            }
        }
    }

    const FigureScene& m_scene;
    const FigureColors& m_colors;
    const FigureOptions& m_options;
    std::string m_svg;
};
}  // namespace

Figure figureOf(const ModelGraph& graph, const OpCatalogue& catalogue, const FigureColors& colors,
                const FigureOptions& options) {
    const FigureScene scene = figureScene(graph, catalogue, options);
    return {SvgWriter(scene, colors, options).run(), scene.bounds.width, scene.bounds.height};
}

}  // namespace gradlens
