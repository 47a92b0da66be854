// SPDX-License-Identifier: GPL-3.0-or-later
// The made datasets: points in the plane.
#include "core/data/dataset_source.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace gradlens;

namespace {
struct Sample {
    double x, y;
    int label;
};

std::shared_ptr<const Dataset> made(const std::string& source, Attributes attributes, std::uint64_t seed = 1) {
    attributes.set("normalise", std::string("none"));
    DatasetEnvironment environment;
    environment.seed = seed;
    return loadDataset({source, attributes}, environment);
}

std::vector<Sample> samplesOf(const Dataset& dataset) {
    std::vector<Sample> samples;
    for (const DatasetPart* part : {&dataset.train, &dataset.validation})
        for (std::int64_t i = 0; i < part->size(); ++i)
            samples.push_back(
                {part->features.at(2 * i), part->features.at(2 * i + 1), static_cast<int>(part->labels.at(i))});
    return samples;
}

bool sameFeatures(const Dataset& a, const Dataset& b) {
    return std::memcmp(a.train.features.view().data(), b.train.features.view().data(), a.train.features.bytes()) == 0;
}
}  // namespace

class TestDatasetGenerators : public QObject {
    Q_OBJECT

    static void addSources() {
        QTest::addColumn<QString>("source");
        for (const char* name : {"spirals", "moons", "circles", "xor", "blobs"}) QTest::newRow(name) << name;
    }

private slots:
    void theSeedDecides_data() { addSources(); }
    void theSeedDecides() {
        QFETCH(QString, source);
        const std::string name = source.toStdString();
        QVERIFY(sameFeatures(*made(name, {}, 3), *made(name, {}, 3)));
        QVERIFY(!sameFeatures(*made(name, {}, 3), *made(name, {}, 4)));
    }
    void classesAreBalanced_data() { addSources(); }
    void classesAreBalanced() {
        QFETCH(QString, source);
        const auto dataset = made(source.toStdString(), {{"samples", std::int64_t{600}}});
        std::vector<int> counts(dataset->classNames.size());
        for (const Sample& sample : samplesOf(*dataset)) ++counts[static_cast<std::size_t>(sample.label)];
        QCOMPARE(std::ranges::min(counts), 600 / static_cast<int>(counts.size()));
        QCOMPARE(std::ranges::max(counts), 600 / static_cast<int>(counts.size()));
    }
    void standardisingIsTheDefault_data() { addSources(); }
    void standardisingIsTheDefault() {
        QFETCH(QString, source);
        const auto dataset = loadDataset({source.toStdString(), {}}, {});
        for (std::size_t column = 0; column < 2; ++column) {
            double sum = 0, squares = 0;
            for (std::int64_t i = 0; i < dataset->train.size(); ++i) {
                const double value = (dataset->train.features.at(2 * i + static_cast<std::int64_t>(column)) -
                                      static_cast<double>(dataset->scaling.mean[column])) *
                                     static_cast<double>(dataset->scaling.scale[column]);
                sum += value;
                squares += value * value;
            }
            const double count = static_cast<double>(dataset->train.size());
            QVERIFY(std::abs(sum / count) < 1e-5);
            QVERIFY(std::abs(squares / count - 1) < 1e-5);
        }
    }

    void spiralsLieInTheUnitCircleOnTheirArms() {
        const auto dataset = made("spirals", {{"noise", 0.0}, {"classes", std::int64_t{3}}, {"turns", 2.0}});
        for (const Sample& sample : samplesOf(*dataset)) {
            const double radius = std::hypot(sample.x, sample.y);
            QVERIFY(radius <= 1);
            const double angle = 6.283185307179586 * (2 * radius + sample.label / 3.0);
            QVERIFY(std::abs(sample.x - radius * std::cos(angle)) < 1e-5);
        }
    }
    void moonsLieOnTheirArcs() {
        for (const Sample& sample : samplesOf(*made("moons", {{"noise", 0.0}}))) {
            const double radius =
                sample.label == 0 ? std::hypot(sample.x, sample.y) : std::hypot(sample.x - 1, sample.y - 0.5);
            QVERIFY(std::abs(radius - 1) < 1e-6);
            QVERIFY(sample.label == 0 ? sample.y >= -1e-6 : sample.y <= 0.5 + 1e-6);
        }
    }
    void circlesHaveTheirRadii() {
        for (const Sample& sample : samplesOf(*made("circles", {{"noise", 0.0}, {"factor", 0.3}})))
            QVERIFY(std::abs(std::hypot(sample.x, sample.y) - (sample.label == 0 ? 1 : 0.3)) < 1e-6);
    }
    void xorFollowsTheSigns() {
        std::array<int, 4> quadrants{};
        for (const Sample& sample : samplesOf(*made("xor", {{"noise", 0.0}}))) {
            QVERIFY(std::abs(sample.x) <= 1 && std::abs(sample.y) <= 1);
            QCOMPARE(sample.label == 1, (sample.x < 0) != (sample.y < 0));
            ++quadrants[static_cast<std::size_t>((sample.x < 0 ? 1 : 0) + (sample.y < 0 ? 2 : 0))];
        }
        QVERIFY(std::ranges::min(quadrants) > 180);  // of 1,000
    }
    void noiseHasItsDeviation() {
        double squares = 0;
        const auto samples = samplesOf(*made("blobs", {{"noise", 0.5}, {"samples", std::int64_t{6000}}}));
        for (const Sample& sample : samples) {
            const double angle = 6.283185307179586 * sample.label / 3;
            squares += std::pow(sample.x - std::cos(angle), 2) + std::pow(sample.y - std::sin(angle), 2);
        }
        QVERIFY(std::abs(std::sqrt(squares / 2 / static_cast<double>(samples.size())) - 0.5) < 0.02);
    }
};

QTEST_GUILESS_MAIN(TestDatasetGenerators)
#include "test_dataset_generators.moc"
