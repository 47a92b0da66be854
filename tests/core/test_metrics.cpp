// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/metrics.h"

#include <QTest>

#include <limits>
#include <vector>

using namespace gradlens;

namespace {
Correct counted(const Shape& shape, const std::vector<float>& scores, const std::vector<std::int32_t>& labels,
                const Shape& labelShape) {
    return countCorrect(Tensor::of<float>(shape, scores).view(), Tensor::of<std::int32_t>(labelShape, labels).view());
}
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
}  // namespace

class TestMetrics : public QObject {
    Q_OBJECT

private slots:
    void theHighestScoreCounts() {
        const Correct found = counted({3, 3}, {1, 2, 3, 3, 2, 1, -5, -1, -2}, {2, 1, 1}, {3});
        QCOMPARE(found.correct, std::int64_t{2});
        QCOMPARE(found.counted, std::int64_t{3});
    }
    void theFirstOfEqualsWins() {
        QCOMPARE(counted({1, 3}, {2, 2, 2}, {0}, {1}).correct, std::int64_t{1});
        QCOMPARE(counted({1, 3}, {2, 2, 2}, {1}, {1}).correct, std::int64_t{0});
    }
    void aNaNIsNeverHighest() {
        QCOMPARE(counted({1, 3}, {kNaN, 1, 0}, {1}, {1}).correct, std::int64_t{1});
        QCOMPARE(counted({1, 3}, {0, kNaN, 1}, {1}, {1}).correct, std::int64_t{0});
        for (int label = 0; label < 3; ++label)
            QCOMPARE(counted({1, 3}, {kNaN, kNaN, kNaN}, {label}, {1}).correct, std::int64_t{0});
    }
    void infinitiesAreCompared() {
        QCOMPARE(counted({1, 2}, {-kInfinity, -1}, {1}, {1}).correct, std::int64_t{1});
        QCOMPARE(counted({1, 2}, {kInfinity, 1}, {0}, {1}).correct, std::int64_t{1});
    }
    void furtherAxesAreCountedPlaceByPlace() {
        // One sample, two classes, three places: class 1 leads at the last.
        const Correct found = counted({1, 2, 3}, {5, 5, 0, 1, 1, 9}, {0, 1, 1}, {1, 3});
        QCOMPARE(found.correct, std::int64_t{2});
        QCOMPARE(found.counted, std::int64_t{3});
    }
    void doublesWorkToo() {
        const std::vector<double> scores{1, 1 + 1e-12};
        const std::vector<std::int32_t> labels{1};
        QCOMPARE(countCorrect(Tensor::of<double>({1, 2}, scores).view(), Tensor::of<std::int32_t>({1}, labels).view())
                     .correct,
                 std::int64_t{1});
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "test_metrics.moc"
