// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"
#include "core/kernels/pool2d.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace gradlens;

namespace {
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Few distinct values, so that ties are common, and now and then a NaN.
std::vector<float> tiesAndNans(std::int64_t count) {
    const Random random(5, RandomStream::Generate);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = random.below(i, 40) == 0 ? kNan : static_cast<float>(random.below(i, 5)) - 3.0f;
    return values;
}

struct Expected {
    std::vector<float> output;
    std::vector<std::int32_t> argmax;
};

// As PyTorch does it: the first largest, or the last NaN.
Expected plainMaxima(const PoolGeometry& g, const std::vector<float>& x) {
    Expected expected;
    for (std::int64_t p = 0; p < g.planes; ++p)
        for (std::int64_t i = 0; i < g.height.output(); ++i)
            for (std::int64_t j = 0; j < g.width.output(); ++j) {
                std::int64_t best = -1;
                float value = -std::numeric_limits<float>::infinity();
                for (std::int64_t tap = 0; tap < g.height.kernel * g.width.kernel; ++tap) {
                    const std::int64_t row = i * g.height.stride + tap / g.width.kernel - g.height.padding;
                    const std::int64_t column = j * g.width.stride + tap % g.width.kernel - g.width.padding;
                    if (row < 0 || row >= g.height.input || column < 0 || column >= g.width.input) continue;
                    const float candidate =
                        x[static_cast<std::size_t>((p * g.height.input + row) * g.width.input + column)];
                    if (best >= 0 && !(candidate > value) && !std::isnan(candidate)) continue;
                    best = row * g.width.input + column;
                    value = candidate;
                }
                expected.output.push_back(value);
                expected.argmax.push_back(static_cast<std::int32_t>(best));
            }
    return expected;
}
}  // namespace

Q_DECLARE_METATYPE(gradlens::PoolGeometry)

class TestPool2dKernel : public QObject {
    Q_OBJECT
private slots:
    void maximaAreTheFirstOfTiesAndNansWin_data() {
        QTest::addColumn<PoolGeometry>("g");
        QTest::newRow("halves, wide") << PoolGeometry{3, {6, 2, 2, 0, 1}, {24, 2, 2, 0, 1}};
        QTest::newRow("halves, odd") << PoolGeometry{3, {7, 2, 2, 0, 1}, {39, 2, 2, 0, 1}};
        QTest::newRow("halves, exactly eight") << PoolGeometry{2, {4, 2, 2, 0, 1}, {17, 2, 2, 0, 1}};
        QTest::newRow("halves, narrow") << PoolGeometry{3, {6, 2, 2, 0, 1}, {9, 2, 2, 0, 1}};
        QTest::newRow("overlapping, padded") << PoolGeometry{4, {9, 3, 2, 1, 1}, {40, 3, 2, 1, 1}};
        QTest::newRow("stride one") << PoolGeometry{2, {9, 3, 1, 1, 1}, {21, 4, 1, 2, 1}};
        QTest::newRow("stride three") << PoolGeometry{2, {10, 2, 3, 0, 1}, {11, 4, 3, 1, 1}};
    }
    void maximaAreTheFirstOfTiesAndNansWin() {
        QFETCH(PoolGeometry, g);
        const auto x = tiesAndNans(g.planes * g.height.input * g.width.input);
        const Expected expected = plainMaxima(g, x);
        std::vector<float> y(expected.output.size());
        std::vector<std::int32_t> argmax(y.size());
        maxPool2dForward<float>(Arena(2), g, x.data(), y.data(), argmax.data());
        QCOMPARE(argmax, expected.argmax);
        for (std::size_t i = 0; i < y.size(); ++i)
            QVERIFY(y[i] == expected.output[i] || (std::isnan(y[i]) && std::isnan(expected.output[i])));
    }

    void maximaOfMinusInfinityKeepAPlaceInTheirWindow() {
        const PoolGeometry g{1, {2, 2, 1, 1, 1}, {2, 2, 1, 1, 1}};
        const std::vector<float> x(4, -std::numeric_limits<float>::infinity());
        std::vector<float> y(9);
        std::vector<std::int32_t> argmax(9, -1);
        maxPool2dForward<float>(Arena(1), g, x.data(), y.data(), argmax.data());
        QCOMPARE(argmax, (std::vector<std::int32_t>{0, 0, 1, 0, 0, 1, 2, 2, 3}));
    }

    void theIndexIsOptional() {
        const PoolGeometry g{2, {6, 2, 2, 0, 1}, {24, 2, 2, 0, 1}};
        const auto x = tiesAndNans(g.planes * 6 * 24);
        const Expected expected = plainMaxima(g, x);
        std::vector<float> y(expected.output.size());
        maxPool2dForward<float>(Arena(1), g, x.data(), y.data(), nullptr);
        for (std::size_t i = 0; i < y.size(); ++i)
            QVERIFY(y[i] == expected.output[i] || (std::isnan(y[i]) && std::isnan(expected.output[i])));
    }
};

QTEST_GUILESS_MAIN(TestPool2dKernel)
#include "test_pool2d_kernel.moc"
