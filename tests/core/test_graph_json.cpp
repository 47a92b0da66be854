// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/philox.h"
#include "core/graph/graph_json.h"
#include "tests/core/support_errors.h"

#include <QTest>

#include <functional>
#include <limits>

using namespace gradlens;
using Json = nlohmann::ordered_json;

namespace {
ModelGraph read(const std::string& text) {
    return graphFromJson(Json::parse(text), opCatalogue(), "graph");
}

Node node(std::string name, std::string op, Attributes attributes = {}, Point position = {}) {
    Node result;
    result.name = std::move(name);
    result.op = std::move(op);
    result.attributes = std::move(attributes);
    result.position = position;
    return result;
}

// Two branches added up: ports by name, by number and of every attribute type.
ModelGraph branches() {
    ModelGraph graph;
    const NodeId input = graph.add(node("input", "Input", {{"shape", IntegerList{1, 28, 28}}}, {-10.5, 1e-3}));
    const NodeId left =
        graph.add(node("left", "ReLU", {{"flag", true}, {"text", std::string("a \"b\"")}, {"empty", IntegerList{}}}));
    const NodeId right =
        graph.add(node("right", "LeakyReLU", {{"slope", 0.1}, {"whole", 2.0}, {"count", std::int64_t{-3}}}, {120, 40}));
    const NodeId sum = graph.add(node("sum", "Add"));
    graph.connect({{input, 0}, {left, 0}});
    graph.connect({{input, 0}, {right, 0}});
    graph.connect({{left, 0}, {sum, 0}});
    graph.connect({{right, 0}, {sum, 1}});
    return graph;
}
}  // namespace

class TestGraphJson : public QObject {
    Q_OBJECT

private slots:
    void aDrawingComesBackAsItWas() {
        const ModelGraph graph = branches();
        QVERIFY(graphFromJson(toJson(graph, opCatalogue()), opCatalogue(), "") == graph);
    }

    void aDrawingComesBackThroughText() {
        const ModelGraph graph = branches();
        QVERIFY(read(toJson(graph, opCatalogue()).dump()) == graph);
    }

    void randomDrawingsComeBackAsTheyWere() {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const Random random(seed, RandomStream::Generate);
            const std::vector<std::string> ops{"ReLU", "Add", "Concat", "Input", "SoftmaxCrossEntropy", "FromAPlugin"};
            ModelGraph graph;
            std::vector<NodeId> ids;
            for (std::uint64_t i = 0; i < 30; ++i) {
                const std::string& op = ops[random.below(i, ops.size())];
                ids.push_back(graph.add(node("", op, {}, {static_cast<double>(i) * 12.25, random.uniform(i + 100)})));
            }
            graph.remove(ids[3]);  // ids with a gap
            ids.erase(ids.begin() + 3);
            for (std::uint64_t i = 0; i < 60; ++i) {
                const NodeId from = ids[random.below(200 + 3 * i, ids.size())],
                             to = ids[random.below(201 + 3 * i, ids.size())];
                const OpDefinition* op = opCatalogue().find(graph.find(to)->op);
                if (graph.find(from)->op == "Input" && op != nullptr && op->inputs.empty()) continue;
                const bool open = op == nullptr || (!op->inputs.empty() && op->inputs.back().variadic);
                const std::size_t ports = open ? 4 : op->inputs.size();
                const OpDefinition* source = opCatalogue().find(graph.find(from)->op);
                if (ports == 0 || (source != nullptr && source->outputs.empty())) continue;
                graph.connect({{from, 0}, {to, static_cast<int>(random.below(202 + 3 * i, ports))}});
            }
            QVERIFY(graphFromJson(toJson(graph, opCatalogue()), opCatalogue(), "") == graph);
        }
    }

    void portsGoByName() {
        const Json json = toJson(branches(), opCatalogue());
        QCOMPARE(json["edges"][0]["from"].get<std::string>(), std::string("input.output"));
        QCOMPARE(json["edges"][0]["to"].get<std::string>(), std::string("left.input"));
        QCOMPARE(json["edges"][3]["to"].get<std::string>(), std::string("sum.inputs1"));
    }

    void aPartHasOnlyTheEdgesWithinIt() {
        const ModelGraph graph = branches();
        const Json json = toJson(graph, opCatalogue(), {graph.findByName("right")->id, graph.findByName("sum")->id});
        QCOMPARE(json["nodes"].size(), std::size_t{2});
        QCOMPARE(json["edges"].size(), std::size_t{1});
        QCOMPARE(json["edges"][0]["from"].get<std::string>(), std::string("right.output"));
    }

    void unknownOpsAreKeptWithTheirEdgesInOrder() {
        const ModelGraph graph = read(
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"},{"id":2,"name":"mystery","op":"Warp","attributes":{"x":[1,2]}}],
            "edges":[{"from":"a.output","to":"mystery.left"},{"from":"mystery.warped","to":"mystery.right"}]})");
        QCOMPARE(graph.find(NodeId{2})->op, std::string("Warp"));
        QCOMPARE(graph.edges().size(), std::size_t{2});
        QVERIFY((graph.edges()[0] == Edge{{NodeId{1}, 0}, {NodeId{2}, 0}}));
        QVERIFY((graph.edges()[1] == Edge{{NodeId{2}, 0}, {NodeId{2}, 1}}));
    }

    void anAttributeThatIsNoNumberStillOpens() {
        ModelGraph graph;
        graph.add(node("a", "LeakyReLU", {{"slope", std::numeric_limits<double>::infinity()}}));
        const ModelGraph again = read(toJson(graph, opCatalogue()).dump());
        QVERIFY(*again.find(NodeId{1})->attributes.find("slope") == AttributeValue(std::string("inf")));
    }

    void wholeNumbersKeepTheirTypeAndReals() {
        const ModelGraph graph = read(
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"i":9223372036854775807,"r":1.0,"l":[-9223372036854775808]}}]})");
        const Attributes& attributes = graph.find(NodeId{1})->attributes;
        QCOMPARE(attributes.integer("i"), std::numeric_limits<std::int64_t>::max());
        QCOMPARE(attributes.real("r"), 1.0);
        QCOMPARE(attributes.list("l").at(0), std::numeric_limits<std::int64_t>::min());
    }

    void newNodesGetIdsPastThoseOfTheFile() {
        ModelGraph graph = read(R"({"nodes":[{"id":41,"name":"a","op":"ReLU"},{"id":7,"name":"b","op":"ReLU"}]})");
        QCOMPARE(toInteger(graph.add(node("c", "ReLU"))), 42u);
        QCOMPARE(graph.nodes()[0].name, std::string("b"));
    }

    void faultsNameTheirPlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* text, const char* where, const char* words) {
            QTest::newRow(name) << QString(text) << QString(where) << QString(words);
        };
        row("a list", "[]", "graph", "must be an object");
        row("no nodes", "{}", "graph", "has no \"nodes\"");
        row("nodes is text", R"({"nodes":"x"})", "graph.nodes", "must be a list [...], got \"x\"");
        row("node is a number", R"({"nodes":[3]})", "graph.nodes[0]", "must be an object {...}, got 3");
        row("no id", R"({"nodes":[{"name":"a","op":"ReLU"}]})", "graph.nodes[0]", "has no \"id\"");
        row("id 0", R"({"nodes":[{"id":0,"name":"a","op":"ReLU"}]})", "graph.nodes[0].id", "between 1 and");
        row("id too large", R"({"nodes":[{"id":4294967296,"name":"a","op":"ReLU"}]})", "graph.nodes[0].id",
            "got 4294967296");
        row("id is a fraction", R"({"nodes":[{"id":1.5,"name":"a","op":"ReLU"}]})", "graph.nodes[0].id",
            "whole number, got 1.5");
        row("id twice", R"({"nodes":[{"id":1,"name":"a","op":"ReLU"},{"id":1,"name":"b","op":"ReLU"}]})",
            "graph.nodes[1].id", "\"a\" has id 1");
        row("no name", R"({"nodes":[{"id":1,"op":"ReLU"}]})", "graph.nodes[0]", "has no \"name\"");
        row("name with a dot", R"({"nodes":[{"id":1,"name":"a.b","op":"ReLU"}]})", "graph.nodes[0].name", "is no name");
        row("name twice", R"({"nodes":[{"id":1,"name":"a","op":"ReLU"},{"id":2,"name":"a","op":"ReLU"}]})",
            "graph.nodes[1].name", "two nodes are named \"a\"");
        row("op is null", R"({"nodes":[{"id":1,"name":"a","op":null}]})", "graph.nodes[0].op", "must be text");
        row("op is empty", R"({"nodes":[{"id":1,"name":"a","op":""}]})", "graph.nodes[0].op", "kind of layer");
        row("position of one", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","position":[1]}]})",
            "graph.nodes[0].position", "two numbers");
        row("position of text", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","position":[1,"2"]}]})",
            "graph.nodes[0].position[1]", "must be a number");
        row("position far away", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","position":[1e300,0]}]})",
            "graph.nodes[0].position[0]", "between");
        row("attributes is a list", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":[]}]})",
            "graph.nodes[0].attributes", "must be an object");
        row("attribute is null", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"kernel":null}}]})",
            "graph.nodes[0].attributes.kernel", "nothing (null)");
        row("attribute is an object", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"kernel":{}}}]})",
            "graph.nodes[0].attributes.kernel", "an object");
        row("text in a list of reals",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"weights":[3.5,"x"]}}]})",
            "graph.nodes[0].attributes.weights[1]", "must be a number");
        row("past 64 bits", R"({"nodes":[{"id":1,"name":"a","op":"ReLU","attributes":{"n":9223372036854775808}}]})",
            "graph.nodes[0].attributes.n", "between");
        row("edge is text", R"({"nodes":[],"edges":["a"]})", "graph.edges[0]", "must be an object");
        row("edge without to", R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"a.output"}]})",
            "graph.edges[0]", "has no \"to\"");
        row("edge without a port",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"a","to":"a.input"}]})",
            "graph.edges[0].from", "NODE.PORT");
        row("edge from nowhere",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"b.output","to":"a.input"}]})",
            "graph.edges[0].from", "no node named \"b\"");
        row("edge to nowhere",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"a.output","to":"b.input"}]})",
            "graph.edges[0].to", "no node named \"b\"");
        row("no such output",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"a.result","to":"a.input"}]})",
            "graph.edges[0].from", "ReLU has no output of that name. Its outputs: output");
        row("no such input",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"}],"edges":[{"from":"a.output","to":"a.left"}]})",
            "graph.edges[0].to", "ReLU has no input of that name. Its inputs: input");
        row("variadic without a number",
            R"({"nodes":[{"id":1,"name":"a","op":"Add"}],"edges":[{"from":"a.output","to":"a.inputs"}]})",
            "graph.edges[0].to", "Its inputs: inputs0, inputs1 ...");
        row("variadic far too high",
            R"({"nodes":[{"id":1,"name":"a","op":"Add"}],"edges":[{"from":"a.output","to":"a.inputs99999999999"}]})",
            "graph.edges[0].to", "no input");
        row("input fed twice",
            R"({"nodes":[{"id":1,"name":"a","op":"ReLU"},{"id":2,"name":"b","op":"ReLU"}],"edges":[{"from":"a.output","to":"b.input"},{"from":"b.output","to":"b.input"}]})",
            "graph.edges[1].to", "two edges lead to b.input");
    }
    void faultsNameTheirPlace() {
        QFETCH(QString, text);
        QFETCH(QString, where);
        QFETCH(QString, words);
        const Error error = errorOf([&] { read(text.toStdString()); });
        QCOMPARE(QString::fromStdString(error.where()), where);
        QVERIFY2(says(error, words.toStdString()), error.what());
    }

    void moreNodesThanTheLimitAreRefused() {
        Json json;
        json["nodes"] = Json::array();
        for (int i = 0; i <= 100'000; ++i) json["nodes"].push_back(i);
        const Error error = errorOf([&] { graphFromJson(json, opCatalogue(), "graph"); });
        QVERIFY2(says(error, "at most 100000"), error.what());
    }

    void tenThousandNodesInAnyOrderAreReadQuickly() {
        Json json{{"nodes", Json::array()}, {"edges", Json::array()}};
        for (int i = 10'000; i > 0; --i) {
            json["nodes"].push_back({{"id", i}, {"name", "n" + std::to_string(i)}, {"op", "ReLU"}});
            if (i > 1)
                json["edges"].push_back(
                    {{"from", "n" + std::to_string(i - 1) + ".output"}, {"to", "n" + std::to_string(i) + ".input"}});
        }
        QElapsedTimer timer;
        timer.start();
        const ModelGraph graph = graphFromJson(json, opCatalogue(), "graph");
        QCOMPARE(graph.edges().size(), std::size_t{9'999});
        QVERIFY2(timer.elapsed() < 5'000, "quadratic?");
    }
};

QTEST_GUILESS_MAIN(TestGraphJson)
#include "test_graph_json.moc"
