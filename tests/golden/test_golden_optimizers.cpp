// SPDX-License-Identifier: GPL-3.0-or-later
// Ten steps of every optimizer against PyTorch's in data/optimizers.json (made by make_golden.py).
#include "core/plan/optimizer.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace gradlens;
using nlohmann::json;

namespace {
json cases() {
    std::ifstream stream(GRADLENS_SOURCE_DIR "/tests/golden/data/optimizers.json");
    return json::parse(stream).at("cases");
}

Attributes attributesOf(const json& values) {
    Attributes attributes;
    for (const auto& [name, value] : values.items()) {
        if (value.is_boolean())
            attributes.set(name, value.get<bool>());
        else
            attributes.set(name, value.get<double>());
    }
    return attributes;
}

void setValues(const Tensor& target, const json& values) {
    dispatchReal(target.dtype(), [&]<class T>() {
        for (std::size_t i = 0; i < values.size(); ++i) target.as<T>()[i] = static_cast<T>(values[i].get<double>());
    });
}

// In double only the order of operations differs. In float, ten steps of some ten operations each round to half an
// epsilon of values up to 4; a step's own error is at most as large as the step, which is of the order of the learning
// rate.
double tolerance(DType type) {
    return type == DType::Float64 ? 1e-12 : 100 * 4 * static_cast<double>(std::numeric_limits<float>::epsilon());
}

void compare(const Tensor& got, const json& expected, const QString& name) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double wanted = expected[i].get<double>(), value = got.at(static_cast<std::int64_t>(i));
        const QString text =
            QString("%1[%2]: PyTorch %3, here %4").arg(name).arg(i).arg(wanted, 0, 'g', 17).arg(value, 0, 'g', 17);
        QVERIFY2(std::abs(value - wanted) <= tolerance(got.dtype()), qPrintable(text));
    }
}
}  // namespace

class TestGoldenOptimizers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOptimizerHasGoldenNumbers();
    void tenStepsAgreeWithPyTorch_data();
    void tenStepsAgreeWithPyTorch();
};

void TestGoldenOptimizers::everyOptimizerHasGoldenNumbers() {
    const json all = cases();
    for (const OptimizerDefinition& optimizer : optimizers())
        QVERIFY2(std::ranges::any_of(all, [&](const json& one) { return one.at("optimizer") == optimizer.name; }),
                 optimizer.name.c_str());
}

void TestGoldenOptimizers::tenStepsAgreeWithPyTorch_data() {
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("inDouble");
    const json all = cases();
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const bool inDouble : {true, false}) {
            const std::string name = all[i].at("optimizer").get<std::string>() + " " + all[i].at("attributes").dump() +
                                     (inDouble ? ", double" : ", float");
            QTest::newRow(name.c_str()) << static_cast<int>(i) << inDouble;
        }
}

void TestGoldenOptimizers::tenStepsAgreeWithPyTorch() {
    QFETCH(int, number);
    QFETCH(bool, inDouble);
    const json golden = cases()[static_cast<std::size_t>(number)];
    const OptimizerDefinition* optimizer = findOptimizer(golden.at("optimizer").get<std::string>());
    QVERIFY(optimizer != nullptr);
    std::vector<AttributeFault> faults;
    const Attributes attributes = completed(optimizer->attributes, attributesOf(golden.at("attributes")), &faults);
    QVERIFY(faults.empty());

    const DType type = inDouble ? DType::Float64 : DType::Float32;
    const Shape shape{static_cast<std::int64_t>(golden.at("start").size())};
    const Tensor parameter(type, shape), gradient(type, shape);
    setValues(parameter, golden.at("start"));
    const std::vector<std::string> names = optimizer->slotNames(attributes);
    std::vector<Tensor> slotTensors;
    std::vector<TensorView> slotViews;
    for (std::size_t i = 0; i < names.size(); ++i) {
        slotTensors.push_back(Tensor::zeros(type, shape));
        slotViews.push_back(slotTensors.back().view());
    }
    QCOMPARE(names.size(), golden.at("slots").size());
    const Arena arena(1);
    for (std::size_t step = 0; step < golden.at("gradients").size(); ++step) {
        setValues(gradient, golden.at("gradients")[step]);
        UpdateContext context{attributes, attributes.real("learning_rate"), static_cast<std::int64_t>(step)};
        context.parameter = parameter.view();
        context.gradient = gradient.view();
        context.slotTensors = slotViews;
        if (optimizer->measure != nullptr) context.measured = optimizer->measure(arena, context);
        optimizer->update(context);
        compare(parameter, golden.at("parameters")[step], QString("after step %1, parameter").arg(step + 1));
        if (QTest::currentTestFailed()) return;
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        compare(slotTensors[i], golden.at("slots").at(names[i]), QString::fromStdString(names[i]));
}

QTEST_GUILESS_MAIN(TestGoldenOptimizers)
#include "test_golden_optimizers.moc"
