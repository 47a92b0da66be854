// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/loader.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <numeric>

using namespace gradlens;
using Indices = std::vector<std::int64_t>;

namespace {
Indices epochOf(BatchOrder& order, std::int64_t epoch) {
    Indices all;
    for (std::int64_t step = 0; step < order.stepsPerEpoch(); ++step) {
        const auto batch = order.indices(epoch * order.stepsPerEpoch() + step);
        all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
}

std::shared_ptr<const Dataset> numbered(std::int64_t samples) {
    auto dataset = std::make_shared<Dataset>();
    dataset->featureShape = {3, 4};
    dataset->classNames = {"a", "b"};
    dataset->scaling = {{1, 2, 3}, {0.5f, 2, 1}};
    dataset->train = {Tensor(DType::Float32, {samples, 3, 4}), Tensor(DType::Int32, {samples})};
    const auto features = dataset->train.features.as<float>();
    std::iota(features.begin(), features.end(), 0.0f);
    const auto labels = dataset->train.labels.as<std::int32_t>();
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 2);
    return dataset;
}

bool sameBytes(const Tensor& a, const Tensor& b) {
    return a.shape() == b.shape() && a.bytes() == b.bytes() &&
           std::memcmp(a.view().data(), b.view().data(), a.bytes()) == 0;
}
}  // namespace

class TestLoader : public QObject {
    Q_OBJECT

private slots:
    void everySampleComesOnceAnEpoch() {
        BatchOrder order(103, 10, 7, true);
        for (const std::int64_t epoch : {0, 1, 5}) {
            Indices all = epochOf(order, epoch);
            std::ranges::sort(all);
            Indices expected(103);
            std::iota(expected.begin(), expected.end(), 0);
            QVERIFY(all == expected);
        }
    }
    void epochsAreShuffledApart() {
        BatchOrder order(100, 10, 7, true);
        QVERIFY(epochOf(order, 0) != epochOf(order, 1));
    }
    void otherSeedsGiveOtherOrders() {
        BatchOrder a(100, 10, 7, true), b(100, 10, 8, true);
        QVERIFY(epochOf(a, 0) != epochOf(b, 0));
    }
    void anEpochDoesNotDependOnThoseBefore() {
        BatchOrder walked(100, 10, 7, true), jumped(100, 10, 7, true);
        for (std::int64_t epoch = 0; epoch < 4; ++epoch) epochOf(walked, epoch);
        QVERIFY(epochOf(walked, 4) == epochOf(jumped, 4));
    }
    void withoutShufflingTheOrderIsTheFiles() {
        BatchOrder order(7, 3, 7, false);
        QVERIFY((epochOf(order, 3) == Indices{0, 1, 2, 3, 4, 5, 6}));
    }
    void theLastBatchMayBeSmaller() {
        BatchOrder order(10, 4, 7, true);
        QCOMPARE(order.stepsPerEpoch(), 3);
        QCOMPARE(order.batchSizeAt(1), 4);
        QCOMPARE(order.batchSizeAt(2), 2);
        QCOMPARE(order.indices(5).size(), std::size_t{2});
    }
    void aBatchLargerThanThePartIsThePart() {
        BatchOrder order(5, 64, 7, true);
        QCOMPARE(order.stepsPerEpoch(), 1);
        QCOMPARE(order.indices(3).size(), std::size_t{5});
    }

    void prefetchedBatchesAreTheGatheredOnes_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 4}) QTest::addRow("%d threads", threads) << threads;
    }
    void prefetchedBatchesAreTheGatheredOnes() {
        QFETCH(int, threads);
        const Arena arena(threads);
        const auto dataset = numbered(50);
        BatchOrder order(50, 8, 3, true);
        Loader loader(arena, dataset, dataset->train, order, DType::Float32);
        // Forward over an epoch's end, again, back, and far ahead.
        for (const std::int64_t step : {0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 2, 3, 100, 101, 0}) {
            const Batch& batch = loader.batch(step);
            const auto indices = order.indices(step);
            const auto size = static_cast<std::int64_t>(indices.size());
            Tensor features(DType::Float32, dataset->featureShape.withFront(size)), labels(DType::Int32, {size});
            gather(arena, *dataset, dataset->train, indices, features.view(), labels.view());
            QCOMPARE(batch.step, step);
            QCOMPARE(batch.size, size);
            QVERIFY(std::ranges::equal(batch.indices, indices));
            QVERIFY(sameBytes(batch.features, features));
            QVERIFY(sameBytes(batch.labels, labels));
        }
    }
    void aBatchStaysWholeWhileTheNextIsMade() {
        const Arena arena(2);
        const auto dataset = numbered(64);
        Loader loader(arena, dataset, dataset->train, BatchOrder(64, 16, 3, true), DType::Float64);
        for (std::int64_t step = 0; step < 200; ++step) {
            const Batch& batch = loader.batch(step);
            const Tensor before = batch.features.clone();
            arena.forTiles(8, [](std::int64_t) {});
            QVERIFY(sameBytes(before, batch.features));
        }
    }
    void regressionTargetsComeInTheRealType() {
        const Arena arena(1);
        auto dataset = std::make_shared<Dataset>();
        dataset->featureShape = {1};
        dataset->labelShape = {2};
        dataset->classification = false;
        const std::array<float, 2> features{1, 2};
        const std::array<float, 4> targets{5, 6, 7, 8};
        dataset->train = {Tensor::of<float>({2, 1}, features), Tensor::of<float>({2, 2}, targets)};
        Loader loader(arena, dataset, dataset->train, BatchOrder(2, 2, 1, false), DType::Float64);
        const Batch& batch = loader.batch(0);
        QCOMPARE(batch.labels.dtype(), DType::Float64);
        QVERIFY(batch.labels.shape() == (Shape{2, 2}));
        QCOMPARE(batch.labels.at(3), 8.0);
    }
    void aLoaderMayGoWhileItPrefetches() {
        const Arena arena(2);
        const auto dataset = numbered(5000);
        for (int i = 0; i < 50; ++i) {
            Loader loader(arena, dataset, dataset->train, BatchOrder(5000, 1000, 3, true), DType::Float32);
            QCOMPARE(loader.batch(i).size, 1000);
        }
    }
};

QTEST_GUILESS_MAIN(TestLoader)
#include "test_loader.moc"
