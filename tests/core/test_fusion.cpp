// SPDX-License-Identifier: GPL-3.0-or-later
// What a Plan runs as one: found where it may be, not found where somebody else needs what lies between, and without
// changing a bit.
#include "core/plan/plan.h"
#include "support_networks.h"
#include "support_op_runner.h"

#include <algorithm>
#include <cstring>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// features(5) -> Dense(7) "layer" -> ReLU "relu" -> Dense(3) "scores" -> loss
ModelGraph layeredNetwork(const std::string& activation = "ReLU") {
    ModelGraph graph;
    const NodeId layer = draw(graph, "Dense", {drawFeatures(graph, {5})}, units(7), "layer");
    const NodeId scores = draw(graph, "Dense", {draw(graph, activation, {layer}, {}, "act")}, units(3), "scores");
    draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    return graph;
}

std::vector<std::string> fusedNames(const Plan& plan) {
    std::vector<std::string> names;
    for (const Group& group : plan.groups) {
        if (group.kind != Group::Kind::Epilogue) continue;
        std::string name;
        for (const InstructionIndex index : group.instructions)
            name += (name.empty() ? "" : " + ") + plan.graph->instructions[static_cast<std::size_t>(index)].name;
        names.push_back(name);
    }
    return names;
}

// The samples of an op that takes epilogues, each with every activation that can be one.
void epilogues() {
    QTest::addColumn<QString>("producer");
    QTest::addColumn<int>("sample");
    QTest::addColumn<QString>("activation");
    for (const OpDefinition& producer : opCatalogue().ops())
        for (std::size_t sample = 0; producer.takesEpilogue && sample < producer.samples.size(); ++sample)
            for (const OpDefinition& activation : opCatalogue().ops())
                if (activation.epilogue != nullptr)
                    QTest::addRow("%s (%s) and %s", producer.name.c_str(), producer.samples[sample].name.c_str(),
                                  activation.name.c_str())
                        << QString::fromStdString(producer.name) << static_cast<int>(sample)
                        << QString::fromStdString(activation.name);
}

std::vector<TensorView> viewsOf(const std::vector<Guarded>& tensors) {
    std::vector<TensorView> views;
    for (const Guarded& tensor : tensors) views.push_back(tensor.view());
    return views;
}

// Output 0 of `run`'s op with an epilogue, or without one.
Tensor outputOf(const OpRun& run, const Arena& arena, const Epilogue& epilogue) {
    std::vector<Guarded> parameters, outputs, saved;
    for (const Guarded& parameter : run.parameters) parameters.emplace_back(parameter.view());
    for (const TensorType& type : run.inference.outputs) outputs.emplace_back(type);
    for (const TensorType& type : run.inference.saved) saved.emplace_back(type);
    const Tensor scratch(DType::UInt8, {static_cast<std::int64_t>(run.inference.forwardScratch)});
    const auto inputs = viewsOf(run.inputs), handed = viewsOf(parameters), written = viewsOf(outputs),
               kept = viewsOf(saved);
    run.op->forward({arena, run.attributes, Random(1, RandomStream::NodeStreams), true, inputs, handed, written, kept,
                     scratch.view(), epilogue});
    Tensor result(written[0].dtype(), written[0].shape());
    result.copyFrom(written[0]);
    return result;
}
}  // namespace

class TestFusion : public QObject {
    Q_OBJECT

    static void activations() {
        QTest::addColumn<QString>("activation");
        for (const char* name : {"ReLU", "LeakyReLU", "Tanh", "Sigmoid"}) QTest::newRow(name) << QString(name);
    }

private slots:
    void anActivationBehindALayerIsFused_data() { activations(); }
    void anActivationBehindALayerIsFused() {
        QFETCH(QString, activation);
        const Machine machine(layeredNetwork(activation.toStdString()), 4, DType::Float32);
        QCOMPARE(fusedNames(*machine.plan), std::vector<std::string>{"layer forward + act forward"});
        const ValueIndex between = machine.lowered->find("layer.output");
        QCOMPARE(machine.plan->placements[static_cast<std::size_t>(between)].where, Placement::Where::Nowhere);
    }
    void aSumAndANormalisationTakeActivationsToo() {
        ModelGraph graph;
        const NodeId features = drawFeatures(graph, {5});
        const NodeId norm =
            draw(graph, "ReLU", {draw(graph, "BatchNorm", {draw(graph, "Dense", {features}, units(5))}, {}, "norm")},
                 {}, "relu1");
        const NodeId sum = draw(graph, "ReLU", {draw(graph, "Add", {norm, features}, {}, "add")}, {}, "relu2");
        draw(graph, "SoftmaxCrossEntropy", {sum, drawClassLabels(graph)}, {}, "loss");
        const Machine machine(graph, 4, DType::Float32);
        QCOMPARE(fusedNames(*machine.plan),
                 (std::vector<std::string>{"norm forward + relu1 forward", "add forward + relu2 forward"}));
    }
    void aValueThatTwoTakeIsNotFusedAway() {
        ModelGraph graph = layeredNetwork();
        const NodeId second = draw(graph, "Dense", {graph.findByName("layer")->id}, units(3), "second");
        draw(graph, "SoftmaxCrossEntropy", {second, graph.findByName("labels")->id}, {}, "loss2");
        QVERIFY(fusedNames(*Machine(graph, 4, DType::Float32).plan).empty());
    }
    void anActivationWhoseGradientNeedsItsInputIsNotFused() {
        QVERIFY(fusedNames(*Machine(layeredNetwork("GELU"), 4, DType::Float32).plan).empty());
    }
    void scoresOfWhichAccuracyIsToldAreNotFusedAway() {
        ModelGraph graph;
        const NodeId scores = draw(graph, "Dense", {drawFeatures(graph, {5})}, units(3), "scores");
        draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
        const Machine machine(graph, 4, DType::Float32);
        QVERIFY(machine.plan->placements[static_cast<std::size_t>(machine.lowered->find("scores.output"))].where ==
                Placement::Where::Workspace);
    }
    void aWatchedValueIsNotFusedAway() {
        const Machine machine(layeredNetwork(), 4, DType::Float32);
        const Plan plan = makePlan(machine.lowered, {{machine.lowered->find("layer.output")}, true});
        QVERIFY(fusedNames(plan).empty());
        QVERIFY(
            std::ranges::any_of(plan.groups, [](const Group& group) { return group.kind == Group::Kind::Updates; }));
    }
    void aWatchedValueIsNotOverwritten() {
        const Machine machine(layeredNetwork(), 4, DType::Float32);
        const ValueIndex layer = machine.lowered->find("layer.output"), relu = machine.lowered->find("act.output");
        const auto offsetOf = [](const Plan& plan, ValueIndex value) {
            return plan.placements[static_cast<std::size_t>(value)].offset;
        };
        const Plan unfused = makePlan(machine.lowered, {{}, false});
        QCOMPARE(offsetOf(unfused, layer), offsetOf(unfused, relu));
        const Plan watched = makePlan(machine.lowered, {{layer}, false});
        QVERIFY(offsetOf(watched, layer) != offsetOf(watched, relu));
    }
    void allUpdatesAreOneGroup() {
        const Machine machine(layeredNetwork(), 4, DType::Float32, "Adam");
        const Group& last = machine.plan->groups.back();
        QCOMPARE(last.kind, Group::Kind::Updates);
        QCOMPARE(last.instructions.size(), std::size_t{4});
    }
    void withoutFusionEveryInstructionIsAWave() {
        const Machine machine(randomNetwork(3, true), 4, DType::Float32);
        const Plan plan = makePlan(machine.lowered, {{}, false});
        QCOMPARE(plan.waves.size(), plan.graph->instructions.size());
        for (std::size_t i = 0; i < plan.groups.size(); ++i)
            QCOMPARE(plan.groups[i].instructions, std::vector<InstructionIndex>{static_cast<InstructionIndex>(i)});
    }
    void fusionSavesMemory() {
        const Machine machine(layeredNetwork("Tanh"), 64, DType::Float32);
        QVERIFY(machine.plan->valueBytes < makePlan(machine.lowered, {{}, false}).valueBytes);
    }
    void anEpilogueGivesTheBitsOfTheActivationItself_data() { epilogues(); }
    void anEpilogueGivesTheBitsOfTheActivationItself() {
        QFETCH(QString, producer);
        QFETCH(int, sample);
        QFETCH(QString, activation);
        const OpDefinition& op = *opCatalogue().find(producer.toStdString());
        const OpDefinition& after = *opCatalogue().find(activation.toStdString());
        const Attributes attributes = completed(after.attributes, {}, nullptr);
        for (const DType type : {DType::Float32, DType::Float64}) {
            const OpRun run = sampleRun(op, op.samples[static_cast<std::size_t>(sample)], type);
            const Arena one(1), two(2);
            const Tensor plain = outputOf(run, one, {});
            const std::vector<TensorView> input{plain.view()};
            Tensor expected(plain.dtype(), plain.shape());
            const std::vector<TensorView> output{expected.view()};
            after.forward({one, attributes, Random(1, RandomStream::NodeStreams), true, input, {}, output, {}, {}});
            for (const Arena* arena : {&one, &two})
                QVERIFY(sameBytes(outputOf(run, *arena, {after.epilogue, &attributes}).view(), expected.view()));
        }
    }
    void fusionChangesNoBit_data() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 0; seed < 15; ++seed) QTest::addRow("network %llu", seed) << seed;
    }
    void fusionChangesNoBit() {
        QFETCH(quint64, seed);
        Machine fused(randomNetwork(seed, true), 33, DType::Float32, "Adam"),
            apart(randomNetwork(seed, true), 33, DType::Float32, "Adam"),
            parallel(randomNetwork(seed, true), 33, DType::Float32, "Adam", 3);
        apart.plan = std::make_shared<Plan>(makePlan(apart.lowered, {{}, false}));
        apart.useOwnPlan();
        for (int i = 0; i < 3; ++i) {
            fused.step();
            apart.step();
            parallel.step();
        }
        QCOMPARE(fused.state.hash(), apart.state.hash());
        QCOMPARE(parallel.state.hash(), apart.state.hash());
    }
};

QTEST_GUILESS_MAIN(TestFusion)
#include "test_fusion.moc"
