// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/figure_scene.h"

#include "core/export/figure_router.h"
#include "core/export/svg_text.h"
#include "core/graph/block.h"
#include "core/graph/words.h"
#include "core/layout/layered_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace gradlens {

namespace {
constexpr double kCardWidth = 216, kCardHeight = 80;  // as on the canvas
constexpr double kLayerGap = 44;                      // where the figure arranges the drawing itself
constexpr double kMargin = 24;                        // around everything
constexpr double kArrow = 6;

class Composer {
public:
    Composer(const ModelGraph& graph, const OpCatalogue& catalogue, const FigureOptions& options)
        : m_graph(graph),
          m_options(options),
          m_catalogue(catalogue),
          m_right(graph.style().flow == DrawingStyle::Flow::Right),
          m_analysis(analyse(graph, catalogue, 1, DType::Float32, false)) {}

    FigureScene run() {
        countPorts();
        placeCards();
        for (const Node& node : m_graph.nodes()) addCard(node);
        drawEdges();
        if (m_options.notes) m_scene.notes.assign(m_graph.notes().begin(), m_graph.notes().end());
        measure();
        return std::move(m_scene);
    }

private:
    // Across and along the flow, and back: the same formula.
    Point turned(Point point) const { return m_right ? Point{point.y, point.x} : point; }
    FigureBox turned(const FigureBox& box) const {
        return m_right ? FigureBox{box.y, box.x, box.height, box.width} : box;
    }
    double across() const { return m_right ? kCardHeight : kCardWidth; }

    void countPorts() {
        for (const Node& node : m_graph.nodes()) {
            const OpDefinition* op = m_catalogue.find(node.op);
            if (op == nullptr) continue;
            // An input that may be left open, or that takes any number, counts where it is connected.
            auto declared = static_cast<int>(op->inputs.size());
            if (declared > 0 && (op->inputs.back().variadic || op->inputs.back().optional)) --declared;
            m_inputs[node.id] = declared;
            m_outputs[node.id] = outputCountOf(*op, completed(op->attributes, node.attributes, nullptr));
        }
        for (const Edge& edge : m_graph.edges()) {
            m_inputs[edge.to.node] = std::max(m_inputs[edge.to.node], edge.to.port + 1);
            m_outputs[edge.from.node] = std::max(m_outputs[edge.from.node], edge.from.port + 1);
        }
    }

    std::vector<double> ports(int count) const {
        std::vector<double> offsets;
        for (int port = 0; port < count; ++port) offsets.push_back(across() * (port + 1) / (count + 1));
        return offsets;
    }

    void placeCards() {
        for (const Node& node : m_graph.nodes()) m_places[node.id] = node.position;
        if (!isTangled()) return;
        LayoutInput input;
        std::unordered_map<NodeId, int> index;
        for (const Node& node : m_graph.nodes()) {
            index[node.id] = static_cast<int>(input.nodes.size());
            input.nodes.push_back({kCardWidth, kCardHeight, ports(m_inputs[node.id]), ports(m_outputs[node.id])});
        }
        for (const Edge& edge : m_graph.edges())
            input.edges.push_back({index[edge.from.node], edge.from.port, index[edge.to.node], edge.to.port});
        LayoutOptions options;
        options.direction = m_right ? LayoutDirection::Right : LayoutDirection::Down;
        options.layerGap = m_right ? 2 * kLayerGap : kLayerGap;
        const auto result = layeredLayout(input, options);
        for (const Node& node : m_graph.nodes()) {
            const LayoutPoint& at = result->positions[static_cast<std::size_t>(index[node.id])];
            m_places[node.id] = {at.x, at.y};
        }
    }

    // Cards lie on one another, as in a file without places.
    bool isTangled() const {
        FigureGrid taken;
        for (const Node& node : m_graph.nodes()) {
            if (!std::isfinite(node.position.x) || !std::isfinite(node.position.y)) return true;
            const FigureBox box{node.position.x, node.position.y, kCardWidth, kCardHeight};
            if (taken.meeting(box)) return true;
            taken.add(box);
        }
        return false;
    }

    void addCard(const Node& node) {
        FigureCard card;
        const Point at = m_places[node.id];
        card.box = {at.x, at.y, kCardWidth, kCardHeight};
        card.name = node.name;
        card.op = node.op;
        card.bypassed = node.bypassed;
        if (const OpDefinition* op = m_catalogue.find(node.op)) {
            const Attributes attributes = completed(op->attributes, node.attributes, nullptr);
            card.category = op->category;
            card.block = op->block != nullptr;
            if (card.block)
                if (const auto* repeat = attributes.find(kBlockRepeat); repeat != nullptr)
                    if (const auto* times = std::get_if<std::int64_t>(repeat); times != nullptr && *times > 1)
                        card.times = "×" + std::to_string(*times);
            if (m_options.attributes) card.detail = words::summary(*op, attributes);
        }
        if (const NodeAnalysis* analysis = m_analysis.find(node.id); analysis != nullptr && m_options.parameters)
            card.parameters = words::parameters(analysis->parameterCount());
        m_scene.cards.push_back(std::move(card));
    }

    FigureBox flowBox(NodeId id) {
        const Point at = m_places[id];
        return turned(FigureBox{at.x, at.y, kCardWidth, kCardHeight});
    }

    void drawEdges() {
        std::vector<FigureBox> cards;
        for (const Node& node : m_graph.nodes()) cards.push_back(flowBox(node.id));
        FigureRouter router(cards, m_graph.style().edges);
        for (const FigureBox& card : cards) m_taken.add(card);
        std::map<PortRef, std::vector<std::vector<FigureStroke>>> bySource;
        for (const Edge& edge : m_graph.edges()) {
            const FigureBox source = flowBox(edge.from.node), target = flowBox(edge.to.node);
            const int outputs = std::max(m_outputs[edge.from.node], 1), inputs = std::max(m_inputs[edge.to.node], 1);
            Point from{source.x + across() * (edge.from.port + 1) / (outputs + 1), source.bottom()};
            const Point to{target.x + across() * (edge.to.port + 1) / (inputs + 1), target.y};
            // Nearly straight is straight.
            const double slack = across() / 4;
            if (outputs == 1 && to.y > from.y && std::abs(from.x - to.x) <= slack) from.x = to.x;
            std::vector<FigureStroke> strokes = router.route(from, to, source, target);
            occupy(strokes);
            bySource[edge.from].push_back(strokes);
            addEdge(std::move(strokes), edge);
        }
        for (const auto& [port, routes] : bySource) addLabel(port, routes);
    }

    // Labels keep off every edge.
    void occupy(const std::vector<FigureStroke>& strokes) {
        constexpr double kStep = 6;
        constexpr int kMostSteps = 400;
        for (std::size_t i = 1; i < strokes.size(); ++i) {
            const Point from = strokes[i - 1].end, to = strokes[i].end;
            const double length = std::abs(to.x - from.x) + std::abs(to.y - from.y);
            const int steps = std::clamp(static_cast<int>(length / kStep), 1, kMostSteps);
            for (int step = 0; step <= steps; ++step) {
                const Point at = onStroke(from, strokes[i], static_cast<double>(step) / steps);
                m_lines.add({at.x - 1, at.y - 1, 2, 2});
            }
        }
    }

    void addEdge(std::vector<FigureStroke> strokes, const Edge& edge) {
        FigureEdge drawn;
        for (FigureStroke& stroke : strokes) {
            stroke.first = turned(stroke.first);
            stroke.second = turned(stroke.second);
            stroke.end = turned(stroke.end);
        }
        drawn.strokes = std::move(strokes);
        drawn.tip = drawn.strokes.back().end;
        const Point back{0, -kArrow};
        drawn.tail = {drawn.tip.x + turned(back).x, drawn.tip.y + turned(back).y};
        drawn.dimmed = m_graph.find(edge.from.node)->bypassed || m_graph.find(edge.to.node)->bypassed;
        m_scene.edges.push_back(std::move(drawn));
    }

    // The shape of what leaves a port: beside one of its edges where there is room, else on it.
    void addLabel(PortRef port, const std::vector<std::vector<FigureStroke>>& routes) {
        const TensorType* type = m_options.shapes ? m_analysis.typeOf(port) : nullptr;
        if (type == nullptr || type->shape.rank() < 2) return;
        const std::string text = words::shape(type->shape.slice(1), false);
        for (const bool onEdge : {false, true})
            for (const auto& strokes : routes)
                for (const double share : {0.5, 0.35, 0.65, 0.2, 0.8})
                    for (std::size_t i = 1; i < strokes.size(); ++i)
                        if (placeLabel(text, onStroke(strokes[i - 1].end, strokes[i], share), onEdge)) return;
    }

    // `at` in flow coordinates.
    bool placeLabel(const std::string& text, Point at, bool onEdge) {
        constexpr double kBeside = 5;
        const double width = textWidth(text, kFigureLabelSize) + 6, height = kFigureLabelSize + 5;
        const Point place = turned(at);
        for (const double side : {1.0, -1.0}) {
            FigureBox box{place.x - width / 2, place.y - height / 2, width, height};
            if (!onEdge && m_right)
                box.y = side > 0 ? place.y - height - kBeside : place.y + kBeside;
            else if (!onEdge)
                box.x = side > 0 ? place.x + kBeside : place.x - kBeside - width;
            const FigureBox flow = turned(box);
            if (m_taken.meeting(flow.grown(-0.5)) || (!onEdge && m_lines.meeting(flow.grown(-0.5)))) continue;
            m_taken.add(flow);
            m_scene.labels.push_back({text, box, onEdge});
            return true;
        }
        return false;
    }

    static Point onStroke(Point from, const FigureStroke& stroke, double t) {
        const double s = 1 - t;
        if (stroke.kind != FigureStroke::Kind::Curve)
            return {s * from.x + t * stroke.end.x, s * from.y + t * stroke.end.y};
        const auto at = [&](double a, double b, double c, double d) {
            return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
        };
        return {at(from.x, stroke.first.x, stroke.second.x, stroke.end.x),
                at(from.y, stroke.first.y, stroke.second.y, stroke.end.y)};
    }

    void measure() {
        FigureBox& all = m_scene.bounds;
        bool first = true;
        const auto include = [&](const FigureBox& box) {
            if (first)
                all = box;
            else
                all.include(box);
            first = false;
        };
        for (const FigureCard& card : m_scene.cards) include(card.box.grown(card.block ? 6 : 0));
        for (const FigureEdge& edge : m_scene.edges)
            for (const FigureStroke& stroke : edge.strokes) include({stroke.end.x, stroke.end.y, 0, 0});
        for (const FigureLabel& label : m_scene.labels) include(label.box);
        for (const Note& note : m_scene.notes) include({note.position.x, note.position.y, note.width, note.height});
        all = all.grown(kMargin);
    }

    const ModelGraph& m_graph;
    const FigureOptions& m_options;
    const OpCatalogue& m_catalogue;
    bool m_right;
    GraphAnalysis m_analysis;
    FigureScene m_scene;
    FigureGrid m_taken, m_lines;  // cards and labels; points of edges; in flow coordinates
    std::unordered_map<NodeId, int> m_inputs, m_outputs;
    std::unordered_map<NodeId, Point> m_places;
};
}  // namespace

void FigureBox::include(const FigureBox& other) {
    const double farX = std::max(right(), other.right()), farY = std::max(bottom(), other.bottom());
    x = std::min(x, other.x);
    y = std::min(y, other.y);
    width = farX - x;
    height = farY - y;
}

FigureScene figureScene(const ModelGraph& graph, const OpCatalogue& catalogue, const FigureOptions& options) {
    return Composer(graph, catalogue, options).run();
}

}  // namespace gradlens
