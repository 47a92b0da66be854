// SPDX-License-Identifier: GPL-3.0-or-later
// Metrics against definitions worked out in NumPy (data/metrics.json, made by make_golden.py).
#include "core/train/metric_set.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

using namespace gradlens;
using nlohmann::json;

namespace {
json golden() {
    std::ifstream stream(GRADLENS_SOURCE_DIR "/tests/golden/data/metrics.json");
    return json::parse(stream);
}

// Ratios of counts and short sums in double: a few roundings each.
constexpr double kTolerance = 1e-12;

void compare(const MetricSet& metrics, const json& wanted) {
    const auto results = metrics.results();
    for (const auto& [name, value] : wanted.items()) {
        const auto found = std::ranges::find(results, name, &std::pair<std::string, double>::first);
        QVERIFY2(found != results.end(), name.c_str());
        QVERIFY2(
            std::abs(found->second - value.get<double>()) <= kTolerance,
            (name + ": " + std::to_string(found->second) + ", NumPy " + std::to_string(value.get<double>())).c_str());
    }
}

template <class T>
Tensor tensorOf(const json& values, const Shape& shape) {
    Tensor tensor(dtypeOf<T>, shape);
    for (std::size_t i = 0; i < values.size(); ++i) tensor.as<T>()[i] = values[i].get<T>();
    return tensor;
}

double valueOf(const MetricSet& metrics, const char* name) {
    for (const auto& [each, value] : metrics.results())
        if (each == name) return value;
    return std::numeric_limits<double>::quiet_NaN();
}
}  // namespace

class TestGoldenMetrics : public QObject {
    Q_OBJECT

private slots:
    void classesAgreeWithTheirDefinitions_data() {
        QTest::addColumn<int>("number");
        const json cases = golden().at("classes");
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].at("name").get<std::string>().c_str()) << static_cast<int>(i);
    }
    void classesAgreeWithTheirDefinitions() {
        QFETCH(int, number);
        const json wanted = golden().at("classes")[static_cast<std::size_t>(number)];
        const auto samples = wanted.at("shape")[0].get<std::int64_t>(),
                   classes = wanted.at("shape")[1].get<std::int64_t>();
        const Tensor scores = tensorOf<double>(wanted.at("scores"), {samples, classes}),
                     labels = tensorOf<std::int32_t>(wanted.at("labels"), {samples});
        MetricSet whole;
        whole.addClasses(scores.view(), labels.view(), 1);
        compare(whole, wanted.at("metrics"));
        QCOMPARE(whole.confusion(), wanted.at("confusion").get<std::vector<std::int64_t>>());
    }
    void targetsAgreeWithTheirDefinitions() {
        const json wanted = golden().at("targets");
        const auto count = static_cast<std::int64_t>(wanted.at("targets").size());
        MetricSet metrics;
        metrics.addTargets(tensorOf<double>(wanted.at("predictions"), {count}).view(),
                           tensorOf<double>(wanted.at("targets"), {count}).view());
        compare(metrics, wanted.at("metrics"));
    }
    void perplexityIsTheExponentialOfTheSurpriseOfTheLabelsThatCount() {
        // Probabilities 1/4 and 3/4: label 0 in one sample, ignored in the other.
        MetricSet metrics;
        metrics.addClasses(tensorOf<double>(json{0, std::log(3.0), 0, std::log(3.0)}, {2, 2}).view(),
                           tensorOf<std::int32_t>(json{0, -100}, {2}).view(), 1);
        const double found = valueOf(metrics, "perplexity"), wanted = 4;
        QVERIFY2(std::abs(found - wanted) < 1e-12 * wanted, qPrintable(QString::number(found, 'g', 17)));
    }
    void yesAndNoHaveTheMetricsOfTwoClasses() {
        // Logits above zero say yes: three of four right; of two called yes, one is.
        MetricSet metrics;
        metrics.addBinary(tensorOf<double>(json{2, -1, 0.5, -3}, {4}).view(),
                          tensorOf<double>(json{1, 0, 0, 0}, {4}).view());
        QCOMPARE(valueOf(metrics, "accuracy"), 0.75);
        QCOMPARE(valueOf(metrics, "precision"), 0.5);
        QCOMPARE(valueOf(metrics, "recall"), 1.0);
        QCOMPARE(valueOf(metrics, "roc_auc"), 1.0);
    }
    void negativeLabelsDoNotCount() {
        MetricSet metrics;
        metrics.addClasses(tensorOf<double>(json{1, 0, 0, 1}, {2, 2}).view(),
                           tensorOf<std::int32_t>(json{0, -100}, {2}).view(), 1);
        QCOMPARE(metrics.confusion(), (std::vector<std::int64_t>{1, 0, 0, 0}));
    }
    void everyMetricIsDescribed() {
        for (const MetricDefinition& metric : metricDefinitions())
            QVERIFY2(!metric.label.empty() && metric.summary.ends_with('.'), metric.name.c_str());
    }
};

QTEST_GUILESS_MAIN(TestGoldenMetrics)
#include "test_golden_metrics.moc"
