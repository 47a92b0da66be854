// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/statistics.h"
#include "core/train/initialise.h"
#include "support_networks.h"

#include <cmath>

using namespace gradlens;
using namespace gradlens::test;

namespace {
const Arena& arena() {
    static const Arena one(1);
    return one;
}

Tensor drawn(const ParameterSpec& spec, std::uint64_t seed = 1, DType type = DType::Float32,
             const Arena& on = arena()) {
    Tensor tensor(type, spec.shape);
    initialise(on, spec, Random(seed, RandomStream::Initialise, 5), tensor.view());
    return tensor;
}

ParameterSpec weight(Initializer initializer, double scale = 1) {
    return {"weight", {200, 500}, initializer, 500, 200, scale, true, true};
}
}  // namespace

class TestInitialise : public QObject {
    Q_OBJECT

private slots:
    void variancesAreThoseOfTheFormulas_data() {
        QTest::addColumn<int>("initializer");
        QTest::addColumn<double>("scale");
        QTest::addColumn<double>("variance");
        QTest::addColumn<bool>("uniform");
        const auto row = [](const char* name, Initializer initializer, double scale, double variance, bool uniform) {
            QTest::newRow(name) << static_cast<int>(initializer) << scale << variance << uniform;
        };
        row("normal", Initializer::Normal, 0.02, 0.02 * 0.02, false);
        row("Glorot uniform", Initializer::GlorotUniform, 1, 2.0 / 700, true);
        row("Glorot normal", Initializer::GlorotNormal, 1, 2.0 / 700, false);
        row("He uniform", Initializer::HeUniform, 1, 2.0 / 500, true);
        row("He normal", Initializer::HeNormal, 1, 2.0 / 500, false);
        row("He normal with a gain", Initializer::HeNormal, 3, 9 * 2.0 / 500, false);
    }
    void variancesAreThoseOfTheFormulas() {
        QFETCH(int, initializer);
        QFETCH(double, scale);
        QFETCH(double, variance);
        QFETCH(bool, uniform);
        const Tensor tensor = drawn(weight(static_cast<Initializer>(initializer), scale));
        const Statistics found = statisticsOf(tensor.view());
        const double n = 1e5;
        // Five standard errors: of the mean sqrt(v/n), of the variance v sqrt((kurtosis - 1)/n).
        QVERIFY(std::abs(found.mean) < 5 * std::sqrt(variance / n));
        const double kurtosis = uniform ? 1.8 : 3;
        QVERIFY(std::abs(found.standardDeviation * found.standardDeviation - variance) <
                5 * variance * std::sqrt((kurtosis - 1) / n));
        if (uniform)
            QVERIFY(found.max <= std::sqrt(3 * variance) * 1.0001 && found.min >= -std::sqrt(3 * variance) * 1.0001);
    }
    void constantsAreConstant() {
        QCOMPARE(statisticsOf(drawn(weight(Initializer::Zeros)).view()).zeros, std::int64_t{100000});
        const Statistics ones = statisticsOf(drawn(weight(Initializer::Ones)).view());
        QCOMPARE(ones.min, 1.0);
        QCOMPARE(ones.max, 1.0);
    }
    void seedsDiffer() {
        QVERIFY(
            !sameBytes(drawn(weight(Initializer::HeNormal), 1).view(), drawn(weight(Initializer::HeNormal), 2).view()));
    }
    void threadsDoNotMatter() {
        const Arena three(3);
        QVERIFY(sameBytes(drawn(weight(Initializer::HeNormal)).view(),
                          drawn(weight(Initializer::HeNormal), 1, DType::Float32, three).view()));
    }
    void floatsAreTheDoublesRounded() {
        const Tensor exact = drawn(weight(Initializer::GlorotNormal), 1, DType::Float64);
        QVERIFY(sameBytes(exact.cast(DType::Float32).view(), drawn(weight(Initializer::GlorotNormal)).view()));
    }
    void parametersOfOneNetworkDiffer() {
        ModelGraph graph = pointsNetwork(8);
        const Machine machine(graph, 4, DType::Float32);
        const auto bits = [&](const char* name) { return machine.state.find(name)->tensor.at(0); };
        QVERIFY(bits("hidden.weight") != bits("scores.weight"));
    }
};

QTEST_GUILESS_MAIN(TestInitialise)
#include "test_initialise.moc"
