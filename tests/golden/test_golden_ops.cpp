// SPDX-License-Identifier: GPL-3.0-or-later
// Every op against the numbers of PyTorch in data/ops/ (made by make_golden.py).
#include "tests/core/support_op_runner.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>

using namespace gradlens;
using gradlens::test::Guarded;
using gradlens::test::OpRun;
using nlohmann::json;

namespace {
const QString kFolder = QStringLiteral(GRADLENS_SOURCE_DIR "/tests/golden/data/ops");

json fileOf(const QString& op) {
    std::ifstream stream((kFolder + "/" + op + ".json").toStdString());
    return json::parse(stream);
}

Shape shapeOf(const json& tensor) {
    return Shape(tensor.at("shape").get<std::vector<std::int64_t>>());
}

Attributes attributesOf(const json& values) {
    Attributes attributes;
    for (const auto& [name, value] : values.items()) {
        if (value.is_boolean())
            attributes.set(name, value.get<bool>());
        else if (value.is_number_integer())
            attributes.set(name, value.get<std::int64_t>());
        else if (value.is_number())
            attributes.set(name, value.get<double>());
        else if (value.is_string())
            attributes.set(name, value.get<std::string>());
        else if (std::ranges::any_of(value, [](const json& element) { return element.is_number_float(); }))
            attributes.set(name, value.get<RealList>());
        else
            attributes.set(name, value.get<IntegerList>());
    }
    return attributes;
}

void setValues(const Guarded& target, const json& tensor) {
    const json& values = tensor.at("values");
    for (std::size_t i = 0; i < values.size(); ++i) target.set(static_cast<std::int64_t>(i), values[i].get<double>());
}

OpRun runOf(const OpDefinition& op, const json& golden, DType type) {
    std::vector<Guarded> values;
    std::vector<TensorView> inputs;
    for (std::size_t i = 0; i < golden.at("inputs").size(); ++i) {
        const json& tensor = golden.at("inputs")[i];
        const bool labels = op.inputs[std::min(i, op.inputs.size() - 1)].kind == PortKind::ClassIndex;
        values.emplace_back(TensorType{labels ? DType::Int32 : type, shapeOf(tensor)});
        setValues(values.back(), tensor);
    }
    for (const Guarded& value : values) inputs.push_back(value.view());
    OpRun run(op, attributesOf(golden.at("attributes")), inputs, type);
    run.training = golden.at("training").get<bool>();
    return run;
}

// In double the order of summation is all that differs. In float each term of a sum of n terms may add half an epsilon
// of the largest partial result, and a few operations come on top: (n + 8) epsilons of the largest value bounds it.
double tolerance(DType type, const json& golden, double largest) {
    const double scale = std::max(1.0, largest);
    if (type == DType::Float64) return 1e-12 * scale;
    return (golden.at("reduction").get<double>() + 8) * static_cast<double>(std::numeric_limits<float>::epsilon()) *
           scale;
}

void compare(const Guarded& got, const json& expected, DType type, const json& golden, const std::string& name) {
    QVERIFY2(got.view().shape() == shapeOf(expected), (name + " has shape " + got.view().shape().toString()).c_str());
    double largest = 0;
    for (const json& value : expected.at("values")) largest = std::max(largest, std::abs(value.get<double>()));
    const double allowed = tolerance(type, golden, largest);
    for (std::int64_t i = 0; i < got.elements(); ++i) {
        const double wanted = expected.at("values")[static_cast<std::size_t>(i)].get<double>();
        const QString text = QString("%1[%2]: PyTorch %3, here %4")
                                 .arg(QString::fromStdString(name))
                                 .arg(i)
                                 .arg(wanted, 0, 'g', 17)
                                 .arg(got.at(i), 0, 'g', 17);
        QVERIFY2(std::abs(got.at(i) - wanted) <= allowed, qPrintable(text));
    }
}

void addRows() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("inDouble");
    for (const QString& file : QDir(kFolder).entryList({"*.json"}, QDir::Files, QDir::Name)) {
        const QString op = file.chopped(5);
        const json cases = fileOf(op).at("cases");
        for (std::size_t i = 0; i < cases.size(); ++i)
            for (const bool inDouble : {true, false}) {
                const QString name = op + ", " + QString::fromStdString(cases[i].at("name").get<std::string>()) +
                                     (inDouble ? ", double" : ", float");
                QTest::newRow(qPrintable(name)) << op << static_cast<int>(i) << inDouble;
            }
    }
}
}  // namespace

class TestGoldenOps : public QObject {
    Q_OBJECT

private slots:
    void everyOpHasGoldenNumbers_data();
    void everyOpHasGoldenNumbers();
    void agreesWithPyTorch_data() { addRows(); }
    void agreesWithPyTorch();

private:
    void compareGradients(const OpRun& run, const json& golden, DType type);
    Arena m_arena{1};
};

void TestGoldenOps::everyOpHasGoldenNumbers_data() {
    QTest::addColumn<QString>("op");
    for (const OpDefinition& op : opCatalogue().ops())
        if (op.backward != nullptr) QTest::newRow(op.name.c_str()) << QString::fromStdString(op.name);
}

void TestGoldenOps::everyOpHasGoldenNumbers() {
    QFETCH(QString, op);
    QVERIFY(QFile::exists(kFolder + "/" + op + ".json"));
}

void TestGoldenOps::compareGradients(const OpRun& run, const json& golden, DType type) {
    for (std::size_t i = 0; i < run.inputs.size(); ++i)
        if (!golden.at("gradInputs")[i].is_null())
            compare(run.gradInputs[i], golden.at("gradInputs")[i], type, golden,
                    "gradient of input " + std::to_string(i));
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
        const ParameterSpec& spec = run.inference.parameters[i];
        if (spec.trainable)
            compare(run.gradParameters[i], golden.at("gradParameters").at(spec.name), type, golden,
                    "gradient of " + spec.name);
        else
            compare(run.written[i], golden.at("running").at(spec.name), type, golden, spec.name);
    }
}

void TestGoldenOps::agreesWithPyTorch() {
    QFETCH(QString, op);
    QFETCH(int, number);
    QFETCH(bool, inDouble);
    const OpDefinition* definition = opCatalogue().find(op.toStdString());
    QVERIFY2(definition != nullptr, "no such op");
    const json golden = fileOf(op).at("cases")[static_cast<std::size_t>(number)];
    std::vector<AttributeFault> faults;
    (void)completed(definition->attributes, attributesOf(golden.at("attributes")), &faults);
    QVERIFY2(faults.empty(), faults.empty() ? "" : (faults[0].attribute + " " + faults[0].message).c_str());
    const DType type = inDouble ? DType::Float64 : DType::Float32;
    OpRun run = runOf(*definition, golden, type);
    QVERIFY2(run.inference.problems.empty(),
             run.inference.problems.empty() ? "" : run.inference.problems[0].message.c_str());
    QCOMPARE(run.parameters.size(), golden.at("parameters").size());
    for (std::size_t i = 0; i < run.parameters.size(); ++i) {
        const json& tensor = golden.at("parameters").at(run.inference.parameters[i].name);
        QVERIFY2(run.parameters[i].view().shape() == shapeOf(tensor),
                 run.parameters[i].view().shape().toString().c_str());
        setValues(run.parameters[i], tensor);
    }
    run.forward(m_arena);
    QCOMPARE(run.outputs.size(), golden.at("outputs").size());
    for (std::size_t i = 0; i < run.outputs.size(); ++i)
        compare(run.outputs[i], golden.at("outputs")[i], type, golden, "output " + std::to_string(i));
    if (!run.training || QTest::currentTestFailed()) return;
    for (std::size_t i = 0; i < run.outputs.size(); ++i) {
        run.gradOutputs.emplace_back(run.inference.outputs[i]);
        setValues(run.gradOutputs.back(), golden.at("gradOutputs")[i]);
    }
    run.backward(m_arena);
    compareGradients(run, golden, type);
}

QTEST_GUILESS_MAIN(TestGoldenOps)
#include "test_golden_ops.moc"
