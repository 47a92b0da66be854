// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "core/tensor/statistics.h"
#include "core/train/initialise.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numbers>
#include <vector>

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

std::filesystem::path fileIn(const QTemporaryDir& folder) {
    return std::filesystem::path(folder.path().toStdString()) / "weights.safetensors";
}

void save(const QTemporaryDir& folder, const Tensor& own, const Tensor& other) {
    const std::vector<NamedTensor> tensors = {{"layer.weight", own.view()}, {"other", other.view()}};
    writeSafetensors(fileIn(folder), tensors, {});
}

// layer.weight as a project in `folder` would begin with it.
Tensor fromFile(const QTemporaryDir& folder, const QString& tensor, const Shape& shape) {
    ParameterSpec spec{"weight", shape, Initializer::File};
    spec.file = "weights.safetensors";
    spec.fileTensor = tensor.toStdString();
    Tensor target(DType::Float32, shape);
    initialise(arena(), spec, Random(), target.view(), "layer.weight", fileIn(folder).parent_path());
    return target;
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
        row("uniform", Initializer::Uniform, 0.3, 0.3 * 0.3 / 3, true);
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
        const Statistics constants = statisticsOf(drawn(weight(Initializer::Constant, 0.25)).view());
        QCOMPARE(constants.min, 0.25);
        QCOMPARE(constants.max, 0.25);
    }
    void truncatedNormalKeepsWithinTwoDeviations() {
        const Statistics found = statisticsOf(drawn(weight(Initializer::TruncatedNormal, 0.5)).view());
        QVERIFY(found.max <= 1.0 && found.min >= -1.0);
        // What is left of the variance of a normal distribution cut at 2: 1 - 4 φ(2) / (2 Φ(2) - 1).
        const double share = 1 - 4 * std::exp(-2.0) / std::sqrt(2 * std::numbers::pi) / std::erf(std::numbers::sqrt2);
        const double variance = 0.25 * share;
        // Its kurtosis is below a normal distribution's 3.
        QVERIFY(std::abs(found.standardDeviation * found.standardDeviation - variance) <
                5 * variance * std::sqrt(2 / 1e5));
    }
    void orthogonalVectorsAreOrthogonalAndAsLongAsTheGain_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("more columns: the rows") << 30 << 70;
        QTest::newRow("more rows: the columns") << 70 << 30;
        QTest::newRow("square") << 40 << 40;
        QTest::newRow("one row") << 1 << 9;
    }
    void orthogonalVectorsAreOrthogonalAndAsLongAsTheGain() {
        QFETCH(int, rows);
        QFETCH(int, columns);
        constexpr double kGain = 2;
        const Tensor tensor = drawn(
            {"weight", {rows, columns}, Initializer::Orthogonal, columns, rows, kGain, true, true}, 1, DType::Float64);
        const bool ofRows = rows <= columns;
        const int vectors = std::min(rows, columns), length = std::max(rows, columns);
        const auto at = [&](int v, int e) { return tensor.at(ofRows ? v * columns + e : e * columns + v); };
        for (int v = 0; v < vectors; ++v)
            for (int w = 0; w <= v; ++w) {
                double product = 0;
                for (int e = 0; e < length; ++e) product += at(v, e) * at(w, e);
                // Householder: some units of the last place for each of at most 40 reflections of 70 elements.
                QVERIFY(std::abs(product - (v == w ? kGain * kGain : 0)) < 1e-13 * 40);
            }
    }
    void orthogonalDoesNotDependOnThreads() {
        const Arena three(3);
        const ParameterSpec spec = weight(Initializer::Orthogonal);
        QVERIFY(sameBytes(drawn(spec).view(), drawn(spec, 1, DType::Float32, three).view()));
    }
    void weightsOfAFileAreTaken_data() {
        QTest::addColumn<QString>("tensor");
        QTest::newRow("by the parameter's own name") << "";
        QTest::newRow("by a given name") << "other";
    }
    void weightsOfAFileAreTaken() {
        QFETCH(QString, tensor);
        const QTemporaryDir folder;
        const Tensor own = drawn(weight(Initializer::HeNormal), 1), other = drawn(weight(Initializer::HeNormal), 2);
        save(folder, own, other);
        QVERIFY(sameBytes(fromFile(folder, tensor, {200, 500}).view(), (tensor.isEmpty() ? own : other).view()));
    }
    void aFileThatDoesNotFitIsAnErrorThatSaysWhy_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<int>("rows");
        QTest::addColumn<float>("value");
        QTest::addColumn<QString>("message");
        QTest::newRow("another shape") << "layer.weight" << 300 << 1.0f << "has the shape 200x500";
        QTest::newRow("no such tensor") << "lost" << 200 << 1.0f << "has no tensor 'lost'";
        QTest::newRow("a NaN") << "layer.weight" << 200 << std::numeric_limits<float>::quiet_NaN() << "is a NaN";
    }
    void aFileThatDoesNotFitIsAnErrorThatSaysWhy() {
        QFETCH(QString, tensor);
        QFETCH(int, rows);
        QFETCH(float, value);
        QFETCH(QString, message);
        const QTemporaryDir folder;
        const Tensor held = drawn(weight(Initializer::Zeros));
        held.as<float>()[7] = value;
        save(folder, held, held);
        try {
            fromFile(folder, tensor, {rows, 500});
            QFAIL("must be refused");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(message), error.what());
        }
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
