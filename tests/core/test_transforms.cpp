// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms on small exact images; what random ones depend on.
#include "core/data/dataset_source.h"
#include "core/data/loader.h"
#include "support_errors.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <numeric>

using namespace gradlens;

namespace {
using Values = std::vector<float>;

Values applied(const char* name, Attributes attributes, Shape shape, Values values, std::vector<double> draws) {
    const TransformDefinition* definition = findTransform(name);
    Values scratch(values.size());
    definition->apply(completed(definition->attributes, attributes, nullptr),
                      {shape[0], shape[1], shape[2], values.data(), scratch.data(),
                       [&](int i) { return draws[static_cast<std::size_t>(i)]; }});
    return values;
}

std::shared_ptr<Dataset> images(std::int64_t samples) {
    auto dataset = std::make_shared<Dataset>();
    dataset->name = "images";
    dataset->featureShape = {2, 6, 5};
    dataset->classNames = {"a", "b", "c"};
    dataset->train = {Tensor(DType::Float32, {samples, 2, 6, 5}), Tensor(DType::Int32, {samples})};
    const auto values = dataset->train.features.as<float>();
    std::iota(values.begin(), values.end(), 1.0f);
    const auto labels = dataset->train.labels.as<std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 3);
    dataset->validation = dataset->train;
    dataset->train.augmented = true;
    const std::vector<TransformSpec> all{{"flip", {{"vertical", true}}},
                                         {"crop", {{"padding", std::int64_t{2}}}},
                                         {"rotate", {}},
                                         {"cutout", {{"size", std::int64_t{2}}}}};
    bindTransforms(all, *dataset);
    return dataset;
}

Values gathered(const Dataset& dataset, const DatasetPart& part, int threads, Augmentation augmentation,
                const std::vector<std::int64_t>& indices) {
    const Arena arena(threads);
    Tensor features(DType::Float32, dataset.featureShape.withFront(static_cast<std::int64_t>(indices.size()))),
        labels(DType::Int32, {static_cast<std::int64_t>(indices.size())});
    gather(arena, dataset, part, indices, features.view(), labels.view(), augmentation);
    const auto values = features.as<float>();
    return {values.begin(), values.end()};
}

std::vector<std::int64_t> firstOf(std::int64_t count) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
}
}  // namespace

class TestTransforms : public QObject {
    Q_OBJECT

private slots:
    void flipMirrorsRows() {
        QCOMPARE(applied("flip", {}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}, {0.4, 0.4}), (Values{3, 2, 1, 6, 5, 4}));
    }
    void flipLeavesImagesAboveItsProbability() {
        QCOMPARE(applied("flip", {}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}, {0.6, 0.6}), (Values{1, 2, 3, 4, 5, 6}));
    }
    void flipMirrorsColumnsOfEveryChannel() {
        QCOMPARE(applied("flip", {{"horizontal", false}, {"vertical", true}}, {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8},
                         {0.9, 0.1}),
                 (Values{3, 4, 1, 2, 7, 8, 5, 6}));
    }
    void cropMovesTheImageAndFillsWithZeros() {
        QCOMPARE(applied("crop", {{"padding", std::int64_t{1}}}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}, {0.9, 0.0}),
                 (Values{0, 0, 0, 2, 3, 0}));
        QCOMPARE(applied("crop", {{"padding", std::int64_t{1}}}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}, {0.5, 0.5}),
                 (Values{1, 2, 3, 4, 5, 6}));
    }
    void cropByMoreThanTheImageLeavesNothing() {
        QCOMPARE(applied("crop", {{"padding", std::int64_t{9}}}, {1, 1, 2}, {1, 2}, {0.5, 0.99}), (Values{0, 0}));
    }
    void rotateByNothingIsTheImage() {
        QCOMPARE(applied("rotate", {}, {1, 2, 2}, {1, 2, 3, 4}, {0.5}), (Values{1, 2, 3, 4}));
    }
    void rotateByAHalfTurnTurnsTheImageAbout() {
        const Values turned = applied("rotate", {{"degrees", 180.0}}, {1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {0.0});
        for (std::size_t i = 0; i < turned.size(); ++i)
            QVERIFY(std::abs(turned[i] - static_cast<float>(9 - i)) < 1e-5f);
    }
    void cutoutHidesASquareInEveryChannel() {
        QCOMPARE(applied("cutout", {{"size", std::int64_t{2}}}, {2, 2, 3}, {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6},
                         {0.0, 0.99}),
                 (Values{1, 0, 0, 4, 5, 6, 1, 0, 0, 4, 5, 6}));
    }
    void oneHotMakesRowsOfClasses() {
        auto dataset = images(4);
        bindTransforms(std::vector<TransformSpec>{{"one_hot", {}}}, *dataset);
        QVERIFY(!dataset->classification);
        QVERIFY((dataset->labelShape == Shape{3}));
        QCOMPARE(dataset->train.labels.at(3 * 1 + 1), 1.0);
        QCOMPARE(dataset->train.labels.at(3 * 1 + 0), 0.0);
        QCOMPARE(dataset->validation.labels.at(3 * 3 + 0), 1.0);
    }
    void classWeightsGiveEveryClassTheSameShare() {
        auto dataset = images(4);  // classes a, b, c, a
        bindTransforms(std::vector<TransformSpec>{{"class_weights", {}}}, *dataset);
        QCOMPARE(dataset->classWeights, (std::vector<double>{4.0 / 6, 4.0 / 3, 4.0 / 3}));
    }
    void classWeightsOfHalfStrengthAreTheSquareRoot() {
        auto dataset = images(4);
        bindTransforms(std::vector<TransformSpec>{{"class_weights", {{"strength", 0.5}}}}, *dataset);
        QCOMPARE(dataset->classWeights[1], std::sqrt(4.0 / 3));
    }
    void aClassWithoutSamplesAndLabelsThatDoNotCountAreLeftOutOfTheWeights() {
        auto dataset = images(4);
        const auto labels = dataset->train.labels.as<std::int32_t>();
        labels[1] = kIgnoredLabel;  // what is left: a, c, a
        bindTransforms(std::vector<TransformSpec>{{"class_weights", {}}}, *dataset);
        QCOMPARE(dataset->classWeights, (std::vector<double>{3.0 / 6, 1, 3.0 / 3}));
    }
    void classWeightsNeedClasses() {
        const Error error = errorOf([] { loadDataset({"blobs", {}, {{"one_hot", {}}, {"class_weights", {}}}}, {}); });
        QVERIFY2(says(error, "transform class_weights"), error.what());
    }
    void normaliseComesAfterTheScalingOfTheSource() {
        auto dataset = images(2);
        dataset->scaling = {{10}, {0.5f}};
        bindTransforms(
            std::vector<TransformSpec>{{"normalise", {{"mean", RealList{1, 2}}, {"deviation", RealList{4}}}}},
            *dataset);
        const Values values = gathered(*dataset, dataset->validation, 1, {}, {0});
        QCOMPARE(values[19], (0.5f * (20 - 10) - 1) / 4);
        QCOMPARE(values[30], (0.5f * (31 - 10) - 2) / 4);
    }
    void samplesAreTheSameAtAnyNumberOfThreads() {
        const auto dataset = images(500);
        const Values one = gathered(*dataset, dataset->train, 1, {7, 3}, firstOf(500));
        QVERIFY(one == gathered(*dataset, dataset->train, 2, {7, 3}, firstOf(500)));
        QVERIFY(one == gathered(*dataset, dataset->train, 4, {7, 3}, firstOf(500)));
    }
    void aSampleIsTheSameWhereverInTheBatchItLies() {
        const auto dataset = images(50);
        const Values alone = gathered(*dataset, dataset->train, 1, {7, 3}, {31}),
                     all = gathered(*dataset, dataset->train, 1, {7, 3}, firstOf(50));
        QVERIFY(std::equal(alone.begin(), alone.end(), all.begin() + 31 * 60));
    }
    void epochsAndSeedsDifferAndComeBack() {
        const auto dataset = images(50);
        const Values first = gathered(*dataset, dataset->train, 1, {7, 0}, firstOf(50));
        QVERIFY(first != gathered(*dataset, dataset->train, 1, {7, 1}, firstOf(50)));
        QVERIFY(first != gathered(*dataset, dataset->train, 1, {8, 0}, firstOf(50)));
        QVERIFY(first == gathered(*dataset, dataset->train, 1, {7, 0}, firstOf(50)));
    }
    void validationSamplesAreLeftAlone() {
        const auto dataset = images(50);
        const auto stored = dataset->validation.features.as<const float>();
        QVERIFY(gathered(*dataset, dataset->validation, 1, {7, 3}, firstOf(50)) ==
                Values(stored.begin(), stored.end()));
    }
    void aLoaderThatBeginsLaterGivesTheSameBatches() {
        const auto dataset = images(30);
        const Arena arena(2);
        Loader whole(arena, dataset, dataset->train, BatchOrder(30, 7, 5, true), DType::Float32),
            resumed(arena, dataset, dataset->train, BatchOrder(30, 7, 5, true), DType::Float32);
        for (std::int64_t step = 0; step < 8; ++step) whole.batch(step);
        const Tensor& a = whole.batch(8).features;
        const Tensor& b = resumed.batch(8).features;
        QVERIFY(a.bytes() == b.bytes() && std::memcmp(a.view().data(), b.view().data(), a.bytes()) == 0);
    }
    void anUnknownTransformIsNamedWithTheKnownOnes() {
        auto dataset = images(2);
        const Error error = errorOf([&] { bindTransforms(std::vector<TransformSpec>{{"swirl", {}}}, *dataset); });
        QVERIFY2(says(error, "swirl") && says(error, "flip, crop"), error.what());
    }
    void imagesAreNeededWherePixelsMove() {
        const Error error = errorOf([] { loadDataset({"moons", {}, {{"flip", {}}}}, {}); });
        QVERIFY2(says(error, "transform flip"), error.what());
    }
};

QTEST_GUILESS_MAIN(TestTransforms)
#include "test_transforms.moc"
