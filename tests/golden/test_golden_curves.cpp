// SPDX-License-Identifier: GPL-3.0-or-later
// Fifty steps of five networks against the losses of PyTorch in data/curves/ (made by make_golden.py).
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/graph/graph_json.h"
#include "tests/core/support_networks.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace gradlens;
using gradlens::test::Machine;
using nlohmann::json;

namespace {
json fileOf(const QString& name) {
    std::ifstream stream(
        (QStringLiteral(GRADLENS_SOURCE_DIR "/tests/golden/data/curves/") + name + ".json").toStdString());
    return json::parse(stream);
}

// As hashed() in make/curves.py: number i of a sequence, in [-0.5, 0.5), a multiple of 2^-32.
double hashed(std::uint64_t i, std::uint64_t salt) {
    constexpr std::uint64_t kMask = 0xFFFFFFFF;
    std::uint64_t x = ((i + 1) * 2654435761u + salt * 40503u) & kMask;
    x = ((x ^ (x >> 15)) * 2246822519u) & kMask;
    x = ((x ^ (x >> 13)) * 3266489917u) & kMask;
    x ^= x >> 16;
    return static_cast<double>(x) / 4294967296.0 - 0.5;
}

template <class F>
void fill(const TensorView& view, F value) {
    for (std::int64_t i = 0; i < view.elements(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const double filled = value(static_cast<std::uint64_t>(i));
        if (view.dtype() == DType::Int32)
            view.as<std::int32_t>()[at] = static_cast<std::int32_t>(filled);
        else
            dispatchReal(view.dtype(), [&]<class T>() { view.as<T>()[at] = static_cast<T>(filled); });
    }
}

// Reals in [-1, 1), or whole numbers below `below`.
void fillBatch(const TensorView& view, std::int64_t below, std::uint64_t salt) {
    if (below == 0)
        fill(view, [&](std::uint64_t i) { return 2 * hashed(i, salt); });
    else
        fill(view, [&](std::uint64_t i) { return std::floor((hashed(i, salt) + 0.5) * static_cast<double>(below)); });
}

std::vector<double> lossesOf(const json& golden, DType type) {
    const nlohmann::ordered_json drawing = nlohmann::ordered_json::parse(golden.at("graph").dump());
    const ModelGraph graph = flatten(graphFromJson(drawing, drawingCatalogue(), "curve"), drawingCatalogue()).graph;
    OptimizerSpec optimizer{golden.at("optimizer").at("name").get<std::string>(), {}};
    for (const auto& [name, value] : golden.at("optimizer").at("attributes").items())
        optimizer.attributes.set(name, value.get<double>());
    Machine machine(graph, golden.at("features").at("shape")[0].get<std::int64_t>(), type, optimizer);
    std::size_t filled = 0;
    for (const json& parameter : golden.at("parameters")) {
        const auto* found = machine.state.find(parameter.at("name").get<std::string>());
        if (found == nullptr) throw std::runtime_error("no parameter " + parameter.at("name").get<std::string>());
        if (parameter.contains("constant"))
            fill(found->tensor.view(), [&](std::uint64_t) { return parameter.at("constant").get<double>(); });
        else
            fill(found->tensor.view(), [&](std::uint64_t i) {
                return hashed(i, parameter.at("salt").get<std::uint64_t>()) * parameter.at("scale").get<double>();
            });
        ++filled;
    }
    std::size_t trainable = 0;
    for (const Value& value : machine.lowered->values) trainable += value.kind == ValueKind::Parameter ? 1 : 0;
    if (filled != trainable) throw std::runtime_error("parameters without golden values");
    std::vector<double> losses;
    for (std::size_t step = 0; step < golden.at("losses").size(); ++step) {
        const std::uint64_t batch = step % golden.at("batches").get<std::uint64_t>();
        fillBatch(machine.features.view(), golden.at("features").at("below").get<std::int64_t>(), 1000 + batch);
        fillBatch(machine.labels.view(), golden.at("labels").at("below").get<std::int64_t>(), 2000 + batch);
        machine.step();
        losses.push_back(machine.loss());
    }
    return losses;
}
}  // namespace

class TestGoldenCurves : public QObject {
    Q_OBJECT

private slots:
    void fiftyStepsLoseWhatPyTorchLosesInDouble_data() { addRows(); }
    void fiftyStepsLoseWhatPyTorchLosesInDouble() {
        QFETCH(QString, network);
        const json golden = fileOf(network);
        const std::vector<double> losses = lossesOf(golden, DType::Float64);
        for (std::size_t step = 0; step < losses.size(); ++step) {
            const double wanted = golden.at("losses")[step].get<double>();
            QVERIFY2(std::abs(losses[step] - wanted) <= 1e-4 * std::abs(wanted),
                     qPrintable(said(step, wanted, losses[step])));
        }
    }
    // Rounding alone makes PyTorch's own float losses stray from its double ones by `spread`; ours round in other
    // places, which may double it, and half a dozen epsilons come on top where it is nothing yet.
    void fiftyStepsInFloatStrayNoFurtherThanPyTorchs_data() { addRows(); }
    void fiftyStepsInFloatStrayNoFurtherThanPyTorchs() {
        QFETCH(QString, network);
        const json golden = fileOf(network);
        const std::vector<double> losses = lossesOf(golden, DType::Float32);
        const double epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());
        for (std::size_t step = 0; step < losses.size(); ++step) {
            const double wanted = golden.at("losses")[step].get<double>();
            const double allowed = 8 * golden.at("spread")[step].get<double>() + 32 * epsilon * std::abs(wanted);
            QVERIFY2(std::abs(losses[step] - wanted) <= allowed, qPrintable(said(step, wanted, losses[step])));
        }
    }

private:
    static void addRows() {
        QTest::addColumn<QString>("network");
        for (const char* name : {"mlp", "cnn", "resnet20", "lstm", "chargpt"}) QTest::newRow(name) << name;
    }
    static QString said(std::size_t step, double wanted, double got) {
        return QString("step %1: PyTorch %2, here %3").arg(step).arg(wanted, 0, 'g', 12).arg(got, 0, 'g', 12);
    }
};

QTEST_GUILESS_MAIN(TestGoldenCurves)
#include "test_golden_curves.moc"
