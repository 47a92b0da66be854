// SPDX-License-Identifier: GPL-3.0-or-later
// Bypassed nodes: what is run without them, and what is said of them.
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/graph/graph_json.h"
#include "core/train/training_run.h"
#include "support_networks.h"

using namespace gradlens;
using namespace gradlens::test;

namespace {
// Input(4) -> Dense(8) -> Tanh -> Dense(2) -> loss.
struct Chain {
    Chain() {
        features = drawFeatures(graph, {4});
        hidden = draw(graph, "Dense", {features}, units(8), "hidden");
        tanh = draw(graph, "Tanh", {hidden}, {}, "squash");
        scores = draw(graph, "Dense", {tanh}, units(2), "scores");
        loss = draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    }
    GraphAnalysis analysed() const { return analyse(graph, drawingCatalogue(), 3); }
    ModelGraph graph;
    NodeId features, hidden, tanh, scores, loss;
};
}  // namespace

class TestBypass : public QObject {
    Q_OBJECT

private slots:
    void whatReadABypassedNodeReadsWhatCameIntoIt() {
        Chain chain;
        chain.graph.bypass(chain.tanh, true);
        const FlatDrawing flat = flatten(chain.graph, drawingCatalogue());
        QVERIFY(flat.graph.find(chain.tanh) == nullptr);
        QCOMPARE(flat.graph.edgeInto({chain.scores, 0})->from.node, chain.hidden);
    }

    void aChainOfBypassedNodesIsFollowedToItsBeginning() {
        Chain chain;
        chain.graph.bypass(chain.hidden, true);
        chain.graph.bypass(chain.tanh, true);
        const FlatDrawing flat = flatten(chain.graph, drawingCatalogue());
        QCOMPARE(flat.graph.edgeInto({chain.scores, 0})->from.node, chain.features);
        QVERIFY(flat.source({chain.tanh, 0}) == (PortRef{chain.features, 0}));
    }

    void analysisGivesABypassedNodeTheShapeThatComesIn() {
        Chain chain;
        chain.graph.bypass(chain.hidden, true);
        const GraphAnalysis analysis = chain.analysed();
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QCOMPARE(analysis.typeOf({chain.hidden, 0})->shape.toString(), std::string("3x4"));
        QCOMPARE(analysis.find(chain.hidden)->parameterCount(), std::int64_t{0});
        QCOMPARE(analysis.parameters, std::int64_t{4 * 2 + 2});
    }

    void analysisKeepsTheTopologicalOrder() {
        Chain chain;
        chain.graph.bypass(chain.hidden, true);
        chain.graph.bypass(chain.tanh, true);
        std::vector<NodeId> order;
        for (const NodeAnalysis& node : chain.analysed().nodes) order.push_back(node.id);
        const auto place = [&](NodeId id) { return std::ranges::find(order, id) - order.begin(); };
        QCOMPARE(order.size(), chain.graph.nodes().size());
        QVERIFY(place(chain.features) < place(chain.hidden));
        QVERIFY(place(chain.hidden) < place(chain.tanh));
        QVERIFY(place(chain.tanh) < place(chain.loss));
    }

    void aBypassedNodeWithNothingBeforeItLeavesItsReadersUnconnected() {
        Chain chain;
        chain.graph.disconnect({chain.tanh, 0});
        chain.graph.bypass(chain.tanh, true);
        const GraphAnalysis analysis = chain.analysed();
        QVERIFY(std::ranges::any_of(analysis.problems, [&](const Problem& problem) {
            return problem.node == chain.scores && problem.message.find("nothing is connected") != std::string::npos;
        }));
    }

    void bypassedNodesInACircleAreNoEndlessLoop() {
        Chain chain;
        chain.graph.connect({{chain.tanh, 0}, {chain.hidden, 0}});
        chain.graph.bypass(chain.hidden, true);
        chain.graph.bypass(chain.tanh, true);
        QVERIFY(!flatten(chain.graph, drawingCatalogue()).graph.edgeInto({chain.scores, 0}));
    }

    void aBypassedBlockHandsOnItsFirstInput() {
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {2});
        const NodeId mlp = draw(graph, "MLP", {features}, {}, "mlp");
        const NodeId scores = draw(graph, "Dense", {mlp}, units(2), "scores");
        draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
        graph.bypass(mlp, true);
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 1);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QCOMPARE(analysis.parameters, std::int64_t{2 * 2 + 2});
    }

    void trainingLeavesBypassedNodesOut() {
        Project project = pointsProject();
        const Node* activation = nullptr;
        for (const Node& node : project.graph.nodes())
            if (node.op == "Tanh") activation = &node;
        const NodeId bypassed = activation->id;
        project.graph.bypass(bypassed, true);
        for (const Instruction& instruction : loweredForTraining(project, 32)->instructions)
            QVERIFY(instruction.node != bypassed);
    }

    void whatSharedParametersWithABypassedNodeHasItsOwn() {
        Chain chain;
        const NodeId twin = draw(chain.graph, "Dense", {chain.features}, units(8), "twin");
        chain.graph.share(twin, chain.hidden);
        chain.graph.bypass(chain.hidden, true);
        QCOMPARE(flatten(chain.graph, drawingCatalogue()).graph.find(twin)->sharesWith, NodeId::None);
    }

    void bypassNotesAndStyleComeBackFromJson() {
        Chain chain;
        chain.graph.bypass(chain.tanh, true);
        Note frame;
        frame.kind = Note::Kind::Frame;
        frame.text = "Classifier \"head\"";
        frame.color = 3;
        frame.position = {-20, 10.5};
        frame.width = 400;
        chain.graph.addNote(frame);
        chain.graph.addNote({});
        chain.graph.setStyle({DrawingStyle::Flow::Right, DrawingStyle::Edges::Orthogonal});
        const auto json = toJson(chain.graph, drawingCatalogue());
        QVERIFY(graphFromJson(nlohmann::ordered_json::parse(json.dump()), drawingCatalogue(), "") == chain.graph);
    }
};

QTEST_GUILESS_MAIN(TestBypass)
#include "test_bypass.moc"
