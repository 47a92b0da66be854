// SPDX-License-Identifier: GPL-3.0-or-later
// Five families of networks on real data, with dropout and random transforms: the same bits at any number of threads,
// after stopping anywhere, and another future with another seed.
#include "core/graph/block_library.h"
#include "core/train/training_run.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <fstream>

using namespace gradlens;
using namespace gradlens::test;

namespace {
constexpr int kSteps = 7;

Attributes with(std::initializer_list<Attributes::Entry> entries) {
    return Attributes(entries);
}

AttributeValue number(std::int64_t value) {
    return AttributeValue(value);
}

NodeId classify(ModelGraph& graph, NodeId from, std::int64_t classes) {
    const NodeId scores = draw(graph, "Dense", {from}, units(classes), "scores");
    return draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
}

NodeId dropped(ModelGraph& graph, NodeId from) {
    return draw(graph, "Dropout", {from}, with({{"rate", AttributeValue(0.25)}}));
}

Project digits(ModelGraph graph) {
    Project project;
    project.graph = std::move(graph);
    project.data = {"digits",
                    {},
                    {{"flip", {}},
                     {"crop", with({{"padding", number(1)}})},
                     {"rotate", {}},
                     {"cutout", with({{"size", number(2)}})}}};
    project.training.optimizer = {"Adam", {{"learning_rate", AttributeValue(0.01)}}};
    project.training.batchSize = 24;
    return project;
}

Project mlp() {
    ModelGraph graph;
    const NodeId flat = draw(graph, "Flatten", {drawFeatures(graph, {1, 8, 8})});
    classify(graph,
             draw(graph, "MLP", {flat},
                  with({{"units", number(40)}, {"repeat", number(3)}, {"dropout", AttributeValue(0.25)}})),
             10);
    return digits(std::move(graph));
}

Project cnn() {
    ModelGraph graph;
    const NodeId conv = draw(graph, "Conv2D", {drawFeatures(graph, {1, 8, 8})}, with({{"filters", number(12)}}));
    const NodeId pool = draw(graph, "MaxPool2D", {draw(graph, "ReLU", {conv})});
    classify(graph, dropped(graph, draw(graph, "Flatten", {pool})), 10);
    return digits(std::move(graph));
}

Project resnet() {
    ModelGraph graph;
    const NodeId stem = draw(graph, "ConvBNReLU", {drawFeatures(graph, {1, 8, 8})}, with({{"filters", number(8)}}));
    const NodeId same = draw(graph, "ResidualBlock", {stem}, with({{"filters", number(8)}, {"repeat", number(2)}}));
    const NodeId down = draw(graph, "ResidualDownBlock", {same}, with({{"filters", number(16)}}));
    classify(graph, dropped(graph, draw(graph, "GlobalAvgPool", {down})), 10);
    return digits(std::move(graph));
}

Project lstm() {
    ModelGraph graph;
    const NodeId rows =
        draw(graph, "Reshape", {drawFeatures(graph, {1, 8, 8})}, with({{"shape", AttributeValue(IntegerList{8, 8})}}));
    const NodeId states = draw(graph, "LSTM", {rows},
                               with({{"hidden", number(24)},
                                     {"layers", number(2)},
                                     {"bidirectional", AttributeValue(true)},
                                     {"output", AttributeValue(std::string("last"))}}));
    classify(graph, dropped(graph, states), 10);
    return digits(std::move(graph));
}

// Letters of a text made by rule, so that no file is needed.
Project charGpt(const std::filesystem::path& folder) {
    std::ofstream file(folder / "text.txt");
    for (int i = 0; i < 4000; ++i) file << static_cast<char>('a' + (i * i / 7 + i) % 12);
    ModelGraph graph;
    const NodeId text = draw(graph, "Input", {},
                             with({{"source", AttributeValue(std::string("features"))},
                                   {"values", AttributeValue(std::string("class"))},
                                   {"shape", AttributeValue(IntegerList{16})}}));
    const NodeId token =
        draw(graph, "Embedding", {text}, with({{"vocabulary", number(12)}, {"dimension", number(24)}}));
    const NodeId position = draw(graph, "LearnedPosition", {token}, with({{"max_length", number(16)}}));
    const NodeId blocks = draw(graph, "TransformerBlock", {position},
                               with({{"dimension", number(24)},
                                     {"heads", number(3)},
                                     {"causal", AttributeValue(true)},
                                     {"dropout", AttributeValue(0.1)},
                                     {"repeat", number(2)}}));
    const NodeId scores = draw(graph, "Dense", {draw(graph, "LayerNorm", {blocks})}, units(12));
    const NodeId labels = draw(graph, "Input", {},
                               with({{"source", AttributeValue(std::string("labels"))},
                                     {"values", AttributeValue(std::string("class"))},
                                     {"shape", AttributeValue(IntegerList{16})}}));
    draw(graph, "SoftmaxCrossEntropy", {scores, labels}, with({{"class_axis", AttributeValue(std::string("last"))}}),
         "loss");
    Project project;
    project.graph = std::move(graph);
    project.data = {
        "text",
        with({{"file", AttributeValue((folder / "text.txt").string())}, {"length", number(16)}, {"stride", number(3)}}),
        {}};
    project.training.optimizer = {"AdamW", {}};
    project.training.batchSize = 24;
    return project;
}
}  // namespace

class TestModelFamilies : public QObject {
    Q_OBJECT

private slots:
    void bitsAreTheSameAtOneTwoAndFourThreads_data() { addRows(); }
    void bitsAreTheSameAtOneTwoAndFourThreads() {
        const Project project = fetched();
        const std::string one = hashAfter(project, 1);
        QCOMPARE(hashAfter(project, 2), one);
        QCOMPARE(hashAfter(project, 4), one);
    }
    void bitsAreTheSameAfterAStop_data() { addRows(); }
    void bitsAreTheSameAfterAStop() {
        const Project project = fetched();
        const Arena arena(2);
        const auto dataset = data(project);
        TrainingRun first(arena, project, dataset), second(arena, project, dataset);
        for (int i = 0; i < 3; ++i) first.step();
        second.setState(first.state().clone());
        for (int i = 3; i < kSteps; ++i) second.step();
        QCOMPARE(second.state().hash(), hashAfter(project, 1));
    }
    void anotherSeedIsAnotherFuture_data() { addRows(); }
    void anotherSeedIsAnotherFuture() {
        Project project = fetched();
        const std::string before = hashAfter(project, 2);
        project.training.seed = 99;
        QVERIFY(hashAfter(project, 2) != before);
    }
    void theyLearn_data() { addRows(); }
    void theyLearn() {
        const Project project = fetched();
        const Arena arena(2);
        TrainingRun run(arena, project, data(project));
        const double before = run.evaluate().loss;
        for (int i = 0; i < 90; ++i) run.step();
        QVERIFY(run.evaluate().loss < 0.9 * before);
    }

private:
    static void addRows() {
        QTest::addColumn<int>("family");
        const char* names[] = {"MLP", "CNN", "ResNet", "LSTM", "char-GPT"};
        for (int i = 0; i < 5; ++i) QTest::newRow(names[i]) << i;
    }
    Project fetched() const {
        QFETCH(int, family);
        switch (family) {
            case 0:
                return mlp();
            case 1:
                return cnn();
            case 2:
                return resnet();
            case 3:
                return lstm();
            default:
                return charGpt(m_folder.path().toStdString());
        }
    }
    static std::shared_ptr<const Dataset> data(const Project& project) {
        return loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}});
    }
    static std::string hashAfter(const Project& project, int threads) {
        const Arena arena(threads);
        TrainingRun run(arena, project, data(project));
        for (int i = 0; i < kSteps; ++i) run.step();
        return run.state().hash();
    }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestModelFamilies)
#include "test_model_families.moc"
