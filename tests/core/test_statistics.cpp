// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"
#include "core/kernels/statistics.h"
#include "core/tensor/statistics.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace gradlens;

namespace {
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kDenormal = 1e-40f;

Tensor floats(std::vector<float> values) {
    return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values);
}

Tensor normal(std::int64_t count, double scale, double shift) {
    Tensor tensor(DType::Float32, {count});
    const Random random(3, RandomStream::Generate);
    for (std::int64_t i = 0; i < count; ++i)
        tensor.as<float>()[static_cast<std::size_t>(i)] =
            static_cast<float>(shift + scale * random.normal(static_cast<std::uint64_t>(i)));
    return tensor;
}

// The definition, in long double and two passes.
struct Exact {
    long double mean = 0, deviation = 0, l2 = 0;
    explicit Exact(const Tensor& tensor) {
        const auto count = static_cast<long double>(tensor.elements());
        for (std::int64_t i = 0; i < tensor.elements(); ++i) mean += tensor.at(i) / count;
        for (std::int64_t i = 0; i < tensor.elements(); ++i) {
            const long double value = tensor.at(i);
            deviation += (value - mean) * (value - mean);
            l2 += value * value;
        }
        deviation = std::sqrt(deviation / count);
        l2 = std::sqrt(l2);
    }
};

bool near(double got, long double expected, double relative) {
    return std::abs(static_cast<long double>(got) - expected) <=
           static_cast<long double>(relative) * std::abs(expected);
}
}  // namespace

class TestStatistics : public QObject {
    Q_OBJECT

private slots:
    void everyKindOfValueIsCounted();
    void figuresLeaveOutWhatIsNotFinite();
    void anEmptyTensorGivesZeros();
    void aTensorOfNaNsHasNoFigures();
    void oneNaNAmongManyIsFound_data();
    void oneNaNAmongManyIsFound();
    void negativeZeroIsAZeroAndNotNegative_data();
    void negativeZeroIsAZeroAndNotNegative();
    void figuresMatchTheirDefinition_data();
    void figuresMatchTheirDefinition();
    void aConstantTensorHasNoSpread();
    void aSpreadFarFromZeroSurvives();
    void anOutlierDoesNotSwallowTheRest();
    void denormalsCountWhileTheThreadFlushesThem();
    void smallestDenormalIsAMinimum();
    void integersAndDoublesWorkToo();
    void theParallelFiguresAreTheSame_data();
    void theParallelFiguresAreTheSame();
    void histogramSortsEveryElementSomewhere();
    void histogramOfOneValueFillsItsFirstBin();
    void histogramOverTheWidestRangeCounts();
    void percentilesAreOrderStatistics();
    void percentilesOfNothingAreZero();
};

void TestStatistics::everyKindOfValueIsCounted() {
    const Statistics s = statisticsOf(
        floats({0, -0.0f, 1, 2, -3, kDenormal, -kDenormal, kNaN, -kNaN, kInfinity, kInfinity, -kInfinity}).view());
    QCOMPARE(s.count, 12);
    QCOMPARE(s.finite, 7);
    QCOMPARE(s.nan, 2);
    QCOMPARE(s.positiveInfinite, 2);
    QCOMPARE(s.negativeInfinite, 1);
    QCOMPARE(s.zeros, 2);
    QCOMPARE(s.denormals, 2);
    QCOMPARE(s.negatives, 2);
    QCOMPARE(s.positives, 3);
}

void TestStatistics::figuresLeaveOutWhatIsNotFinite() {
    const Statistics s = statisticsOf(floats({kNaN, 1, kInfinity, 3, -kInfinity}).view());
    QCOMPARE(s.min, 1.0);
    QCOMPARE(s.max, 3.0);
    QCOMPARE(s.mean, 2.0);
    QCOMPARE(s.standardDeviation, 1.0);
    QCOMPARE(s.l2, std::sqrt(10.0));
}

void TestStatistics::anEmptyTensorGivesZeros() {
    QCOMPARE(statisticsOf(floats({}).view()), Statistics{});
}

void TestStatistics::aTensorOfNaNsHasNoFigures() {
    const Statistics s = statisticsOf(floats(std::vector<float>(5000, kNaN)).view());
    Statistics expected;
    expected.count = expected.nan = 5000;
    QCOMPARE(s, expected);
}

void TestStatistics::oneNaNAmongManyIsFound_data() {
    QTest::addColumn<int>("at");
    for (const int at : {0, 7, 8, 2047, 2048, 4095, 65535, 65536, 99999}) QTest::addRow("%d", at) << at;
}

void TestStatistics::oneNaNAmongManyIsFound() {
    QFETCH(int, at);
    std::vector<float> values(100000, 1.0f);
    values[static_cast<std::size_t>(at)] = kNaN;
    const Statistics s = statisticsOf(floats(values).view());
    QCOMPARE(s.nan, 1);
    QCOMPARE(s.finite, 99999);
    QCOMPARE(s.mean, 1.0);
}

void TestStatistics::negativeZeroIsAZeroAndNotNegative_data() {
    QTest::addColumn<int>("count");
    QTest::newRow("a few") << 5;
    QTest::newRow("whole pieces") << 4096;
}

void TestStatistics::negativeZeroIsAZeroAndNotNegative() {
    QFETCH(int, count);
    const Statistics s = statisticsOf(floats(std::vector<float>(static_cast<std::size_t>(count), -0.0f)).view());
    QCOMPARE(s.zeros, count);
    QCOMPARE(s.negatives, 0);
    QCOMPARE(s.denormals, 0);
}

void TestStatistics::figuresMatchTheirDefinition_data() {
    QTest::addColumn<int>("count");
    for (const int count : {1, 2, 7, 8, 9, 2047, 2048, 2049, 65537, 200001}) QTest::addRow("%d", count) << count;
}

void TestStatistics::figuresMatchTheirDefinition() {
    QFETCH(int, count);
    const Tensor tensor = normal(count, 2.0, 0.5);
    const Statistics s = statisticsOf(tensor.view());
    const Exact exact(tensor);
    QVERIFY(std::abs(s.mean - static_cast<double>(exact.mean)) <= 1e-13 * static_cast<double>(exact.l2));
    QVERIFY(near(s.l2, exact.l2, 1e-12));
    if (count > 1) QVERIFY(near(s.standardDeviation, exact.deviation, 1e-12));
    const auto values = tensor.as<float>();
    QCOMPARE(s.min, static_cast<double>(*std::ranges::min_element(values)));
    QCOMPARE(s.max, static_cast<double>(*std::ranges::max_element(values)));
    QCOMPARE(s.negatives, std::ranges::count_if(values, [](float x) { return x < 0; }));
}

void TestStatistics::aConstantTensorHasNoSpread() {
    const Statistics s = statisticsOf(floats(std::vector<float>(70000, 0.1f)).view());
    QCOMPARE(s.standardDeviation, 0.0);
    QCOMPARE(s.mean, static_cast<double>(0.1f));
}

void TestStatistics::aSpreadFarFromZeroSurvives() {
    std::vector<float> values(4096, 1e7f);
    for (std::size_t i = 0; i < values.size(); i += 2) values[i] = 1e7f + 1.0f;
    QCOMPARE(statisticsOf(floats(values).view()).standardDeviation, 0.5);
}

void TestStatistics::anOutlierDoesNotSwallowTheRest() {
    std::vector<float> values(1 << 18, 2.0f);
    values[5] = 1e30f;
    const Statistics s = statisticsOf(floats(values).view());
    QCOMPARE(s.max, static_cast<double>(1e30f));
    QCOMPARE(s.min, 2.0);
    QVERIFY(near(s.mean, static_cast<long double>(1e30f) / (1 << 18), 1e-12));
}

void TestStatistics::denormalsCountWhileTheThreadFlushesThem() {
    std::vector<float> values(4096, kDenormal);
    for (std::size_t i = 0; i < values.size(); i += 4) values[i] = -kDenormal;
    const Tensor tensor = floats(values);
    const Statistics plain = statisticsOf(tensor.view());
    const FlushDenormals flush;
    const Statistics flushed = statisticsOf(tensor.view());
    QCOMPARE(flushed.denormals, 4096);
    QCOMPARE(flushed.negatives, 1024);
    QCOMPARE(flushed.zeros, 0);
    QVERIFY(flushed == plain);
}

void TestStatistics::smallestDenormalIsAMinimum() {
    const Statistics s = statisticsOf(floats({1, std::numeric_limits<float>::denorm_min()}).view());
    QCOMPARE(s.min, static_cast<double>(std::numeric_limits<float>::denorm_min()));
}

void TestStatistics::integersAndDoublesWorkToo() {
    const std::vector<std::int32_t> integers = {-1, 0, 4};
    const std::vector<double> doubles = {-1, 0, 4};
    const std::vector<std::uint8_t> bytes = {0, 255};
    const Statistics s = statisticsOf(Tensor::of<std::int32_t>({3}, integers).view());
    QCOMPARE(s.min, -1.0);
    QCOMPARE(s.mean, 1.0);
    QCOMPARE(s.zeros, 1);
    QVERIFY(s == statisticsOf(Tensor::of<double>({3}, doubles).view()));
    QCOMPARE(statisticsOf(Tensor::of<std::uint8_t>({2}, bytes).view()).max, 255.0);
}

void TestStatistics::theParallelFiguresAreTheSame_data() {
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 4}) QTest::addRow("%d threads", threads) << threads;
}

void TestStatistics::theParallelFiguresAreTheSame() {
    QFETCH(int, threads);
    const Tensor tensor = normal(300001, 1.0, 0.1);
    tensor.as<float>()[250000] = kNaN;
    tensor.as<float>()[123] = kDenormal;
    const Arena arena(threads);
    QVERIFY(statisticsOf(arena, tensor.view()) == statisticsOf(tensor.view()));
}

void TestStatistics::histogramSortsEveryElementSomewhere() {
    const Histogram h = histogramOf(floats({-2, 0, 0.1f, 0.49f, 0.5f, 1.0f, 1.5f, kNaN, kInfinity}).view(), 0, 1, 2);
    QCOMPARE(h.bins, (std::vector<std::int64_t>{3, 2}));
    QCOMPARE(h.below, 1);
    QCOMPARE(h.above, 1);
    QCOMPARE(h.nonFinite, 2);
}

void TestStatistics::histogramOfOneValueFillsItsFirstBin() {
    const Histogram h = histogramOf(floats({3, 3, 3}).view(), 3, 3, 4);
    QCOMPARE(h.bins, (std::vector<std::int64_t>{3, 0, 0, 0}));
}

void TestStatistics::histogramOverTheWidestRangeCounts() {
    const std::vector<double> values = {-1.7e308, 1.0, 1.7e308};
    const Histogram h = histogramOf(Tensor::of<double>({3}, values).view(), -1.7e308, 1.7e308, 3);
    QCOMPARE(h.bins, (std::vector<std::int64_t>{1, 1, 1}));
}

void TestStatistics::percentilesAreOrderStatistics() {
    std::vector<float> values = {kNaN};
    for (int i = 100; i >= 0; --i) values.push_back(static_cast<float>(i));
    QCOMPARE(percentilesOf(floats(values).view(), {0, 0.01, 0.5, 0.99, 1}), (std::vector<double>{0, 1, 50, 99, 100}));
}

void TestStatistics::percentilesOfNothingAreZero() {
    QCOMPARE(percentilesOf(floats({}).view(), {0.5}), std::vector<double>{0});
    QCOMPARE(percentilesOf(floats({kNaN}).view(), {0.1, 0.9}), (std::vector<double>{0, 0}));
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "test_statistics.moc"
