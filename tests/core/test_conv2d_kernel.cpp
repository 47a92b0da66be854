// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/philox.h"
#include "core/kernels/conv2d.h"
#include "core/tensor/buffer_pool.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace gradlens;

namespace {
template <class T>
std::vector<T> normals(std::int64_t count, std::uint64_t seed) {
    const Random random(seed, RandomStream::Generate);
    std::vector<T> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(random.normal(i));
    return values;
}

struct Sizes {
    std::int64_t input, weight, output;
    explicit Sizes(const ConvGeometry& g)
        : input(g.batch * g.inChannels * g.inputPixels()),
          weight(g.outChannels * g.taps()),
          output(g.batch * g.outChannels * g.outputPixels()) {}
};

// Calls visit(output index, input index, weight index) for every product in the convolution.
template <class F>
void eachProduct(const ConvGeometry& g, F&& visit) {
    std::int64_t out = 0;
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t o = 0; o < g.outChannels; ++o)
            for (std::int64_t i = 0; i < g.height.output(); ++i)
                for (std::int64_t j = 0; j < g.width.output(); ++j, ++out)
                    for (std::int64_t tap = 0; tap < g.taps(); ++tap) {
                        const std::int64_t v = tap % g.width.kernel;
                        const std::int64_t u = tap / g.width.kernel % g.height.kernel;
                        const std::int64_t c = tap / (g.width.kernel * g.height.kernel);
                        const std::int64_t row = i * g.height.stride + u * g.height.dilation - g.height.padding;
                        const std::int64_t column = j * g.width.stride + v * g.width.dilation - g.width.padding;
                        if (row < 0 || row >= g.height.input || column < 0 || column >= g.width.input) continue;
                        visit(out, ((n * g.inChannels + c) * g.height.input + row) * g.width.input + column,
                              o * g.taps() + tap);
                    }
}

struct Sums {
    std::vector<double> value, size;
    std::vector<std::int64_t> terms;
    explicit Sums(std::int64_t count)
        : value(static_cast<std::size_t>(count)),
          size(static_cast<std::size_t>(count)),
          terms(static_cast<std::size_t>(count)) {}
    void add(std::int64_t at, double term) {
        const auto i = static_cast<std::size_t>(at);
        value[i] += term;
        size[i] += std::abs(term);
        ++terms[i];
    }
    // The largest error in units of eps (terms + 2) sum |terms|.
    template <class T>
    double errorOverBound(const std::vector<T>& got) const {
        double worst = 0;
        for (std::size_t i = 0; i < got.size(); ++i) {
            const double bound = std::numeric_limits<T>::epsilon() * (static_cast<double>(terms[i]) + 2) * size[i];
            const double error = std::abs(static_cast<double>(got[i]) - value[i]);
            if (!(error <= bound)) worst = std::max(worst, bound > 0 ? error / bound : 1e9);
            if (std::isnan(got[i])) worst = 1e9;
        }
        return worst;
    }
};

template <class T>
struct Results {
    std::vector<T> output, gradInput, gradWeight, gradBias;
};

template <class T>
Results<T> computed(const Arena& arena, const ConvGeometry& g, const std::vector<T>& x, const std::vector<T>& w,
                    const std::vector<T>& b, const std::vector<T>& dy) {
    const T poison = std::numeric_limits<T>::quiet_NaN();
    Results<T> r{std::vector<T>(dy.size(), poison), std::vector<T>(x.size(), poison), std::vector<T>(w.size(), poison),
                 std::vector<T>(b.size(), poison)};
    const std::size_t bytes =
        std::max({conv2dForwardScratch<T>(g), conv2dGradInputScratch<T>(g), conv2dGradWeightScratch<T>(g)});
    const Buffer scratch = allocateBuffer(bytes);
    conv2dForward(arena, g, x.data(), w.data(), b.data(), r.output.data(), scratch.get());
    conv2dGradInput(arena, g, dy.data(), w.data(), r.gradInput.data(), scratch.get());
    conv2dGradWeight(arena, g, x.data(), dy.data(), r.gradWeight.data(), r.gradBias.data(), scratch.get());
    return r;
}

template <class T>
void checkAgainstLoops(const ConvGeometry& g) {
    const Sizes sizes(g);
    const auto x = normals<T>(sizes.input, 1);
    const auto w = normals<T>(sizes.weight, 2);
    const auto b = normals<T>(g.outChannels, 3);
    const auto dy = normals<T>(sizes.output, 4);
    Sums y(sizes.output), dx(sizes.input), dw(sizes.weight), db(g.outChannels);
    for (std::int64_t i = 0; i < sizes.output; ++i) {
        const std::int64_t channel = i / g.outputPixels() % g.outChannels;
        y.add(i, static_cast<double>(b[static_cast<std::size_t>(channel)]));
        db.add(channel, static_cast<double>(dy[static_cast<std::size_t>(i)]));
    }
    eachProduct(g, [&](std::int64_t out, std::int64_t in, std::int64_t weight) {
        const double xv = static_cast<double>(x[static_cast<std::size_t>(in)]);
        const double wv = static_cast<double>(w[static_cast<std::size_t>(weight)]);
        const double dv = static_cast<double>(dy[static_cast<std::size_t>(out)]);
        y.add(out, xv * wv);
        dx.add(in, dv * wv);
        dw.add(weight, dv * xv);
    });
    const Arena arena(2);
    const Results<T> r = computed(arena, g, x, w, b, dy);
    QVERIFY2(y.errorOverBound(r.output) <= 1, "output");
    QVERIFY2(dx.errorOverBound(r.gradInput) <= 1, "gradient of the input");
    QVERIFY2(dw.errorOverBound(r.gradWeight) <= 1, "gradient of the weight");
    QVERIFY2(db.errorOverBound(r.gradBias) <= 1, "gradient of the bias");
}

void addCases() {
    QTest::addColumn<ConvGeometry>("g");
    QTest::newRow("one pixel") << ConvGeometry{1, 1, 1, {1, 1, 1, 0, 1}, {1, 1, 1, 0, 1}};
    QTest::newRow("one channel 3x3") << ConvGeometry{3, 1, 32, {28, 3, 1, 0, 1}, {28, 3, 1, 0, 1}};
    QTest::newRow("odd channels") << ConvGeometry{2, 3, 7, {9, 3, 1, 0, 1}, {11, 3, 1, 0, 1}};
    QTest::newRow("same padding") << ConvGeometry{2, 5, 13, {8, 3, 1, 1, 1}, {8, 3, 1, 1, 1}};
    QTest::newRow("padding beyond the kernel") << ConvGeometry{2, 2, 3, {4, 2, 1, 3, 1}, {5, 3, 1, 4, 1}};
    QTest::newRow("stride 2") << ConvGeometry{2, 3, 9, {11, 3, 2, 1, 1}, {12, 3, 2, 1, 1}};
    QTest::newRow("stride 3 over 2, kernel 5x4") << ConvGeometry{2, 2, 5, {17, 5, 3, 2, 1}, {14, 4, 2, 0, 1}};
    QTest::newRow("stride beyond the kernel") << ConvGeometry{2, 4, 6, {9, 1, 2, 0, 1}, {10, 1, 3, 0, 1}};
    QTest::newRow("dilation") << ConvGeometry{2, 3, 4, {13, 3, 1, 2, 2}, {12, 3, 1, 3, 3}};
    QTest::newRow("dilation and stride") << ConvGeometry{2, 3, 4, {15, 3, 2, 2, 3}, {16, 3, 2, 1, 2}};
    QTest::newRow("row kernel") << ConvGeometry{2, 2, 6, {5, 1, 1, 0, 1}, {40, 7, 1, 3, 1}};
    QTest::newRow("column kernel") << ConvGeometry{2, 2, 6, {40, 7, 1, 3, 1}, {5, 1, 1, 0, 1}};
    QTest::newRow("kernel as large as the input") << ConvGeometry{3, 6, 10, {5, 5, 1, 0, 1}, {5, 5, 1, 0, 1}};
    QTest::newRow("bands") << ConvGeometry{1, 16, 3, {70, 3, 1, 1, 1}, {90, 3, 1, 1, 1}};
    QTest::newRow("bands and stride") << ConvGeometry{1, 16, 17, {130, 5, 2, 2, 1}, {101, 3, 3, 1, 1}};
    QTest::newRow("many samples") << ConvGeometry{37, 4, 8, {7, 3, 1, 1, 1}, {7, 3, 1, 1, 1}};
    QTest::newRow("a whole layer") << ConvGeometry{3, 32, 64, {26, 3, 1, 0, 1}, {26, 3, 1, 0, 1}};
}
}  // namespace

Q_DECLARE_METATYPE(gradlens::ConvGeometry)

class TestConv2dKernel : public QObject {
    Q_OBJECT
private slots:
    void floatsAgreeWithPlainLoops_data() { addCases(); }
    void floatsAgreeWithPlainLoops() {
        QFETCH(ConvGeometry, g);
        checkAgainstLoops<float>(g);
    }
    void doublesAgreeWithPlainLoops_data() { addCases(); }
    void doublesAgreeWithPlainLoops() {
        QFETCH(ConvGeometry, g);
        checkAgainstLoops<double>(g);
    }

    void bitsDoNotDependOnTheNumberOfThreads_data() { addCases(); }
    void bitsDoNotDependOnTheNumberOfThreads() {
        QFETCH(ConvGeometry, g);
        const Sizes sizes(g);
        const auto x = normals<float>(sizes.input, 1);
        const auto w = normals<float>(sizes.weight, 2);
        const auto b = normals<float>(g.outChannels, 3);
        const auto dy = normals<float>(sizes.output, 4);
        const auto same = [](const std::vector<float>& a, const std::vector<float>& c) {
            return std::memcmp(a.data(), c.data(), a.size() * sizeof(float)) == 0;
        };
        const Results<float> one = computed(Arena(1), g, x, w, b, dy);
        for (const int threads : {2, 4}) {
            const Results<float> many = computed(Arena(threads), g, x, w, b, dy);
            QVERIFY(same(one.output, many.output));
            QVERIFY(same(one.gradInput, many.gradInput));
            QVERIFY(same(one.gradWeight, many.gradWeight));
            QVERIFY(same(one.gradBias, many.gradBias));
        }
    }

    void anEmptyBatchHasZeroWeightGradients() {
        const ConvGeometry g{0, 2, 3, {5, 3, 1, 0, 1}, {5, 3, 1, 0, 1}};
        const Results<float> r = computed<float>(Arena(1), g, {}, normals<float>(54, 1), normals<float>(3, 2), {});
        QCOMPARE(r.gradWeight, std::vector<float>(54, 0.0f));
        QCOMPARE(r.gradBias, std::vector<float>(3, 0.0f));
    }

    void aNanReachesTheOutputsThatSeeItOnly() {
        const ConvGeometry g{2, 2, 3, {6, 3, 1, 0, 1}, {7, 3, 1, 0, 1}};
        const Sizes sizes(g);
        auto x = normals<float>(sizes.input, 1);
        x[7 + 1] = std::numeric_limits<float>::quiet_NaN();  // sample 0, channel 0, row 1, column 1
        const Results<float> r = computed(Arena(1), g, x, normals<float>(sizes.weight, 2), normals<float>(3, 3),
                                          normals<float>(sizes.output, 4));
        for (std::int64_t i = 0; i < sizes.output; ++i) {
            const bool seen = i < 3 * g.outputPixels() && i % g.outputPixels() / 5 <= 1 && i % 5 <= 1;
            QCOMPARE(std::isnan(r.output[static_cast<std::size_t>(i)]), seen);
        }
    }
};

QTEST_GUILESS_MAIN(TestConv2dKernel)
#include "test_conv2d_kernel.moc"
