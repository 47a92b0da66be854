// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/analysis.h"
#include "support_networks.h"

#include <algorithm>
#include <limits>

using namespace gradlens;
using namespace gradlens::test;

namespace {
GraphAnalysis analysed(const ModelGraph& graph, std::int64_t batch = 4) {
    return analyse(graph, opCatalogue(), batch);
}

// The one problem there is at a node; fails otherwise.
Problem problemAt(const GraphAnalysis& analysis, NodeId node) {
    std::vector<Problem> found;
    std::ranges::copy_if(analysis.problems, std::back_inserter(found),
                         [&](const Problem& problem) { return problem.node == node; });
    if (found.size() == 1) return found[0];
    QTest::qFail(("not one problem: " + text(analysis.problems)).c_str(), __FILE__, __LINE__);
    return {};
}

NodeId idOf(const ModelGraph& graph, const char* name) {
    return graph.findByName(name)->id;
}

bool says(const Problem& problem, const char* words) {
    if ((problem.message + "|" + problem.hint).find(words) != std::string::npos) return true;
    qWarning("%s | %s", problem.message.c_str(), problem.hint.c_str());
    return false;
}

void setOp(ModelGraph& graph, const char* name, const char* op) {
    Node node = *graph.findByName(name);
    const auto edges = graph.edgesOf(node.id);
    graph.remove(node.id);
    node.op = op;
    graph.restore(node);
    for (const Edge& edge : edges) graph.connect(edge);
}
}  // namespace

class TestAnalysis : public QObject {
    Q_OBJECT

private slots:
    void aSoundDrawingHasNoProblems() {
        const GraphAnalysis analysis = analysed(imagesNetwork(), 16);
        QVERIFY2(analysis.problems.empty(), text(analysis.problems).c_str());
        QCOMPARE(analysis.typeOf({idOf(imagesNetwork(), "pool"), 0})->shape.toString(), std::string("16x4x4x4"));
        QCOMPARE(analysis.parameters, std::int64_t{4 * 9 + 4 + 4 + 4 + 64 * 10 + 10});
    }
    void orderIsTopologicalWithTiesById() {
        const ModelGraph graph = randomNetwork(3, true);
        const GraphAnalysis analysis = analysed(graph);
        std::vector<NodeId> order;
        for (const NodeAnalysis& node : analysis.nodes) order.push_back(node.id);
        for (const Edge& edge : graph.edges())
            QVERIFY(std::ranges::find(order, edge.from.node) < std::ranges::find(order, edge.to.node));
        for (const NodeAnalysis& node : analysis.nodes) QCOMPARE(analysis.find(node.id), &node);
    }
    void anUnknownOpNamesTheNearest() {
        ModelGraph graph = pointsNetwork();
        setOp(graph, "hidden", "Dens");
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY(!analysis.valid());
        const Problem problem = problemAt(analysis, idOf(graph, "hidden"));
        QVERIFY(says(problem, "hidden: there is no op called 'Dens'"));
        QVERIFY(says(problem, "Did you mean Dense?"));
    }
    void aCycleIsNamedNodeByNode() {
        ModelGraph graph = pointsNetwork();
        graph.connect({{idOf(graph, "scores"), 0}, {idOf(graph, "hidden"), 0}});
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY(!analysis.valid());
        QVERIFY(says(problemAt(analysis, idOf(graph, "hidden")), "hidden -> tanh -> scores -> hidden form a cycle"));
    }
    void aNodeThatFeedsItselfIsACycle() {
        ModelGraph graph = pointsNetwork();
        graph.connect({{idOf(graph, "tanh"), 0}, {idOf(graph, "tanh"), 0}});
        QVERIFY(says(problemAt(analysed(graph), idOf(graph, "tanh")), "tanh -> tanh form a cycle"));
    }
    void everyCycleIsFound() {
        ModelGraph graph = pointsNetwork();
        const NodeId a = draw(graph, "ReLU", {}, {}, "a"), b = draw(graph, "ReLU", {a}, {}, "b");
        graph.connect({{b, 0}, {a, 0}});
        graph.connect({{idOf(graph, "scores"), 0}, {idOf(graph, "hidden"), 0}});
        const GraphAnalysis analysis = analysed(graph);
        QCOMPARE(problemAt(analysis, a).severity, Severity::Error);
        QCOMPARE(problemAt(analysis, idOf(graph, "hidden")).severity, Severity::Error);
        QVERIFY(!analysis.valid());
    }
    void aMissingInputIsNamed() {
        ModelGraph graph = pointsNetwork();
        graph.disconnect({idOf(graph, "loss"), 1});
        const Problem problem = problemAt(analysed(graph), idOf(graph, "loss"));
        QCOMPARE(problem.port, 1);
        QVERIFY(says(problem, "loss: nothing is connected to its input 'labels'"));
    }
    void aVariadicOpWantsAnInput() {
        ModelGraph graph = pointsNetwork();
        const NodeId add = draw(graph, "Add", {}, {}, "add");
        graph.connect({{add, 0}, {idOf(graph, "scores"), 0}});
        QVERIFY(says(problemAt(analysed(graph), add), "add: nothing is connected to its inputs"));
    }
    void anEdgeToAPortThatIsNotThereIsNamed() {
        for (const int port : {2, -1}) {
            ModelGraph graph = pointsNetwork();
            graph.connect({{idOf(graph, "hidden"), 0}, {idOf(graph, "tanh"), port}});
            const Problem problem = problemAt(analysed(graph), idOf(graph, "tanh"));
            QCOMPARE(problem.severity, Severity::Error);
            QVERIFY(says(problem, "tanh: has no input number"));
        }
    }
    void anEdgeFromAPortThatIsNotThereIsNamed() {
        for (const int port : {1, -1}) {
            ModelGraph graph = pointsNetwork();
            graph.connect({{idOf(graph, "hidden"), port}, {idOf(graph, "tanh"), 0}});
            const GraphAnalysis analysis = analysed(graph);
            QVERIFY(!analysis.valid());
            QVERIFY(says(problemAt(analysis, idOf(graph, "tanh")), "of hidden, which has 1"));
        }
    }
    void realNumbersAndClassesAreToldApart() {
        ModelGraph graph = pointsNetwork();
        graph.connect({{idOf(graph, "features"), 0}, {idOf(graph, "loss"), 1}});
        const Problem real = problemAt(analysed(graph), idOf(graph, "loss"));
        QCOMPARE(real.port, 1);
        QVERIFY(says(real, "expects class numbers, but gets real numbers from features"));

        graph = pointsNetwork();
        graph.connect({{idOf(graph, "labels"), 0}, {idOf(graph, "hidden"), 0}});
        QVERIFY(says(problemAt(analysed(graph), idOf(graph, "hidden")),
                     "expects real numbers, but gets class numbers from labels"));
    }
    void shapeFaultsNameTheLayerAndBothShapes() {
        ModelGraph graph = pointsNetwork();
        const NodeId add = draw(graph, "Add", {idOf(graph, "hidden"), idOf(graph, "features")}, {}, "sum");
        graph.connect({{add, 0}, {idOf(graph, "scores"), 0}});
        const Problem problem = problemAt(analysed(graph), add);
        QCOMPARE(problem.port, 1);
        QVERIFY(says(problem, "sum"));
        QVERIFY(says(problem, "4x8"));
        QVERIFY(says(problem, "4x2"));
        QCOMPARE(problem.expected, std::string("4x8"));
        QCOMPARE(problem.got, std::string("4x2"));
    }
    void aFaultAtAVariadicInputNamesItsPortAcrossGaps() {
        ModelGraph graph = pointsNetwork();
        const NodeId add = draw(graph, "Add", {idOf(graph, "hidden")}, {}, "sum");
        graph.connect({{idOf(graph, "features"), 0}, {add, 5}});
        graph.connect({{add, 0}, {idOf(graph, "scores"), 0}});
        QCOMPARE(problemAt(analysed(graph), add).port, 5);
    }
    void oneFaultIsToldOnce() {
        ModelGraph graph = pointsNetwork();
        graph.disconnect({idOf(graph, "hidden"), 0});
        const GraphAnalysis analysis = analysed(graph);
        const auto errors = std::ranges::count(analysis.problems, Severity::Error, &Problem::severity);
        // And that no features reach the loss.
        QCOMPARE(errors, 2);
    }
    void anEmptyDrawingSaysSo() {
        const GraphAnalysis analysis = analysed({});
        QCOMPARE(analysis.problems.size(), std::size_t{1});
        QVERIFY(says(analysis.problems[0], "The drawing is empty"));
    }
    void withoutALossThereIsNothingToMinimise() {
        ModelGraph graph = pointsNetwork();
        graph.remove(idOf(graph, "loss"));
        QVERIFY(says(problemAt(analysed(graph), NodeId::None), "There is no loss to minimise"));
        QVERIFY(analyse(graph, opCatalogue(), 4, DType::Float32, false).valid());
    }
    void severalLossesMayBeSummed() {
        ModelGraph graph = pointsNetwork();
        draw(graph, "SoftmaxCrossEntropy", {idOf(graph, "scores"), idOf(graph, "labels")}, {}, "second");
        QVERIFY(analysed(graph).valid());
    }
    void nothingToTrainIsAProblem() {
        ModelGraph graph;
        draw(graph, "SoftmaxCrossEntropy", {drawFeatures(graph, {3}), drawClassLabels(graph)}, {}, "loss");
        draw(graph, "Dense", {idOf(graph, "features")}, {}, "aside");  // has parameters, but takes no part
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY(says(problemAt(analysis, idOf(graph, "loss")), "There is nothing to train"));
    }
    void aBranchBesideTheLossOnlyWarns_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<int>("units");
        QTest::newRow("sound") << "Dense" << 3;
        QTest::newRow("attribute out of range") << "Dense" << -1;
        QTest::newRow("shapes that do not fit") << "Conv2D" << 3;
    }
    void aBranchBesideTheLossOnlyWarns() {
        QFETCH(QString, op);
        QFETCH(int, units);
        ModelGraph graph = pointsNetwork();
        const NodeId aside = draw(graph, op.toStdString(), {idOf(graph, "hidden")},
                                  op == "Dense" ? test::units(units) : Attributes{}, "aside");
        draw(graph, "ReLU", {}, {}, "alone");
        draw(graph, "ReLU", {aside}, {}, "behind");
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QVERIFY(std::ranges::any_of(analysis.problems, [&](const Problem& problem) { return problem.node == aside; }));
        QVERIFY(!analysis.find(aside)->reachesLoss);
        // And it trains.
        Machine machine(graph, 4, DType::Float32);
        machine.step();
        QVERIFY(machine.lowered->find("aside.output") == kNoValue);
    }
    void anUnknownOpBesideTheLossIsAnErrorAllTheSame() {
        ModelGraph graph = pointsNetwork();
        draw(graph, "Nonsense", {}, {}, "aside");
        QVERIFY(!analysed(graph).valid());
    }
    void attributeFaultsNameTheAttribute() {
        ModelGraph graph = pointsNetwork();
        graph.setAttributes(idOf(graph, "hidden"), {{"units", std::int64_t{0}}});
        QVERIFY(says(problemAt(analysed(graph), idOf(graph, "hidden")), "hidden: units must be"));
        graph.setAttributes(idOf(graph, "hidden"), {{"unit", std::int64_t{5}}});
        QVERIFY(says(problemAt(analysed(graph), idOf(graph, "hidden")), "unit "));
    }
    void absurdSizesAreProblems() {
        ModelGraph graph = pointsNetwork();
        graph.setAttributes(idOf(graph, "hidden"), test::units(16777216));
        graph.setAttributes(idOf(graph, "scores"), test::units(16777216));
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY(!analysis.valid());
        QCOMPARE(problemAt(analysis, idOf(graph, "scores")).severity, Severity::Error);
    }
    void batchesThatOverflowAreProblems() {
        for (const std::int64_t batch : {std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
            const GraphAnalysis analysis = analysed(pointsNetwork(), batch);
            QVERIFY(!analysis.valid());
            for (const NodeAnalysis& node : analysis.nodes)
                if (!node.known) QCOMPARE(node.parameterCount(), std::int64_t{0});
        }
    }
    void errorsComeBeforeWarnings() {
        ModelGraph graph = pointsNetwork();
        draw(graph, "ReLU", {idOf(graph, "features")}, {}, "aside");
        graph.disconnect({idOf(graph, "loss"), 1});
        const GraphAnalysis analysis = analysed(graph);
        QCOMPARE(analysis.problems.front().severity, Severity::Error);
        QCOMPARE(analysis.problems.back().severity, Severity::Warning);
    }
    void aChainOfTenThousandIsQuick() {
        ModelGraph graph;
        NodeId at = drawFeatures(graph, {4});
        for (int i = 0; i < 10000; ++i)
            at = draw(graph, i % 2 == 0 ? "Dense" : "Tanh", {at}, i % 2 == 0 ? test::units(4) : Attributes{},
                      "n" + std::to_string(i));
        draw(graph, "SoftmaxCrossEntropy", {at, drawClassLabels(graph)});
        QElapsedTimer timer;
        timer.start();
        const GraphAnalysis analysis = analysed(graph);
        const qint64 analysing = timer.restart();
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        const OptimizerSpec adam;
        auto lowered = std::make_shared<const TrainingGraph>(lower(graph, analysis, &adam));
        const qint64 lowering = timer.restart();
        const Plan plan = makePlan(lowered);
        const qint64 planning = timer.elapsed();
        qInfo("analyse %lld ms, lower %lld ms, plan %lld ms", analysing, lowering, planning);
        // Generous, for busy machines and sanitizers: quadratic work would take minutes.
        QVERIFY(analysing < 5000 && lowering < 5000 && planning < 20000);
        QVERIFY(plan.workspaceBytes < plan.valueBytes);
    }
    void aCycleOfTenThousandIsFoundQuickly() {
        ModelGraph graph = pointsNetwork();
        NodeId at = idOf(graph, "tanh");
        for (int i = 0; i < 10000; ++i) at = draw(graph, "ReLU", {at}, {}, "r" + std::to_string(i));
        graph.connect({{at, 0}, {idOf(graph, "tanh"), 0}});
        QElapsedTimer timer;
        timer.start();
        const GraphAnalysis analysis = analysed(graph);
        QVERIFY(!analysis.valid());
        QVERIFY(analysis.problems[0].message.size() < 1000);
        QVERIFY(timer.elapsed() < 5000);
    }
};

QTEST_GUILESS_MAIN(TestAnalysis)
#include "test_analysis.moc"
