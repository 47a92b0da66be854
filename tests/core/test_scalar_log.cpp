// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/scalar_log.h"

#include <QTest>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

using namespace gradlens;

class TestScalarLog : public QObject {
    Q_OBJECT

private slots:
    // Chunks end at 1024, 1024 + 2048, ...: around those and beyond.
    void aMillionPointsStayAsTheyWere() {
        ScalarSeries series("loss");
        constexpr std::int64_t kPoints = 1'000'000;
        for (std::int64_t i = 0; i < kPoints; ++i)
            series.append({i, static_cast<double>(i) * 0.5, static_cast<double>(-i)});
        QCOMPARE(series.size(), kPoints);
        for (std::int64_t i = 0; i < kPoints; ++i) {
            const ScalarPoint& point = series[i];
            if (point.step != i || point.seconds != static_cast<double>(i) * 0.5 ||
                point.value != static_cast<double>(-i))
                QFAIL("a point has changed");
        }
    }
    void pointsNeverMove() {
        ScalarSeries series("loss");
        series.append({1, 2, 3});
        const ScalarPoint* first = &series[0];
        for (int i = 0; i < 100000; ++i) series.append({});
        QCOMPARE(&series[0], first);
        QCOMPARE(first->value, 3.0);
    }
    void nonFiniteValuesAreKept() {
        ScalarSeries series("loss");
        series.append({1, 0, std::numeric_limits<double>::quiet_NaN()});
        series.append({2, 0, -std::numeric_limits<double>::infinity()});
        QVERIFY(std::isnan(series[0].value));
        QVERIFY(std::isinf(series[1].value) && series[1].value < 0);
    }
    void aReaderBesideTheWriterSeesEveryPoint() {
        ScalarLog log;
        ScalarSeries& series = log.series("loss");
        constexpr std::int64_t kPoints = 1'000'000;
        std::atomic<std::int64_t> wrong{0};
        std::atomic<std::int64_t> seen{0};
        std::jthread reader([&] {
            const ScalarSeries& read = *log.find("loss");
            std::int64_t next = 0;
            while (next < kPoints) {
                const std::int64_t size = read.size();
                for (; next < size; ++next) {
                    const bool isNaN = next % 1000 == 999;
                    const ScalarPoint& point = read[next];
                    if (point.step != next ||
                        (isNaN ? !std::isnan(point.value) : point.value != static_cast<double>(next)))
                        ++wrong;
                }
            }
            seen = next;
        });
        for (std::int64_t i = 0; i < kPoints; ++i)
            series.append({i, 0, i % 1000 == 999 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(i)});
        reader.join();
        QCOMPARE(seen.load(), kPoints);
        QCOMPARE(wrong.load(), std::int64_t{0});
    }
    void seriesAppearForReaders() {
        ScalarLog log;
        std::atomic<std::int64_t> wrong{0};
        constexpr int kSeries = 500;
        std::jthread reader([&] {
            std::int64_t count = 0;
            while (count < kSeries) {
                count = log.count();
                for (std::int64_t i = 0; i < count; ++i)
                    if (log.at(i).name() != "series" + std::to_string(i)) ++wrong;
            }
        });
        for (int i = 0; i < kSeries; ++i) log.series("series" + std::to_string(i)).append({});
        reader.join();
        QCOMPARE(wrong.load(), std::int64_t{0});
    }
    void aNameIsOneSeries() {
        ScalarLog log;
        ScalarSeries& first = log.series("a");
        log.series("b");
        QCOMPARE(&log.series("a"), &first);
        QCOMPARE(log.count(), std::int64_t{2});
        QCOMPARE(log.find("c"), nullptr);
    }
};

QTEST_GUILESS_MAIN(TestScalarLog)
#include "test_scalar_log.moc"
