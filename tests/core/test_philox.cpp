// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace gradlens;

namespace {
using Words = std::array<std::uint32_t, 4>;
}

class TestPhilox : public QObject {
    Q_OBJECT

private slots:
    void knownAnswersOfRandom123_data();
    void knownAnswersOfRandom123();
    void wordsInBulkAreTheWordsOneByOne_data();
    void wordsInBulkAreTheWordsOneByOne();
    void seedStreamAndStepEachChangeTheSequence();
    void uniformLiesInTheUnitIntervalAndFillsIt();
    void normalHasMeanZeroAndVarianceOne();
    void belowStaysBelowAndIsEven();
};

// kat_vectors of Random123 1.14: philox 4x32, 10 rounds.
void TestPhilox::knownAnswersOfRandom123_data() {
    QTest::addColumn<std::vector<std::uint32_t>>("input");  // counter, key
    QTest::addColumn<std::vector<std::uint32_t>>("expected");
    QTest::newRow("zeros") << std::vector<std::uint32_t>{0, 0, 0, 0, 0, 0}
                           << std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    QTest::newRow("ones") << std::vector<std::uint32_t>(6, 0xffffffff)
                          << std::vector<std::uint32_t>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    QTest::newRow("digits of pi") << std::vector<std::uint32_t>{0x243f6a88, 0x85a308d3, 0x13198a2e,
                                                                0x03707344, 0xa4093822, 0x299f31d0}
                                  << std::vector<std::uint32_t>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
}

void TestPhilox::knownAnswersOfRandom123() {
    QFETCH(std::vector<std::uint32_t>, input);
    QFETCH(std::vector<std::uint32_t>, expected);
    const Words got = philox4x32({input[0], input[1], input[2], input[3]}, {input[4], input[5]});
    QCOMPARE(std::vector<std::uint32_t>(got.begin(), got.end()), expected);
}

void TestPhilox::wordsInBulkAreTheWordsOneByOne_data() {
    QTest::addColumn<int>("count");
    for (const int count : {0, 1, 3, 4, 5, 63, 64, 65, 200, 1024}) QTest::addRow("%d", count) << count;
}

void TestPhilox::wordsInBulkAreTheWordsOneByOne() {
    QFETCH(int, count);
    const Random random(0x123456789abcdef0, nodeStream(5), 0x100000002);
    std::vector<std::uint32_t> words(static_cast<std::size_t>(count));
    random.words(37, words);
    for (std::size_t i = 0; i < words.size(); ++i) QCOMPARE(words[i], random.word(4 * 37 + i));
}

void TestPhilox::seedStreamAndStepEachChangeTheSequence() {
    const Words base = Random(1, RandomStream::Shuffle, 1).block(0);
    QVERIFY(Random(2, RandomStream::Shuffle, 1).block(0) != base);
    QVERIFY(Random(1 + (std::uint64_t{1} << 32), RandomStream::Shuffle, 1).block(0) != base);
    QVERIFY(Random(1, RandomStream::Split, 1).block(0) != base);
    QVERIFY(Random(1, RandomStream::Shuffle, 2).block(0) != base);
    QVERIFY(Random(1, RandomStream::Shuffle, 1 + (std::uint64_t{1} << 32)).block(0) != base);
    QCOMPARE(Random(1, RandomStream::Shuffle, 1).block(0), base);
}

void TestPhilox::uniformLiesInTheUnitIntervalAndFillsIt() {
    const Random random(1, RandomStream::Generate);
    std::array<int, 10> tenths{};
    constexpr int kDraws = 20000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        const double value = random.uniform(i);
        QVERIFY(value >= 0 && value < 1);
        ++tenths[static_cast<std::size_t>(value * 10)];
    }
    // Five standard deviations of a binomial count: sqrt(20000 * 0.1 * 0.9) = 42.
    for (const int count : tenths) QVERIFY(std::abs(count - kDraws / 10) < 210);
}

void TestPhilox::normalHasMeanZeroAndVarianceOne() {
    const Random random(1, RandomStream::Generate);
    constexpr int kDraws = 20000;
    double sum = 0, squares = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        const double value = random.normal(i);
        sum += value;
        squares += value * value;
    }
    // Five standard errors: 1 / sqrt(n) of the mean, sqrt(2 / n) of the variance.
    QVERIFY(std::abs(sum / kDraws) < 0.035);
    QVERIFY(std::abs(squares / kDraws - 1) < 0.05);
}

void TestPhilox::belowStaysBelowAndIsEven() {
    const Random random(1, RandomStream::Generate);
    std::array<int, 7> counts{};
    constexpr int kDraws = 14000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
        const std::uint64_t value = random.below(i, 7);
        QVERIFY(value < 7);
        ++counts[value];
    }
    // Five standard deviations: sqrt(14000 / 7 * 6 / 7) = 41.
    for (const int count : counts) QVERIFY(std::abs(count - 2000) < 205);
}

QTEST_GUILESS_MAIN(TestPhilox)
#include "test_philox.moc"
