// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"
#include "core/layout/layered_graph.h"
#include "core/layout/layered_layout.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace gradlens;

namespace {
LayoutNode node(double width = 120, double height = 48, std::size_t inputs = 1) {
    LayoutNode result{width, height, {}, {width / 2}};
    for (std::size_t i = 0; i < inputs; ++i)
        result.inputs.push_back(width * static_cast<double>(i + 1) / static_cast<double>(inputs + 1));
    return result;
}

LayoutInput chain(int length) {
    LayoutInput input;
    for (int i = 0; i < length; ++i) {
        input.nodes.push_back(node(80 + 20 * (i % 3)));
        if (i > 0) input.edges.push_back({i - 1, 0, i, 0});
    }
    return input;
}

// Nodes of many sizes with up to three inputs. With `backward`, some edges lead back or to the node itself.
LayoutInput randomGraph(std::uint64_t seed, int nodes, int edges, bool backward) {
    const Random random(seed, RandomStream::Generate);
    LayoutInput input;
    for (int i = 0; i < nodes; ++i) {
        const auto n = static_cast<std::uint64_t>(i);
        input.nodes.push_back(node(60 + 140 * random.uniform(3 * n), 30 + 50 * random.uniform(3 * n + 1),
                                   1 + random.below(6 * n + 4, 3)));
    }
    const std::uint64_t first = 10 * static_cast<std::uint64_t>(nodes);
    for (int i = 0; i < edges; ++i) {
        const std::uint64_t at = first + 4 * static_cast<std::uint64_t>(i);
        int from = static_cast<int>(random.below(at, static_cast<std::uint64_t>(nodes)));
        int to = static_cast<int>(random.below(at + 1, static_cast<std::uint64_t>(nodes)));
        if (!backward && from == to) continue;
        if (!backward && from > to) std::swap(from, to);
        const auto ports = input.nodes[static_cast<std::size_t>(to)].inputs.size();
        input.edges.push_back({from, 0, to, static_cast<int>(random.below(at + 2, ports))});
    }
    return input;
}

// A network as people draw them: a trunk with skips over a few layers.
LayoutInput residual(int blocks) {
    LayoutInput input;
    input.nodes.push_back(node());
    int last = 0;
    for (int block = 0; block < blocks; ++block) {
        const int first = static_cast<int>(input.nodes.size());
        for (int i = 0; i < 3; ++i) {
            input.nodes.push_back(node());
            input.edges.push_back({i == 0 ? last : first + i - 1, 0, first + i, 0});
        }
        input.nodes.push_back(node(120, 48, 2));
        input.edges.push_back({first + 2, 0, first + 3, 0});
        input.edges.push_back({last, 0, first + 3, 1});
        last = first + 3;
    }
    return input;
}

struct Box {
    double left, top, right, bottom;
};

Box boxOf(const LayoutInput& input, const LayoutResult& result, std::size_t i) {
    const auto& [x, y] = result.positions[i];
    return {x, y, x + input.nodes[i].width, y + input.nodes[i].height};
}

// By sweeping over the boxes sorted by their left edge.
int overlaps(const LayoutInput& input, const LayoutResult& result) {
    constexpr double kTolerance = 1e-6;
    std::vector<Box> boxes;
    for (std::size_t i = 0; i < input.nodes.size(); ++i) boxes.push_back(boxOf(input, result, i));
    std::ranges::sort(boxes, {}, &Box::left);
    int count = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i)
        for (std::size_t j = i + 1; j < boxes.size() && boxes[j].left < boxes[i].right - kTolerance; ++j)
            count += boxes[i].top < boxes[j].bottom - kTolerance && boxes[j].top < boxes[i].bottom - kTolerance ? 1 : 0;
    return count;
}

bool same(const LayoutResult& a, const LayoutResult& b) {
    return a.positions == b.positions && a.routes == b.routes && a.width == b.width && a.height == b.height;
}

LayoutResult laidOut(const LayoutInput& input, const LayoutOptions& options = {}) {
    auto result = layeredLayout(input, options);
    return result ? *std::move(result) : LayoutResult();
}
}  // namespace

class TestLayout : public QObject {
    Q_OBJECT

    static void randomCases() {
        QTest::addColumn<int>("nodes");
        QTest::addColumn<int>("edges");
        QTest::addColumn<bool>("backward");
        QTest::newRow("one") << 1 << 0 << false;
        QTest::newRow("a loop") << 1 << 3 << true;
        QTest::newRow("two") << 2 << 5 << true;
        QTest::newRow("sparse") << 60 << 45 << false;
        QTest::newRow("tree-like") << 80 << 90 << false;
        QTest::newRow("dense") << 40 << 200 << false;
        QTest::newRow("cycles") << 50 << 90 << true;
        QTest::newRow("large") << 600 << 800 << true;
    }

private slots:
    void nothingIsDrawnAsNothing() {
        const LayoutResult result = laidOut({});
        QVERIFY(result.positions.empty());
        QCOMPARE(result.width, 0.0);
    }

    void nodesDoNotOverlap_data() { randomCases(); }
    void nodesDoNotOverlap() {
        QFETCH(int, nodes);
        QFETCH(int, edges);
        QFETCH(bool, backward);
        for (std::uint64_t seed = 0; seed < 10; ++seed)
            for (const LayoutDirection direction : {LayoutDirection::Down, LayoutDirection::Right}) {
                const LayoutInput input = randomGraph(seed, nodes, edges, backward);
                QCOMPARE(overlaps(input, laidOut(input, {.direction = direction})), 0);
            }
    }

    void neighboursKeepTheGap() {
        LayoutInput input;
        input.nodes = {node(100, 40), node(60, 40), node(140, 40), node(80, 40)};
        for (int i = 1; i < 4; ++i) input.edges.push_back({0, 0, i, 0});
        const LayoutResult result = laidOut(input, {.layerGap = 50, .nodeGap = 20});
        std::vector<Box> row;
        for (std::size_t i = 1; i < 4; ++i) row.push_back(boxOf(input, result, i));
        std::ranges::sort(row, {}, &Box::left);
        QVERIFY(row[1].left - row[0].right >= 20 - 1e-9 && row[2].left - row[1].right >= 20 - 1e-9);
        QCOMPARE(row[0].top - boxOf(input, result, 0).bottom, 50.0);
    }

    void everythingLiesWithinTheDrawing_data() { randomCases(); }
    void everythingLiesWithinTheDrawing() {
        QFETCH(int, nodes);
        QFETCH(int, edges);
        QFETCH(bool, backward);
        const LayoutInput input = randomGraph(7, nodes, edges, backward);
        const LayoutResult result = laidOut(input);
        for (std::size_t i = 0; i < input.nodes.size(); ++i) {
            const Box box = boxOf(input, result, i);
            QVERIFY(box.left >= -1e-6 && box.top >= -1e-6 && box.right <= result.width + 1e-6 &&
                    box.bottom <= result.height + 1e-6);
        }
        for (const auto& route : result.routes)
            for (const LayoutPoint& point : route)
                QVERIFY(point.x >= -1e-6 && point.y >= -1e-6 && point.x <= result.width + 1e-6 &&
                        point.y <= result.height + 1e-6);
    }

    void edgesOfAnAcyclicGraphPointDown_data() { randomCases(); }
    void edgesOfAnAcyclicGraphPointDown() {
        QFETCH(int, nodes);
        QFETCH(int, edges);
        const LayoutInput input = randomGraph(3, nodes, edges, false);
        const LayoutResult result = laidOut(input);
        for (const LayoutEdge& edge : input.edges)
            QVERIFY(boxOf(input, result, static_cast<std::size_t>(edge.fromNode)).bottom <
                    boxOf(input, result, static_cast<std::size_t>(edge.toNode)).top);
    }

    void edgesOfAnAcyclicGraphPointRightWhenAsked() {
        const LayoutInput input = randomGraph(4, 60, 80, false);
        const LayoutResult result = laidOut(input, {.direction = LayoutDirection::Right});
        for (const LayoutEdge& edge : input.edges)
            QVERIFY(boxOf(input, result, static_cast<std::size_t>(edge.fromNode)).right <
                    boxOf(input, result, static_cast<std::size_t>(edge.toNode)).left);
    }

    void onlyTheEdgeThatClosesACyclePointsUp() {
        LayoutInput input = chain(5);
        input.edges.push_back({4, 0, 0, 0});
        const LayoutResult result = laidOut(input);
        for (std::size_t i = 1; i < 5; ++i) QVERIFY(result.positions[i].y > result.positions[i - 1].y);
        const auto& back = result.routes.back();
        QVERIFY(!back.empty());
        QVERIFY(back.front().y > back.back().y);
    }

    void routesOfLongEdgesKeepClearOfNodes() {
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const LayoutInput input = randomGraph(seed, 60, 90, true);
            const LayoutResult result = laidOut(input);
            for (const auto& route : result.routes)
                for (const LayoutPoint& point : route)
                    for (std::size_t i = 0; i < input.nodes.size(); ++i) {
                        const Box box = boxOf(input, result, i);
                        QVERIFY(
                            !(point.x > box.left && point.x < box.right && point.y > box.top && point.y < box.bottom));
                    }
        }
    }

    void aChainIsStraight() {
        const LayoutInput input = chain(40);
        const LayoutResult result = laidOut(input);
        const double axis = result.positions[0].x + input.nodes[0].outputs[0];
        for (std::size_t i = 1; i < input.nodes.size(); ++i)
            QCOMPARE(result.positions[i].x + input.nodes[i].inputs[0], axis);
    }

    void aChainToTheRightIsStraightThoughPortsAreNotInTheMiddle() {
        LayoutInput input;
        for (int i = 0; i < 10; ++i) {
            input.nodes.push_back({120, 40.0 + 15 * i, {20}, {20}});
            if (i > 0) input.edges.push_back({i - 1, 0, i, 0});
        }
        const LayoutResult result = laidOut(input, {.direction = LayoutDirection::Right});
        for (const LayoutPoint& position : result.positions) QCOMPARE(position.y, result.positions[0].y);
    }

    void aSkipRunsStraightBesideItsBlock() {
        const LayoutInput input = residual(3);
        const LayoutResult result = laidOut(input);
        QCOMPARE(overlaps(input, result), 0);
        for (std::size_t e = 0; e < input.edges.size(); ++e) {
            const bool skip = input.edges[e].toPort == 1;
            QCOMPARE(result.routes[e].size(), std::size_t{skip ? 2u : 0u});
            if (skip) QCOMPARE(result.routes[e][0].x, result.routes[e][1].x);
        }
    }

    void portsInOrderDoNotCross() {
        LayoutInput input;
        input.nodes = {node(), node(), node(), node(200, 48, 3)};
        input.edges = {{0, 0, 3, 2}, {1, 0, 3, 0}, {2, 0, 3, 1}};
        const LayoutResult result = laidOut(input);
        QVERIFY(result.positions[1].x < result.positions[2].x && result.positions[2].x < result.positions[0].x);
    }

    void aShortBranchJoinsLateRatherThanHangingAtTheTop() {
        LayoutInput input = chain(6);
        input.nodes.push_back(node());
        input.nodes[5].inputs.push_back(90);
        input.edges.push_back({6, 0, 5, 1});
        const LayoutResult result = laidOut(input);
        QCOMPARE(result.positions[6].y, result.positions[4].y);
    }

    void partsThatAreNotConnectedStandSideBySide() {
        LayoutInput input = chain(3);
        for (int i = 3; i < 6; ++i) input.nodes.push_back(node());
        input.edges.push_back({3, 0, 4, 0});
        input.edges.push_back({4, 0, 5, 0});
        const LayoutResult result = laidOut(input, {.componentGap = 70});
        double right = 0, left = 1e9;
        for (std::size_t i = 0; i < 3; ++i) right = std::max(right, boxOf(input, result, i).right);
        for (std::size_t i = 3; i < 6; ++i) left = std::min(left, boxOf(input, result, i).left);
        QCOMPARE(left - right, 70.0);
        QCOMPARE(result.positions[0].y, result.positions[3].y);
    }

    void manySingleNodesFillAScreenRatherThanARow() {
        LayoutInput input;
        for (int i = 0; i < 400; ++i) input.nodes.push_back(node());
        const LayoutResult result = laidOut(input);
        QCOMPARE(overlaps(input, result), 0);
        QVERIFY(result.width < 3 * result.height && result.height < 3 * result.width);
    }

    void theSameInputGivesTheSameDrawing() {
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const LayoutInput input = randomGraph(seed, 200, 320, true);
            QVERIFY(same(laidOut(input), laidOut(input)));
        }
    }

    void aTreeHasNoCrossing() {
        LayoutInput input;
        // Children in an order that crosses wildly when it is kept.
        for (int i = 0; i < 127; ++i) input.nodes.push_back(node());
        const auto shuffled = [](int i) { return i == 0 ? 0 : 1 + (i - 1) * 59 % 126; };
        for (int i = 1; i < 127; ++i) input.edges.push_back({shuffled((i - 1) / 2), 0, shuffled(i), 0});
        std::vector<layout::Vertex> vertices(127, {0, 0, 60, 60});
        std::vector<layout::Arc> arcs;
        for (const LayoutEdge& edge : input.edges) arcs.push_back({edge.fromNode, edge.toNode, 0});
        layout::LayeredGraph graph = layout::cutIntoSegments(vertices, arcs, layout::assignLayers(127, arcs));
        QVERIFY(layout::countCrossings(graph) > 100);
        layout::reduceCrossings(graph, {});
        QCOMPARE(layout::countCrossings(graph), std::int64_t{0});
    }

    void crossingsAreAFractionOfThoseOfTheInputOrder() {
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const LayoutInput input = randomGraph(seed, 150, 200, false);
            std::vector<layout::Vertex> vertices(150, {0, 0, 60, 60});
            std::vector<layout::Arc> arcs;
            for (const LayoutEdge& edge : input.edges) arcs.push_back({edge.fromNode, edge.toNode, 0});
            layout::LayeredGraph graph = layout::cutIntoSegments(vertices, arcs, layout::assignLayers(150, arcs));
            const std::int64_t before = layout::countCrossings(graph);
            layout::reduceCrossings(graph, {});
            const std::int64_t after = layout::countCrossings(graph);
            QVERIFY2(after * 2 < before, qPrintable(QString("%1 of %2").arg(after).arg(before)));
        }
    }

    void crossingsAreCountedAsByComparingAllPairs() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const LayoutInput input = randomGraph(seed, 30, 60, false);
            std::vector<layout::Vertex> vertices(30, {0, 0, 60, 60});
            std::vector<layout::Arc> arcs;
            for (const LayoutEdge& edge : input.edges)
                arcs.push_back({edge.fromNode, edge.toNode, 0, 0.5, 0.25 * (1 + edge.toPort)});
            const layout::LayeredGraph graph = layout::cutIntoSegments(vertices, arcs, layout::assignLayers(30, arcs));
            const auto end = [&](int vertex, double fraction) {
                return graph.place[static_cast<std::size_t>(vertex)] + 0.9 * fraction;
            };
            std::int64_t expected = 0;
            for (const layout::Segment& a : graph.segments)
                for (const layout::Segment& b : graph.segments) {
                    if (graph.vertices[static_cast<std::size_t>(a.upper)].layer !=
                        graph.vertices[static_cast<std::size_t>(b.upper)].layer)
                        continue;
                    expected += end(a.upper, a.upperFraction) < end(b.upper, b.upperFraction) &&
                                        end(a.lower, a.lowerFraction) > end(b.lower, b.lowerFraction)
                                    ? 1
                                    : 0;
                }
            QCOMPARE(layout::countCrossings(graph), expected);
        }
    }

    void itStopsWhenAsked() {
        std::stop_source source;
        source.request_stop();
        QVERIFY(!layeredLayout(randomGraph(1, 100, 150, false), {}, source.get_token()));
    }

    void tenThousandNodesTakeAMoment_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("a deep residual network") << 0;
        QTest::newRow("a random graph") << 1;
        QTest::newRow("one long chain with skips all over") << 2;
        QTest::newRow("single nodes") << 3;
        QTest::newRow("a star") << 4;
    }
    void tenThousandNodesTakeAMoment() {
        QFETCH(int, kind);
        LayoutInput input;
        if (kind == 0) input = residual(2500);
        if (kind == 1) input = randomGraph(1, 10'000, 14'000, true);
        if (kind == 2) {
            input = chain(10'000);
            const Random random(1, RandomStream::Generate);
            for (std::uint64_t i = 0; i < 3000; ++i) {
                const int from = static_cast<int>(random.below(2 * i, 9'000));
                input.edges.push_back({from, 0, from + 1 + static_cast<int>(random.below(2 * i + 1, 999)), 0});
            }
        }
        if (kind == 3) input.nodes.assign(10'000, node());
        if (kind == 4) {
            input.nodes.assign(10'000, node());
            for (int i = 1; i < 10'000; ++i) input.edges.push_back({0, 0, i, 0});
        }
        QElapsedTimer timer;
        timer.start();
        const LayoutResult result = laidOut(input);
        const qint64 elapsed = timer.elapsed();
        qInfo("%lld ms", elapsed);
        QCOMPARE(result.positions.size(), input.nodes.size());
        QCOMPARE(overlaps(input, result), 0);
        QVERIFY2(elapsed < 20'000, "far from two seconds: has a phase become quadratic?");
    }
};

QTEST_GUILESS_MAIN(TestLayout)
#include "test_layout.moc"
