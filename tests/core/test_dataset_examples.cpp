// SPDX-License-Identifier: GPL-3.0-or-later
// The example projects that come with the program are whole: they read, infer without a problem, and fit their data.
#include "core/base/error.h"
#include "core/graph/analysis.h"
#include "core/graph/block_library.h"
#include "core/io/project.h"

#include <QDir>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace gradlens;

class TestDatasetExamples : public QObject {
    Q_OBJECT

    static void addExamples() {
        QTest::addColumn<QString>("file");
        const QDir folder(QString(GRADLENS_SOURCE_DIR) + "/resources/examples");
        for (const QString& name : folder.entryList({"*.gradlens"}, QDir::Files))
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
    }
    static Project project() {
        QFETCH(QString, file);
        return loadProject(file.toStdString(), drawingCatalogue());
    }

private slots:
    void theExamplesAreThere() {
        const QDir folder(QString(GRADLENS_SOURCE_DIR) + "/resources/examples");
        for (const char* name : {"fashion-mnist-cnn", "fashion-mnist-mlp", "fashion-mnist-lstm", "fashion-mnist-resnet",
                                 "char-gpt", "digits-mlp", "spirals"})
            QVERIFY2(folder.exists(QString(name) + ".gradlens"), name);
    }

    void examplesInferWithoutAProblem_data() { addExamples(); }
    void examplesInferWithoutAProblem() {
        const Project example = project();
        QVERIFY(!example.name.empty() && !example.description.empty());
        const GraphAnalysis analysis = analyse(example.graph, drawingCatalogue(), example.training.batchSize);
        for (const Problem& problem : analysis.problems) QFAIL(problem.message.c_str());
        QVERIFY(analysis.parameters > 0);
        QVERIFY(findOptimizer(example.training.optimizer.name) != nullptr);
    }

    void examplesFitTheirData_data() { addExamples(); }
    void examplesFitTheirData() {
        const Project example = project();
        if (example.data.source == "fashion-mnist" && !QDir("/usr/share/datasets/fashion-mnist").exists())
            QSKIP("dataset-fashion-mnist is not installed");
        DatasetEnvironment environment;
        environment.resourcesFolder = std::filesystem::path(GRADLENS_SOURCE_DIR) / "resources";
        const auto dataset = loadDataset(example.data, environment);
        QVERIFY(dataset->validation.size() > 0);
        const auto nodes = example.graph.nodes();
        const auto input = std::ranges::find_if(nodes, [](const Node& node) {
            const AttributeValue* source = node.attributes.find("source");
            return node.op == "Input" && source != nullptr && toText(*source) == "features";
        });
        QVERIFY(input != nodes.end());
        QVERIFY(Shape(input->attributes.list("shape")) == dataset->featureShape);
        const auto last =
            std::find_if(nodes.rbegin(), nodes.rend(), [](const Node& node) { return node.op == "Dense"; });
        QVERIFY(last != nodes.rend());
        QCOMPARE(last->attributes.integer("units"), static_cast<std::int64_t>(dataset->classNames.size()));
    }

    void cardsDoNotOverlap_data() { addExamples(); }
    void cardsDoNotOverlap() {
        const Project example = project();
        for (const Node& a : example.graph.nodes())
            for (const Node& b : example.graph.nodes())
                if (a.id != b.id)
                    QVERIFY2(
                        std::abs(a.position.x - b.position.x) >= 190 || std::abs(a.position.y - b.position.y) >= 64,
                        a.name.c_str());
    }
};

QTEST_GUILESS_MAIN(TestDatasetExamples)
#include "test_dataset_examples.moc"
