// SPDX-License-Identifier: GPL-3.0-or-later
// Layers that draw random numbers while training, beside Dropout: what they silence or add, and that backward draws the
// same.
#include "core/tensor/statistics.h"
#include "support_op_runner.h"

#include <QTest>

#include <cmath>

using namespace gradlens;
using gradlens::test::Guarded;
using gradlens::test::OpRun;

namespace {
Tensor filled(const Shape& shape, float value) {
    Tensor tensor(DType::Float32, shape);
    for (float& element : tensor.as<float>()) element = value;
    return tensor;
}

// The same tensor at every input.
OpRun runOn(const char* op, const Attributes& attributes, const Tensor& input, bool training = true,
            std::uint64_t seed = 1) {
    const OpDefinition& definition = *opCatalogue().find(op);
    OpRun run(definition, attributes, std::vector(definition.inputs.size(), input.view()));
    run.training = training;
    run.seed = seed;
    run.forward(Arena(1));
    return run;
}

// How many groups of `size` adjacent elements are all zero; -1 where a group is neither that nor all `kept`.
std::int64_t silencedGroups(const Guarded& values, std::int64_t size, double kept) {
    std::int64_t silenced = 0;
    for (std::int64_t group = 0; group < values.elements() / size; ++group) {
        const double first = values.at(group * size);
        if (first != 0 && first != kept) return -1;
        for (std::int64_t i = 1; i < size; ++i)
            if (values.at(group * size + i) != first) return -1;
        silenced += first == 0;
    }
    return silenced;
}
}  // namespace

class TestNoiseOps : public QObject {
    Q_OBJECT

private slots:
    void wholeGroupsAreSilencedAsOftenAsAskedFor_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("groupSize");
        // 4096 x 5 x 4: each channel of each sample by itself, or each sample.
        QTest::newRow("SpatialDropout: channels") << "SpatialDropout" << 4096 * 5 << 4;
        QTest::newRow("StochasticDepth: samples") << "StochasticDepth" << 4096 << 5 * 4;
    }
    void wholeGroupsAreSilencedAsOftenAsAskedFor() {
        QFETCH(QString, op);
        QFETCH(int, groups);
        QFETCH(int, groupSize);
        constexpr double kRate = 0.75;
        const OpRun run = runOn(qPrintable(op), {{"rate", kRate}}, filled({4096, 5, 4}, 1.0f));
        const auto silenced = static_cast<double>(silencedGroups(run.outputs[0], groupSize, 1 / (1 - kRate)));
        QVERIFY2(silenced >= 0, "a group is silenced as a whole, and the others are scaled");
        QVERIFY(std::abs(silenced - kRate * groups) < 5 * std::sqrt(groups * kRate * (1 - kRate)));
    }
    void backwardSilencesTheSameGroups_data() {
        QTest::addColumn<QString>("op");
        for (const char* op : {"SpatialDropout", "StochasticDepth"}) QTest::newRow(op) << op;
    }
    void backwardSilencesTheSameGroups() {
        QFETCH(QString, op);
        const Tensor ones = filled({64, 5, 4}, 1.0f);
        OpRun run = runOn(qPrintable(op), {{"rate", 0.5}}, ones);
        run.gradOutputs = {Guarded(ones.view())};
        run.backward(Arena(1));
        QVERIFY(run.gradInputs[0].sameBits(run.outputs[0]));
    }
    void noiseHasTheDeviationAskedFor() {
        const OpRun run = runOn("GaussianNoise", {{"deviation", 0.5}}, filled({100, 1000}, 3.0f));
        const Statistics found = statisticsOf(run.outputs[0].view());
        // Five standard errors: of the mean σ / √n, of the deviation σ / √(2n).
        const double error = 5 * 0.5 / std::sqrt(1e5);
        QVERIFY(std::abs(found.mean - 3) < error);
        QVERIFY(std::abs(found.standardDeviation - 0.5) < error / std::sqrt(2.0));
    }
    void aSampleHasTheMeanAndTheVarianceThatAreNamed() {
        const Tensor mean = filled({100, 1000}, 3.0f), logVariance = filled({100, 1000}, std::log(0.25f));
        OpRun run(*opCatalogue().find("GaussianSample"), {}, {mean.view(), logVariance.view()});
        run.forward(Arena(1));
        const Statistics found = statisticsOf(run.outputs[0].view());
        const double error = 5 * 0.5 / std::sqrt(1e5);
        QVERIFY(std::abs(found.mean - 3) < error);
        QVERIFY(std::abs(found.standardDeviation - 0.5) < error / std::sqrt(2.0));
    }
    void seedsDrawDifferently_data() { everyOp(); }
    void seedsDrawDifferently() {
        QFETCH(QString, op);
        const Tensor ones = filled({64, 5, 4}, 1.0f);
        QVERIFY(runOn(qPrintable(op), {}, ones).outputs[0].sameBits(runOn(qPrintable(op), {}, ones).outputs[0]));
        QVERIFY(
            !runOn(qPrintable(op), {}, ones).outputs[0].sameBits(runOn(qPrintable(op), {}, ones, true, 2).outputs[0]));
    }
    void evaluationChangesNothing_data() { everyOp(); }
    void evaluationChangesNothing() {
        QFETCH(QString, op);
        const OpRun run = runOn(qPrintable(op), {}, filled({3, 5, 4}, 1.5f), false);
        QVERIFY(run.outputs[0].sameBits(run.inputs[0]));
    }
    void anIndexThatIsNoRowIsSaidWithItsSample() {
        Tensor indices(DType::Int32, {2, 2});
        for (int i = 0; i < 4; ++i) indices.as<std::int32_t>()[static_cast<std::size_t>(i)] = i == 3 ? 4 : 0;
        OpRun run(*opCatalogue().find("Gather"), {}, {filled({2, 3}, 1).view(), indices.view()});
        try {
            run.forward(Arena(1));
            QFAIL("row 4 of 3 must be an error");
        } catch (const std::exception& error) {
            QVERIFY2(QString(error.what()).contains("index 4 is none of the 3 rows, in sample 2"), error.what());
        }
    }

private:
    static void everyOp() {
        QTest::addColumn<QString>("op");
        for (const OpDefinition& op : opCatalogue().ops())
            if (op.random) QTest::newRow(op.name.c_str()) << QString::fromStdString(op.name);
    }
};

QTEST_GUILESS_MAIN(TestNoiseOps)
#include "test_noise_ops.moc"
