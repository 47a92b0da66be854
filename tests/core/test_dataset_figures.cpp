// SPDX-License-Identifier: GPL-3.0-or-later
// Class counts and ranges of a dataset, and which metrics its evaluation will report.
#include "core/base/error.h"
#include "core/data/dataset_figures.h"
#include "core/data/dataset_source.h"
#include "core/graph/block_library.h"
#include "core/train/metric_forecast.h"
#include "core/train/training_run.h"
#include "support_networks.h"

#include <QTest>

#include <algorithm>
#include <numeric>
#include <set>

using namespace gradlens;
using namespace gradlens::test;

class TestDatasetFigures : public QObject {
    Q_OBJECT

    static std::shared_ptr<const Dataset> loaded(const DatasetSpec& spec) {
        return loadDataset(spec, {{}, resourcesFolder(), 1, {}});
    }

private slots:
    void everyLabelIsCountedOnce() {
        const auto dataset = loaded({"digits", {}, {}});
        const DatasetFigures figures = figuresOf(*dataset);
        QCOMPARE(figures.train.classCounts.size(), std::size_t{10});
        QCOMPARE(std::reduce(figures.train.classCounts.begin(), figures.train.classCounts.end()),
                 dataset->train.size());
        QCOMPARE(std::reduce(figures.validation.classCounts.begin(), figures.validation.classCounts.end()),
                 dataset->validation.size());
        QCOMPARE(std::ssize(figures.train.classOf), dataset->train.size());
        QCOMPARE(figures.train.classOf[5], dataset->train.labels.as<const std::int32_t>()[5]);
        QVERIFY(classCounts(*dataset, dataset->train) == figures.train.classCounts);
    }
    void oneHotTargetsAreClassesStill() {
        const auto plain = loaded({"digits", {}, {}}), encoded = loaded({"digits", {}, {{"one_hot", {}}}});
        QVERIFY(!encoded->classification);
        QVERIFY(figuresOf(*encoded).train.classCounts == figuresOf(*plain).train.classCounts);
        QVERIFY(figuresOf(*encoded).train.classOf == figuresOf(*plain).train.classOf);
    }
    void tokensAreCountedButSamplesHaveNoClass() {
        const auto dataset = loaded({"arithmetic", {{"samples", std::int64_t{50}}}, {}});
        const DatasetFigures figures = figuresOf(*dataset);
        std::vector<std::int64_t> expected(dataset->classNames.size());
        for (const std::int32_t label : dataset->train.labels.as<const std::int32_t>())
            if (label >= 0) ++expected[static_cast<std::size_t>(label)];
        QVERIFY(figures.train.classCounts == expected);
        QVERIFY(figures.train.classOf.empty());
        QVERIFY(figures.features.empty());
    }
    void rangesAreThoseOfTheNumbersAndAfterScalingOfTheScaledOnes() {
        const auto dataset = loaded({"moons", {{"normalise", std::string("standardise")}}, {}});
        const DatasetFigures figures = figuresOf(*dataset);
        QCOMPARE(figures.features.size(), std::size_t{2});
        QCOMPARE(figures.featureSamples, dataset->train.size());
        const auto values = dataset->train.features.as<const float>();
        double least = 1e9, sum = 0;
        for (std::size_t i = 0; i < values.size(); i += 2) {
            least = std::min(least, static_cast<double>(values[i]));
            sum += static_cast<double>(values[i]);
        }
        QCOMPARE(figures.features[0].minimum, least);
        QVERIFY(std::abs(figures.features[0].mean() - sum / static_cast<double>(dataset->train.size())) < 1e-6);
        const ScaledRange after = scaled(figures.features[0], dataset->scaling, 0);
        QVERIFY(std::abs(after.mean) < 1e-5 && std::abs(after.deviation - 1) < 1e-5);
    }
    void imbalanceIsTheLargestOverTheSmallestThatOccurs() {
        QCOMPARE(imbalanceOf({30, 10, 0, 20}), 3.0);
        QCOMPARE(imbalanceOf({7, 0}), 0.0);
        QCOMPARE(imbalanceOf({}), 0.0);
    }
    void countingCanBeStopped() {
        const auto dataset = loaded({"digits", {}, {}});
        const std::function<bool(double)> no = [](double) { return false; };
        QVERIFY_THROWS_EXCEPTION(Error, figuresOf(*dataset, {&no}));
    }
    void forecastMetricsAreThoseThatAreReported_data() {
        QTest::addColumn<QString>("loss");
        QTest::addColumn<int>("classes");
        QTest::newRow("three classes") << "SoftmaxCrossEntropy" << 3;
        QTest::newRow("seven classes") << "SoftmaxCrossEntropy" << 7;
        QTest::newRow("real targets") << "MeanSquaredError" << 3;
        QTest::newRow("yes or no") << "BinaryCrossEntropy" << 3;
    }
    void forecastMetricsAreThoseThatAreReported() {
        QFETCH(const QString, loss);
        QFETCH(const int, classes);
        Project project = pointsProject();
        const bool real = loss != "SoftmaxCrossEntropy";
        project.data = {"blobs", {{"classes", std::int64_t{classes}}}, {}};
        if (real) project.data.transforms = {{"one_hot", {}}};
        ModelGraph& graph = project.graph = {};
        const NodeId dense = draw(graph, "Dense", {drawFeatures(graph, {2})}, units(classes));
        const NodeId labels =
            real ? draw(graph, "Input", {}, {{"source", std::string("labels")}, {"shape", IntegerList{classes}}})
                 : drawClassLabels(graph);
        draw(graph, loss.toStdString(), {dense, labels});
        std::set<std::string> forecast, reported;
        const GraphAnalysis analysis = analyse(graph, drawingCatalogue(), 32);
        for (const MetricForecast& each : metricForecast(graph, analysis)) {
            QVERIFY(!each.reason.empty());
            if (each.reported) forecast.insert(each.metric->name);
        }
        const Arena arena(1);
        for (const auto& [name, value] : TrainingRun(arena, project, loaded(project.data)).evaluate().metrics)
            reported.insert(name);
        QVERIFY(!reported.empty());
        QVERIFY(forecast == reported);
    }
};

QTEST_GUILESS_MAIN(TestDatasetFigures)
#include "test_dataset_figures.moc"
