// SPDX-License-Identifier: GPL-3.0-or-later
// Transforms on small pictures whose results are known exactly, and how a dataset uses them.
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/data/loader.h"
#include "support_networks.h"

#include <algorithm>
#include <numeric>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// 1 2 3 / 4 5 6, transformed with the given draws.
std::vector<float> transformed(const char* name, Attributes given, std::vector<double> draws) {
    const TransformDefinition* transform = findTransform(name);
    std::vector<float> values(6), scratch(6);
    std::iota(values.begin(), values.end(), 1.0f);
    transform->apply(completed(transform->attributes, given, nullptr), {1, 2, 3, values.data(), scratch.data(), [&](int i) { return draws[static_cast<std::size_t>(i)]; }});
    return values;
}

DatasetSpec digits(std::vector<TransformSpec> transforms) {
    return {"digits", {}, std::move(transforms)};
}

std::shared_ptr<const Dataset> loaded(const DatasetSpec& spec) {
    return loadDataset(spec, {{}, resourcesFolder(), 1, {}});
}

std::vector<float> batchOf(const Dataset& dataset, const DatasetPart& part, const Augmentation& augmentation, int threads = 1) {
    const Arena arena(threads);
    std::vector<std::int64_t> indices(200);
    std::iota(indices.begin(), indices.end(), 0);
    Tensor features(DType::Float32, dataset.featureShape.withFront(200));
    gather(arena, dataset, part, indices, features.view(), {}, augmentation);
    const auto values = features.as<const float>();
    return {values.begin(), values.end()};
}
}  // namespace

class TestTransforms : public QObject {
    Q_OBJECT

private slots:
    void flipMirrorsWhenTheDrawSaysSo() {
        QCOMPARE(transformed("flip", {}, {0.4, 0.4}), (std::vector<float>{3, 2, 1, 6, 5, 4}));
        QCOMPARE(transformed("flip", {}, {0.6, 0.6}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(transformed("flip", {{"vertical", AttributeValue(true)}}, {0.6, 0.4}), (std::vector<float>{4, 5, 6, 1, 2, 3}));
    }
    void cropMovesTheImageAndFillsWithZeros() {
        const Attributes padding{{"padding", AttributeValue(std::int64_t{1})}};
        QCOMPARE(transformed("crop", padding, {0.5, 0.5}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(transformed("crop", padding, {0.99, 0.5}), (std::vector<float>{0, 0, 0, 1, 2, 3}));
        QCOMPARE(transformed("crop", padding, {0.0, 0.99}), (std::vector<float>{0, 4, 5, 0, 0, 0}));
        QCOMPARE(transformed("crop", {{"padding", AttributeValue(std::int64_t{9})}}, {0.0, 0.0}), (std::vector<float>(6, 0)));
    }
    void aHalfTurnIsTheImageUpsideDown() {
        const std::vector<float> turned = transformed("rotate", {{"degrees", AttributeValue(180.0)}}, {1.0});
        const std::vector<float> expected{6, 5, 4, 3, 2, 1};
        // The sine of pi is 1e-16, not 0: bilinear weights are off by as much, times the largest pixel.
        for (std::size_t i = 0; i < 6; ++i) QVERIFY2(std::abs(turned[i] - expected[i]) < 1e-5f, qPrintable(QString::number(turned[i])));
    }
    void noTurnLeavesTheImage() {
        QCOMPARE(transformed("rotate", {}, {0.5}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
    }
    void cutoutHidesASquareThatMayReachOverTheEdge() {
        const Attributes size{{"size", AttributeValue(std::int64_t{2})}};
        QCOMPARE(transformed("cutout", size, {0.5, 0.4}), (std::vector<float>{0, 0, 3, 0, 0, 6}));
        QCOMPARE(transformed("cutout", size, {0.0, 0.0}), (std::vector<float>{0, 2, 3, 4, 5, 6}));
    }

    void onlyTheTrainingPartIsTransformed() {
        const auto plain = loaded(digits({})), moved = loaded(digits({{"crop", {}}}));
        QVERIFY(batchOf(*moved, moved->train, {1, 0}) != batchOf(*plain, plain->train, {1, 0}));
        QCOMPARE(batchOf(*moved, moved->validation, {1, 0}), batchOf(*plain, plain->validation, {1, 0}));
    }
    void eachEpochAndSeedDrawsAnew() {
        const auto moved = loaded(digits({{"crop", {}}}));
        const auto first = batchOf(*moved, moved->train, {1, 0});
        QCOMPARE(batchOf(*moved, moved->train, {1, 0}), first);
        QVERIFY(batchOf(*moved, moved->train, {1, 1}) != first);
        QVERIFY(batchOf(*moved, moved->train, {2, 0}) != first);
    }
    void bitsDoNotDependOnThreads() {
        const auto moved = loaded(digits({{"flip", {}}, {"rotate", {}}, {"cutout", {}}}));
        const auto one = batchOf(*moved, moved->train, {1, 3});
        QCOMPARE(batchOf(*moved, moved->train, {1, 3}, 2), one);
        QCOMPARE(batchOf(*moved, moved->train, {1, 3}, 4), one);
    }
    void oneHotMakesTargetsOfClasses() {
        const auto plain = loaded(digits({})), hot = loaded(digits({{"one_hot", {}}}));
        QVERIFY(!hot->classification);
        QCOMPARE(hot->labelShape, Shape{10});
        const auto labels = plain->train.labels.as<const std::int32_t>();
        const auto targets = hot->train.labels.as<const float>();
        for (std::size_t i = 0; i < labels.size(); ++i)
            for (std::int32_t c = 0; c < 10; ++c) QCOMPARE(targets[i * 10 + static_cast<std::size_t>(c)], c == labels[i] ? 1.0f : 0.0f);
    }
    void whatDoesNotFitSaysSo_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("transform");
        QTest::addColumn<QString>("says");
        QTest::newRow("no such transform") << "digits" << "sharpen" << "there is no transform 'sharpen'";
        QTest::newRow("points are no images") << "moons" << "flip" << "works on images";
    }
    void whatDoesNotFitSaysSo() {
        QFETCH(QString, source);
        QFETCH(QString, transform);
        QFETCH(QString, says);
        try {
            loaded({source.toStdString(), {}, {{transform.toStdString(), {}}}});
            QFAIL("nothing was said");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(says), error.what());
        }
    }
};

QTEST_GUILESS_MAIN(TestTransforms)
#include "test_transforms.moc"
