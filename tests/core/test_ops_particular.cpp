// SPDX-License-Identifier: GPL-3.0-or-later
// What single ops promise beyond the generic tests: dropout's masks, the losses' edges, messages about shapes, and the
// accuracy of the arithmetic under the smooth activations.
#include "core/base/error.h"
#include "core/kernels/transcendental.h"
#include "tests/core/support_op_runner.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace gradlens;
using gradlens::test::OpRun;

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const OpDefinition& opNamed(const char* name) {
    return *opCatalogue().find(name);
}

Tensor floats(const Shape& shape, const std::vector<float>& values) {
    return Tensor::of<float>(shape, values);
}

Tensor labels(const std::vector<std::int32_t>& values) {
    return Tensor::of<std::int32_t>({static_cast<std::int64_t>(values.size())}, values);
}

Tensor constant(const Shape& shape, float value) {
    return floats(shape, std::vector<float>(static_cast<std::size_t>(shape.elements()), value));
}

OpRun dropoutOfOnes(double rate, std::uint64_t seed = 1) {
    OpRun run(opNamed("Dropout"), {{"rate", rate}}, {constant({64, 512}, 1.0f).view()});
    run.seed = seed;
    run.forward(Arena(1));
    return run;
}

OpRun crossEntropy(const Shape& shape, const std::vector<float>& logits, const std::vector<std::int32_t>& classes) {
    OpRun run(opNamed("SoftmaxCrossEntropy"), {}, {floats(shape, logits).view(), labels(classes).view()});
    run.drawGradients();
    run.forward(Arena(1));
    run.backward(Arena(1));
    return run;
}

// The problem of an op with these inputs, "message | expected | got"; empty when there is none.
std::string problemOf(const char* name, const Attributes& attributes, const std::vector<TensorType>& inputs) {
    const OpDefinition& op = opNamed(name);
    const Inference inference = op.infer(completed(op.attributes, attributes, nullptr), inputs);
    if (inference.problems.empty()) return {};
    const OpProblem& problem = inference.problems[0];
    return std::to_string(problem.port) + ": " + problem.message + " | " + problem.expected + " | " + problem.got;
}

TensorType real(const Shape& shape) {
    return {DType::Float32, shape};
}

// The largest relative error of a float function against the double one over [-limit, limit].
template <class F>
double worstError(double limit, F&& pair) {
    double worst = 0;
    for (double x = -limit; x <= limit; x += limit / 20011) {
        const float value = static_cast<float>(x);
        const auto [got, expected] = pair(value, static_cast<double>(value));
        if (expected != 0) worst = std::max(worst, std::abs(static_cast<double>(got) / expected - 1));
    }
    return worst;
}
}  // namespace

class TestOpsParticular : public QObject {
    Q_OBJECT

private slots:
    void dropoutDropsTheShareAskedFor_data();
    void dropoutDropsTheShareAskedFor();
    void dropoutScalesWhatItKeeps();
    void dropoutDiffersByStepAndSeedOnly();
    void dropoutsBackwardDropsTheSame();
    void dropoutIsTheIdentityInEvaluation();
    void crossEntropyOfEvenScoresIsTheLogarithmOfTheClasses();
    void crossEntropyStandsHugeScores();
    void crossEntropyOfALabelThatIsNoClassIsAnError_data();
    void crossEntropyOfALabelThatIsNoClassIsAnError();
    void crossEntropyNeedsNothingSavedInEvaluation_data();
    void crossEntropyNeedsNothingSavedInEvaluation();
    void longLossesKeepTheirDigits();
    void softmaxAddsUpToOne();
    void softmaxOfAnInfinityIsNaN();
    void addOfOneInputIsACopy();
    void problemsNameBothShapes_data();
    void problemsNameBothShapes();
    void inputRefusesImpossibleSizes();
    void classInputsAreIntegers();
    void reshapeFillsInTheOpenSize();
    void exponentialIsAccurate();
    void tangentIsAccurate();
    void logisticIsAccurate();
    void normalCdfIsAccurate();
    void extremesComeOutAsTheyShould();
};

void TestOpsParticular::dropoutDropsTheShareAskedFor_data() {
    QTest::addColumn<double>("rate");
    for (const double rate : {0.1, 0.5, 0.9}) QTest::addRow("%g", rate) << rate;
}

void TestOpsParticular::dropoutDropsTheShareAskedFor() {
    QFETCH(double, rate);
    const OpRun run = dropoutOfOnes(rate);
    const auto values = run.outputs[0].view().as<const float>();
    const double count = static_cast<double>(values.size());
    const double dropped = static_cast<double>(std::ranges::count(values, 0.0f));
    QVERIFY(std::abs(dropped - rate * count) < 5 * std::sqrt(count * rate * (1 - rate)));
}

void TestOpsParticular::dropoutScalesWhatItKeeps() {
    const OpRun run = dropoutOfOnes(0.75);
    for (const float value : run.outputs[0].view().as<const float>()) QVERIFY(value == 0.0f || value == 4.0f);
}

void TestOpsParticular::dropoutDiffersByStepAndSeedOnly() {
    QVERIFY(dropoutOfOnes(0.5, 1).outputs[0].sameBits(dropoutOfOnes(0.5, 1).outputs[0]));
    QVERIFY(!dropoutOfOnes(0.5, 1).outputs[0].sameBits(dropoutOfOnes(0.5, 2).outputs[0]));
}

void TestOpsParticular::dropoutsBackwardDropsTheSame() {
    OpRun run = dropoutOfOnes(0.5);
    run.gradOutputs = {test::Guarded(constant({64, 512}, 1.0f).view())};
    run.backward(Arena(1));
    QVERIFY(run.gradInputs[0].sameBits(run.outputs[0]));
}

void TestOpsParticular::dropoutIsTheIdentityInEvaluation() {
    OpRun run(opNamed("Dropout"), {{"rate", 0.9}}, {floats({1, 3}, {1, -2, 3}).view()});
    run.training = false;
    run.forward(Arena(1));
    QVERIFY(run.outputs[0].sameBits(run.inputs[0]));
}

void TestOpsParticular::crossEntropyOfEvenScoresIsTheLogarithmOfTheClasses() {
    const OpRun run = crossEntropy({1, 4}, {7, 7, 7, 7}, {2});
    QVERIFY(std::abs(run.outputs[0].at(0) - std::log(4.0)) < 1e-6);
    QVERIFY(std::abs(run.gradInputs[0].at(2) + 0.75) < 1e-6);
    QVERIFY(std::abs(run.gradInputs[0].at(0) - 0.25) < 1e-6);
}

void TestOpsParticular::crossEntropyStandsHugeScores() {
    const OpRun run = crossEntropy({1, 3}, {1e30f, -1e30f, 0}, {2});
    QCOMPARE(run.outputs[0].at(0), static_cast<double>(1e30f));
    QCOMPARE(run.gradInputs[0].at(0), 1.0);
    QCOMPARE(run.gradInputs[0].at(2), -1.0);
}

void TestOpsParticular::crossEntropyOfALabelThatIsNoClassIsAnError_data() {
    QTest::addColumn<int>("label");
    for (const int label : {-1, 3, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()})
        QTest::addRow("%d", label) << label;
}

void TestOpsParticular::crossEntropyOfALabelThatIsNoClassIsAnError() {
    QFETCH(int, label);
    QVERIFY_THROWS_EXCEPTION(Error, crossEntropy({1, 3}, {1, 2, 3}, {label}));
}

void TestOpsParticular::crossEntropyNeedsNothingSavedInEvaluation_data() {
    QTest::addColumn<QString>("sample");
    for (const OpSample& sample : opNamed("SoftmaxCrossEntropy").samples)
        QTest::newRow(sample.name.c_str()) << QString::fromStdString(sample.name);
}

void TestOpsParticular::crossEntropyNeedsNothingSavedInEvaluation() {
    QFETCH(QString, sample);
    const OpDefinition& op = opNamed("SoftmaxCrossEntropy");
    const auto found = std::ranges::find(op.samples, sample.toStdString(), &OpSample::name);
    const Arena arena(1);
    OpRun run = test::sampleRun(op, *found, DType::Float32);
    run.forward(arena);
    const test::Guarded loss(run.inference.outputs[0]);
    const std::vector<TensorView> inputs = {run.inputs[0].view(), run.inputs[1].view()}, outputs = {loss.view()};
    op.forward({arena, run.attributes, Random(), false, inputs, {}, outputs, {}, TensorView()});
    QVERIFY(loss.sameBits(run.outputs[0]));
}

// A million squares of 0.1: a float sum would be off in the third digit.
void TestOpsParticular::longLossesKeepTheirDigits() {
    OpRun run(opNamed("MeanSquaredError"), {},
              {constant({1000, 1000}, 0.1f).view(), constant({1000, 1000}, 0.0f).view()});
    run.forward(Arena(1));
    QCOMPARE(static_cast<float>(run.outputs[0].at(0)), 0.1f * 0.1f);
}

void TestOpsParticular::softmaxAddsUpToOne() {
    OpRun run(opNamed("Softmax"), {}, {floats({1, 4}, {1000, 999, -1000, 0}).view()});
    run.forward(Arena(1));
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += run.outputs[0].at(i);
    QVERIFY(std::abs(sum - 1) < 1e-6);
}

void TestOpsParticular::softmaxOfAnInfinityIsNaN() {
    OpRun run(opNamed("Softmax"), {}, {floats({2, 2}, {std::numeric_limits<float>::infinity(), 0, 1, 2}).view()});
    run.forward(Arena(1));
    QVERIFY(std::isnan(run.outputs[0].at(0)));
    QVERIFY(!std::isnan(run.outputs[0].at(2)));
}

void TestOpsParticular::addOfOneInputIsACopy() {
    OpRun run(opNamed("Add"), {}, {floats({1, 3}, {1, -2, 3}).view()});
    run.forward(Arena(1));
    QVERIFY(run.outputs[0].sameBits(run.inputs[0]));
}

void TestOpsParticular::problemsNameBothShapes_data() {
    QTest::addColumn<QString>("got");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& got, const char* expected) {
        QTest::newRow(name) << QString::fromStdString(got) << QString(expected);
    };
    row("add", problemOf("Add", {}, {real({8, 3}), real({8, 4})}),
        "1: cannot add 8x4 to 8x3: the shapes must be the same (nothing is broadcast) | 8x3 | 8x4");
    row("concat", problemOf("Concat", {}, {real({8, 3, 5, 5}), real({8, 3, 5, 6})}),
        "1: cannot join 8x3x5x6 to 8x3x5x5 along axis 0 of a sample: all other sizes must be the same | 8x3x5x5 | "
        "8x3x5x6");
    row("reshape", problemOf("Reshape", {{"shape", IntegerList{2, 3}}}, {real({8, 5})}),
        "0: cannot lay 5 values a sample (5) out as 2x3 | 6 values a sample | 5 values a sample (5)");
    row("reshape, open", problemOf("Reshape", {{"shape", IntegerList{-1, 3}}}, {real({8, 5})}),
        "0: cannot lay 5 values a sample (5) out as ?x3 | a multiple of 3 values a sample | 5 values a sample (5)");
    row("labels", problemOf("SoftmaxCrossEntropy", {}, {real({8, 10}), {DType::Int32, {8, 1}}}),
        "1: has scores of shape 8x10, which want labels of shape 8, got 8x1 | 8 | 8x1");
    row("targets", problemOf("MeanSquaredError", {}, {real({8, 1}), real({8})}),
        "1: compares a prediction of shape 8x1 with a target of shape 8 | 8x1 | 8");
    row("softmax's axis", problemOf("Softmax", {{"axis", std::int64_t{2}}}, {real({8, 3, 5})}),
        "0: has no axis 2 in a sample of shape 3x5 | an input with such an axis | 8x3x5");
    row("no batch", problemOf("Flatten", {}, {real({})}),
        "0: expects a batch of samples, not a single number | Nx... | scalar");
}

void TestOpsParticular::problemsNameBothShapes() {
    QFETCH(QString, got);
    QFETCH(QString, expected);
    QCOMPARE(got, expected);
}

void TestOpsParticular::inputRefusesImpossibleSizes() {
    const IntegerList huge(7, 1 << 24);
    QVERIFY(!problemOf("Input", {{"shape", huge}}, {}).empty());
}

void TestOpsParticular::classInputsAreIntegers() {
    const OpDefinition& op = opNamed("Input");
    const Inference inference =
        op.infer(completed(op.attributes, {{"values", "class"}, {"shape", IntegerList{}}}, nullptr), {});
    QCOMPARE(inference.outputs, (std::vector<TensorType>{{DType::Int32, {1}}}));
}

void TestOpsParticular::reshapeFillsInTheOpenSize() {
    const OpDefinition& op = opNamed("Reshape");
    const std::vector<TensorType> inputs = {real({5, 4, 6})};
    const Inference inference = op.infer(completed(op.attributes, {{"shape", IntegerList{3, -1, 2}}}, nullptr), inputs);
    QCOMPARE(inference.outputs[0].shape, (Shape{5, 3, 4, 2}));
}

void TestOpsParticular::exponentialIsAccurate() {
    QVERIFY(worstError(87, [](float x, double y) { return std::pair(exponential(x), std::exp(y)); }) < 3e-7);
}

void TestOpsParticular::tangentIsAccurate() {
    QVERIFY(worstError(12, [](float x, double y) { return std::pair(hyperbolicTangent(x), std::tanh(y)); }) < 3e-7);
}

void TestOpsParticular::logisticIsAccurate() {
    QVERIFY(worstError(80, [](float x, double y) { return std::pair(logistic(x), 1 / (1 + std::exp(-y))); }) < 3e-7);
}

void TestOpsParticular::normalCdfIsAccurate() {
    QVERIFY(worstError(4, [](float x, double y) { return std::pair(normalCdf(x), normalCdf(y)); }) < 3e-6);
    QVERIFY(worstError(12, [](float x, double y) { return std::pair(normalCdf(x), normalCdf(y)); }) < 3e-5);
}

void TestOpsParticular::extremesComeOutAsTheyShould() {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    QCOMPARE(exponential(kInfinity), kInfinity);
    QCOMPARE(exponential(1000.0f), kInfinity);
    QCOMPARE(exponential(-kInfinity), 0.0f);
    QCOMPARE(hyperbolicTangent(-kInfinity), -1.0f);
    QCOMPARE(logistic(-kInfinity), 0.0f);
    QCOMPARE(normalCdf(kInfinity), 1.0f);
    QCOMPARE(normalCdf(-kInfinity), 0.0f);
    for (const float value : {exponential(static_cast<float>(kNaN)), hyperbolicTangent(static_cast<float>(kNaN)),
                              normalCdf(static_cast<float>(kNaN))})
        QVERIFY(std::isnan(value));
}

QTEST_GUILESS_MAIN(TestOpsParticular)
#include "test_ops_particular.moc"
