// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/training_graph.h"
#include "support_networks.h"

#include <algorithm>
#include <cmath>

using namespace gradlens;
using namespace gradlens::test;

namespace {
std::vector<std::string> namesOf(const TrainingGraph& graph) {
    std::vector<std::string> names;
    for (const Instruction& instruction : graph.instructions) names.push_back(instruction.name);
    return names;
}

const Instruction* instructionOf(const TrainingGraph& graph, const std::string& name) {
    const auto found = std::ranges::find(graph.instructions, name, &Instruction::name);
    return found == graph.instructions.end() ? nullptr : &*found;
}
}  // namespace

class TestTrainingGraph : public QObject {
    Q_OBJECT

private slots:
    void forwardThenBackwardThenUpdates() {
        const Machine machine(pointsNetwork(), 4, DType::Float32);
        const auto& instructions = machine.lowered->instructions;
        const auto phase = [](InstructionKind kind) {
            return kind == InstructionKind::Forward ? 0 : kind == InstructionKind::Update ? 2 : 1;
        };
        for (std::size_t i = 1; i < instructions.size(); ++i)
            QVERIFY(phase(instructions[i - 1].kind) <= phase(instructions[i].kind));
        const std::vector<std::string> expected{"hidden forward",       "tanh forward",       "scores forward",
                                                "loss forward",         "dL/dL = 1",          "loss backward",
                                                "scores backward",      "tanh backward",      "hidden backward",
                                                "hidden.weight update", "hidden.bias update", "scores.weight update",
                                                "scores.bias update"};
        QCOMPARE(namesOf(*machine.lowered), expected);
    }
    void severalLossesAreSummedByTheirWeights() {
        ModelGraph graph = pointsNetwork();
        const NodeId scores = graph.findByName("scores")->id,
                     labels = graph.edgeInto({graph.findByName("loss")->id, 1})->from.node;
        Attributes weight;
        weight.set("weight", 0.25);
        draw(graph, "SoftmaxCrossEntropy", {scores, labels}, weight, "second");
        Machine one(pointsNetwork(), 4, DType::Float64), two(graph, 4, DType::Float64);
        one.step();
        two.step();
        // The same loss once and a quarter: 1.25 times the value and every gradient. A gradient is a sum of four terms
        // below one half, each rounded once or twice.
        QCOMPARE(two.loss(), 1.25 * one.loss());
        const TensorView alone = one.executor->view(one.lowered->find("scores.bias.grad"));
        const TensorView both = two.executor->view(two.lowered->find("scores.bias.grad"));
        for (std::int64_t i = 0; i < alone.elements(); ++i)
            QVERIFY(std::abs(both.at(i) - 1.25 * alone.at(i)) <= 8 * std::numeric_limits<double>::epsilon());
    }
    void theFirstLayersInputGradientIsNotComputed() {
        const Machine machine(pointsNetwork(), 4, DType::Float32);
        const Instruction* backward = instructionOf(*machine.lowered, "hidden backward");
        QCOMPARE(backward->gradInputs, std::vector<ValueIndex>{kNoValue});
        QCOMPARE(machine.lowered->find("features.output.grad"), kNoValue);
        QVERIFY(machine.lowered->find("hidden.output.grad") != kNoValue);
    }
    void layersWithoutParametersBeforeTheFirstHaveNoBackward() {
        const Machine machine(imagesNetwork(), 4, DType::Float32);
        QVERIFY(instructionOf(*machine.lowered, "conv backward") != nullptr);
        ModelGraph graph = pointsNetwork();
        const NodeId scaled = draw(graph, "Tanh", {graph.findByName("features")->id}, {}, "before");
        graph.connect({{scaled, 0}, {graph.findByName("hidden")->id, 0}});
        const Machine other(graph, 4, DType::Float32);
        QVERIFY(instructionOf(*other.lowered, "before forward") != nullptr);
        QVERIFY(instructionOf(*other.lowered, "before backward") == nullptr);
    }
    void aValueWithTwoConsumersIsAccumulated() {
        ModelGraph graph = pointsNetwork();
        const NodeId hidden = graph.findByName("hidden")->id, tanh = graph.findByName("tanh")->id;
        graph.connect({{draw(graph, "Add", {hidden, tanh}, {}, "skip"), 0}, {graph.findByName("scores")->id, 0}});
        const Machine machine(graph, 4, DType::Float32);
        const Instruction* sum = instructionOf(*machine.lowered, "hidden.output.grad sum");
        QVERIFY(sum != nullptr);
        QCOMPARE(sum->kind, InstructionKind::Accumulate);
        QCOMPARE(sum->inputs.size(), std::size_t{2});
        QCOMPARE(sum->outputs[0], machine.lowered->find("hidden.output.grad"));
    }
    void aValueTwiceAtOneNodeIsAccumulated() {
        ModelGraph graph = pointsNetwork();
        const NodeId tanh = graph.findByName("tanh")->id;
        graph.connect({{draw(graph, "Add", {tanh, tanh}, {}, "twice"), 0}, {graph.findByName("scores")->id, 0}});
        const Machine machine(graph, 4, DType::Float32);
        QCOMPARE(instructionOf(*machine.lowered, "tanh.output.grad sum")->inputs.size(), std::size_t{2});
    }
    void valuesAreNamedAfterTheirNode() {
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        for (const char* name :
             {"features.output", "labels.output", "conv.weight", "conv.weight.grad", "norm.output", "scores.bias"})
            QVERIFY2(machine.lowered->find(name) != kNoValue, name);
        QCOMPARE(machine.lowered->find("nothing.output"), kNoValue);
    }
    void namesAreUnique() {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Machine machine(randomNetwork(seed, true), 2, DType::Float32, "Adam");
            std::vector<std::string> names;
            for (const Value& value : machine.lowered->values) names.push_back(value.name);
            std::ranges::sort(names);
            QVERIFY(std::ranges::adjacent_find(names) == names.end());
        }
    }
    void valuesOfANodeComeForTheViewer() {
        const Machine machine(pointsNetwork(), 4, DType::Float32, "Adam");
        const auto& graph = *machine.lowered;
        std::vector<ValueKind> kinds;
        for (const ValueIndex value : graph.valuesOf(machine.graph.findByName("hidden")->id))
            kinds.push_back(graph.values[static_cast<std::size_t>(value)].kind);
        using enum ValueKind;
        QCOMPARE(kinds, (std::vector<ValueKind>{Activation, Parameter, Parameter, Gradient, Gradient, Gradient,
                                                OptimizerSlot, OptimizerSlot, OptimizerSlot, OptimizerSlot}));
    }
    void writersAreTheInstructionsThatWrite() {
        const Machine machine(imagesNetwork(), 4, DType::Float32, "Adam");
        const TrainingGraph& graph = *machine.lowered;
        const auto writer = [&](const char* name) {
            const std::int32_t at = graph.values[static_cast<std::size_t>(graph.find(name))].writer;
            return at < 0 ? std::string("none") : graph.instructions[static_cast<std::size_t>(at)].name;
        };
        QCOMPARE(writer("features.output"), std::string("none"));
        QCOMPARE(writer("conv.output"), std::string("conv forward"));
        QCOMPARE(writer("conv.output.grad"), std::string("norm backward"));
        QCOMPARE(writer("conv.weight"), std::string("conv.weight update"));
        QCOMPARE(writer("conv.weight.grad"), std::string("conv backward"));
        QCOMPARE(writer("norm.running_mean"), std::string("norm forward"));
    }
    void anEvaluationGraphHasNoBackward() {
        const ModelGraph drawing = imagesNetwork();
        const TrainingGraph graph = lower(drawing, analyse(drawing, opCatalogue(), 4), nullptr);
        QVERIFY(!graph.training);
        for (const Instruction& instruction : graph.instructions) QCOMPARE(instruction.kind, InstructionKind::Forward);
        for (const Value& value : graph.values)
            QVERIFY(value.kind != ValueKind::Gradient && value.kind != ValueKind::OptimizerSlot);
        QVERIFY(graph.loss != kNoValue && graph.scores && graph.labels);
    }
    void instructionsPointToTheirNode() {
        const Machine machine(randomNetwork(4, true), 2, DType::Float32);
        for (const Instruction& instruction : machine.lowered->instructions) {
            QVERIFY(machine.graph.find(instruction.node) != nullptr);
            if (instruction.analysis >= 0)
                QCOMPARE(machine.lowered->nodes[static_cast<std::size_t>(instruction.analysis)].id, instruction.node);
        }
    }

    void gradientsOfWholeGraphsAreRight_data() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 0; seed < 12; ++seed) QTest::addRow("network %llu", seed) << seed;
    }
    // dL/dp of the lowered graph against (L(p + h) - L(p - h)) / 2h, in double.
    void gradientsOfWholeGraphsAreRight() {
        QFETCH(quint64, seed);
        Machine machine(randomNetwork(seed, false), 3, DType::Float64);
        machine.state.learningRate = 0;
        std::vector<std::pair<std::string, Tensor>> gradients;
        for (const Value& value : machine.lowered->values) {
            if (value.kind != ValueKind::Gradient ||
                machine.lowered->values[static_cast<std::size_t>(value.of)].kind != ValueKind::Parameter)
                continue;
            // The workspace is reused: take each right after it was written.
            Tensor copy(value.type.dtype, value.type.shape);
            machine.executor->unwatchAll();
            machine.executor->watch(value.writer, true);
            const ValueIndex index = machine.lowered->find(value.name);
            machine.executor->setObserver([&](InstructionIndex) { copy.copyFrom(machine.executor->view(index)); });
            machine.step();
            gradients.emplace_back(machine.lowered->values[static_cast<std::size_t>(value.of)].name, std::move(copy));
        }
        machine.executor->unwatchAll();
        constexpr double kStep = 1e-6;
        int checked = 0;
        for (const auto& [name, gradient] : gradients) {
            const auto values = machine.state.find(name)->tensor.as<double>();
            const std::size_t stride = std::max<std::size_t>(1, values.size() / 5);
            for (std::size_t i = 0; i < values.size(); i += stride, ++checked) {
                const double kept = values[i];
                values[i] = kept + kStep;
                machine.step();
                const double above = machine.loss();
                values[i] = kept - kStep;
                machine.step();
                const double difference = (above - machine.loss()) / (2 * kStep);
                values[i] = kept;
                const double exact = gradient.at(static_cast<std::int64_t>(i));
                QVERIFY2(std::abs(difference - exact) <= 1e-6 + 1e-4 * std::abs(exact),
                         qPrintable(QString("%1[%2]: %3 by differences, %4 by the graph")
                                        .arg(name.c_str())
                                        .arg(i)
                                        .arg(difference)
                                        .arg(exact)));
            }
        }
        QVERIFY(checked > 10);
    }
};

QTEST_GUILESS_MAIN(TestTrainingGraph)
#include "test_training_graph.moc"
