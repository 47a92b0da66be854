// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the charts that are arithmetic: pyramids, smoothing, ticks.
#include "ui/train/curve.h"
#include "ui/train/series_pyramid.h"
#include "ui/widgets/axis_ticks.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

using namespace gradlens;

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> unrulyValues(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> values(count);
    for (double& value : values) {
        const auto kind = random() % 200;
        value = kind == 0   ? kNaN
                : kind == 1 ? kInfinity
                : kind == 2 ? -kInfinity
                : kind == 3 ? 1e6 * normal(random)
                            : normal(random);
    }
    return values;
}

SeriesExtent bruteForce(const std::vector<double>& values, std::size_t begin, std::size_t end) {
    SeriesExtent extent;
    for (std::size_t i = begin; i < end; ++i) {
        const double v = values[i];
        if (i == begin) extent.first = v;
        extent.last = v;
        ++extent.count;
        if (std::isnan(v)) ++extent.nan;
        if (v == kInfinity) ++extent.positiveInfinite;
        if (v == -kInfinity) ++extent.negativeInfinite;
        if (!std::isfinite(v)) continue;
        if (v < extent.min) extent.min = v;
        if (v > extent.max) extent.max = v;
        if (v > 0 && v < extent.minPositive) extent.minPositive = v;
        if (v <= 0) ++extent.nonPositive;
    }
    return extent;
}

bool same(double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
}

bool same(const SeriesExtent& a, const SeriesExtent& b) {
    return same(a.min, b.min) && same(a.max, b.max) && same(a.minPositive, b.minPositive) && same(a.first, b.first) &&
           same(a.last, b.last) && a.count == b.count && a.nan == b.nan && a.positiveInfinite == b.positiveInfinite &&
           a.negativeInfinite == b.negativeInfinite && a.nonPositive == b.nonPositive;
}

SeriesPyramid pyramidOf(const std::vector<double>& values) {
    SeriesPyramid pyramid;
    for (const double value : values) pyramid.append(value);
    return pyramid;
}

void fill(ScalarSeries& series, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        series.append({static_cast<std::int64_t>(i) + 1, 0.01 * static_cast<double>(i), values[i]});
}

QStringList labelsOf(const std::vector<AxisTick>& ticks) {
    QStringList labels;
    for (const AxisTick& tick : ticks) labels << QString::fromStdString(tick.label);
    return labels;
}
}  // namespace

class TestChartPyramid : public QObject {
    Q_OBJECT
private slots:
    void everyRangeOfAShortSeriesEqualsBruteForce() {
        const auto values = unrulyValues(300, 1);
        const SeriesPyramid pyramid = pyramidOf(values);
        for (std::size_t begin = 0; begin <= values.size(); ++begin)
            for (std::size_t end = begin; end <= values.size(); ++end)
                QVERIFY2(same(pyramid.extent(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)),
                              bruteForce(values, begin, end)),
                         qPrintable(QStringLiteral("[%1, %2)").arg(begin).arg(end)));
    }

    void randomRangesOfALongSeriesEqualBruteForce() {
        const auto values = unrulyValues(70'001, 2);
        const SeriesPyramid pyramid = pyramidOf(values);
        std::mt19937 random(3);
        for (int trial = 0; trial < 500; ++trial) {
            std::size_t begin = random() % values.size(), end = random() % (values.size() + 1);
            if (begin > end) std::swap(begin, end);
            QVERIFY(same(pyramid.extent(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)),
                         bruteForce(values, begin, end)));
        }
    }

    void rangesBeyondTheEndsAreClipped() {
        const SeriesPyramid pyramid = pyramidOf({1, 2, 3});
        QCOMPARE(pyramid.extent(-5, 50).count, 3);
        QCOMPARE(pyramid.extent(2, 1).count, 0);
        QCOMPARE(pyramid.extent(3, 9).count, 0);
    }

    void oneSpikeAmongAMillionIsFoundInEveryColumnThatHoldsIt() {
        SeriesPyramid pyramid;
        for (int i = 0; i < 1'000'000; ++i) pyramid.append(i == 654'321 ? 1000.0 : 0.5);
        for (const std::int64_t columns : {1, 7, 900, 2560, 40'000}) {
            int found = 0;
            for (std::int64_t c = 0; c < columns; ++c)
                if (pyramid.extent(c * 1'000'000 / columns, (c + 1) * 1'000'000 / columns).max == 1000.0) ++found;
            QCOMPARE(found, 1);
        }
    }

    void smoothingEqualsTheBiasCorrectedAverageComputedDirectly() {
        const double w = 0.9;
        const std::vector<double> values{3, 1, 4, 1, 5, 9, 2, 6};
        Smoother smoother(w);
        for (std::size_t n = 0; n < values.size(); ++n) {
            // Weighted mean of all values so far with weights w^(n-i): the formula with the recursion written out.
            double sum = 0, weights = 0;
            for (std::size_t i = 0; i <= n; ++i) {
                sum += std::pow(w, static_cast<double>(n - i)) * values[i];
                weights += std::pow(w, static_cast<double>(n - i));
            }
            QVERIFY(std::abs(smoother.next(values[n]) - sum / weights) < 1e-12);
        }
    }

    void smoothingShowsANanAndForgetsIt() {
        Smoother with(0.8), without(0.8);
        with.next(2);
        without.next(2);
        QVERIFY(std::isnan(with.next(kNaN)));
        QCOMPARE(with.next(kInfinity), kInfinity);
        QCOMPARE(with.next(5), without.next(5));
    }

    void smoothingOfAConstantIsThatConstantFromTheStart() {
        Smoother smoother(0.999);
        for (int i = 0; i < 10; ++i) QVERIFY(std::abs(smoother.next(0.7) - 0.7) < 1e-12);
    }

    void aCurveSmoothsTheSameIncrementallyAndAfterwards() {
        std::mt19937 random(5);
        std::normal_distribution<double> normal;
        std::vector<double> values(5000);
        for (double& value : values) value = normal(random);
        ScalarSeries series("train/loss");
        Curve live, late;
        live.setSeries(&series);
        live.setSmoothing(0.95);
        for (std::size_t i = 0; i < values.size(); ++i) {
            series.append({static_cast<std::int64_t>(i), 0, values[i]});
            if (i % 7 == 0) live.update(100);
        }
        while (live.busy()) live.update(100);
        late.setSeries(&series);
        while (late.busy()) late.update(1000);
        late.setSmoothing(0.95);
        while (late.busy()) late.update(1000);
        for (std::int64_t i = 0; i < late.size(); ++i) QCOMPARE(live.shown()[i], late.shown()[i]);
    }

    void theOldSmoothingStaysUntilTheNewOneIsReady() {
        ScalarSeries series("train/loss");
        fill(series, std::vector<double>(1000, 1.0));
        Curve curve;
        curve.setSeries(&series);
        curve.update(2000);
        QVERIFY(!curve.smoothed());
        curve.setSmoothing(0.5);
        curve.update(600);
        QVERIFY(!curve.smoothed() && curve.busy());
        curve.update(600);
        QVERIFY(curve.smoothed() && !curve.busy());
        QCOMPARE(curve.shown().size(), 1000);
    }

    void aCurveFindsPointsByStepEpochAndTime() {
        ScalarSeries series("train/loss");
        fill(series, {5, 4, 3, 2});  // steps 1..4, seconds 0, 0.01, 0.02, 0.03
        Curve curve;
        curve.setSeries(&series);
        curve.update(100);
        QCOMPARE(curve.lowerBound(3, CurveAxis::Step, 2), 2);
        QCOMPARE(curve.lowerBound(1.25, CurveAxis::Epoch, 2), 2);  // epochs 0.5, 1, 1.5, 2
        QCOMPARE(curve.at(0.015, CurveAxis::Time, 2), std::optional<std::int64_t>(1));
        QCOMPARE(curve.at(0.5, CurveAxis::Step, 2), std::nullopt);
    }

    void theHintOfASearchDoesNotChangeWhatItFinds() {
        ScalarSeries series("train/loss");
        for (int i = 0; i < 200; ++i) series.append({i / 3 * 2, 0, 0.0});  // repeated steps 0 0 0 2 2 2 4 ...
        Curve curve;
        curve.setSeries(&series);
        curve.update(1000);
        for (double x = -1; x < 140; x += 0.5) {
            const std::int64_t expected = curve.lowerBound(x, CurveAxis::Step, 1);
            QVERIFY(expected == 0 || curve.x(expected - 1, CurveAxis::Step, 1) < x);
            QVERIFY(expected == curve.size() || curve.x(expected, CurveAxis::Step, 1) >= x);
            for (std::int64_t hint = -3; hint < 205; ++hint)
                QCOMPARE(curve.lowerBound(x, CurveAxis::Step, 1, hint), expected);
        }
    }

    void linearTicksAreRoundAndTellApart() {
        QCOMPARE(labelsOf(linearTicks(0, 1, 5, AxisUnit::Number)),
                 (QStringList{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
        QCOMPARE(labelsOf(linearTicks(0, 2000, 4, AxisUnit::Count)), (QStringList{"0", "500", "1k", "1.5k", "2k"}));
        QCOMPARE(labelsOf(linearTicks(0, 3, 10, AxisUnit::Count)), (QStringList{"0", "1", "2", "3"}));
        QCOMPARE(labelsOf(linearTicks(0.9, 1, 5, AxisUnit::Percent)),
                 (QStringList{"90 %", "92 %", "94 %", "96 %", "98 %", "100 %"}));
        QCOMPARE(labelsOf(linearTicks(0, 300, 5, AxisUnit::Seconds)),
                 (QStringList{"0 s", "1:00", "2:00", "3:00", "4:00", "5:00"}));
    }

    void noTwoTicksHaveTheSameLabelAtAnyScale() {
        std::mt19937 random(9);
        std::uniform_real_distribution<double> exponent(-12, 9), place(-3, 3);
        for (int trial = 0; trial < 2000; ++trial) {
            const double width = std::pow(10, exponent(random)), low = place(random) * width;
            for (const AxisUnit unit : {AxisUnit::Number, AxisUnit::Percent, AxisUnit::Count, AxisUnit::Seconds}) {
                const auto labels = labelsOf(linearTicks(low, low + width, 8, unit));
                QVERIFY2(QSet<QString>(labels.begin(), labels.end()).size() == labels.size(),
                         qPrintable(labels.join(QLatin1String(" | "))));
            }
        }
    }

    void logTicksAreDecadesAndTheirParts() {
        QCOMPARE(labelsOf(logTicks(-3, 1, 5, AxisUnit::Number)), (QStringList{"0.001", "0.01", "0.1", "1", "10"}));
        QCOMPARE(labelsOf(logTicks(-1, 0, 3, AxisUnit::Number)), (QStringList{"0.1", "0.2", "0.5", "1"}));
        QVERIFY(logTicks(0.30, 0.45, 6, AxisUnit::Number).size() >= 3);
    }

    void readOutsShowFourFigures() {
        QCOMPARE(QString::fromStdString(valueText(0.123456, AxisUnit::Number)), "0.1235");
        QCOMPARE(QString::fromStdString(valueText(12.3456, AxisUnit::Number)), "12.35");
        QCOMPARE(QString::fromStdString(valueText(1.5e-7, AxisUnit::Number)), "1.500e-07");
        QCOMPARE(QString::fromStdString(valueText(0.9231, AxisUnit::Percent)), "92.31 %");
        QCOMPARE(QString::fromStdString(valueText(kNaN, AxisUnit::Percent)), "NaN");
        QCOMPARE(QString::fromStdString(valueText(-kInfinity, AxisUnit::Number)), "-Inf");
        QCOMPARE(QString::fromStdString(groupedText(1234567)), "1,234,567");
        QCOMPARE(QString::fromStdString(durationText(3725)), "1:02:05");
    }
};

QTEST_GUILESS_MAIN(TestChartPyramid)
#include "test_chart_pyramid.moc"
