// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/train/journal_replay.h"
#include "core/train/run_folder.h"
#include "core/train/trainer.h"
#include "core/train/training_run.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <functional>

using namespace gradlens;
using namespace gradlens::test;
using Kind = TrainerEvent::Kind;
namespace fs = std::filesystem;

namespace {
constexpr int kDeadline = 60'000;  // milliseconds; machines are busy

// A trainer and what it said.
struct Desk {
    Trainer trainer{{2, resourcesFolder()}};
    std::vector<TrainerEvent> past;

    // The next event of one of these kinds, and drops those before it. Throws when none comes in time.
    TrainerEvent waitFor(std::initializer_list<Kind> kinds) {
        TrainerEvent found;
        const bool came = QTest::qWaitFor(
            [&] {
                for (TrainerEvent& event : trainer.takeEvents()) past.push_back(std::move(event));
                const auto at = std::ranges::find_if(past, [&](const TrainerEvent& event) {
                    return std::ranges::find(kinds, event.kind) != kinds.end();
                });
                if (at == past.end()) return false;
                found = *at;
                past.erase(past.begin(), at + 1);
                return true;
            },
            kDeadline);
        if (!came) throw std::runtime_error("no such event came");
        return found;
    }
    TrainerEvent prepare(const Project& project, const fs::path& run = {}) {
        trainer.prepare(project, {}, run);
        return waitFor({Kind::Prepared, Kind::Error, Kind::Problems});
    }
    bool reaches(const std::function<bool(const TrainerStatus&)>& condition) {
        return QTest::qWaitFor([&] { return condition(trainer.status()); }, kDeadline);
    }
    std::string hash() {
        trainer.hashState();
        return waitFor({Kind::Hashed}).message;
    }
};

struct Place {
    QTemporaryDir folder;
    fs::path run = fs::path(folder.path().toStdString()) / "run";
};

// What a run is to come to, without the trainer.
std::string expectedHash(const Project& project, std::int64_t steps, std::function<void(TrainingRun&)> before = {}) {
    const Arena arena(1);
    TrainingRun run(arena, project, loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}}));
    while (run.state().step < steps) {
        if (before) before(run);
        run.step();
    }
    return run.state().hash();
}

Project longProject() {
    Project project = pointsProject();
    project.training.epochs = 100'000;
    return project;
}

std::vector<std::int64_t> stepsOf(const Trainer& trainer, const char* name) {
    std::vector<std::int64_t> steps;
    const auto log = trainer.scalars();
    if (const ScalarSeries* series = log->find(name))
        for (std::int64_t i = 0; i < series->size(); ++i) steps.push_back((*series)[i].step);
    return steps;
}

std::vector<std::int64_t> oneTo(std::int64_t last) {
    std::vector<std::int64_t> steps;
    for (std::int64_t i = 1; i <= last; ++i) steps.push_back(i);
    return steps;
}
}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT

private slots:
    void aRunGoesToItsEnd() {
        Desk desk;
        QCOMPARE(desk.prepare(pointsProject()).kind, Kind::Prepared);
        desk.trainer.run();
        QCOMPARE(desk.waitFor({Kind::Finished, Kind::Error}).kind, Kind::Finished);
        const TrainerStatus status = desk.trainer.status();
        QCOMPARE(status.step, std::int64_t{24});
        QCOMPARE(status.totalSteps, std::int64_t{24});
        QCOMPARE(status.phase, TrainerPhase::Paused);
        QVERIFY(std::isfinite(status.trainLoss) && std::isfinite(status.validationLoss));
        QCOMPARE(stepsOf(desk.trainer, "train/loss"), oneTo(24));
        QCOMPARE(stepsOf(desk.trainer, "validation/loss"), (std::vector<std::int64_t>{8, 16, 24}));
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 24));
    }
    // Commands that are queued while the data loads must not cancel the loading.
    void commandsMayFollowPrepareAtOnce() {
        Desk desk;
        Project project = pointsProject();
        project.data.source = "digits";
        project.data.attributes = {};
        project.graph = imagesNetwork();
        desk.trainer.prepare(project, {}, {});
        desk.trainer.addProbe({"scores.weight", false, 0, 0});
        desk.trainer.setLearningRate(0.01);
        desk.trainer.stepBatch(2);
        QCOMPARE(desk.waitFor({Kind::Prepared, Kind::Error}).kind, Kind::Prepared);
        QCOMPARE(desk.waitFor({Kind::Paused, Kind::Error}).kind, Kind::Paused);
        QCOMPARE(desk.trainer.status().step, std::int64_t{2});
        QCOMPARE(desk.trainer.status().learningRate, 0.01);
    }
    void aNewProjectReplacesTheOneBeingLoaded() {
        Desk desk;
        Project first = imagesProject(), second = pointsProject();
        desk.trainer.prepare(first, {}, {});
        desk.trainer.run();
        desk.trainer.prepare(second, {}, {});
        desk.trainer.stepBatch();
        QVERIFY(
            desk.reaches([](const TrainerStatus& status) { return status.stepsPerEpoch == 8 && status.step == 1; }));
        for (const TrainerEvent& event : desk.trainer.takeEvents())
            QVERIFY2(event.kind != Kind::Error, event.message.c_str());
    }
    void pauseLandsBetweenSteps() {
        Desk desk;
        desk.prepare(longProject());
        desk.trainer.run();
        QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.step > 20; }));
        desk.trainer.pause();
        const TrainerEvent event = desk.waitFor({Kind::Paused});
        const TrainerStatus status = desk.trainer.status();
        QCOMPARE(status.step, event.step);
        QCOMPARE(status.phase, TrainerPhase::Paused);
        QCOMPARE(status.instruction, std::int64_t{-1});
        QCOMPARE(stepsOf(desk.trainer, "train/loss"), oneTo(event.step));
        QCOMPARE(desk.hash(), expectedHash(longProject(), event.step));
    }
    void stepsAreCounted() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.stepBatch(3);
        QCOMPARE(desk.waitFor({Kind::Paused}).step, std::int64_t{3});
        desk.trainer.stepEpoch();
        QCOMPARE(desk.waitFor({Kind::Paused}).step, std::int64_t{8});
        desk.trainer.runTo(13);
        QCOMPARE(desk.waitFor({Kind::Paused}).step, std::int64_t{13});
        desk.trainer.runTo(5);  // behind
        QCOMPARE(desk.waitFor({Kind::Paused, Kind::Finished}).kind, Kind::Paused);
        QCOMPARE(desk.trainer.status().step, std::int64_t{13});
        desk.trainer.run();
        QCOMPARE(desk.waitFor({Kind::Finished}).step, std::int64_t{24});
        desk.trainer.run();
        QVERIFY(desk.waitFor({Kind::Finished}).message.find("All 3 epochs are done") != std::string::npos);
    }
    void instructionsCanBeTakenOneByOne() {
        Desk desk;
        desk.prepare(pointsProject());
        const auto count = static_cast<std::int64_t>(desk.trainer.trainingGraph()->instructions.size());
        for (std::int64_t i = 1; i <= count; ++i) {
            desk.trainer.stepInstruction();
            const std::int64_t expected = i < count ? i : -1;
            QVERIFY(desk.reaches([&](const TrainerStatus& status) {
                return status.instruction == expected && status.step == (i < count ? 0 : 1);
            }));
        }
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 1));
    }
    void aHalfStepIsFinishedBeforeWhatNeedsAWholeOne() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.stepInstruction();
        desk.trainer.stepInstruction();
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 1));
        QCOMPARE(desk.trainer.status().step, std::int64_t{1});
    }
    void aLearningRateInTheMiddleOfAStepHoldsFromTheNext() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.stepInstruction();
        desk.trainer.setLearningRate(0.5);
        desk.trainer.stepBatch();
        QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.step == 2; }));
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 2, [](TrainingRun& run) {
                     if (run.state().step == 1) run.setLearningRate(0.5);
                 }));
    }
    void evaluationTellsItsFigures() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.evaluate();
        QVERIFY(desk.waitFor({Kind::Evaluated}).message.find("validation loss") != std::string::npos);
        QCOMPARE(stepsOf(desk.trainer, "validation/loss"), std::vector<std::int64_t>{0});
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 0));
    }
    void commandsWhileEvaluatingAreHeard() {
        Desk desk;
        desk.prepare(longProject());
        desk.trainer.evaluate();
        desk.trainer.run();
        desk.trainer.pause();
        desk.trainer.evaluate();
        desk.trainer.stepBatch(2);
        desk.waitFor({Kind::Evaluated});
        desk.waitFor({Kind::Evaluated});
        QVERIFY(desk.reaches(
            [](const TrainerStatus& status) { return status.step >= 2 && status.phase == TrainerPhase::Paused; }));
        const std::int64_t step = desk.trainer.status().step;
        QCOMPARE(desk.hash(), expectedHash(longProject(), step));
    }
    void theLearningRateChangesBetweenSteps() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.stepBatch(5);
        desk.waitFor({Kind::Paused});
        desk.trainer.setLearningRate(0.5);
        desk.trainer.stepBatch(5);
        desk.waitFor({Kind::Paused});
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 10, [](TrainingRun& run) {
                     if (run.state().step == 5) run.setLearningRate(0.5);
                 }));
        QCOMPARE(stepsOf(desk.trainer, "learning_rate"), (std::vector<std::int64_t>{0, 5}));
    }
    void anImpossibleLearningRateIsRefused() {
        Desk desk;
        desk.prepare(pointsProject());
        for (const double rate : {-1.0, std::nan(""), HUGE_VAL}) {
            desk.trainer.setLearningRate(rate);
            QVERIFY(desk.waitFor({Kind::Error}).message.find("learning rate") != std::string::npos);
        }
        QCOMPARE(desk.trainer.status().learningRate, 0.1);
        desk.trainer.stepBatch();
        QCOMPARE(desk.waitFor({Kind::Paused, Kind::Error}).kind, Kind::Paused);
    }
    void epochsCanBeRaised() {
        Desk desk;
        desk.prepare(pointsProject());
        desk.trainer.run();
        desk.waitFor({Kind::Finished});
        desk.trainer.setEpochs(4);
        desk.trainer.run();
        QCOMPARE(desk.waitFor({Kind::Finished}).step, std::int64_t{32});
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 32));
    }
    void aProbeAtRestSeesTheState() {
        Desk desk;
        desk.prepare(pointsProject());
        const ProbeId probe = desk.trainer.addProbe({"hidden.weight", true, 16, 0});
        QVERIFY(QTest::qWaitFor([&] { return desk.trainer.latest(probe) != nullptr; }, kDeadline));
        const auto seen = desk.trainer.latest(probe);
        const Machine fresh(pointsNetwork(), 32, DType::Float32);
        QCOMPARE(seen->tensor.shape().toString(), std::string("8x2"));
        QVERIFY(seen->statistics == statisticsOf(seen->tensor.view()));
        QCOMPARE(seen->histogram->bins.size(), std::size_t{16});
        const Arena arena(1);
        const Project project = pointsProject();
        const TrainingRun run(arena, project,
                              loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}}));
        QVERIFY(sameBytes(seen->tensor.view(), run.state().find("hidden.weight")->tensor.view()));
    }
    // At rest the next batch is previewed; the step itself must then compute the very same.
    void aProbeAtRestAndOneWhileRunningSeeTheSame() {
        Desk desk;
        desk.prepare(pointsProject());
        const ProbeId output = desk.trainer.addProbe({"tanh.output", true, 0, 0});
        const ProbeId gradient = desk.trainer.addProbe({"hidden.weight.grad", true, 0, 0});
        QVERIFY(
            QTest::qWaitFor([&] { return desk.trainer.latest(output) && desk.trainer.latest(gradient); }, kDeadline));
        const auto outputAtRest = desk.trainer.latest(output), gradientAtRest = desk.trainer.latest(gradient);
        const auto count = desk.trainer.trainingGraph()->instructions.size();
        for (std::size_t i = 0; i + 1 < count; ++i) desk.trainer.stepInstruction();  // single steps always sample
        QVERIFY(desk.reaches(
            [&](const TrainerStatus& status) { return status.instruction == static_cast<std::int64_t>(count) - 1; }));
        QVERIFY(desk.trainer.latest(output)->version > outputAtRest->version);
        QVERIFY(sameBytes(desk.trainer.latest(output)->tensor.view(), outputAtRest->tensor.view()));
        QVERIFY(sameBytes(desk.trainer.latest(gradient)->tensor.view(), gradientAtRest->tensor.view()));
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 1));
    }
    void aProbeWhileRunningIsFedAndDropped() {
        Desk desk;
        desk.prepare(longProject());
        desk.trainer.run();
        const ProbeId probe = desk.trainer.addProbe({"scores.output", true, 0, 5});
        std::uint64_t version = 0;
        for (int i = 0; i < 3; ++i) {
            QVERIFY(QTest::qWaitFor(
                [&] {
                    const auto seen = desk.trainer.latest(probe);
                    return seen && seen->version > version;
                },
                kDeadline));
            const auto seen = desk.trainer.latest(probe);
            version = seen->version;
            QCOMPARE(seen->tensor.shape().toString(), std::string("5x2"));
            QCOMPARE(seen->type.shape.toString(), std::string("32x2"));
            QCOMPARE(seen->statistics.count, std::int64_t{64});
        }
        desk.trainer.removeProbe(probe);
        QCOMPARE(desk.trainer.latest(probe), nullptr);
        desk.trainer.pause();
        const std::int64_t step = desk.waitFor({Kind::Paused}).step;
        QCOMPARE(desk.trainer.latest(probe), nullptr);
        QCOMPARE(desk.hash(), expectedHash(longProject(), step));
    }
    void aProbeOfNothingStaysEmpty() {
        Desk desk;
        desk.prepare(pointsProject());
        const ProbeId probe = desk.trainer.addProbe({"nobody.output", true, 0, 0});
        desk.trainer.stepBatch(3);
        desk.waitFor({Kind::Paused});
        QCOMPARE(desk.trainer.latest(probe), nullptr);
    }
    // Deliveries of a running probe keep their distance: never more often than every 40 ms.
    void probesKeepToTheirBudget() {
        Desk desk;
        desk.trainer.setProbeBudget(0.02);
        desk.prepare(longProject());
        const ProbeId probe = desk.trainer.addProbe({"hidden.weight", true, 0, 0});
        QElapsedTimer timer;
        timer.start();
        desk.trainer.run();
        QVERIFY(QTest::qWaitFor([&] { return desk.trainer.status().step > 500 && timer.elapsed() > 500; }, kDeadline));
        desk.trainer.pause();
        desk.waitFor({Kind::Paused});
        const auto elapsed = static_cast<std::uint64_t>(timer.elapsed());
        QVERIFY(desk.trainer.latest(probe)->version <= elapsed / 40 + 5);
    }
    void aLossThatIsNoNumberPauses() {
        Desk desk;
        Project project = longProject();
        // Nothing between the layers that would bound what flows.
        project.graph.connect(
            {{project.graph.findByName("hidden")->id, 0}, {project.graph.findByName("scores")->id, 0}});
        desk.prepare(project);
        desk.trainer.setLearningRate(1e30);
        desk.trainer.run();
        const TrainerEvent event = desk.waitFor({Kind::NonFinite, Kind::Finished, Kind::Error});
        QCOMPARE(event.kind, Kind::NonFinite);
        QVERIFY(event.message.find("The loss became") != std::string::npos);
        QCOMPARE(desk.trainer.status().step, event.step);
        QCOMPARE(desk.trainer.status().phase, TrainerPhase::Paused);
        const auto log = desk.trainer.scalars();
        const ScalarSeries& losses = *log->find("train/loss");
        QVERIFY(!std::isfinite(losses[losses.size() - 1].value));
        // Whoever runs on may.
        desk.trainer.stepBatch(3);
        QCOMPARE(desk.waitFor({Kind::Paused, Kind::NonFinite}).kind, Kind::Paused);
        QCOMPARE(desk.trainer.status().step, event.step + 3);
    }
    void commandsWithoutARunSaySo() {
        Desk desk;
        desk.trainer.run();
        QVERIFY(desk.waitFor({Kind::Error}).message.find("nothing to run yet") != std::string::npos);
        QCOMPARE(desk.prepare(pointsProject()).kind, Kind::Prepared);
    }
    void faultsLeaveTheTrainerUsable_data() {
        QTest::addColumn<QString>("fault");
        for (const char* fault : {"dataset", "drawing", "classes", "folder"}) QTest::newRow(fault) << fault;
    }
    void faultsLeaveTheTrainerUsable() {
        QFETCH(QString, fault);
        Desk desk;
        Project project = pointsProject();
        fs::path folder;
        if (fault == "dataset") project.data = {"csv", {{"path", std::string("/nowhere/table.csv")}}};
        if (fault == "drawing") project.graph.disconnect({project.graph.findByName("loss")->id, 0});
        if (fault == "classes") project.graph.setAttributes(project.graph.findByName("scores")->id, units(1));
        if (fault == "folder") folder = "/proc/gradlens/run";
        const TrainerEvent event = desk.prepare(project, folder);
        QCOMPARE(event.kind, fault == "drawing" || fault == "classes" ? Kind::Problems : Kind::Error);
        QVERIFY(!event.message.empty());
        QCOMPARE(event.problems.empty(), event.kind == Kind::Error);
        QCOMPARE(desk.trainer.status().phase, TrainerPhase::Failed);
        QCOMPARE(desk.prepare(pointsProject()).kind, Kind::Prepared);
        desk.trainer.run();
        QCOMPARE(desk.waitFor({Kind::Finished, Kind::Error}).kind, Kind::Finished);
    }
    // A folder taken away stands for a disk that takes no more.
    void aCheckpointThatCannotBeWrittenLosesNoState() {
        const Place place;
        Desk desk;
        desk.prepare(pointsProject(), place.run);
        desk.trainer.stepBatch(3);
        desk.waitFor({Kind::Paused});
        fs::remove_all(place.run / "checkpoints");
        std::ofstream(place.run / "checkpoints") << "in the way";
        desk.trainer.save();
        QCOMPARE(desk.waitFor({Kind::Error, Kind::Saved}).kind, Kind::Error);
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 3));
        fs::remove(place.run / "checkpoints");
        fs::create_directory(place.run / "checkpoints");
        desk.trainer.save();
        QCOMPARE(desk.waitFor({Kind::Error, Kind::Saved}).kind, Kind::Saved);
        QCOMPARE(readRun(place.run).checkpoints.size(), std::size_t{1});
    }
    // A limit on the size of files stands for a full disk.
    void aFullDiskLosesNothing() {
        const Place place;
        {
            Desk desk;
            desk.prepare(pointsProject(), place.run);
            desk.trainer.stepBatch(20);
            desk.waitFor({Kind::Paused});
            std::signal(SIGXFSZ, SIG_IGN);
            rlimit before{};
            ::getrlimit(RLIMIT_FSIZE, &before);
            const rlimit small{300, before.rlim_max};
            ::setrlimit(RLIMIT_FSIZE, &small);
            desk.trainer.save();
            const TrainerEvent event = desk.waitFor({Kind::Error, Kind::Saved});
            ::setrlimit(RLIMIT_FSIZE, &before);
            QCOMPARE(event.kind, Kind::Error);
            QVERIFY2(event.message.find(place.run.string()) != std::string::npos, event.message.c_str());
            desk.trainer.stepBatch(1);
            desk.waitFor({Kind::Paused});
            desk.trainer.save();
            QCOMPARE(desk.waitFor({Kind::Error, Kind::Saved}).kind, Kind::Saved);
        }
        Desk desk;
        QCOMPARE(desk.prepare(pointsProject(), place.run).step, std::int64_t{21});
        QCOMPARE(stepsOf(desk.trainer, "train/loss"), oneTo(21));
        QCOMPARE(stepsOf(desk.trainer, "validation/loss"), (std::vector<std::int64_t>{8, 16}));
        QCOMPARE(desk.hash(), expectedHash(pointsProject(), 21));
    }
    void whatCannotBeSavedDoesNotKeepTheNextRunFromStarting() {
        const Place place;
        Desk desk;
        desk.prepare(pointsProject(), place.run);
        desk.trainer.stepBatch(3);
        desk.waitFor({Kind::Paused});
        fs::remove_all(place.run);
        desk.trainer.prepare(pointsProject(), {}, {});
        desk.waitFor({Kind::Error});
        desk.waitFor({Kind::Prepared});
    }
    void leavingInTheMiddleSavesAndResumesExactly() {
        const Place place;
        std::int64_t left = 0;
        {
            Desk desk;
            desk.prepare(longProject(), place.run);
            desk.trainer.run();
            QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.step > 30; }));
        }
        left = readRun(place.run).checkpoints.back().step;
        QVERIFY(left > 30);
        QVERIFY(!listRuns(place.run.parent_path()).at(0).interrupted);
        Desk desk;
        const TrainerEvent prepared = desk.prepare(longProject(), place.run);
        QCOMPARE(prepared.kind, Kind::Prepared);
        QCOMPARE(prepared.step, left);
        QCOMPARE(stepsOf(desk.trainer, "train/loss"), oneTo(left));
        desk.trainer.stepBatch(10);
        desk.waitFor({Kind::Paused});
        QCOMPARE(desk.hash(), expectedHash(longProject(), left + 10));
        QCOMPARE(stepsOf(desk.trainer, "train/loss"), oneTo(left + 10));
    }
    void leavingInTheMiddleOfAStepFinishesIt() {
        const Place place;
        {
            Desk desk;
            desk.prepare(pointsProject(), place.run);
            desk.trainer.stepInstruction();
            QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.instruction == 1; }));
        }
        QCOMPARE(readRun(place.run).checkpoints.back().step, std::int64_t{1});
        QCOMPARE(loadState(readRun(place.run).checkpoints.back().file).step, std::int64_t{1});
    }
    void aLearningRateOfTheLastStepIsResumed() {
        const Place place;
        {
            Desk desk;
            desk.prepare(pointsProject(), place.run);
            desk.trainer.stepBatch(4);
            desk.waitFor({Kind::Paused});
            desk.trainer.save();
            desk.waitFor({Kind::Saved});
            desk.trainer.setLearningRate(0.7);
            QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.learningRate == 0.7; }));
        }
        Desk desk;
        desk.prepare(pointsProject(), place.run);
        QCOMPARE(desk.trainer.status().learningRate, 0.7);
    }
    void stopSavesAndRests() {
        const Place place;
        Desk desk;
        desk.prepare(longProject(), place.run);
        desk.trainer.run();
        QVERIFY(desk.reaches([](const TrainerStatus& status) { return status.step > 5; }));
        desk.trainer.stop();
        desk.waitFor({Kind::Saved});
        const std::int64_t step = desk.waitFor({Kind::Paused}).step;
        QCOMPARE(readRun(place.run).checkpoints.back().step, step);
        QCOMPARE(desk.trainer.status().savedStep, step);
    }
    void aChangedProjectIsNotMixedWithTheOldRun() {
        const Place place;
        {
            Desk desk;
            desk.prepare(pointsProject(), place.run);
            desk.trainer.run();
            desk.waitFor({Kind::Finished});
        }
        QVERIFY(listRuns(place.run.parent_path()).at(0).finished);
        Desk desk;
        Project changed = pointsProject();
        changed.training.batchSize = 16;
        const TrainerEvent event = desk.prepare(changed, place.run);
        QCOMPARE(event.kind, Kind::Error);
        QVERIFY(event.message.find("the project has changed") != std::string::npos);
        QVERIFY(listRuns(place.run.parent_path()).at(0).finished);
    }
    void anEditKeepsTrainingAndComesBackOnResume() {
        const QTemporaryDir folder;
        const fs::path run = fs::path(folder.path().toStdString()) / "run";
        Project project = pointsProject(), edited = project;
        edited.training.optimizer = {"Adam", {{"learning_rate", 0.02}}};
        std::string hash;
        {
            Desk desk;
            desk.prepare(project, run);
            desk.trainer.runTo(5);
            desk.waitFor({Kind::Paused});
            desk.trainer.edit(edited);
            desk.waitFor({Kind::Edited});
            desk.trainer.runTo(9);
            desk.waitFor({Kind::Paused});
            hash = desk.hash();
        }
        const Arena arena(1);
        QCOMPARE(replayed(readRun(run), 9, arena, resourcesFolder()).state.hash(), hash);
        Desk again;
        QCOMPARE(again.prepare(project, run).kind, Kind::Prepared);
        QCOMPARE(again.trainer.status().step, std::int64_t{9});
        QCOMPARE(again.hash(), hash);
    }
    // A layer more, another wider, one renamed: what still fits is kept, and replay finds the same way.
    void anEditOfTheDrawingKeepsEveryWeightThatFits() {
        const Place place;
        const Project project = pointsProject();
        Project edited = project;
        ModelGraph& graph = edited.graph;
        const NodeId scores = graph.findByName("scores")->id;
        const Edge into = *graph.edgeInto({scores, 0});
        const NodeId more = draw(graph, "Dense", {into.from.node}, units(8), "more");
        graph.connect({{more, 0}, {scores, 0}});
        const NodeId first = std::ranges::find(graph.nodes(), "Dense", &Node::op)->id;
        const std::string was = graph.find(first)->name;
        QVERIFY(graph.rename(first, "renamed"));
        std::string hash;
        Tensor kept;
        {
            Desk desk;
            desk.prepare(project, place.run);
            desk.trainer.runTo(5);
            desk.waitFor({Kind::Paused});
            desk.trainer.save();
            desk.waitFor({Kind::Saved});
            desk.trainer.edit(edited);
            const TrainerEvent event = desk.waitFor({Kind::Edited, Kind::Problems, Kind::Error});
            QCOMPARE(event.kind, Kind::Edited);
            QCOMPARE(event.message, std::string("more.weight, more.bias"));
            desk.trainer.save();
            desk.waitFor({Kind::Saved});
            const State before = loadState(readRun(place.run).checkpoints.back().file);
            kept = before.find("renamed.weight")->tensor;
            desk.trainer.runTo(9);
            desk.waitFor({Kind::Paused});
            hash = desk.hash();
        }
        const Arena arena(1);
        const Replayed atFive = replayed(readRun(place.run), 5, arena, resourcesFolder(), ReplayFrom::Start);
        QVERIFY(sameBytes(atFive.state.find("renamed.weight")->tensor.view(), kept.view()));
        QVERIFY(atFive.state.find(was + ".weight") == nullptr);
        QCOMPARE(replayed(readRun(place.run), 9, arena, resourcesFolder(), ReplayFrom::Start).state.hash(), hash);
        QVERIFY(sameTraining(projectToResume(place.run), edited));
    }
    void anEditThatCannotRunChangesNothing() {
        Desk desk;
        Project project = pointsProject();
        desk.prepare(project);
        desk.trainer.runTo(3);
        desk.waitFor({Kind::Paused});
        const std::string before = desk.hash();
        project.training.updates.clipNorm = -1;
        desk.trainer.edit(project);
        QCOMPARE(desk.waitFor({Kind::Error}).kind, Kind::Error);
        QCOMPARE(desk.hash(), before);
        desk.trainer.runTo(4);
        desk.waitFor({Kind::Paused});
    }
    void stoppingEarlyFinishesWithWords() {
        const QTemporaryDir folder;
        const fs::path run = fs::path(folder.path().toStdString()) / "run";
        Desk desk;
        Project project = pointsProject();
        project.training.epochs = 50;
        project.training.earlyStopping = {
            .patience = 1, .monitor = "loss", .minimumImprovement = 1e6, .restoreBest = true};
        desk.prepare(project, run);
        desk.trainer.run();
        const TrainerEvent finished = desk.waitFor({Kind::Finished});
        QVERIFY(QString::fromStdString(finished.message).startsWith("Stopped early"));
        QCOMPARE(finished.step, 2 * desk.trainer.status().stepsPerEpoch);
        const Arena arena(1);
        QCOMPARE(replayed(readRun(run), finished.step, arena, resourcesFolder()).state.hash(), desk.hash());
    }
    void theGradientNormAndTheScheduledRateAreLogged() {
        Desk desk;
        Project project = pointsProject();
        project.training.updates.clipNorm = 1;
        project.training.schedule = {"Exponential", {{"unit", std::string("steps")}}};
        desk.prepare(project);
        desk.trainer.runTo(4);
        desk.waitFor({Kind::Paused});
        QCOMPARE(desk.trainer.scalars()->find("train/gradient_norm")->size(), std::int64_t{4});
        QCOMPARE(desk.trainer.scalars()->find("learning_rate")->size(), std::int64_t{5});
    }
};

QTEST_GUILESS_MAIN(TestTrainer)
#include "test_trainer.moc"
