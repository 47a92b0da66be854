// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "core/train/state.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <clocale>
#include <cmath>
#include <functional>
#include <limits>

using namespace gradlens;
using namespace gradlens::test;

namespace {
State trained() {
    Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
    machine.step();
    machine.step();
    return machine.state.clone();
}

std::string errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

std::filesystem::path fileIn(const QTemporaryDir& folder, const char* name) {
    return std::filesystem::path(folder.path().toStdString()) / name;
}
}  // namespace

class TestState : public QObject {
    Q_OBJECT

private slots:
    void equalStatesHaveEqualHashes() { QCOMPARE(trained().hash(), trained().hash()); }
    void theHashNoticesEveryBit() {
        State state = trained();
        const std::string before = state.hash();
        for (StateEntry& entry : state.entries) {
            auto* bytes = static_cast<unsigned char*>(entry.tensor.view().data());
            for (const std::size_t place : {std::size_t{0}, entry.tensor.bytes() - 1}) {
                for (int bit = 0; bit < 8; ++bit) {
                    bytes[place] = static_cast<unsigned char>(bytes[place] ^ (1u << bit));
                    QVERIFY2(state.hash() != before, entry.name.c_str());
                    bytes[place] = static_cast<unsigned char>(bytes[place] ^ (1u << bit));
                }
            }
        }
        QCOMPARE(state.hash(), before);
    }
    void theHashNoticesStepSeedAndLearningRate() {
        const State state = trained();
        State other = state;
        other.step += 1;
        QVERIFY(other.hash() != state.hash());
        other = state;
        other.seed += 1;
        QVERIFY(other.hash() != state.hash());
        other = state;
        other.learningRate = std::nextafter(other.learningRate, 1);
        QVERIFY(other.hash() != state.hash());
    }
    void theHashNoticesNamesAndShapes() {
        const State state = trained();
        State other = state;
        other.entries[0].name += "x";
        QVERIFY(other.hash() != state.hash());
        other = state.clone();
        const TensorView view = other.entries[0].tensor.view();
        Tensor flat(view.dtype(), {view.elements()});
        flat.copyFrom(view.reshaped({view.elements()}));
        other.entries[0].tensor = flat;
        QVERIFY(other.hash() != state.hash());
        other = state;
        other.entries.pop_back();
        QVERIFY(other.hash() != state.hash());
    }
    void aCloneLivesOnItsOwn() {
        State state = trained();
        const std::string before = state.hash();
        State copy = state.clone();
        copy.entries[0].tensor.as<float>()[0] += 1;
        QCOMPARE(state.hash(), before);
        QVERIFY(copy.hash() != before);
    }
    void aCheckpointComesBackBitForBit() {
        const QTemporaryDir folder;
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        State state = trained();
        state.learningRate = 0.1 + 0.2;  // no short decimal
        state.seed = ~std::uint64_t{0};
        state.entries[0].tensor.as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
        state.entries[0].tensor.as<float>()[1] = -0.0f;
        saveState(state, fileIn(folder, "a.safetensors"));
        QCOMPARE(fitted(loadState(fileIn(folder, "a.safetensors")), *machine.lowered).hash(), state.hash());
    }
    void aCheckpointDoesNotDependOnTheLocale() {
        const QTemporaryDir folder;
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        State state = trained();
        state.learningRate = 0.15;
        const char* comma = nullptr;
        for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
            comma = comma != nullptr ? comma : std::setlocale(LC_NUMERIC, name);
        if (comma == nullptr) QSKIP("no locale with a decimal comma is installed");
        saveState(state, fileIn(folder, "a.safetensors"));
        std::setlocale(LC_NUMERIC, "C");
        QCOMPARE(loadState(fileIn(folder, "a.safetensors")).learningRate, 0.15);
    }
    void aFileThatIsNoCheckpointSaysSo() {
        const QTemporaryDir folder;
        const Tensor tensor = Tensor::zeros(DType::Float32, {2});
        const NamedTensor named{"a", tensor.view()};
        writeSafetensors(fileIn(folder, "a.safetensors"), {&named, 1}, {});
        QVERIFY(errorOf([&] { loadState(fileIn(folder, "a.safetensors")); }).find("not a checkpoint of Gradlens") !=
                std::string::npos);
    }
    void aCheckpointWithoutItsStepSaysSo_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("no step") << "step"
                                 << "";
        QTest::newRow("negative step") << "step"
                                       << "-3";
        QTest::newRow("step with a tail") << "step"
                                          << "3x";
        QTest::newRow("seed too large") << "seed"
                                        << "99999999999999999999999";
        QTest::newRow("learning rate no number") << "learning_rate"
                                                 << "fast";
        QTest::newRow("learning rate not finite") << "learning_rate"
                                                  << "nan";
        QTest::newRow("learning rate negative") << "learning_rate"
                                                << "-0.5";
    }
    void aCheckpointWithoutItsStepSaysSo() {
        QFETCH(QString, key);
        QFETCH(QString, value);
        const QTemporaryDir folder;
        SafetensorsMetadata metadata{
            {"format", "gradlens-state-1"}, {"step", "3"}, {"seed", "1"}, {"learning_rate", "0.5"}};
        const Tensor tensor = Tensor::zeros(DType::Float32, {2});
        const NamedTensor named{"a", tensor.view()};
        writeSafetensors(fileIn(folder, "good.safetensors"), {&named, 1}, metadata);
        QCOMPARE(loadState(fileIn(folder, "good.safetensors")).step, std::int64_t{3});
        metadata[key.toStdString()] = value.toStdString();
        writeSafetensors(fileIn(folder, "a.safetensors"), {&named, 1}, metadata);
        const std::string error = errorOf([&] { loadState(fileIn(folder, "a.safetensors")); });
        QVERIFY2(error.find("the checkpoint") != std::string::npos && error.find("a.safetensors") != std::string::npos,
                 error.c_str());
    }
    void aStateThatDoesNotFitSaysWhy() {
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        const auto fit = [&](State state) { return errorOf([&] { fitted(std::move(state), *machine.lowered); }); };
        QCOMPARE(fit(trained()), std::string("no error"));
        State state = trained();
        std::erase_if(state.entries, [](const StateEntry& entry) { return entry.name == "conv.weight"; });
        QVERIFY(fit(state).find("has no 'conv.weight'") != std::string::npos);
        state = trained();
        state.entries.push_back({"other.weight", ValueKind::Parameter, Tensor::zeros(DType::Float32, {1})});
        QVERIFY(fit(state).find("has 'other.weight', which the drawing has not") != std::string::npos);
        state = trained();
        for (StateEntry& entry : state.entries)
            if (entry.name == "scores.bias") entry.tensor = Tensor::zeros(DType::Float32, {11});
        QVERIFY(fit(state).find("'scores.bias' has the shape 11, the drawing wants 10") != std::string::npos);
        state = trained();
        for (StateEntry& entry : state.entries)
            if (entry.name == "scores.bias") entry.tensor = entry.tensor.cast(DType::Float64);
        QVERIFY(fit(state).find("'scores.bias' holds float64, the drawing wants float32") != std::string::npos);
    }
    void fittingPutsEntriesInOrder() {
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        State state = trained();
        std::ranges::reverse(state.entries);
        QCOMPARE(fitted(state, *machine.lowered).hash(), trained().hash());
    }
    void slotsOfAnotherOptimizerDoNotMatterForParameters() {
        const Machine sgd(imagesNetwork(), 4, DType::Float32, "SGD");
        const State taken = withParametersOf(sgd.state.clone(), trained());
        QCOMPARE(taken.step, std::int64_t{2});
        QVERIFY(sameBytes(taken.find("conv.weight")->tensor.view(), trained().find("conv.weight")->tensor.view()));
        QVERIFY(sameBytes(taken.find("norm.running_mean")->tensor.view(),
                          trained().find("norm.running_mean")->tensor.view()));
    }
};

QTEST_GUILESS_MAIN(TestState)
#include "test_state.moc"
