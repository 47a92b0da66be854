// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/model_graph.h"
#include "support_networks.h"

using namespace gradlens;
using namespace gradlens::test;

class TestModelGraph : public QObject {
    Q_OBJECT

private slots:
    void namesAreMadeUnique() {
        ModelGraph graph;
        QCOMPARE(graph.find(draw(graph, "Dense", {}, {}, "dense"))->name, std::string("dense"));
        QCOMPARE(graph.find(draw(graph, "Dense", {}, {}, "dense"))->name, std::string("dense1"));
        QCOMPARE(graph.find(draw(graph, "Dense", {}, {}, "dense"))->name, std::string("dense2"));
        QCOMPARE(graph.find(draw(graph, "Dense", {}, {}, "dense1"))->name, std::string("dense3"));
    }
    void gapsInNumbersAreFilled() {
        ModelGraph graph;
        draw(graph, "Dense", {}, {}, "dense1");
        draw(graph, "Dense", {}, {}, "dense3");
        QCOMPARE(graph.uniqueName("dense"), std::string("dense2"));
    }
    void whatIsNoNameIsMadeOne() {
        ModelGraph graph;
        for (const char* given : {"", "7", "a b", "\xc3\xa4", "x.y"})
            QVERIFY(ModelGraph::isName(graph.find(draw(graph, "2D", {}, {}, given))->name));
    }
    void longNamesStayNames() {
        ModelGraph graph;
        const std::string longest(64, 'x');
        draw(graph, "Dense", {}, {}, longest);
        QVERIFY(ModelGraph::isName(graph.find(draw(graph, "Dense", {}, {}, longest))->name));
    }
    void idsAreNeverReused() {
        ModelGraph graph;
        const NodeId first = draw(graph, "Dense");
        graph.remove(first);
        QVERIFY(draw(graph, "Dense") != first);
    }
    void aRestoredNodeIsAsItWas() {
        ModelGraph graph = pointsNetwork();
        const ModelGraph before = graph;
        const Node node = *graph.findByName("tanh");
        const std::vector<Edge> edges = graph.edgesOf(node.id);
        graph.remove(node.id);
        QVERIFY(!(graph == before));
        graph.restore(node);
        for (const Edge& edge : edges) graph.connect(edge);
        QVERIFY(graph == before);
    }
    void removingANodeTakesItsEdges() {
        ModelGraph graph = pointsNetwork();
        const NodeId tanh = graph.findByName("tanh")->id;
        graph.remove(tanh);
        for (const Edge& edge : graph.edges()) QVERIFY(edge.from.node != tanh && edge.to.node != tanh);
    }
    void anInputTakesOneEdge() {
        ModelGraph graph;
        const NodeId a = draw(graph, "Input"), b = draw(graph, "Input"), c = draw(graph, "ReLU", {a});
        graph.connect({{b, 0}, {c, 0}});
        QCOMPARE(graph.edges().size(), std::size_t{1});
        QCOMPARE(graph.edgeInto({c, 0})->from.node, b);
        graph.disconnect({c, 0});
        QVERIFY(!graph.edgeInto({c, 0}));
    }
    void takenAndImpossibleNamesAreRefused() {
        ModelGraph graph = pointsNetwork();
        const NodeId tanh = graph.findByName("tanh")->id;
        QVERIFY(!graph.rename(tanh, "hidden"));
        QVERIFY(!graph.rename(tanh, "1st"));
        QVERIFY(!graph.rename(tanh, ""));
        QVERIFY(!graph.rename(tanh, std::string(65, 'a')));
        QVERIFY(graph.rename(tanh, "tanh"));
        QVERIFY(graph.rename(tanh, "bend"));
        QCOMPARE(graph.find(tanh)->name, std::string("bend"));
    }
    void tenThousandNodesAreNamedQuickly() {
        ModelGraph graph;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 10000; ++i) draw(graph, "Dense");
        QCOMPARE(graph.nodes().back().name, std::string("Dense10000"));
        QVERIFY2(timer.elapsed() < 20000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestModelGraph)
#include "test_model_graph.moc"
