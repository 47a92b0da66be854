// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parallel/arena.h"

#include <QtTest>

#include <atomic>
#include <cstring>
#include <memory>
#include <stdexcept>

using namespace gradlens;

namespace {
void addThreads() {
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 4}) QTest::addRow("%d threads", threads) << threads;
}

int fetchedThreads() {
    QFETCH(int, threads);
    return threads;
}

// 1e-30 * 1e-15, computed here and now.
float tinyProduct() {
    volatile float a = 1e-30f, b = 1e-15f;
    return a * b;
}
}  // namespace

class TestArena : public QObject {
    Q_OBJECT

private slots:
    void everyTileRunsOnce_data() { addThreads(); }
    void everyTileRunsOnce();
    void noTilesRunNothing_data() { addThreads(); }
    void noTilesRunNothing();
    void rangesCoverEveryElementOnce_data();
    void rangesCoverEveryElementOnce();
    void exceptionsReachTheCaller_data() { addThreads(); }
    void exceptionsReachTheCaller();
    void theArenaWorksAfterAnException_data() { addThreads(); }
    void theArenaWorksAfterAnException();
    void reductionsCombineInOrder_data() { addThreads(); }
    void reductionsCombineInOrder();
    void reductionOfNothingIsTheIdentity();
    void denormalsAreFlushedInTiles_data() { addThreads(); }
    void denormalsAreFlushedInTiles();
    void denormalsAreFlushedInOneTile();
    void theCallersDenormalsComeBack_data() { addThreads(); }
    void theCallersDenormalsComeBack();
    void nestedCallsRunEveryTile_data() { addThreads(); }
    void nestedCallsRunEveryTile();
    void workerScratchIsAlignedAndGrows_data() { addThreads(); }
    void workerScratchIsAlignedAndGrows();
    void noTwoTilesShareScratchAtOnce();
    void aTaskRunsAndIsWaitedFor_data() { addThreads(); }
    void aTaskRunsAndIsWaitedFor();
    void aTasksExceptionArrivesOnWait_data() { addThreads(); }
    void aTasksExceptionArrivesOnWait();
    void aForgottenTaskIsWaitedFor();
    void zeroThreadsMeansAllCores();
};

void TestArena::everyTileRunsOnce() {
    const Arena arena(fetchedThreads());
    constexpr std::int64_t kTiles = 1000;
    std::vector<std::atomic<int>> runs(kTiles);
    arena.forTiles(kTiles, [&](std::int64_t tile) { ++runs[static_cast<std::size_t>(tile)]; });
    for (const auto& count : runs) QCOMPARE(count.load(), 1);
}

void TestArena::noTilesRunNothing() {
    const Arena arena(fetchedThreads());
    std::atomic<int> runs = 0;
    arena.forTiles(0, [&](std::int64_t) { ++runs; });
    arena.forRange(0, 10, [&](std::int64_t, std::int64_t) { ++runs; });
    QCOMPARE(runs.load(), 0);
}

void TestArena::rangesCoverEveryElementOnce_data() {
    QTest::addColumn<int>("count");
    for (const int count : {1, 9, 10, 11, 20, 1003}) QTest::addRow("%d", count) << count;
}

void TestArena::rangesCoverEveryElementOnce() {
    QFETCH(int, count);
    const Arena arena(2);
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
    arena.forRange(count, 10, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
    });
    for (const auto& visit : visits) QCOMPARE(visit.load(), 1);
}

void TestArena::exceptionsReachTheCaller() {
    const Arena arena(fetchedThreads());
    const auto body = [](std::int64_t tile) {
        if (tile == 57) throw std::runtime_error("tile 57");
    };
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, arena.forTiles(100, body));
}

void TestArena::theArenaWorksAfterAnException() {
    const Arena arena(fetchedThreads());
    try {
        arena.forTiles(100, [](std::int64_t) { throw std::runtime_error("all"); });
    } catch (const std::runtime_error&) {
    }
    std::atomic<int> runs = 0;
    arena.forTiles(100, [&](std::int64_t) { ++runs; });
    QCOMPARE(runs.load(), 100);
}

// A sum of terms of very different size: any other order gives other bits.
void TestArena::reductionsCombineInOrder() {
    const Arena arena(fetchedThreads());
    const auto term = [](std::int64_t tile) {
        return tile % 3 == 0 ? 1e16 / static_cast<double>(tile + 1) : 1.0 / static_cast<double>(tile + 7);
    };
    double expected = 0.5;
    for (std::int64_t tile = 0; tile < 501; ++tile) expected = expected + term(tile);
    const double sum = arena.reduceTiles(501, 0.5, term, [](double a, double b) { return a + b; });
    QVERIFY(std::memcmp(&sum, &expected, sizeof sum) == 0);
}

void TestArena::reductionOfNothingIsTheIdentity() {
    QCOMPARE(Arena(2).reduceTiles(0, 42, [](std::int64_t) { return 1; }, [](int a, int b) { return a + b; }), 42);
}

void TestArena::denormalsAreFlushedInTiles() {
    const Arena arena(fetchedThreads());
    std::atomic<int> survivors = 0;
    arena.forTiles(200, [&](std::int64_t) { survivors += tinyProduct() != 0.0f; });
    QCOMPARE(survivors.load(), 0);
}

void TestArena::denormalsAreFlushedInOneTile() {
    float product = 1;
    Arena(2).forTiles(1, [&](std::int64_t) { product = tinyProduct(); });
    QCOMPARE(product, 0.0f);
}

void TestArena::theCallersDenormalsComeBack() {
    const Arena arena(fetchedThreads());
    arena.forTiles(50, [](std::int64_t) {});
    const float product = tinyProduct();
    std::uint32_t bits = 0;
    std::memcpy(&bits, &product, sizeof bits);
    QVERIFY(bits != 0);
}

void TestArena::nestedCallsRunEveryTile() {
    const Arena arena(fetchedThreads());
    std::atomic<int> runs = 0;
    arena.forTiles(8, [&](std::int64_t) { arena.forTiles(9, [&](std::int64_t) { ++runs; }); });
    QCOMPARE(runs.load(), 72);
}

void TestArena::workerScratchIsAlignedAndGrows() {
    const Arena arena(fetchedThreads());
    std::atomic<int> misaligned = 0;
    arena.forTiles(40, [&](std::int64_t tile) {
        const std::size_t bytes = static_cast<std::size_t>(100 * (tile + 1));
        std::byte* memory = arena.workerScratch(bytes);
        std::memset(memory, 1, bytes);
        misaligned += reinterpret_cast<std::uintptr_t>(memory) % 64 != 0;
    });
    QCOMPARE(misaligned.load(), 0);
}

void TestArena::noTwoTilesShareScratchAtOnce() {
    const Arena arena(4);
    std::atomic<int> disturbed = 0;
    arena.forTiles(500, [&](std::int64_t tile) {
        constexpr std::size_t kInts = 2000;
        auto* memory = reinterpret_cast<std::int64_t*>(arena.workerScratch(kInts * sizeof(std::int64_t)));
        for (std::size_t i = 0; i < kInts; ++i) memory[i] = tile;
        for (std::size_t i = 0; i < kInts; ++i) disturbed += memory[i] != tile;
    });
    QCOMPARE(disturbed.load(), 0);
}

void TestArena::aTaskRunsAndIsWaitedFor() {
    const Arena arena(fetchedThreads());
    std::atomic<bool> done = false;
    Arena::Task task = arena.enqueue([&] { done = true; });
    task.wait();
    QVERIFY(done.load());
}

void TestArena::aTasksExceptionArrivesOnWait() {
    const Arena arena(fetchedThreads());
    Arena::Task task = arena.enqueue([] { throw std::runtime_error("task"); });
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, task.wait());
}

void TestArena::aForgottenTaskIsWaitedFor() {
    const Arena arena(2);
    const auto done = std::make_shared<std::atomic<bool>>(false);
    {
        const Arena::Task task = arena.enqueue([done] { *done = true; });
    }
    QVERIFY(done->load());
}

void TestArena::zeroThreadsMeansAllCores() {
    QVERIFY(Arena(0).threads() >= 1);
    QCOMPARE(Arena(3).threads(), 3);
}

QTEST_GUILESS_MAIN(TestArena)
#include "test_arena.moc"
