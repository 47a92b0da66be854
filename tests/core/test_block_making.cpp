// SPDX-License-Identifier: GPL-3.0-or-later
// Layers become a block and come out of it again; blocks that would stand inside themselves; the inside of a block as
// one of its uses sees it.
#include "core/base/error.h"
#include "core/graph/analysis.h"
#include "core/graph/block_inside.h"
#include "core/graph/block_library.h"
#include "core/graph/block_list.h"
#include "core/graph/block_making.h"
#include "core/graph/block_parameters.h"
#include "core/graph/block_use.h"
#include "core/graph/flatten.h"
#include "core/io/project.h"
#include "support_networks.h"

#include <algorithm>

using namespace gradlens;
using namespace gradlens::test;
using Json = nlohmann::ordered_json;

namespace {
const CardStep kStep{248, 112};

struct Residual {
    ModelGraph graph;
    NodeId features, first, relu, add, scores;
};

// Input(8) -> first -> relu -> add (with Input beside) -> scores -> loss.
Residual residual() {
    Residual r;
    r.features = drawFeatures(r.graph, {8});
    r.first = draw(r.graph, "Dense", {r.features}, units(8), "first");
    r.relu = draw(r.graph, "ReLU", {r.first}, {}, "relu");
    r.add = draw(r.graph, "Add", {r.relu, r.features}, {}, "add");
    r.scores = draw(r.graph, "Dense", {r.add}, units(3), "scores");
    draw(r.graph, "SoftmaxCrossEntropy", {r.scores, drawClassLabels(r.graph)}, {}, "loss");
    return r;
}

MadeBlock made(const ModelGraph& graph, std::vector<NodeId> nodes, const std::string& name = "Made") {
    return madeBlock(graph, drawingCatalogue(), nodes, name, {}, kStep);
}

GraphAnalysis analysed(const MadeBlock& made) {
    return analyse(made.graph, withBlocks(drawingCatalogue(), {&made.block, 1}), 4);
}

Json blockJson(const char* name, std::vector<std::string> uses) {
    Json block{{"gradlens_block", 1}, {"name", name}, {"base_name", "x"}, {"summary", "."}};
    block["nodes"] = Json::array(
        {{{"id", 1}, {"name", "input"}, {"op", "BlockInput"}}, {{"id", 2}, {"name", "output"}, {"op", "BlockOutput"}}});
    block["edges"] = Json::array();
    std::string last = "input.output";
    int id = 3;
    for (const std::string& used : uses) {
        const std::string node = "use" + std::to_string(id);
        block["nodes"].push_back({{"id", id++}, {"name", node}, {"op", used}});
        block["edges"].push_back({{"from", last}, {"to", node + ".input"}});
        last = node + ".output";
    }
    block["edges"].push_back({{"from", last}, {"to", "output.input"}});
    return block;
}

std::vector<Block> read(const Json& list) {
    return blocksFromJson(JsonPlace(list, "blocks"), drawingCatalogue());
}

std::string said(const GraphAnalysis& analysis) {
    std::string text;
    for (const Problem& problem : analysis.problems) text += problem.message + "; ";
    return text;
}

std::string refusalOf(const Json& list) {
    try {
        read(list);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}
}  // namespace

class TestBlockMaking : public QObject {
    Q_OBJECT

private slots:
    void layersBecomeOneNodeWiredAsBefore() {
        const Residual r = residual();
        const MadeBlock result = made(r.graph, {r.first, r.relu, r.add});
        QCOMPARE(result.block.inputs().size(), std::size_t{1});
        QCOMPARE(result.block.outputs().size(), std::size_t{1});
        QCOMPARE(result.graph.edgeInto({result.node, 0})->from.node, r.features);
        QCOMPARE(result.graph.edgeInto({r.scores, 0})->from, (PortRef{result.node, 0}));
        QVERIFY(result.graph.find(r.first) == nullptr);
    }

    void whatIsComputedStaysTheSame() {
        const Residual r = residual();
        const GraphAnalysis before = analyse(r.graph, drawingCatalogue(), 4);
        const GraphAnalysis after = analysed(made(r.graph, {r.first, r.relu, r.add}));
        QVERIFY2(after.valid(), said(after).c_str());
        QCOMPARE(after.parameters, before.parameters);
        QCOMPARE(after.forwardFlops, before.forwardFlops);
    }

    void weightsAreNamedByTheBlock() {
        const Residual r = residual();
        const MadeBlock result = made(r.graph, {r.first, r.relu}, "FirstStage");
        QCOMPARE(result.graph.find(result.node)->name, std::string("first_stage1"));
        const FlatDrawing flat = flatten(result.graph, withBlocks(drawingCatalogue(), {&result.block, 1}));
        QVERIFY(flat.graph.findByName("first_stage1/first") != nullptr);
    }

    void aSourceThatIsReadTwiceIsOneInput() {
        const Residual r = residual();
        const MadeBlock result = made(r.graph, {r.first, r.add, r.relu});
        std::size_t readers = 0;
        for (const Edge& edge : result.block.graph.edges()) readers += edge.from.node == result.block.inputs()[0];
        QCOMPARE(readers, std::size_t{2});
    }

    void aBlockThatGivesSeveralResultsGivesTheLastFirst() {
        Residual r = residual();
        const NodeId side = draw(r.graph, "ReLU", {r.first}, {}, "side");
        const MadeBlock result = made(r.graph, {r.first, r.relu});
        QCOMPARE(result.block.outputs().size(), std::size_t{2});
        QCOMPARE(result.graph.edgeInto({r.add, 0})->from, (PortRef{result.node, 0}));
        QCOMPARE(result.graph.edgeInto({side, 0})->from, (PortRef{result.node, 1}));
    }

    void anEndThatNobodyReadsIsTheOutput() {
        Residual r = residual();
        const NodeId tail = draw(r.graph, "ReLU", {r.first}, {}, "tail");
        const MadeBlock result = made(r.graph, {tail});
        QCOMPARE(result.block.outputs().size(), std::size_t{1});
    }

    void aWayThatLeavesAndComesBackIsRefusedAndNamed() {
        const Residual r = residual();
        const std::vector<NodeId> nodes{r.first, r.add};
        const std::string why = whyNoBlock(r.graph, drawingCatalogue(), nodes);
        QVERIFY2(why.starts_with("relu stands between"), why.c_str());
        QVERIFY(!whyNoBlock(r.graph, drawingCatalogue(), {}).empty());
    }

    void sharedParametersAreNotTornApart() {
        Residual r = residual();
        const NodeId twin = draw(r.graph, "Dense", {r.relu}, units(8), "twin");
        r.graph.share(twin, r.first);
        const std::vector<NodeId> one{r.first, r.relu};
        QVERIFY(whyNoBlock(r.graph, drawingCatalogue(), one).find("twin shares") != std::string::npos);
        const std::vector<NodeId> both{r.first, r.relu, twin};
        QCOMPARE(whyNoBlock(r.graph, drawingCatalogue(), both), std::string());
        const MadeBlock result = made(r.graph, both);
        QCOMPARE(result.block.graph.findByName("twin")->sharesWith, result.block.graph.findByName("first")->id);
    }

    void expressionsGoOnToABlockInABlock() {
        Residual r = residual();
        r.graph.setAttributes(r.first, Attributes{{"units", std::string("$width * 2")}});
        const std::vector<AttributeSpec> around{integerAttribute("width", "Width", 4, 1, 64, "")};
        const std::vector<NodeId> nodes{r.first, r.relu};
        const MadeBlock result = madeBlock(r.graph, drawingCatalogue(), nodes, "Inner", around, kStep);
        QCOMPARE(result.block.parameters.size(), std::size_t{1});
        QCOMPARE(result.graph.find(result.node)->attributes.text("width"), std::string("$width"));
    }

    void dissolvingTakesMakingBack() {
        const Residual r = residual();
        const MadeBlock result = made(r.graph, {r.first, r.relu, r.add});
        const OpCatalogue catalogue = withBlocks(drawingCatalogue(), {&result.block, 1});
        const DissolvedBlock out = dissolved(result.graph, catalogue, result.node, kStep);
        QCOMPARE(out.refusal, std::string());
        QCOMPARE(out.graph.nodes().size(), r.graph.nodes().size());
        QCOMPARE(out.graph.edges().size(), r.graph.edges().size());
        const NodeId add = out.graph.findByName("add")->id;
        QCOMPARE(out.graph.edgeInto({add, 1})->from.node, r.features);
        QCOMPARE(out.graph.edgeInto({r.scores, 0})->from.node, add);
        QCOMPARE(analyse(out.graph, drawingCatalogue(), 4).parameters,
                 analyse(r.graph, drawingCatalogue(), 4).parameters);
    }

    void dissolvingFillsParametersInAndUnrollsRepetitions() {
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {8});
        const NodeId mlp =
            draw(graph, "MLP", {features},
                 {{"units", std::int64_t{8}}, {"repeat", std::int64_t{3}}, {"share_weights", true}}, "mlp");
        const NodeId scores = draw(graph, "Dense", {mlp}, units(3), "scores");
        draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
        const GraphAnalysis before = analyse(graph, drawingCatalogue(), 4);
        const DissolvedBlock out = dissolved(graph, drawingCatalogue(), mlp, kStep);
        QCOMPARE(out.refusal, std::string());
        QVERIFY(isFlat(out.graph, drawingCatalogue()));
        const GraphAnalysis after = analyse(out.graph, drawingCatalogue(), 4);
        QVERIFY2(after.valid(), said(after).c_str());
        QCOMPARE(after.parameters, before.parameters);
        QCOMPARE(after.forwardFlops, before.forwardFlops);
        for (const Node& node : out.graph.nodes())
            for (const auto& [name, value] : node.attributes.entries()) QVERIFY(!isExpression(value));
    }

    void blocksInsideAndBypassedLayersStayAsTheyAre() {
        Residual r = residual();
        const NodeId mlp = draw(r.graph, "MLP", {r.first}, {}, "mlp");
        r.graph.bypass(r.relu, true);
        r.graph.bypass(r.scores, true);
        const MadeBlock result = made(r.graph, {r.first, r.relu, mlp});
        const DissolvedBlock out =
            dissolved(result.graph, withBlocks(drawingCatalogue(), {&result.block, 1}), result.node, kStep);
        QCOMPARE(out.graph.findByName("mlp")->op, std::string("MLP"));
        QVERIFY(out.graph.findByName("relu")->bypassed);
        QVERIFY(out.graph.findByName("scores")->bypassed);
    }

    void whatWouldBecomeThousandsOfLayersIsRefused() {
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {8});
        const NodeId mlp = draw(graph, "MLP", {features}, {{"repeat", std::int64_t{1000}}}, "mlp");
        QVERIFY(dissolved(graph, drawingCatalogue(), mlp, kStep).refusal.find("1,000") != std::string::npos);
        QVERIFY(!dissolved(graph, drawingCatalogue(), features, kStep).refusal.empty());
    }

    void aBlockThatUsesItselfIsRefusedWhenRead() {
        const std::string why = refusalOf(Json::array({blockJson("Loop", {"Loop"})}));
        QVERIFY2(why.find("Loop uses Loop") != std::string::npos, why.c_str());
        QVERIFY2(why.find("blocks[0]") != std::string::npos, why.c_str());
    }

    void blocksThatUseEachOtherInACircleAreRefusedWithTheWayRound() {
        const std::string why = refusalOf(Json::array(
            {blockJson("Free", {"ReLU"}), blockJson("A", {"B"}), blockJson("B", {"C"}), blockJson("C", {"A"})}));
        QVERIFY2(why.find("A uses B, which uses C, which uses A") != std::string::npos, why.c_str());
    }

    void blocksMayStandBehindTheirUsers() {
        const std::vector<Block> blocks =
            read(Json::array({blockJson("Outer", {"Inner"}), blockJson("Inner", {"ReLU"})}));
        QCOMPARE(blocks[0].name, std::string("Outer"));
        QCOMPARE(blocks[0].graph.edges().size(), std::size_t{2});
        const std::vector<Block> again = read(gradlens::toJson(blocks, drawingCatalogue()));
        QVERIFY(again == blocks);
    }

    void aCircleInADrawingIsSaidOnceAndTheRestIsStillAnalysed() {
        std::vector<Block> blocks = read(Json::array({blockJson("A", {"B"}), blockJson("B", {"ReLU"})}));
        replaceFirst(blocks[1].graph, "ReLU", "A");
        Residual r = residual();
        draw(r.graph, "A", {r.first}, {}, "round");
        const GraphAnalysis analysis = analyse(r.graph, withBlocks(drawingCatalogue(), blocks), 4);
        const auto told = std::ranges::count_if(analysis.problems, [](const Problem& problem) {
            return problem.message == "round: a block stands inside itself: A uses B, which uses A";
        });
        QCOMPARE(told, 1);
        QVERIFY(analysis.find(r.scores)->known);
    }

    void theInsideOfABlockHasTheShapesOfItsUse() {
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {8});
        const NodeId mlp = draw(graph, "MLP", {features}, {{"units", std::int64_t{5}}}, "mlp");
        const std::vector<NodeId> path{mlp};
        const GraphAnalysis inside = analyseInside(graph, path, drawingCatalogue(), 4);
        const Block& block = *drawingCatalogue().find("MLP")->block;
        QVERIFY2(inside.problems.empty(), said(inside).c_str());
        QCOMPARE(inside.typeOf({block.inputs()[0], 0})->shape, (Shape{4, 8}));
        const auto result = block.graph.edgeInto({block.outputs()[0], 0});
        QCOMPARE(inside.typeOf(result->from)->shape, (Shape{4, 5}));
        QCOMPARE(inside.find(result->from.node)->op, drawingCatalogue().find(inside.find(result->from.node)->op->name));
    }

    void theInsideOfABlockThatIsNotConnectedAsksForItsInput() {
        ModelGraph graph;
        const NodeId mlp = draw(graph, "MLP", {}, {}, "mlp");
        const GraphAnalysis inside = analyseInside(graph, std::vector<NodeId>{mlp}, drawingCatalogue(), 4);
        QVERIFY2(inside.problems.size() == 1, said(inside).c_str());
        QCOMPARE(inside.problems[0].severity, Severity::Warning);
    }

    void whatABlockNeedsComesBeforeIt() {
        const std::vector<Block> blocks = read(Json::array(
            {blockJson("Outer", {"Inner", "Inner"}), blockJson("Other", {"ReLU"}), blockJson("Inner", {"ReLU"})}));
        const std::vector<Block> needed = withNeeded(blocks[0], blocks);
        QCOMPARE(needed.size(), std::size_t{2});
        QCOMPARE(needed[0].name, std::string("Inner"));
        QCOMPARE(needed[1].name, std::string("Outer"));
    }

    void expressionsTakeOtherParametersIn() {
        const Attributes values{{"a", std::int64_t{3}}, {"b", std::string("$wide + 1")}, {"kind", std::string("ReLU")}};
        QCOMPARE(toText(withParameters("$a * 2", values)), std::string("6"));
        QCOMPARE(toText(withParameters("$a * b", values)), std::string("$3 * (wide + 1)"));
        QCOMPARE(toText(withParameters("$kind", values)), std::string("ReLU"));
        QCOMPARE(withRenamed("$units * units2 / 2e1", "units", "width"), std::string("$width * units2 / 2e1"));
        QCOMPARE(namesIn("$a * (b + a) - 2e5").size(), std::size_t{2});
    }

private:
    static void replaceFirst(ModelGraph& graph, const std::string& op, const std::string& other) {
        const Node node = *std::ranges::find(graph.nodes(), op, &Node::op);
        ModelGraph changed;
        for (Node each : graph.nodes()) {
            if (each.id == node.id) each.op = other;
            changed.restore(std::move(each));
        }
        for (const Edge& edge : graph.edges()) changed.connect(edge);
        graph = changed;
    }
};

QTEST_GUILESS_MAIN(TestBlockMaking)
#include "test_block_making.moc"
