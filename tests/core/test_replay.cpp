// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/io/safetensors.h"
#include "core/train/run_folder.h"
#include "core/train/training_run.h"
#include "support_errors.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <map>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// A recorded run: 20 steps, checkpoints at 8 and 16, the learning rate changed at 0, 8 (after the checkpoint) and 11.
struct Recorded {
    QTemporaryDir folder;
    Arena arena{1};
    std::map<std::int64_t, std::string> hashes;
    RunSnapshot snapshot;

    explicit Recorded(Project project) {
        const std::filesystem::path place = std::filesystem::path(folder.path().toStdString()) / "run";
        RunFolder run = RunFolder::create(place, project, {});
        TrainingRun training(arena, project,
                             loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}}));
        const std::map<std::int64_t, double> changes{{0, 0.2}, {8, 0.05}, {11, 0.3}};
        for (std::int64_t step = 0; step <= 20; ++step) {
            if (step == 8 || step == 16) run.saveCheckpoint(training.state(), 100);
            if (const auto change = changes.find(step); change != changes.end()) {
                run.journal().append({JournalEntry::What::LearningRate, step, change->second});
                training.setLearningRate(change->second);
            }
            hashes[step] = training.state().hash();
            training.step();
        }
        snapshot = readRun(place);
    }
    std::string replayed(std::int64_t step) const { return from(step).state.hash(); }
    Replayed from(std::int64_t step, ReplayFrom from = ReplayFrom::Nearest) const {
        return gradlens::replayed(snapshot, step, arena, resourcesFolder(), from);
    }
};
}  // namespace

class TestReplay : public QObject {
    Q_OBJECT

private slots:
    void everyStepComesBack() {
        const Recorded run(pointsProject());
        for (const auto& [step, hash] : run.hashes)
            QVERIFY2(run.replayed(step) == hash, qPrintable(QString("step %1").arg(step)));
    }
    void replayNeedsNoCheckpoint() {
        Recorded run(pointsProject());
        run.snapshot.checkpoints.clear();
        for (const std::int64_t step : {0, 8, 11, 12, 20}) QCOMPARE(run.replayed(step), run.hashes.at(step));
    }
    void dropoutAndRunningStatisticsAreReplayed() {
        const Recorded run(imagesProject());
        for (const std::int64_t step : {7, 10, 20}) QCOMPARE(run.replayed(step), run.hashes.at(step));
    }
    void withoutTheJournalTheFutureIsAnother() {
        Recorded run(pointsProject());
        run.snapshot.journal.clear();
        QVERIFY(run.replayed(12) != run.hashes.at(12));
    }
    void thereIsNoStepBeforeTheFirst() {
        const Recorded run(pointsProject());
        QVERIFY_THROWS_EXCEPTION(Error, run.replayed(-1));
    }
    void replayCanBeCancelled() {
        const Recorded run(pointsProject());
        std::int64_t last = 0;
        QVERIFY_THROWS_EXCEPTION(Error, replayed(run.snapshot, 15, run.arena, resourcesFolder(), ReplayFrom::Nearest,
                                                 [&](std::int64_t step) { return (last = step) < 10; }));
        QCOMPARE(last, std::int64_t{10});
    }
    void replayMeetsTheStatesThatWereRecorded() {
        const Recorded run(pointsProject());
        QCOMPARE(run.from(20, ReplayFrom::Start).verified, std::int64_t{2});
        QCOMPARE(run.from(20, ReplayFrom::Start).state.hash(), run.hashes.at(20));
        QCOMPARE(run.from(12).verified, std::int64_t{1});
        QCOMPARE(run.from(12).from, std::int64_t{8});
        QCOMPARE(run.from(7).verified, std::int64_t{0});
    }
    void replayThatArrivesElsewhereSaysWhereItParted() {
        Recorded run(pointsProject());
        run.snapshot.journal.clear();
        const Error error = errorOf([&] { run.from(18, ReplayFrom::Start); });
        QVERIFY2(says(error, "another State at step 8"), error.what());
        QVERIFY2(says(error, run.snapshot.checkpoints[0].file.string()), error.what());
    }
    void aCheckpointThatWasTamperedWithIsNotTakenForTheRecordedState() {
        Recorded run(pointsProject());
        State state = loadState(run.snapshot.checkpoints[0].file);
        std::map<std::string, std::string> metadata = SafetensorsReader(run.snapshot.checkpoints[0].file).metadata();
        std::vector<NamedTensor> tensors;
        for (const StateEntry& entry : state.entries) tensors.push_back({entry.name, entry.tensor.view()});
        state.entries[0].tensor.as<float>()[0] += 1;
        writeSafetensors(run.snapshot.checkpoints[0].file, tensors, metadata);
        const Error error = errorOf([&] { run.from(8); });
        QVERIFY2(says(error, "not as it was written"), error.what());
    }
    void aRunThatIsNotThereSaysSo() { QVERIFY_THROWS_EXCEPTION(Error, readRun("/nowhere")); }
};

QTEST_GUILESS_MAIN(TestReplay)
#include "test_replay.moc"
