// SPDX-License-Identifier: GPL-3.0-or-later
// What the golden numbers do not show: slots, decay of biases, threads, infinities.
#include "core/base/philox.h"
#include "core/plan/optimizer.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace gradlens;

namespace {
// One parameter and what an optimizer keeps for it.
struct Subject {
    const OptimizerDefinition& optimizer;
    Attributes attributes;
    Tensor parameter, gradient;
    std::vector<Tensor> state;
    double scale = 1, limit = std::numeric_limits<double>::infinity();

    Subject(const char* name, const Attributes& given, std::int64_t count)
        : optimizer(*findOptimizer(name)),
          attributes(completed(optimizer.attributes, given, nullptr)),
          parameter(DType::Float32, {count}),
          gradient(DType::Float32, {count}) {
        for (std::int64_t i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(i);
            parameter.as<float>()[at] = static_cast<float>(Random(1, RandomStream::Generate).normal(at));
            gradient.as<float>()[at] = static_cast<float>(Random(2, RandomStream::Generate).normal(at));
        }
        for (std::size_t i = 0; i < optimizer.slotNames(attributes).size(); ++i)
            state.push_back(Tensor::zeros(DType::Float32, {count}));
    }

    void step(const Arena& arena, std::int64_t number, bool decays = true) {
        std::vector<TensorView> views;
        for (const Tensor& tensor : state) views.push_back(tensor.view());
        UpdateContext context{attributes, attributes.real("learning_rate"), number};
        context.decays = decays;
        context.gradientScale = scale;
        context.gradientLimit = limit;
        context.parameter = parameter.view();
        context.gradient = gradient.view();
        context.slotTensors = views;
        if (optimizer.measure != nullptr) context.measured = optimizer.measure(arena, context);
        optimizer.update(context);
    }
};

bool sameBits(const Tensor& a, const Tensor& b) {
    return std::ranges::equal(a.view().rawBytes(), b.view().rawBytes());
}

void addOptimizers() {
    QTest::addColumn<QString>("name");
    for (const OptimizerDefinition& optimizer : optimizers())
        QTest::newRow(optimizer.name.c_str()) << QString::fromStdString(optimizer.name);
}

std::string fetchedName() {
    QFETCH(QString, name);
    return name.toStdString();
}
}  // namespace

class TestOptimizers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOptimizerIsDocumented_data() { addOptimizers(); }
    void everyOptimizerIsDocumented();
    void sgdKeepsNothingWithoutMomentum();
    void sgdKeepsItsMomentum();
    void adamKeepsTwoMoments();
    void anUnknownNameFindsNothing();
    void biasesDecayUnlessToldNotTo_data();
    void biasesDecayUnlessToldNotTo();
    void bitsDoNotDependOnThreads_data() { addOptimizers(); }
    void bitsDoNotDependOnThreads();
    void aNaNGradientSpoilsItsElementOnly_data() { addOptimizers(); }
    void patternsMatchNamesWhole_data();
    void patternsMatchNamesWhole();
    void gradientsAreScaledThenCutToSize_data() { addOptimizers(); }
    void gradientsAreScaledThenCutToSize();
    void aNaNGradientSpoilsItsElementOnly();
    void anInfiniteGradientDrivesSgdToInfinity();
    void aZeroLearningRateMovesNothing_data() { addOptimizers(); }
    void aZeroLearningRateMovesNothing();
    void anEmptyParameterPasses_data() { addOptimizers(); }
    void anEmptyParameterPasses();
};

void TestOptimizers::everyOptimizerIsDocumented() {
    const OptimizerDefinition& optimizer = *findOptimizer(fetchedName());
    QVERIFY(optimizer.summary.ends_with('.'));
    QVERIFY(optimizer.maths.size() > 20);
    QVERIFY(!optimizer.pytorch.empty() && !optimizer.keras.empty());
    QCOMPARE(optimizer.attributes.front().name, std::string("learning_rate"));
    for (const AttributeSpec& spec : optimizer.attributes) {
        QVERIFY2(!spec.help.empty() && !spec.label.empty(), spec.name.c_str());
        QVERIFY2(normalised(spec, spec.defaultValue, nullptr) == spec.defaultValue, spec.name.c_str());
    }
}

void TestOptimizers::sgdKeepsNothingWithoutMomentum() {
    QVERIFY(Subject("SGD", {}, 1).state.empty());
}

void TestOptimizers::sgdKeepsItsMomentum() {
    const Subject subject("SGD", {{"momentum", 0.9}}, 1);
    QCOMPARE(subject.optimizer.slotNames(subject.attributes), std::vector<std::string>{"momentum"});
}

void TestOptimizers::adamKeepsTwoMoments() {
    const Subject subject("Adam", {}, 1);
    QCOMPARE(subject.optimizer.slotNames(subject.attributes), (std::vector<std::string>{"adam_m", "adam_v"}));
}

void TestOptimizers::anUnknownNameFindsNothing() {
    QVERIFY(findOptimizer("Adamm") == nullptr);
}

void TestOptimizers::biasesDecayUnlessToldNotTo_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("decayAll");
    for (const OptimizerDefinition& optimizer : optimizers())
        for (const bool all : {true, false})
            QTest::newRow((optimizer.name + (all ? ", all" : ", weights only")).c_str())
                << QString::fromStdString(optimizer.name) << all;
}

void TestOptimizers::biasesDecayUnlessToldNotTo() {
    QFETCH(bool, decayAll);
    const Arena arena(1);
    Subject bias(fetchedName().c_str(), {{"weight_decay", 0.5}, {"decay_all", decayAll}}, 5);
    Subject without(fetchedName().c_str(), {{"weight_decay", 0.0}}, 5);
    Subject weight(fetchedName().c_str(), {{"weight_decay", 0.5}}, 5);
    // Two steps: Adam's first depends on the gradient's sign alone.
    for (std::int64_t step = 0; step < 2; ++step) {
        bias.step(arena, step, false);
        without.step(arena, step);
        weight.step(arena, step);
        for (const Subject* subject : {&bias, &without, &weight})
            for (float& value : subject->gradient.as<float>()) value *= 0.25f;
    }
    QVERIFY(sameBits(bias.parameter, decayAll ? weight.parameter : without.parameter));
    QVERIFY(!sameBits(weight.parameter, without.parameter));
}

void TestOptimizers::bitsDoNotDependOnThreads() {
    constexpr std::int64_t kCount = 100003;
    std::vector<Tensor> results;
    for (const int threads : {1, 2, 4}) {
        const Arena arena(threads);
        Subject subject(fetchedName().c_str(), {}, kCount);
        for (std::int64_t step = 0; step < 3; ++step) subject.step(arena, step);
        results.push_back(subject.parameter);
    }
    QVERIFY(sameBits(results[0], results[1]));
    QVERIFY(sameBits(results[0], results[2]));
}

void TestOptimizers::aNaNGradientSpoilsItsElementOnly() {
    const Arena arena(1);
    Subject subject(fetchedName().c_str(), {}, 20);
    subject.gradient.as<float>()[7] = std::numeric_limits<float>::quiet_NaN();
    subject.step(arena, 0);
    // One that looks at the norm of the whole cannot but see it everywhere.
    const bool everywhere = subject.optimizer.measure != nullptr;
    for (std::int64_t i = 0; i < 20; ++i) QCOMPARE(std::isnan(subject.parameter.at(i)), everywhere || i == 7);
}

void TestOptimizers::patternsMatchNamesWhole_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<bool>("matches");
    for (const auto& [pattern, matches] : std::initializer_list<std::pair<const char*, bool>>{{"conv1.weight", true},
                                                                                              {"conv1.*", true},
                                                                                              {"*.weight", true},
                                                                                              {"*", true},
                                                                                              {"conv?.w*t", true},
                                                                                              {"*v*.*g*", true},
                                                                                              {"conv1.weight*", true},
                                                                                              {"**", true},
                                                                                              {"conv1", false},
                                                                                              {"", false},
                                                                                              {"conv2.*", false},
                                                                                              {"*.bias", false},
                                                                                              {"weight", false},
                                                                                              {"conv1.weight?", false}})
        QTest::newRow(pattern) << QString(pattern) << matches;
}

void TestOptimizers::patternsMatchNamesWhole() {
    QFETCH(QString, pattern);
    QFETCH(bool, matches);
    QCOMPARE(matchesPattern(pattern.toStdString(), "conv1.weight"), matches);
}

void TestOptimizers::gradientsAreScaledThenCutToSize() {
    const Arena arena(1);
    Subject clipped(fetchedName().c_str(), {}, 50), byHand(fetchedName().c_str(), {}, 50);
    clipped.scale = 0.5;
    clipped.limit = 0.25;
    for (float& value : byHand.gradient.as<float>()) value = std::clamp(value * 0.5f, -0.25f, 0.25f);
    clipped.step(arena, 0);
    byHand.step(arena, 0);
    QVERIFY(sameBits(clipped.parameter, byHand.parameter));
}

void TestOptimizers::anInfiniteGradientDrivesSgdToInfinity() {
    const Arena arena(1);
    Subject subject("SGD", {{"momentum", 0.9}}, 1);
    subject.gradient.as<float>()[0] = std::numeric_limits<float>::infinity();
    subject.step(arena, 0);
    QVERIFY(subject.parameter.at(0) == -std::numeric_limits<double>::infinity());
}

void TestOptimizers::aZeroLearningRateMovesNothing() {
    const Arena arena(1);
    Subject subject(fetchedName().c_str(), {{"learning_rate", 0.0}}, 50);
    const Tensor before = subject.parameter.clone();
    subject.step(arena, 0);
    QVERIFY(sameBits(subject.parameter, before));
}

void TestOptimizers::anEmptyParameterPasses() {
    const Arena arena(1);
    Subject subject(fetchedName().c_str(), {}, 0);
    subject.step(arena, 0);
    QCOMPARE(subject.parameter.elements(), 0);
}

QTEST_GUILESS_MAIN(TestOptimizers)
#include "test_optimizers.moc"
