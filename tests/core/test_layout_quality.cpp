// SPDX-License-Identifier: GPL-3.0-or-later
// Ten given drawings, laid out down and to the right: what a reader would mind.
#include "core/layout/grouped_layout.h"
#include "core/layout/layered_graph.h"
#include "support_given_drawings.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <unordered_map>

using namespace gradlens;

namespace {
constexpr double kWidth = 216, kHeight = 80;  // of the cards of the canvas

LayoutInput inputOf(const ModelGraph& graph, LayoutDirection direction) {
    std::unordered_map<NodeId, int> indexOf;
    LayoutInput input;
    std::vector<int> inputs, outputs;
    for (const Node& node : graph.nodes()) {
        indexOf[node.id] = static_cast<int>(input.nodes.size());
        input.nodes.push_back({kWidth, kHeight});
        inputs.push_back(0), outputs.push_back(0);
    }
    for (const Edge& edge : graph.edges()) {
        input.edges.push_back({indexOf[edge.from.node], edge.from.port, indexOf[edge.to.node], edge.to.port});
        const LayoutEdge& wire = input.edges.back();
        int& in = inputs[static_cast<std::size_t>(wire.toNode)];
        int& out = outputs[static_cast<std::size_t>(wire.fromNode)];
        in = std::max(in, wire.toPort + 1);
        out = std::max(out, wire.fromPort + 1);
    }
    const double side = direction == LayoutDirection::Down ? kWidth : kHeight;
    for (std::size_t i = 0; i < input.nodes.size(); ++i) {
        for (int port = 0; port < inputs[i]; ++port)
            input.nodes[i].inputs.push_back(side * (port + 1) / (inputs[i] + 1));
        for (int port = 0; port < outputs[i]; ++port)
            input.nodes[i].outputs.push_back(side * (port + 1) / (outputs[i] + 1));
    }
    return input;
}

LayoutOptions optionsFor(LayoutDirection direction) {
    LayoutOptions options;
    options.direction = direction;
    options.layerGap = direction == LayoutDirection::Down ? 32 : 88;
    return options;
}

struct Box {
    double left, top, right, bottom;
};

Box boxOf(const LayoutInput& input, const LayoutResult& result, int node) {
    const LayoutPoint& at = result.positions[static_cast<std::size_t>(node)];
    const LayoutNode& size = input.nodes[static_cast<std::size_t>(node)];
    return {at.x, at.y, at.x + size.width, at.y + size.height};
}

int overlaps(const LayoutInput& input, const LayoutResult& result) {
    int count = 0;
    const int nodes = static_cast<int>(input.nodes.size());
    for (int i = 0; i < nodes; ++i)
        for (int j = i + 1; j < nodes; ++j) {
            const Box a = boxOf(input, result, i), b = boxOf(input, result, j);
            count += a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom ? 1 : 0;
        }
    return count;
}

// An edge with right angles, port to port.
std::vector<LayoutPoint> lineOf(const LayoutInput& input, const LayoutResult& result, std::size_t edge,
                                LayoutDirection direction) {
    const LayoutEdge& wire = input.edges[edge];
    const auto port = [&](int node, double along, double across) {
        const LayoutPoint& at = result.positions[static_cast<std::size_t>(node)];
        return direction == LayoutDirection::Down ? LayoutPoint{at.x + across, at.y + along}
                                                  : LayoutPoint{at.x + along, at.y + across};
    };
    const auto& from = input.nodes[static_cast<std::size_t>(wire.fromNode)];
    const auto& to = input.nodes[static_cast<std::size_t>(wire.toNode)];
    std::vector<LayoutPoint> line{port(wire.fromNode, direction == LayoutDirection::Down ? kHeight : kWidth,
                                       from.outputs[static_cast<std::size_t>(wire.fromPort)])};
    line.insert(line.end(), result.corners[edge].begin(), result.corners[edge].end());
    line.push_back(port(wire.toNode, 0, to.inputs[static_cast<std::size_t>(wire.toPort)]));
    return line;
}

bool passesUnder(const std::vector<LayoutPoint>& line, const Box& box) {
    constexpr double kInside = 1;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const auto [left, right] = std::minmax(line[i].x, line[i + 1].x);
        const auto [top, bottom] = std::minmax(line[i].y, line[i + 1].y);
        if (left < box.right - kInside && right > box.left + kInside && top < box.bottom - kInside &&
            bottom > box.top + kInside)
            return true;
    }
    return false;
}

// Pairs of pieces of different sources that lie on one another for a stretch.
int coverings(const LayoutInput& input, const std::vector<std::vector<LayoutPoint>>& lines) {
    struct Piece {
        bool upright;
        double at, low, high;
        std::pair<int, int> source;
    };
    std::vector<Piece> pieces;
    for (std::size_t e = 0; e < lines.size(); ++e)
        for (std::size_t i = 0; i + 1 < lines[e].size(); ++i) {
            const LayoutPoint &a = lines[e][i], &b = lines[e][i + 1];
            const bool upright = std::abs(a.x - b.x) < std::abs(a.y - b.y);
            const auto [low, high] = upright ? std::minmax(a.y, b.y) : std::minmax(a.x, b.x);
            pieces.push_back(
                {upright, upright ? a.x : a.y, low, high, {input.edges[e].fromNode, input.edges[e].fromPort}});
        }
    int count = 0;
    constexpr double kNear = 2, kStretch = 4;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        for (std::size_t j = i + 1; j < pieces.size(); ++j) {
            const Piece &a = pieces[i], &b = pieces[j];
            if (a.upright != b.upright || a.source == b.source || std::abs(a.at - b.at) > kNear) continue;
            count += std::min(a.high, b.high) - std::max(a.low, b.low) > kStretch ? 1 : 0;
        }
    return count;
}

struct Crossings {
    std::int64_t first = 0, last = 0;
};

// In the order in which the nodes are given, and after ordering.
Crossings crossingsOf(const LayoutInput& input) {
    std::vector<layout::Vertex> vertices;
    for (std::size_t i = 0; i < input.nodes.size(); ++i)
        vertices.push_back({static_cast<int>(i), 0, kWidth / 2, kWidth / 2});
    std::vector<layout::Arc> arcs;
    for (const LayoutEdge& edge : input.edges)
        arcs.push_back(
            {edge.fromNode, edge.toNode, 0,
             input.nodes[static_cast<std::size_t>(edge.fromNode)].outputs[static_cast<std::size_t>(edge.fromPort)] /
                 kWidth,
             input.nodes[static_cast<std::size_t>(edge.toNode)].inputs[static_cast<std::size_t>(edge.toPort)] /
                 kWidth});
    const int count = static_cast<int>(vertices.size());
    layout::breakCycles(count, arcs);
    layout::LayeredGraph graph = layout::cutIntoSegments(vertices, arcs, layout::assignLayers(count, arcs));
    Crossings crossings{layout::countCrossings(graph), 0};
    layout::reduceCrossings(graph, {});
    crossings.last = layout::countCrossings(graph);
    return crossings;
}

double processorSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}
}  // namespace

class TestLayoutQuality : public QObject {
    Q_OBJECT

    std::vector<test::GivenDrawing> m_drawings = test::givenDrawings();

    void eachDrawingBothWays() {
        QTest::addColumn<int>("drawing");
        QTest::addColumn<LayoutDirection>("direction");
        for (std::size_t i = 0; i < m_drawings.size(); ++i) {
            QTest::addRow("%s down", m_drawings[i].name.c_str()) << static_cast<int>(i) << LayoutDirection::Down;
            QTest::addRow("%s right", m_drawings[i].name.c_str()) << static_cast<int>(i) << LayoutDirection::Right;
        }
    }

    LayoutInput given(int drawing, LayoutDirection direction) const {
        return inputOf(m_drawings[static_cast<std::size_t>(drawing)].graph, direction);
    }

private slots:
    void noTwoCardsOverlap_data() { eachDrawingBothWays(); }
    void noTwoCardsOverlap() {
        QFETCH(int, drawing);
        QFETCH(LayoutDirection, direction);
        const LayoutInput input = given(drawing, direction);
        QCOMPARE(overlaps(input, *layeredLayout(input, optionsFor(direction))), 0);
    }

    void noEdgeRunsUnderACard_data() { eachDrawingBothWays(); }
    void noEdgeRunsUnderACard() {
        QFETCH(int, drawing);
        QFETCH(LayoutDirection, direction);
        const LayoutInput input = given(drawing, direction);
        const LayoutResult result = *layeredLayout(input, optionsFor(direction));
        int under = 0;
        for (std::size_t e = 0; e < input.edges.size(); ++e) {
            const auto line = lineOf(input, result, e, direction);
            for (int node = 0; node < static_cast<int>(input.nodes.size()); ++node) {
                if (node == input.edges[e].fromNode || node == input.edges[e].toNode) continue;
                under += passesUnder(line, boxOf(input, result, node)) ? 1 : 0;
            }
        }
        QCOMPARE(under, 0);
    }

    void cornersAreRightAngles_data() { eachDrawingBothWays(); }
    void cornersAreRightAngles() {
        QFETCH(int, drawing);
        QFETCH(LayoutDirection, direction);
        const LayoutInput input = given(drawing, direction);
        const LayoutResult result = *layeredLayout(input, optionsFor(direction));
        for (std::size_t e = 0; e < input.edges.size(); ++e) {
            const auto line = lineOf(input, result, e, direction);
            for (std::size_t i = 0; i + 1 < line.size(); ++i)
                QVERIFY(std::abs(line[i].x - line[i + 1].x) < 1 || std::abs(line[i].y - line[i + 1].y) < 1);
        }
    }

    void edgesOfDifferentSourcesKeepApart_data() { eachDrawingBothWays(); }
    void edgesOfDifferentSourcesKeepApart() {
        QFETCH(int, drawing);
        QFETCH(LayoutDirection, direction);
        const LayoutInput input = given(drawing, direction);
        const LayoutResult result = *layeredLayout(input, optionsFor(direction));
        std::vector<std::vector<LayoutPoint>> lines;
        for (std::size_t e = 0; e < input.edges.size(); ++e) lines.push_back(lineOf(input, result, e, direction));
        const int covered = coverings(input, lines);
        qInfo("%d of %zu edges", covered, input.edges.size());
        // Two ports that stand exactly one above the other may share a bit of their uprights; no more than that.
        QVERIFY(covered * 20 <= static_cast<int>(input.edges.size()));
    }

    void fewOfTheCrossingsOfTheFirstOrderingRemain() {
        Crossings all;
        for (const test::GivenDrawing& drawing : m_drawings) {
            const Crossings crossings = crossingsOf(inputOf(drawing.graph, LayoutDirection::Down));
            qInfo("%-16s %5lld crossings of %lld", drawing.name.c_str(), static_cast<long long>(crossings.last),
                  static_cast<long long>(crossings.first));
            QVERIFY(crossings.last <= crossings.first);
            all.first += crossings.first;
            all.last += crossings.last;
        }
        qInfo("one in %.1f", static_cast<double>(all.first) / static_cast<double>(std::max<std::int64_t>(all.last, 1)));
        QVERIFY(all.last * 3 < all.first);
    }

    void theSameDrawingIsLaidOutTheSame_data() { eachDrawingBothWays(); }
    void theSameDrawingIsLaidOutTheSame() {
        QFETCH(int, drawing);
        QFETCH(LayoutDirection, direction);
        const LayoutInput input = given(drawing, direction);
        const LayoutResult first = *layeredLayout(input, optionsFor(direction));
        const LayoutResult second = *layeredLayout(input, optionsFor(direction));
        QCOMPARE(first.positions, second.positions);
        QCOMPARE(first.routes, second.routes);
        QCOMPARE(first.corners, second.corners);
    }

    void allTenAreLaidOutWhileOneBlinks() {
        const double start = processorSeconds();
        for (const test::GivenDrawing& drawing : m_drawings)
            QVERIFY(layeredLayout(inputOf(drawing.graph, LayoutDirection::Down)).has_value());
        const double seconds = processorSeconds() - start;
        qInfo("%.0f ms of processor time", seconds * 1e3);
        QVERIFY(seconds < 2);
    }

    void aLargeDrawingIsLaidOutInTwoSeconds() {
        const LayoutInput input = inputOf(test::largeDrawing(10'000), LayoutDirection::Down);
        const double start = processorSeconds();
        const auto result = layeredLayout(input, optionsFor(LayoutDirection::Down));
        const double seconds = processorSeconds() - start;
        qInfo("%zu layers, %zu edges: %.0f ms of processor time", input.nodes.size(), input.edges.size(),
              seconds * 1e3);
        QVERIFY(result.has_value());
        QVERIFY(seconds < 4);
    }

    void aGroupKeepsTogetherAndOthersKeepOut() {
        // The middle third of the ResNet in one frame, a part of that in another within.
        const ModelGraph& graph = m_drawings[0].graph;
        for (const LayoutDirection direction : {LayoutDirection::Down, LayoutDirection::Right}) {
            const LayoutInput input = inputOf(graph, direction);
            const int nodes = static_cast<int>(input.nodes.size());
            std::vector<int> groupOf(input.nodes.size(), -1);
            for (int node = nodes / 3; node < 2 * nodes / 3; ++node)
                groupOf[static_cast<std::size_t>(node)] = node < nodes / 2 ? 1 : 0;
            const auto result =
                groupedLayout(input, groupOf, {{-1, 24, 56, 24, 24}, {0, 24, 56, 24, 24}}, optionsFor(direction));
            QVERIFY(result.has_value());
            QCOMPARE(overlaps(input, result->drawing), 0);
            for (int node = 0; node < nodes; ++node) {
                const Box box = boxOf(input, result->drawing, node);
                for (int group = 0; group < 2; ++group) {
                    const LayoutBox& frame = result->groups[static_cast<std::size_t>(group)];
                    const bool inside = box.left >= frame.x + 24 - 1e-6 && box.top >= frame.y + 56 - 1e-6 &&
                                        box.right <= frame.x + frame.width - 24 + 1e-6 &&
                                        box.bottom <= frame.y + frame.height - 24 + 1e-6;
                    const bool outside = box.right <= frame.x || box.left >= frame.x + frame.width ||
                                         box.bottom <= frame.y || box.top >= frame.y + frame.height;
                    const int own = groupOf[static_cast<std::size_t>(node)];
                    QVERIFY(own >= group ? inside : outside);
                }
            }
        }
    }

    void withoutGroupsAGroupedLayoutIsALayeredOne() {
        const LayoutInput input = given(1, LayoutDirection::Down);
        const auto grouped = groupedLayout(input, std::vector<int>(input.nodes.size(), -1), {});
        const auto layered = layeredLayout(input);
        QCOMPARE(grouped->drawing.positions, layered->positions);
        QCOMPARE(grouped->drawing.corners, layered->corners);
    }
};

QTEST_GUILESS_MAIN(TestLayoutQuality)
#include "test_layout_quality.moc"
