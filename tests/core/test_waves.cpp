// SPDX-License-Identifier: GPL-3.0-or-later
// What a Plan runs at the same time, and how blocks of memory are packed.
#include "core/plan/packing.h"
#include "support_networks.h"

#include <algorithm>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// features(128) -> `branches` times Dense(128) -> Tanh, their sum -> Dense(3) -> loss. One Dense on 32 samples is a
// million operations: too little to share, enough to run beside others.
ModelGraph branchingNetwork(int branches, std::int64_t width = 128) {
    ModelGraph graph;
    const NodeId features = drawFeatures(graph, {128});
    std::vector<NodeId> ends;
    for (int i = 0; i < branches; ++i)
        ends.push_back(draw(graph, "Tanh", {draw(graph, "Dense", {features}, units(width))}));
    const NodeId scores = draw(graph, "Dense", {draw(graph, "Add", ends)}, units(3), "scores");
    draw(graph, "SoftmaxCrossEntropy", {scores, drawClassLabels(graph)}, {}, "loss");
    return graph;
}

std::size_t widestWave(const Plan& plan) {
    std::size_t widest = 0;
    for (const Wave& wave : plan.waves) widest = std::max(widest, wave.groups);
    return widest;
}

std::vector<Lifetime> randomBlocks(quint64 seed, std::size_t count) {
    const Random random(seed, RandomStream::Generate);
    std::vector<Lifetime> blocks;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto first = static_cast<std::int32_t>(random.below(3 * i, 2 * count));
        const auto length = static_cast<std::int32_t>(random.below(3 * i + 1, 1 + i % 50));
        blocks.push_back({first, first + length, 64 * static_cast<std::size_t>(random.below(3 * i + 2, 100))});
    }
    return blocks;
}
}  // namespace

class TestWaves : public QObject {
    Q_OBJECT

private slots:
    void branchesRunAtTheSameTime() {
        QCOMPARE(widestWave(*Machine(branchingNetwork(4), 32, DType::Float32).plan), std::size_t{4});
    }
    void aChainRunsOneAfterTheOther() {
        QCOMPARE(widestWave(*Machine(branchingNetwork(1), 32, DType::Float32).plan), std::size_t{1});
    }
    void tinyBranchesAreNotWorthIt() {
        QCOMPARE(widestWave(*Machine(branchingNetwork(4, 8), 2, DType::Float32).plan), std::size_t{1});
    }
    void branchesThatUseAllThreadsThemselvesRunAlone() {
        QCOMPARE(widestWave(*Machine(branchingNetwork(4, 2048), 64, DType::Float32).plan), std::size_t{1});
    }
    void membersOfAWaveHaveScratchOfTheirOwn() {
        const Machine machine(branchingNetwork(6), 32, DType::Float32);
        const Plan& plan = *machine.plan;
        for (const Wave& wave : plan.waves)
            for (std::size_t a = wave.firstGroup; a < wave.firstGroup + wave.groups; ++a) {
                QVERIFY(plan.groups[a].scratchOffset + plan.groups[a].scratchBytes <= plan.workspaceBytes);
                for (std::size_t b = wave.firstGroup; b < a; ++b)
                    QVERIFY(plan.groups[b].scratchOffset + plan.groups[b].scratchBytes <= plan.groups[a].scratchOffset);
            }
    }
    void updatesComeLast() {
        const Machine machine(branchingNetwork(4), 32, DType::Float32);
        for (std::size_t i = 0; i < machine.lowered->instructions.size(); ++i)
            QCOMPARE(machine.lowered->instructions[i].kind == InstructionKind::Update,
                     static_cast<std::size_t>(machine.plan->waveOf[i]) + 1 == machine.plan->waves.size());
    }
    void wavesChangeNoBit_data() {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 4}) QTest::addRow("%d threads", threads) << threads;
    }
    void wavesChangeNoBit() {
        QFETCH(int, threads);
        Machine waves(branchingNetwork(6), 32, DType::Float32, "Adam", threads),
            alone(branchingNetwork(6), 32, DType::Float32, "Adam");
        alone.plan = std::make_shared<Plan>(makePlan(alone.lowered, {{}, false}));
        alone.useOwnPlan();
        for (int i = 0; i < 5; ++i) {
            waves.step();
            alone.step();
        }
        QCOMPARE(waves.state.hash(), alone.state.hash());
    }

    void packedBlocksNeverOverlap_data() {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<int>("count");
        for (quint64 seed = 0; seed < 8; ++seed) QTest::addRow("few %llu", seed) << seed << 300;
        QTest::newRow("too many to try everything") << quint64{9} << 2500;
    }
    void packedBlocksNeverOverlap() {
        QFETCH(quint64, seed);
        QFETCH(int, count);
        const std::vector<Lifetime> blocks = randomBlocks(seed, static_cast<std::size_t>(count));
        const Packing packing = packed(blocks);
        for (std::size_t a = 0; a < blocks.size(); ++a) {
            QVERIFY(packing.offsets[a] + blocks[a].bytes <= packing.bytes);
            for (std::size_t b = 0; b < a; ++b) {
                const bool together = blocks[a].first <= blocks[b].last && blocks[b].first <= blocks[a].last;
                const bool meet = packing.offsets[a] < packing.offsets[b] + blocks[b].bytes &&
                                  packing.offsets[b] < packing.offsets[a] + blocks[a].bytes;
                QVERIFY(!together || !meet);
            }
        }
        QVERIFY(packing.bytes >= liveBytes(blocks));
        QVERIFY(static_cast<double>(packing.bytes) <= 1.5 * static_cast<double>(liveBytes(blocks)));
    }
    void nothingPacksIntoNothing() {
        QCOMPARE(packed({}).bytes, std::size_t{0});
        QCOMPARE(liveBytes({}), std::size_t{0});
    }
    void whatLivesApartSharesMemory() {
        const std::vector<Lifetime> blocks{{0, 1, 128}, {2, 3, 128}, {1, 2, 64}};
        QCOMPARE(packed(blocks).bytes, std::size_t{192});
    }
};

QTEST_GUILESS_MAIN(TestWaves)
#include "test_waves.moc"
