// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/plan.h"
#include "support_networks.h"

#include <algorithm>
#include <cstring>
#include <set>

using namespace gradlens;
using namespace gradlens::test;

namespace {
using Where = Placement::Where;

std::set<ValueIndex> valuesReadBy(const TrainingGraph& graph, const Instruction& instruction) {
    std::vector<ValueIndex> all;
    const auto take = [&](const std::vector<ValueIndex>& values) {
        all.insert(all.end(), values.begin(), values.end());
    };
    if (Plan::readsInputs(graph, instruction)) take(instruction.inputs);
    if (Plan::readsOutputs(graph, instruction)) take(instruction.outputs);
    if (instruction.kind == InstructionKind::Backward) take(instruction.saved);
    take(instruction.gradOutputs);
    std::set<ValueIndex> result(all.begin(), all.end());
    result.erase(kNoValue);
    return result;
}

std::set<ValueIndex> valuesWrittenBy(const Instruction& instruction) {
    std::vector<ValueIndex> all;
    const auto take = [&](const std::vector<ValueIndex>& values) {
        all.insert(all.end(), values.begin(), values.end());
    };
    if (instruction.kind != InstructionKind::Backward) {
        take(instruction.outputs);
        take(instruction.saved);
    }
    take(instruction.gradInputs);
    take(instruction.gradParameters);
    std::set<ValueIndex> result(all.begin(), all.end());
    result.erase(kNoValue);
    return result;
}

// Whether `target`, written by instruction `at`, may take over the memory of `source`.
bool mayShareAt(const Plan& plan, InstructionIndex at, ValueIndex source, ValueIndex target) {
    const TrainingGraph& graph = *plan.graph;
    // In a fused group it is the first instruction that reads.
    const Group& group = plan.groups[plan.groupOf[static_cast<std::size_t>(at)]];
    const bool fused = group.kind == Group::Kind::Epilogue;
    const Instruction& instruction = graph.instructions[static_cast<std::size_t>(fused ? group.instructions[0] : at)];
    const auto first = [](const std::vector<ValueIndex>& values) { return values.empty() ? kNoValue : values[0]; };
    const ValueIndex output = first(graph.instructions[static_cast<std::size_t>(at)].outputs);
    if (instruction.kind == InstructionKind::Accumulate) return first(instruction.inputs) == source && output == target;
    if (instruction.analysis < 0) return false;
    const OpDefinition& op = *graph.nodes[static_cast<std::size_t>(instruction.analysis)].op;
    if (instruction.kind == InstructionKind::Forward)
        return op.forwardInPlace && first(instruction.inputs) == source && output == target &&
               std::ranges::count(instruction.inputs, source) == 1;
    return op.backwardInPlace && first(instruction.gradOutputs) == source && first(instruction.gradInputs) == target;
}

// Whether another group of the writer's wave reads the value.
bool readBesides(const Plan& plan, const Instruction& writer, ValueIndex value) {
    const auto at = static_cast<std::size_t>(&writer - plan.graph->instructions.data());
    for (std::size_t i = 0; i < plan.graph->instructions.size(); ++i)
        if (plan.waveOf[i] == plan.waveOf[at] && plan.groupOf[i] != plan.groupOf[at] &&
            valuesReadBy(*plan.graph, plan.graph->instructions[i]).contains(value))
            return true;
    return false;
}

// Every value in memory of its own.
void disjoin(Plan& plan) {
    std::size_t offset = 0;
    for (Placement& place : plan.placements) {
        if (place.where != Where::Workspace) continue;
        place.offset = offset;
        offset += (place.bytes + 63) / 64 * 64;
    }
    for (Group& group : plan.groups) group.scratchOffset += offset - plan.scratchOffset;
    plan.scratchOffset = offset;
    plan.workspaceBytes = offset + (plan.scratchBytes + 63) / 64 * 64;
}

void poison(Machine& machine) {
    std::memset(machine.workspace->atLeast(machine.plan->workspaceBytes), 0xff, machine.plan->workspaceBytes);
}
}  // namespace

// Small batches, and such as make branches worth a thread of their own.
std::int64_t batchFor(quint64 seed) {
    return seed % 2 == 0 ? 2 : 192;
}

class TestPlan : public QObject {
    Q_OBJECT

    static void networks() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 0; seed < 15; ++seed) QTest::addRow("network %llu", seed) << seed;
    }

private slots:
    void nothingIsReadBeforeItIsWritten_data() { networks(); }
    void nothingIsReadBeforeItIsWritten() {
        QFETCH(quint64, seed);
        const Machine machine(randomNetwork(seed, true), batchFor(seed), DType::Float32, "Adam");
        const TrainingGraph& graph = *machine.lowered;
        // What a wave reads was written by waves before it, or within the group that reads it.
        std::set<ValueIndex> written;
        for (const Wave& wave : machine.plan->waves) {
            std::set<ValueIndex> fresh;
            for (std::size_t group = wave.firstGroup; group < wave.firstGroup + wave.groups; ++group) {
                std::set<ValueIndex> own;
                for (const InstructionIndex index : machine.plan->groups[group].instructions) {
                    const Instruction& instruction = graph.instructions[static_cast<std::size_t>(index)];
                    for (const ValueIndex value : valuesReadBy(graph, instruction))
                        QVERIFY(machine.plan->placements[static_cast<std::size_t>(value)].where == Where::State ||
                                machine.plan->placements[static_cast<std::size_t>(value)].where == Where::Batch ||
                                written.contains(value) || own.contains(value));
                    own.merge(valuesWrittenBy(instruction));
                }
                fresh.merge(own);
            }
            written.merge(fresh);
        }
        std::size_t run = 0;
        for (const Group& group : machine.plan->groups) run += group.instructions.size();
        QCOMPARE(run, graph.instructions.size());
    }
    void lifetimesCoverEveryUse_data() { networks(); }
    void lifetimesCoverEveryUse() {
        QFETCH(quint64, seed);
        const Machine machine(randomNetwork(seed, true), batchFor(seed), DType::Float32, "Adam");
        const TrainingGraph& graph = *machine.lowered;
        for (std::size_t i = 0; i < graph.instructions.size(); ++i) {
            auto used = valuesReadBy(graph, graph.instructions[i]);
            used.merge(valuesWrittenBy(graph.instructions[i]));
            for (const ValueIndex value : used) {
                const Placement& place = machine.plan->placements[static_cast<std::size_t>(value)];
                if (place.where == Where::Workspace)
                    QVERIFY(place.first <= machine.plan->waveOf[i] && machine.plan->waveOf[i] <= place.last);
            }
        }
    }
    void noTwoLivingValuesOverlap_data() { networks(); }
    void noTwoLivingValuesOverlap() {
        QFETCH(quint64, seed);
        const Machine machine(randomNetwork(seed, true), batchFor(seed), DType::Float32, "Adam");
        const TrainingGraph& graph = *machine.lowered;
        // Lifetimes anew from the instructions, not those the planner extended for sharing.
        std::vector<std::pair<WaveIndex, WaveIndex>> lives(graph.values.size(), {-1, -1});
        std::vector<InstructionIndex> writers(graph.values.size(), -1);
        for (std::size_t i = 0; i < graph.instructions.size(); ++i)
            for (const ValueIndex value : valuesWrittenBy(graph.instructions[i])) {
                lives[static_cast<std::size_t>(value)] = {machine.plan->waveOf[i], machine.plan->waveOf[i]};
                writers[static_cast<std::size_t>(value)] = static_cast<InstructionIndex>(i);
            }
        for (std::size_t i = 0; i < graph.instructions.size(); ++i)
            for (const ValueIndex value : valuesReadBy(graph, graph.instructions[i])) {
                WaveIndex& last = lives[static_cast<std::size_t>(value)].second;
                last = std::max(last, machine.plan->waveOf[i]);
            }
        lives[static_cast<std::size_t>(graph.loss)].second = static_cast<WaveIndex>(machine.plan->waves.size());
        const auto& places = machine.plan->placements;
        for (std::size_t a = 0; a < places.size(); ++a) {
            if (places[a].where != Where::Workspace) continue;
            QCOMPARE(places[a].offset % 64, std::size_t{0});
            QVERIFY(places[a].offset + places[a].bytes <= machine.plan->scratchOffset);
            for (std::size_t b = 0; b < places.size(); ++b) {
                if (a == b || places[b].where != Where::Workspace) continue;
                const bool meet = places[a].offset < places[b].offset + places[b].bytes &&
                                  places[b].offset < places[a].offset + places[a].bytes;
                // b is written while a is there.
                if (!meet || lives[b].first < lives[a].first || lives[b].first > lives[a].second) continue;
                const Instruction& writer = graph.instructions[static_cast<std::size_t>(writers[b])];
                const bool shared =
                    lives[a].second == lives[b].first && places[a].offset == places[b].offset &&
                    mayShareAt(*machine.plan, writers[b], static_cast<ValueIndex>(a), static_cast<ValueIndex>(b)) &&
                    !readBesides(*machine.plan, writer, static_cast<ValueIndex>(a));
                QVERIFY2(shared, (graph.values[a].name + " and " + graph.values[b].name).c_str());
            }
        }
    }
    void memoryIsReused_data() { networks(); }
    void memoryIsReused() {
        QFETCH(quint64, seed);
        const Machine machine(randomNetwork(seed, true), 8, DType::Float32);
        QVERIFY(machine.plan->scratchOffset < machine.plan->valueBytes);
        QVERIFY(machine.plan->workspaceBytes >= machine.plan->scratchOffset + machine.plan->scratchBytes);
    }
    void sharingChangesNoBit_data() { networks(); }
    void sharingChangesNoBit() {
        QFETCH(quint64, seed);
        Machine shared(randomNetwork(seed, true), 3, DType::Float32, "Adam"),
            apart(randomNetwork(seed, true), 3, DType::Float32, "Adam");
        disjoin(*apart.plan);
        apart.useOwnPlan();
        for (int i = 0; i < 3; ++i) {
            shared.step();
            apart.step();
            QCOMPARE(shared.loss(), apart.loss());
        }
        QCOMPARE(shared.state.hash(), apart.state.hash());
    }
    void whatIsLeftInMemoryChangesNoBit_data() { networks(); }
    void whatIsLeftInMemoryChangesNoBit() {
        QFETCH(quint64, seed);
        Machine clean(randomNetwork(seed, true), 3, DType::Float32, "Adam"),
            poisoned(randomNetwork(seed, true), 3, DType::Float32, "Adam");
        for (int i = 0; i < 3; ++i) {
            clean.step();
            poison(poisoned);
            poisoned.step();
        }
        QCOMPARE(poisoned.state.hash(), clean.state.hash());
    }
    void planningIsDeterministic() {
        const Machine a(randomNetwork(2, true), 3, DType::Float32), b(randomNetwork(2, true), 3, DType::Float32);
        QCOMPARE(a.plan->workspaceBytes, b.plan->workspaceBytes);
        for (std::size_t i = 0; i < a.plan->placements.size(); ++i)
            QCOMPARE(a.plan->placements[i].offset, b.plan->placements[i].offset);
    }
    void executorsOfTwoBatchSizesShareAWorkspace() {
        Machine small(imagesNetwork(), 4, DType::Float32), reference(imagesNetwork(), 4, DType::Float32),
            large(imagesNetwork(), 32, DType::Float32);
        large.workspace = small.workspace;
        large.useOwnPlan();
        for (int i = 0; i < 2; ++i) {
            small.step();
            large.step();  // makes the memory grow, and move
            reference.step();
        }
        QCOMPARE(small.state.hash(), reference.state.hash());
    }
    void anEvaluationTakesLessMemory() {
        const ModelGraph drawing = imagesNetwork();
        const GraphAnalysis analysis = analyse(drawing, opCatalogue(), 16);
        const OptimizerSpec adam;
        const Plan training = makePlan(std::make_shared<const TrainingGraph>(lower(drawing, analysis, &adam)));
        const Plan evaluation = makePlan(std::make_shared<const TrainingGraph>(lower(drawing, analysis, nullptr)));
        QVERIFY(evaluation.workspaceBytes < training.workspaceBytes);
    }
};

QTEST_GUILESS_MAIN(TestPlan)
#include "test_plan.moc"
