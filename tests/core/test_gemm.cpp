// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"
#include "core/kernels/gemm.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace gradlens;

namespace {
struct Case {
    std::int64_t m, n, k;
    Transposed a, b;
    double alpha, beta;
};

template <class T>
std::vector<T> normals(std::int64_t count, std::uint64_t seed) {
    const Random random(seed, RandomStream::Generate);
    std::vector<T> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(random.normal(i));
    return values;
}

// The largest |C - reference| in units of the bound eps (k + 2) (|alpha| |A||B| + |beta C|) (Higham, "Accuracy and
// Stability of Numerical Algorithms", section 3.5).
template <class T>
double errorOverBound(const Case& c, const Arena& arena, bool scratchGiven) {
    constexpr std::int64_t kSlack = 3;  // strides larger than the rows
    const bool at = c.a == Transposed::Yes;
    const bool bt = c.b == Transposed::Yes;
    const std::int64_t strideA = (at ? c.m : c.k) + kSlack;
    const std::int64_t strideB = (bt ? c.k : c.n) + kSlack;
    const std::int64_t strideC = c.n + kSlack;
    const auto a = normals<T>((at ? c.k : c.m) * strideA, 1);
    const auto b = normals<T>((bt ? c.n : c.k) * strideB, 2);
    auto result = normals<T>(c.m * strideC, 3);
    const auto before = result;
    std::vector<std::byte> scratch(scratchGiven ? gemmScratchBytes<T>(c.m, c.n, c.k) : 0);
    gemm<T>(arena, c.m, c.n, c.k, static_cast<T>(c.alpha), {a.data(), strideA, c.a}, {b.data(), strideB, c.b},
            static_cast<T>(c.beta), result.data(), strideC, scratch.empty() ? nullptr : scratch.data());
    double worst = 0;
    for (std::int64_t row = 0; row < c.m; ++row) {
        for (std::int64_t column = 0; column < c.n; ++column) {
            double sum = 0, sizes = 0;
            for (std::int64_t i = 0; i < c.k; ++i) {
                const double term =
                    static_cast<double>(a[static_cast<std::size_t>(at ? i * strideA + row : row * strideA + i)]) *
                    static_cast<double>(b[static_cast<std::size_t>(bt ? column * strideB + i : i * strideB + column)]);
                sum += term;
                sizes += std::abs(term);
            }
            const auto place = static_cast<std::size_t>(row * strideC + column);
            const double kept = c.beta * static_cast<double>(before[place]);
            const double bound = std::numeric_limits<T>::epsilon() * (static_cast<double>(c.k) + 2) *
                                 (std::abs(c.alpha) * sizes + std::abs(kept));
            const double error = std::abs(static_cast<double>(result[place]) - (c.alpha * sum + kept));
            worst = std::max(worst, bound > 0 ? error / bound : (error > 0 ? 1e9 : 0.0));
        }
        for (std::int64_t gap = 0; gap < kSlack; ++gap) {
            const auto place = static_cast<std::size_t>(row * strideC + c.n + gap);
            if (std::memcmp(&result[place], &before[place], sizeof(T)) != 0) return 1e9;
        }
    }
    return worst;
}
}  // namespace

class TestGemm : public QObject {
    Q_OBJECT
private slots:
    void productsStayWithinTheRoundingBound_data() {
        QTest::addColumn<int>("m");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("k");
        const int sizes[][3] = {{1, 1, 1},    {1, 7, 5},      {5, 1, 3},       {3, 4, 1},     {32, 10, 64},
                                {17, 33, 65}, {300, 270, 31}, {130, 257, 129}, {9, 10, 5000}, {2, 3, 0}};
        for (const auto& s : sizes) QTest::addRow("%dx%dx%d", s[0], s[1], s[2]) << s[0] << s[1] << s[2];
    }
    void productsStayWithinTheRoundingBound() {
        QFETCH(int, m);
        QFETCH(int, n);
        QFETCH(int, k);
        const Arena arena(2);
        for (const Transposed a : {Transposed::No, Transposed::Yes})
            for (const Transposed b : {Transposed::No, Transposed::Yes})
                for (const auto& [alpha, beta] : {std::pair{1.0, 0.0}, std::pair{-0.5, 1.0}, std::pair{2.0, 0.25}}) {
                    const Case c{m, n, k, a, b, alpha, beta};
                    QVERIFY(errorOverBound<float>(c, arena, true) <= 1);
                    QVERIFY(errorOverBound<double>(c, arena, true) <= 1);
                }
    }

    void betaZeroDoesNotReadTheTarget() {
        const Arena arena(1);
        const std::vector<float> a(6, 1.0f), b(6, 1.0f);
        std::vector<float> c(4, std::numeric_limits<float>::quiet_NaN());
        gemm<float>(arena, 2, 2, 3, 1.0f, {a.data(), 3}, {b.data(), 2}, 0.0f, c.data(), 2);
        QCOMPARE(c, std::vector<float>(4, 3.0f));
    }

    void aNanReachesItsRowOnly() {
        const Arena arena(1);
        auto a = normals<float>(40 * 30, 1);
        const auto b = normals<float>(30 * 20, 2);
        a[7 * 30 + 3] = std::numeric_limits<float>::quiet_NaN();
        std::vector<float> c(40 * 20);
        gemm<float>(arena, 40, 20, 30, 1.0f, {a.data(), 30}, {b.data(), 20}, 0.0f, c.data(), 20);
        for (std::size_t i = 0; i < c.size(); ++i) QCOMPARE(std::isnan(c[i]), i / 20 == 7);
    }

    void longInnerExtentsAreSplitWhenScratchIsGiven() {
        QVERIFY(gemmScratchBytes<float>(64, 64, 20000) > 0);
        QCOMPARE(gemmScratchBytes<float>(64, 64, 64), std::size_t(0));
        const Arena arena(2);
        QVERIFY(errorOverBound<float>({64, 65, 9000, Transposed::Yes, Transposed::No, 1, 0}, arena, true) <= 1);
        QVERIFY(errorOverBound<float>({64, 65, 9000, Transposed::Yes, Transposed::No, 1.5, 0.5}, arena, true) <= 1);
    }

    void largeProductsThatPackBothOperandsStayWithinTheBound() {
        const Arena arena(2);
        QVERIFY(errorOverBound<float>({260, 300, 400, Transposed::Yes, Transposed::No, 1, 0}, arena, false) <= 1);
        QVERIFY(errorOverBound<float>({260, 300, 400, Transposed::Yes, Transposed::Yes, 2, 0.5}, arena, false) <= 1);
    }

    void biasAndFinishAreAppliedOnceToEveryElement_data() {
        QTest::addColumn<int>("m");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("k");
        QTest::newRow("small") << 5 << 19 << 7;
        QTest::newRow("several blocks of the inner extent") << 30 << 21 << 800;
        QTest::newRow("tiles") << 400 << 130 << 700;
        QTest::newRow("pieces") << 16 << 17 << 20000;
    }
    void biasAndFinishAreAppliedOnceToEveryElement() {
        QFETCH(int, m);
        QFETCH(int, n);
        QFETCH(int, k);
        const Arena arena(2);
        const std::vector<float> a(static_cast<std::size_t>(m * k), 1.0f), b(static_cast<std::size_t>(k * n), 1.0f);
        std::vector<float> bias(static_cast<std::size_t>(n)), c(static_cast<std::size_t>(m * n));
        for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = static_cast<float>(i);
        std::vector<std::byte> scratch(gemmScratchBytes<float>(m, n, k));
        GemmFinish<float> finish;
        finish.bias = bias.data();
        finish.apply = [](const void*, float* run, std::int64_t count) {
            for (std::int64_t i = 0; i < count; ++i) run[i] = 2 * run[i] + 1;
        };
        gemm<float>(arena, m, n, k, 1.0f, {a.data(), k}, {b.data(), n}, 0.0f, c.data(), n,
                    scratch.empty() ? nullptr : scratch.data(), finish);
        for (std::size_t i = 0; i < c.size(); ++i)
            QCOMPARE(c[i], 2 * (static_cast<float>(k) + bias[i % bias.size()]) + 1);
    }

    void bitsDoNotDependOnTheNumberOfThreads_data() {
        QTest::addColumn<int>("m");
        QTest::addColumn<int>("n");
        QTest::addColumn<int>("k");
        QTest::newRow("tiles") << 517 << 530 << 301;
        QTest::newRow("pieces") << 60 << 70 << 9001;
        QTest::newRow("small") << 32 << 10 << 64;
    }
    void bitsDoNotDependOnTheNumberOfThreads() {
        QFETCH(int, m);
        QFETCH(int, n);
        QFETCH(int, k);
        const auto a = normals<float>(std::int64_t{m} * k, 1);
        const auto b = normals<float>(std::int64_t{k} * n, 2);
        std::vector<float> first;
        for (const int threads : {1, 2, 4}) {
            const Arena arena(threads);
            std::vector<float> c(static_cast<std::size_t>(m * n));
            std::vector<std::byte> scratch(gemmScratchBytes<float>(m, n, k) + 1);
            gemm<float>(arena, m, n, k, 1.0f, {a.data(), k}, {b.data(), n}, 0.0f, c.data(), n, scratch.data());
            if (first.empty()) first = c;
            QVERIFY(std::memcmp(c.data(), first.data(), c.size() * sizeof(float)) == 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestGemm)
#include "test_gemm.moc"
