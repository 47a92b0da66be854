// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks: what they unfold to, what analysis says of them, and how they train.
#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/graph/block_parameters.h"
#include "core/graph/flatten.h"
#include "core/graph/graph_json.h"
#include "support_networks.h"

#include <algorithm>

using namespace gradlens;
using namespace gradlens::test;
using Json = nlohmann::ordered_json;

namespace {
Attributes attributes(std::initializer_list<Attributes::Entry> entries) {
    return Attributes(entries);
}

AttributeValue number(std::int64_t value) {
    return AttributeValue(value);
}

// Input(2) -> MLP block -> Dense(2) -> loss.
ModelGraph withMlp(Attributes given) {
    ModelGraph graph;
    const NodeId features = drawFeatures(graph, {2});
    const NodeId mlp = draw(graph, "MLP", {features}, std::move(given), "mlp");
    const NodeId scores = draw(graph, "Dense", {mlp}, units(2), "scores");
    draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    return graph;
}

Block blockOf(const char* text) {
    const Json json = Json::parse(text);
    return blockFromJson(JsonPlace::root(json, "test"), drawingCatalogue());
}

std::string evaluatedText(const char* expression, const Attributes& parameters) {
    std::string message;
    const auto value = evaluated(expression, parameters, &message);
    return value ? toText(*value) : message;
}
}  // namespace

class TestBlocks : public QObject {
    Q_OBJECT

private slots:
    void expressionsFollowTheRulesOfArithmetic_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("result");
        const auto row = [](const char* expression, const char* result) {
            QTest::newRow(expression) << expression << result;
        };
        row("$filters", "16");
        row("$filters * 4", "64");
        row("$1 + 2 * 3", "7");
        row("$(1 + 2) * 3", "9");
        row("$(kernel - 1) / 2", "1");
        row("$kernel / 2", "1.5");
        row("$-filters + 1", "-15");
        row("$-(1 + 2)", "-3");
        row("$8 / 2 / 2", "2");
        row("$8 - 2 - 2", "4");
        row("$rate * 2", "0.5");
        row("$activation", "ReLU");
        row("$activation + 1", "calculates with 'activation', which is no number");
        row("$nothing", "names 'nothing', which is no parameter of the block");
        row("$filters +", "ends too early");
        row("$", "ends too early");
        row("$(1", "lacks a closing bracket");
        row("$1)", "closes a bracket that it did not open");
        row("$1 2", "has '2' where + - * / belongs");
        row("$1 / 0", "divides by zero");
        row("$#", "has '#' where a number or a parameter belongs");
    }
    void expressionsFollowTheRulesOfArithmetic() {
        QFETCH(QString, expression);
        QFETCH(QString, result);
        const Attributes parameters = attributes({{"filters", number(16)},
                                                  {"kernel", number(3)},
                                                  {"rate", AttributeValue(0.25)},
                                                  {"activation", AttributeValue(std::string("ReLU"))}});
        QCOMPARE(QString::fromStdString(evaluatedText(qPrintable(expression), parameters)), result);
    }

    void aDrawingWithoutBlocksUnfoldsToItself() {
        const ModelGraph graph = imagesNetwork();
        const FlatDrawing flat = flatten(graph, drawingCatalogue());
        QVERIFY(flat.graph == graph);
        QVERIFY(flat.owners.empty() && flat.problems.empty());
    }
    void aBlockBecomesItsNodesWithItsParametersFilledIn() {
        const FlatDrawing flat =
            flatten(withMlp(attributes({{"units", number(7)}, {"activation", AttributeValue(std::string("Tanh"))}})),
                    drawingCatalogue());
        const Node* dense = flat.graph.findByName("mlp/dense");
        QVERIFY(dense != nullptr && flat.graph.findByName("mlp/activation") != nullptr);
        QCOMPARE(dense->attributes.integer("units"), 7);
        QCOMPARE(flat.graph.findByName("mlp/activation")->op, std::string("Tanh"));
        QVERIFY(flat.graph.findByName("mlp") == nullptr);
        QCOMPARE(flat.ownerOf(dense->id), withMlp({}).findByName("mlp")->id);
    }
    void repeatedBlocksStandOneBehindTheOther() {
        const FlatDrawing flat = flatten(withMlp(attributes({{"repeat", number(3)}})), drawingCatalogue());
        const ModelGraph& graph = flat.graph;
        const auto sourceNameOf = [&](const char* node) {
            return graph.find(graph.edgeInto({graph.findByName(node)->id, 0})->from.node)->name;
        };
        QCOMPARE(sourceNameOf("mlp/2/dense"), std::string("mlp/1/dropout"));
        QCOMPARE(sourceNameOf("mlp/3/dense"), std::string("mlp/2/dropout"));
        QCOMPARE(sourceNameOf("scores"), std::string("mlp/3/dropout"));
    }
    void nestedBlocksUnfoldToTheLast() {
        ModelGraph graph;
        const NodeId image = drawFeatures(graph, {3, 8, 8});
        draw(graph, "ResidualDownBlock", {image}, attributes({{"filters", number(4)}}), "down");
        const FlatDrawing flat = flatten(graph, drawingCatalogue());
        QVERIFY(flat.problems.empty());
        QVERIFY(flat.graph.findByName("down/conv1/bn") != nullptr);
        QCOMPARE(flat.ownerOf(flat.graph.findByName("down/conv1/bn")->id), graph.findByName("down")->id);
        QVERIFY(std::ranges::none_of(flat.graph.nodes(), [](const Node& node) { return node.op == "ConvBNReLU"; }));
    }
    void anInputHandedStraightToAnOutputIsFollowed() {
        const Block block = blockOf(R"({"gradlens_block":1,"name":"Wire","base_name":"wire","summary":"Nothing.",
            "nodes":[{"id":1,"name":"input","op":"BlockInput"},{"id":2,"name":"output","op":"BlockOutput"}],
            "edges":[{"from":"input.output","to":"output.input"}]})");
        const OpCatalogue catalogue = withBlocks(drawingCatalogue(), {&block, 1});
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {2});
        const NodeId first = draw(graph, "Wire", {features}, attributes({{"repeat", number(5)}}));
        const NodeId second = draw(graph, "Wire", {first});
        const NodeId tanh = draw(graph, "Tanh", {second}, {}, "tanh");
        const FlatDrawing flat = flatten(graph, catalogue);
        QCOMPARE(flat.graph.edgeInto({tanh, 0})->from.node, features);
        QCOMPARE(flat.source({second, 0})->node, features);
    }
    void blocksThatHandOnInACircleAreLeftOpen() {
        const Block block = blockOf(R"({"gradlens_block":1,"name":"Wire","base_name":"wire","summary":"Nothing.",
            "nodes":[{"id":1,"name":"input","op":"BlockInput"},{"id":2,"name":"output","op":"BlockOutput"}],
            "edges":[{"from":"input.output","to":"output.input"}]})");
        const OpCatalogue catalogue = withBlocks(drawingCatalogue(), {&block, 1});
        ModelGraph graph;
        const NodeId first = draw(graph, "Wire"), second = draw(graph, "Wire", {first});
        graph.connect({{second, 0}, {first, 0}});
        const NodeId tanh = draw(graph, "Tanh", {second});
        const FlatDrawing flat = flatten(graph, catalogue);
        QVERIFY(!flat.graph.edgeInto({tanh, 0}));
    }
    void aBlockThatContainsItselfIsAProblem() {
        Block block = blockOf(R"({"gradlens_block":1,"name":"Snake","base_name":"snake","summary":"Bites its tail.",
            "nodes":[{"id":1,"name":"input","op":"BlockInput"},{"id":3,"name":"inner","op":"Snake"},{"id":2,"name":"output","op":"BlockOutput"}],
            "edges":[{"from":"input.output","to":"inner.input0"},{"from":"inner.output","to":"output.input"}]})");
        const OpCatalogue catalogue = withBlocks(drawingCatalogue(), {&block, 1});
        ModelGraph graph;
        draw(graph, "Snake", {drawFeatures(graph, {2})}, {}, "snake1");
        const FlatDrawing flat = flatten(graph, catalogue);
        QVERIFY(!flat.problems.empty());
        QCOMPARE(flat.problems.back().node, graph.findByName("snake1")->id);
        QVERIFY(flat.problems.back().message.find("Snake uses Snake") != std::string::npos);
        QVERIFY(!analyse(graph, catalogue, 4, DType::Float32, false).valid());
    }
    void aBlockThatIsRepeatedTooOftenIsAProblem() {
        ModelGraph graph;
        NodeId last = drawFeatures(graph, {2});
        for (int i = 0; i < 40; ++i) last = draw(graph, "MLP", {last}, attributes({{"repeat", number(1000)}}));
        const FlatDrawing flat = flatten(graph, drawingCatalogue());
        QVERIFY(std::ranges::any_of(flat.problems, [](const Problem& problem) {
            return problem.message.find("100,000") != std::string::npos;
        }));
    }

    void analysisCountsABlockAsOneNode() {
        const ModelGraph graph = withMlp(attributes({{"units", number(5)}, {"repeat", number(2)}}));
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 4);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        const NodeAnalysis* mlp = analysis.find(graph.findByName("mlp")->id);
        QVERIFY(mlp != nullptr && mlp->known);
        QCOMPARE(mlp->inference.outputs[0].shape, (Shape{4, 5}));
        QCOMPARE(mlp->inputs[0].shape, (Shape{4, 2}));
        QCOMPARE(mlp->parameterCount(), 2 * 5 + 5 + 5 * 5 + 5);
        QCOMPARE(mlp->inference.parameters[0].name, std::string("1/dense.weight"));
        QCOMPARE(analysis.parameters, mlp->parameterCount() + 5 * 2 + 2);
        QCOMPARE(analysis.nodes.size(), graph.nodes().size());
    }
    void anInvertedResidualBlockKeepsTheShapeAndItsDepthwiseFiltersSeeOneChannel() {
        ModelGraph graph;
        const NodeId image = drawFeatures(graph, {8, 16, 16});
        const NodeId block = draw(graph, "InvertedResidualBlock", {image},
                                  attributes({{"channels", number(8)}, {"expansion", number(3)}}));
        const NodeId down = draw(graph, "InvertedResidualDownBlock", {block},
                                 attributes({{"channels", number(8)}, {"filters", number(12)}}));
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QCOMPARE(analysis.find(block)->inference.outputs[0].shape, (Shape{2, 8, 16, 16}));
        QCOMPARE(analysis.find(down)->inference.outputs[0].shape, (Shape{2, 12, 8, 8}));
        const auto& parameters = analysis.find(block)->inference.parameters;
        const auto depthwise =
            std::ranges::find(parameters, std::string("depthwise/conv.weight"), &ParameterSpec::name);
        QVERIFY(depthwise != parameters.end());
        QCOMPARE(depthwise->shape, (Shape{24, 1, 3, 3}));
    }
    void theStagesOfAUNetFitTogether() {
        ModelGraph graph;
        const NodeId image = drawFeatures(graph, {1, 16, 12});
        const NodeId down = draw(graph, "UNetDownStage", {image}, attributes({{"filters", number(4)}}));
        const NodeId middle = draw(graph, "ConvBNReLU", {down}, attributes({{"filters", number(8)}}));
        const NodeId up = draw(graph, "UNetUpStage", {middle}, attributes({{"filters", number(4)}}));
        graph.connect({{down, 1}, {up, 1}});
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QCOMPARE(analysis.find(middle)->inputs[0].shape, (Shape{2, 4, 8, 6}));
        QCOMPARE(analysis.find(up)->inference.outputs[0].shape, (Shape{2, 4, 16, 12}));
    }
    void aFaultInsideIsSaidOfTheBlockAndNamesTheLayer() {
        ModelGraph graph;
        draw(graph, "ResidualBlock", {drawFeatures(graph, {3, 8, 8})}, attributes({{"filters", number(4)}}),
             "residual1");
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        QVERIFY(!analysis.valid());
        QCOMPARE(analysis.problems[0].node, graph.findByName("residual1")->id);
        QVERIFY2(analysis.problems[0].message.starts_with("residual1/add"), analysis.problems[0].message.c_str());
    }
    void anOpenInputIsSaidOnceAndOfTheBlock() {
        ModelGraph graph;
        draw(graph, "MLP", {}, {}, "mlp1");
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        QCOMPARE(analysis.problems.size(), std::size_t{1});
        QCOMPARE(analysis.problems[0].port, 0);
        QCOMPARE(analysis.problems[0].message, std::string("mlp1: nothing is connected to its input 'input'"));
    }
    void aBlockPortOutsideABlockIsAProblem() {
        ModelGraph graph;
        draw(graph, "BlockInput", {}, {}, "in");
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 2, DType::Float32, false);
        QVERIFY(!analysis.valid());
        QVERIFY(analysis.problems[0].message.find("inside a block") != std::string::npos);
    }

    void everyBuiltInBlockFitsTogetherAndSaysWhatItIs() {
        QVERIFY(drawingCatalogue().blocks().size() > 2);
        for (const OpDefinition& block : drawingCatalogue().blocks()) {
            QVERIFY2(!block.summary.empty() && ModelGraph::isName(block.baseName), block.name.c_str());
            QVERIFY2(opCatalogue().find(block.name) == nullptr, block.name.c_str());
            if (block.block == nullptr) continue;  // the ports inside blocks
            QVERIFY2(!block.maths.empty(), block.name.c_str());
            const Json json = toJson(*block.block, drawingCatalogue());
            const Block again = blockFromJson(JsonPlace::root(json, "again"), drawingCatalogue());
            QVERIFY2(toJson(again, drawingCatalogue()) == json, block.name.c_str());
            QVERIFY2(again.graph == block.block->graph, block.name.c_str());
        }
    }
    void aBlockFromANewerVersionSaysSo() {
        const Json json = Json::parse(R"({"gradlens_block":2,"name":"X","base_name":"x","summary":"x","nodes":[]})");
        QVERIFY_THROWS_EXCEPTION(Error, blockFromJson(JsonPlace::root(json, "test"), drawingCatalogue()));
    }

    void sharedParametersExistOnceAndTakeTheGradientsOfAllUsers() {
        // Two dense layers in a row that share: by hand unrolled, the gradient is the sum of both uses.
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {3});
        const NodeId first = draw(graph, "Dense", {features}, units(3), "first");
        const NodeId tanh = draw(graph, "Tanh", {first});
        const NodeId second = draw(graph, "Dense", {tanh}, units(3), "second");
        draw(graph, "SoftmaxCrossEntropy", {second, drawClassLabels(graph)}, {}, "loss");
        graph.share(second, first);
        Machine machine(graph, 5, DType::Float64);
        QCOMPARE(machine.lowered->find("second.weight"), kNoValue);
        QVERIFY(machine.lowered->find("first.weight.grad") != kNoValue);
        QCOMPARE(machine.analysis.parameters, 3 * 3 + 3);
        checkGradientBy(machine, "first.weight");
        checkGradientBy(machine, "first.bias");
    }
    void sharingWithAnotherSizeIsAProblemThatNamesBoth() {
        ModelGraph graph = pointsNetwork();
        graph.share(graph.findByName("scores")->id, graph.findByName("hidden")->id);
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 4);
        QVERIFY(!analysis.valid());
        QVERIFY2(analysis.problems[0].message.find("weight is 2x8 here and 8x2 there") != std::string::npos,
                 analysis.problems[0].message.c_str());
    }
    void sharingInACircleIsAProblem() {
        ModelGraph graph = pointsNetwork();
        const NodeId hidden = graph.findByName("hidden")->id, scores = graph.findByName("scores")->id;
        graph.share(scores, hidden);
        graph.share(hidden, scores);
        QVERIFY(!analyse(graph, drawingCatalogue(), 4).valid());
    }
    void sharingSurvivesTheFileAndEndsWithTheOwner() {
        ModelGraph graph = pointsNetwork();
        const NodeId hidden = graph.findByName("hidden")->id, scores = graph.findByName("scores")->id;
        graph.share(scores, hidden);
        const ModelGraph again = graphFromJson(toJson(graph, drawingCatalogue()), drawingCatalogue(), "test");
        QVERIFY(again == graph);
        graph.remove(hidden);
        QCOMPARE(graph.find(scores)->sharesWith, NodeId::None);
    }
    void repetitionsMayShareTheirWeights() {
        const ModelGraph graph =
            withMlp(attributes({{"units", number(2)}, {"repeat", number(4)}, {"share_weights", AttributeValue(true)}}));
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 4);
        QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
        QCOMPARE(analysis.find(graph.findByName("mlp")->id)->parameterCount(), 2 * 2 + 2);
    }

private:
    // Central difference of the loss by each element, step 1e-6: error below 1e-5 + 1e-3 |g| in double.
    static void checkGradientBy(Machine& machine, const char* parameter) {
        constexpr double kStep = 1e-6;
        machine.state.learningRate = 0;
        machine.step();
        const TensorView gradient = machine.executor->view(machine.lowered->find(std::string(parameter) + ".grad"));
        std::vector<double> found;
        for (std::int64_t i = 0; i < gradient.elements(); ++i) found.push_back(gradient.at(i));
        const auto values = machine.state.find(parameter)->tensor.view().as<double>();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double kept = values[i];
            values[i] = kept + kStep;
            machine.step();
            const double above = machine.loss();
            values[i] = kept - kStep;
            machine.step();
            const double below = machine.loss();
            values[i] = kept;
            const double expected = (above - below) / (2 * kStep);
            QVERIFY2(std::abs(found[i] - expected) <= 1e-5 + 1e-3 * std::abs(expected), parameter);
        }
    }
};

QTEST_GUILESS_MAIN(TestBlocks)
#include "test_blocks.moc"
