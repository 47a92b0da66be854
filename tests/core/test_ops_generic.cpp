// SPDX-License-Identifier: GPL-3.0-or-later
// What every op of the catalogue must do, over every sample it brings.
#include "tests/core/support_op_runner.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace gradlens;
using gradlens::test::Guarded;
using gradlens::test::OpRun;
using gradlens::test::sampleRun;

namespace {
constexpr double kAbsolute = 1e-5, kRelative = 1e-3;  // of gradient checks
constexpr std::int64_t kMostChecked = 256;            // elements a tensor; larger ones are checked at an even stride

void addSampleRows(const std::function<bool(const OpDefinition&)>& wanted) {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("sample");
    for (const OpDefinition& op : opCatalogue().ops()) {
        if (!wanted(op)) continue;
        for (std::size_t i = 0; i < op.samples.size(); ++i)
            QTest::newRow((op.name + ", " + op.samples[i].name).c_str())
                << QString::fromStdString(op.name) << static_cast<int>(i);
    }
}

void addDifferentiableRows() {
    addSampleRows([](const OpDefinition& op) { return op.backward != nullptr; });
}

const OpDefinition& fetchedOp() {
    QFETCH(QString, op);
    return *opCatalogue().find(op.toStdString());
}

const OpSample& fetchedSample() {
    QFETCH(int, sample);
    return fetchedOp().samples[static_cast<std::size_t>(sample)];
}

OpRun fetchedRun(DType type, std::int64_t batch = -1) {
    return sampleRun(fetchedOp(), fetchedSample(), type, batch);
}

bool hasNaN(const Guarded& value) {
    for (std::int64_t i = 0; i < value.elements(); ++i)
        if (std::isnan(value.at(i))) return true;
    return false;
}

// The first element that is off, in words, or nothing.
QString disagreement(OpRun& run, const Guarded& values, const Guarded& gradient, const Arena& arena,
                     const std::string& name) {
    const std::int64_t stride = std::max<std::int64_t>(1, values.elements() / kMostChecked);
    for (std::int64_t i = 0; i < values.elements(); i += stride) {
        const double expected = centralDifference(run, values, i, arena);
        const double got = gradient.at(i);
        if (!(std::abs(got - expected) <= kAbsolute + kRelative * std::abs(expected)))
            return QString("%1[%2]: central difference %3, backward %4")
                .arg(QString::fromStdString(name))
                .arg(i)
                .arg(expected)
                .arg(got);
    }
    return {};
}

QString gradientDisagreement(OpRun& run, const Arena& arena) {
    run.forward(arena);
    run.backward(arena);
    const std::vector<Guarded> inputGradients = run.gradInputs, parameterGradients = run.gradParameters;
    for (std::size_t i = 0; i < run.inputs.size(); ++i) {
        if (!isReal(run.inputs[i].view().dtype())) continue;
        const QString text = disagreement(run, run.inputs[i], inputGradients[i], arena, "input" + std::to_string(i));
        if (!text.isEmpty()) return text;
    }
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
        if (!run.inference.parameters[i].trainable) continue;
        const QString text =
            disagreement(run, run.parameters[i], parameterGradients[i], arena, run.inference.parameters[i].name);
        if (!text.isEmpty()) return text;
    }
    return {};
}

// The largest |float - double|, relative to the largest |double| of the tensor and at least 1e-3.
double relativeDistance(const std::vector<Guarded>& floats, const std::vector<Guarded>& doubles) {
    double worst = 0;
    for (std::size_t i = 0; i < floats.size(); ++i) {
        double scale = 1e-3, distance = 0;
        for (std::int64_t k = 0; k < doubles[i].elements(); ++k) {
            if (std::isnan(doubles[i].at(k)) && std::isnan(floats[i].at(k))) continue;
            scale = std::max(scale, std::abs(doubles[i].at(k)));
            const double difference = std::abs(floats[i].at(k) - doubles[i].at(k));
            distance =
                std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(distance, difference);
        }
        worst = std::max(worst, distance / scale);
    }
    return worst;
}

bool sameBits(const std::vector<Guarded>& a, const std::vector<Guarded>& b) {
    return std::ranges::equal(a, b, [](const Guarded& x, const Guarded& y) { return !x.view() || x.sameBits(y); });
}
}  // namespace

class TestOpsGeneric : public QObject {
    Q_OBJECT

private slots:
    void everyOpIsDocumented_data();
    void everyOpIsDocumented();
    void attributesSurviveTheirText_data() { everyOpIsDocumented_data(); }
    void attributesSurviveTheirText();
    void defaultsFitTheirOwnBounds_data() { everyOpIsDocumented_data(); }
    void defaultsFitTheirOwnBounds();
    void strangeInputsGiveProblemsNotCrashes_data() { everyOpIsDocumented_data(); }
    void strangeInputsGiveProblemsNotCrashes();
    void samplesAreFreeOfProblems_data();
    void samplesAreFreeOfProblems();
    void costsAreFinite_data() { samplesAreFreeOfProblems_data(); }
    void costsAreFinite();
    void outputsAreWrittenWholeAndNothingElse_data() { addDifferentiableRows(); }
    void outputsAreWrittenWholeAndNothingElse();
    void gradientsMatchCentralDifferences_data() { addDifferentiableRows(); }
    void gradientsMatchCentralDifferences();
    void gradientsMatchForOneSample_data() { addDifferentiableRows(); }
    void gradientsMatchForOneSample();
    void floatAgreesWithDouble_data() { addDifferentiableRows(); }
    void floatAgreesWithDouble();
    void anEmptyBatchPasses_data() { addDifferentiableRows(); }
    void anEmptyBatchPasses();
    void nanGoesThrough_data() { addDifferentiableRows(); }
    void nanGoesThrough();
    void bitsDoNotDependOnThreads_data() { addDifferentiableRows(); }
    void bitsDoNotDependOnThreads();
    void forwardInPlaceGivesTheSame_data();
    void forwardInPlaceGivesTheSame();
    void backwardInPlaceGivesTheSame_data();
    void backwardInPlaceGivesTheSame();
    void unwantedGradientsAreLeftOut_data() { addDifferentiableRows(); }
    void unwantedGradientsAreLeftOut();
    void evaluationRepeats_data() { addDifferentiableRows(); }
    void evaluationRepeats();

private:
    Arena m_arena{1};
};

void TestOpsGeneric::everyOpIsDocumented_data() {
    QTest::addColumn<QString>("op");
    for (const OpDefinition& op : opCatalogue().ops())
        QTest::newRow(op.name.c_str()) << QString::fromStdString(op.name);
}

void TestOpsGeneric::everyOpIsDocumented() {
    const OpDefinition& op = fetchedOp();
    QVERIFY(!op.category.empty());
    QVERIFY2(op.summary.ends_with('.') && op.summary.size() > 20, "the summary is a sentence");
    QVERIFY(op.maths.size() > 20);
    QVERIFY(!op.baseName.empty());
    QVERIFY(!op.exported.onnx.empty() && !op.exported.pytorch.empty() && !op.exported.keras.empty());
    QVERIFY(!op.samples.empty());
    for (const PortSpec& port : op.inputs) QVERIFY2(!port.help.empty(), port.name.c_str());
    for (const PortSpec& port : op.outputs) QVERIFY2(!port.help.empty(), port.name.c_str());
    for (const AttributeSpec& attribute : op.attributes)
        QVERIFY2(attribute.help.size() > 10 && !attribute.label.empty(), attribute.name.c_str());
    for (std::size_t i = 0; i + 1 < op.inputs.size(); ++i)
        QVERIFY2(!op.inputs[i].variadic, "only the last input may be variadic");
}

void TestOpsGeneric::attributesSurviveTheirText() {
    const OpDefinition& op = fetchedOp();
    std::vector<Attributes> cases = {completed(op.attributes, {}, nullptr)};
    for (const OpSample& sample : op.samples) cases.push_back(completed(op.attributes, sample.attributes, nullptr));
    for (const Attributes& attributes : cases)
        for (const AttributeSpec& spec : op.attributes) {
            const AttributeValue value = *attributes.find(spec.name);
            const auto back = fromText(spec, toText(value));
            QVERIFY2(back.has_value() && *back == value, (spec.name + " = " + toText(value)).c_str());
        }
}

void TestOpsGeneric::defaultsFitTheirOwnBounds() {
    const OpDefinition& op = fetchedOp();
    for (const AttributeSpec& spec : op.attributes) {
        std::string message;
        QVERIFY2(normalised(spec, spec.defaultValue, &message) == spec.defaultValue,
                 (spec.name + " " + message).c_str());
    }
    for (const OpSample& sample : op.samples) {
        std::vector<AttributeFault> faults;
        (void)completed(op.attributes, sample.attributes, &faults);
        QVERIFY2(faults.empty(),
                 faults.empty() ? "" : (sample.name + ": " + faults[0].attribute + " " + faults[0].message).c_str());
    }
}

// Any rank on any port, defaults for the attributes: an op answers with shapes or with a problem that says something.
void TestOpsGeneric::strangeInputsGiveProblemsNotCrashes() {
    const OpDefinition& op = fetchedOp();
    const Attributes attributes = completed(op.attributes, {}, nullptr);
    const std::vector<Shape> shapes = {
        {}, {3}, {3, 5}, {3, 1, 1}, {2, 3, 5, 7}, {1, 1, 1, 1}, {1, 2, 1, 2, 1, 2, 1, 2}};
    for (const Shape& first : shapes)
        for (const Shape& other : shapes) {
            std::vector<TensorType> inputs;
            for (const PortSpec& port : op.inputs)
                inputs.push_back({port.kind == PortKind::ClassIndex ? DType::Int32 : DType::Float32,
                                  inputs.empty() ? first : other});
            if (!op.inputs.empty() && op.inputs.back().variadic) inputs.push_back({DType::Float32, other});
            const Inference inference = op.infer(attributes, inputs);
            const std::string text = op.name + " of " + first.toString() + " and " + other.toString();
            if (inference.problems.empty()) {
                QVERIFY2(static_cast<int>(inference.outputs.size()) == outputCountOf(op, attributes), text.c_str());
                for (const TensorType& output : inference.outputs)
                    QVERIFY2(output.shape.checkedElements().value_or(0) > 0, text.c_str());
            }
            for (const OpProblem& problem : inference.problems)
                QVERIFY2(!problem.message.empty() && !problem.hint.empty(), (text + ": " + problem.message).c_str());
        }
}

void TestOpsGeneric::samplesAreFreeOfProblems_data() {
    addSampleRows([](const OpDefinition&) { return true; });
}

void TestOpsGeneric::samplesAreFreeOfProblems() {
    const OpDefinition& op = fetchedOp();
    const Attributes attributes = completed(op.attributes, fetchedSample().attributes, nullptr);
    const Inference inference = op.infer(attributes, fetchedSample().inputs);
    QVERIFY2(inference.problems.empty(), inference.problems.empty() ? "" : inference.problems[0].message.c_str());
    QCOMPARE(static_cast<int>(inference.outputs.size()), outputCountOf(op, attributes));
}

void TestOpsGeneric::costsAreFinite() {
    const OpDefinition& op = fetchedOp();
    const Attributes attributes = completed(op.attributes, fetchedSample().attributes, nullptr);
    const OpCost cost = op.cost(attributes, fetchedSample().inputs, op.infer(attributes, fetchedSample().inputs));
    for (const Cost& part : {cost.forward, cost.backward})
        for (const double figure : {part.flops, part.bytesRead, part.bytesWritten})
            QVERIFY(std::isfinite(figure) && figure >= 0);
    QVERIFY(cost.forward.bytesWritten > 0);
}

void TestOpsGeneric::outputsAreWrittenWholeAndNothingElse() {
    OpRun run = fetchedRun(DType::Float32);
    run.forward(m_arena);
    for (const Guarded& output : run.outputs) QVERIFY2(!hasNaN(output), "an output element was not written");
    run.backward(m_arena);
    for (std::size_t i = 0; i < run.gradInputs.size(); ++i)
        if (isReal(run.gradInputs[i].view().dtype()))
            QVERIFY2(!hasNaN(run.gradInputs[i]), "an element of an input's gradient was not written");
    for (std::size_t i = 0; i < run.gradParameters.size(); ++i)
        if (run.inference.parameters[i].trainable)
            QVERIFY2(!hasNaN(run.gradParameters[i]), "an element of a parameter's gradient was not written");
    QVERIFY2(run.guardsAreIntact(), "something was written behind the end of a tensor");
}

void TestOpsGeneric::gradientsMatchCentralDifferences() {
    OpRun run = fetchedRun(DType::Float64);
    const QString text = gradientDisagreement(run, m_arena);
    QVERIFY2(text.isEmpty(), qPrintable(text));
}

void TestOpsGeneric::gradientsMatchForOneSample() {
    OpRun run = fetchedRun(DType::Float64, 1);
    if (!run.inference.problems.empty()) return;  // an op may say that it needs more
    const QString text = gradientDisagreement(run, m_arena);
    QVERIFY2(text.isEmpty(), qPrintable(text));
}

// Samples are small: reductions run over at most some hundred terms, so 1e-4 of the largest value is dozens of times
// what rounding (6e-8 a term) leaves.
void TestOpsGeneric::floatAgreesWithDouble() {
    OpRun floats = fetchedRun(DType::Float32), doubles = fetchedRun(DType::Float64);
    for (OpRun* run : {&floats, &doubles}) {
        run->forward(m_arena);
        run->backward(m_arena);
    }
    QVERIFY(relativeDistance(floats.outputs, doubles.outputs) < 1e-4);
    for (std::size_t i = 0; i < floats.gradInputs.size(); ++i)
        if (isReal(floats.gradInputs[i].view().dtype()))
            QVERIFY(relativeDistance({floats.gradInputs[i]}, {doubles.gradInputs[i]}) < 1e-4);
    for (std::size_t i = 0; i < floats.gradParameters.size(); ++i)
        if (floats.inference.parameters[i].trainable)
            QVERIFY(relativeDistance({floats.gradParameters[i]}, {doubles.gradParameters[i]}) < 1e-4);
}

void TestOpsGeneric::anEmptyBatchPasses() {
    OpRun run = fetchedRun(DType::Float32, 0);
    QVERIFY2(run.inference.problems.empty(), "an empty batch is no fault of the drawing");
    run.forward(m_arena);
    run.backward(m_arena);
    QVERIFY(run.guardsAreIntact());
    for (std::size_t i = 0; i < run.gradParameters.size(); ++i)
        if (run.inference.parameters[i].trainable)
            QVERIFY2(!hasNaN(run.gradParameters[i]), "no sample, no gradient: zeros");
}

void TestOpsGeneric::nanGoesThrough() {
    OpRun run = fetchedRun(DType::Float32);
    // Whole numbers have no NaN: then the parameter that they choose from is full of it.
    const bool whole = !isReal(run.inputs[0].view().dtype());
    const Guarded& target = whole ? run.parameters[0] : run.inputs[0];
    for (std::int64_t i = whole ? 0 : target.elements() / 2;
         i < (whole ? target.elements() : target.elements() / 2 + 1); ++i)
        target.set(i, std::numeric_limits<double>::quiet_NaN());
    run.forward(m_arena);
    QVERIFY2(std::ranges::any_of(run.outputs, hasNaN), "a NaN in the input must show in the output");
}

void TestOpsGeneric::bitsDoNotDependOnThreads() {
    // Large enough for several tiles, in samples of the size given.
    constexpr std::int64_t kElements = 1 << 17;
    const OpSample& sample = fetchedSample();
    const std::int64_t perSample = std::max<std::int64_t>(1, sample.inputs[0].shape.slice(1).elements());
    const std::int64_t batch = kElements / perSample + 1;
    OpRun reference = fetchedRun(DType::Float32, batch);
    reference.forward(m_arena);
    reference.backward(m_arena);
    for (const int threads : {2, 4}) {
        const Arena arena(threads);
        OpRun run = fetchedRun(DType::Float32, batch);
        run.forward(arena);
        run.backward(arena);
        QVERIFY2(sameBits(run.outputs, reference.outputs), "outputs");
        QVERIFY2(sameBits(run.saved, reference.saved), "saved");
        QVERIFY2(sameBits(run.written, reference.written), "running statistics");
        QVERIFY2(sameBits(run.gradInputs, reference.gradInputs), "input gradients");
        QVERIFY2(sameBits(run.gradParameters, reference.gradParameters), "parameter gradients");
    }
}

void TestOpsGeneric::forwardInPlaceGivesTheSame_data() {
    addSampleRows([](const OpDefinition& op) { return op.backward != nullptr && op.forwardInPlace; });
}

void TestOpsGeneric::forwardInPlaceGivesTheSame() {
    OpRun apart = fetchedRun(DType::Float32), together = fetchedRun(DType::Float32);
    together.inPlaceForward = true;
    for (OpRun* run : {&apart, &together}) run->forward(m_arena);
    QVERIFY(sameBits(apart.outputs, together.outputs));
    QVERIFY(sameBits(apart.saved, together.saved));
}

void TestOpsGeneric::backwardInPlaceGivesTheSame_data() {
    addSampleRows([](const OpDefinition& op) { return op.backward != nullptr && op.backwardInPlace; });
}

void TestOpsGeneric::backwardInPlaceGivesTheSame() {
    OpRun apart = fetchedRun(DType::Float32), together = fetchedRun(DType::Float32);
    together.inPlaceBackward = true;
    for (OpRun* run : {&apart, &together}) {
        run->forward(m_arena);
        run->backward(m_arena);
    }
    QVERIFY(sameBits(apart.gradInputs, together.gradInputs));
    QVERIFY(sameBits(apart.gradParameters, together.gradParameters));
}

void TestOpsGeneric::unwantedGradientsAreLeftOut() {
    OpRun all = fetchedRun(DType::Float32);
    all.forward(m_arena);
    all.backward(m_arena);
    for (std::size_t unwanted = 0; unwanted < all.inputs.size(); ++unwanted) {
        // Where nothing at all is wanted, backward is not called.
        std::int64_t left = static_cast<std::int64_t>(all.parameters.size());
        for (std::size_t i = 0; i < all.inputs.size(); ++i)
            left += i != unwanted && isReal(all.inputs[i].view().dtype());
        if (left == 0) continue;
        OpRun some = fetchedRun(DType::Float32);
        some.wantedInputs.assign(all.inputs.size(), 1);
        some.wantedInputs[unwanted] = 0;
        some.forward(m_arena);
        some.backward(m_arena);
        for (std::size_t i = 0; i < all.inputs.size(); ++i)
            if (i != unwanted && isReal(all.inputs[i].view().dtype()))
                QVERIFY(some.gradInputs[i].sameBits(all.gradInputs[i]));
        QVERIFY(sameBits(some.gradParameters, all.gradParameters));
    }
}

// Evaluation leaves the running statistics alone and draws nothing at random.
void TestOpsGeneric::evaluationRepeats() {
    OpRun first = fetchedRun(DType::Float32), second = fetchedRun(DType::Float32);
    second.seed = 2;
    for (OpRun* run : {&first, &second}) {
        run->training = false;
        run->forward(m_arena);
    }
    QVERIFY(sameBits(first.outputs, second.outputs));
    for (std::size_t i = 0; i < first.parameters.size(); ++i)
        if (first.written[i].view())
            QVERIFY2(first.written[i].sameBits(first.parameters[i]), "evaluation changed a running statistic");
}

QTEST_GUILESS_MAIN(TestOpsGeneric)
#include "test_ops_generic.moc"
