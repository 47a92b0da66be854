// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/train/run_folder.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <sys/wait.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>
#include <unistd.h>

using namespace gradlens;
using namespace gradlens::test;
namespace fs = std::filesystem;

namespace {
struct Place {
    QTemporaryDir folder;
    fs::path runs = folder.path().toStdString();
    fs::path run = runs / "run";
};

State stateAtStep(std::int64_t step) {
    static const Machine machine(pointsNetwork(), 4, DType::Float32);
    State state = machine.state;
    state.step = step;
    return state;
}

std::string errorOf(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

std::vector<ScalarPoint> pointsOf(const ScalarLog& log, const char* name) {
    std::vector<ScalarPoint> points;
    if (const ScalarSeries* series = log.find(name))
        for (std::int64_t i = 0; i < series->size(); ++i) points.push_back((*series)[i]);
    return points;
}

std::vector<std::int64_t> stepsOf(const ScalarLog& log, const char* name) {
    std::vector<std::int64_t> steps;
    for (const ScalarPoint& point : pointsOf(log, name)) steps.push_back(point.step);
    return steps;
}

// Opens the run in a process of its own, which is then killed.
void killWhileOpen(const fs::path& run) {
    int ready[2];
    QVERIFY(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            const RunFolder folder = RunFolder::open(run);
            if (::write(ready[1], "x", 1) == 1) ::pause();
        } catch (...) {
        }
        ::_exit(1);
    }
    ::close(ready[1]);
    char byte = 0;
    QCOMPARE(::read(ready[0], &byte, 1), ssize_t{1});
    ::close(ready[0]);
    QVERIFY(!listRuns(run.parent_path()).at(0).interrupted);  // open, not interrupted
    QVERIFY(errorOf([&] { RunFolder::open(run); }).find("open in another process") != std::string::npos);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}
}  // namespace

class TestRunFolder : public QObject {
    Q_OBJECT

private slots:
    void aRunComesBackAsItWasMade() {
        const Place place;
        {
            RunFolder run = RunFolder::create(place.run, pointsProject(), "/tmp/somewhere");
            run.saveCheckpoint(stateAtStep(5), 24);
            run.close(false);
        }
        const RunFolder run = RunFolder::open(place.run);
        QVERIFY(run.project() == pointsProject());
        QCOMPARE(run.projectFolder(), fs::path("/tmp/somewhere"));
        QCOMPARE(run.checkpoints(), std::vector<std::int64_t>{5});
        QCOMPARE(loadState(run.checkpointFile(5)).step, std::int64_t{5});
    }
    void aFolderHoldsOneRun() {
        const Place place;
        {
            const RunFolder run = RunFolder::create(place.run, pointsProject(), {});
        }
        QVERIFY(errorOf([&] {
                    RunFolder::create(place.run, pointsProject(), {});
                }).find("there is a run in this folder already") != std::string::npos);
    }
    void anEmptyFolderIsNoRun() {
        const Place place;
        QVERIFY(!RunFolder::holdsRun(place.run));
        QVERIFY(errorOf([&] { RunFolder::open(place.run); }).find("there is no run in this folder") !=
                std::string::npos);
    }
    void oneOwnerAtATime() {
        const Place place;
        auto run = std::optional(RunFolder::create(place.run, pointsProject(), {}));
        QVERIFY(errorOf([&] { RunFolder::open(place.run); }).find("open in another process") != std::string::npos);
        run.reset();
        QCOMPARE(errorOf([&] { RunFolder::open(place.run); }), std::string("no error"));
    }
    void aRunOfANewerProgramSaysSo() {
        const Place place;
        {
            const RunFolder run = RunFolder::create(place.run, pointsProject(), {});
        }
        std::ofstream(place.run / "run.json") << "{\"gradlens_run\": 2}";
        QVERIFY(errorOf([&] { RunFolder::open(place.run); }).find("newer Gradlens") != std::string::npos);
        std::ofstream(place.run / "run.json") << "{";
        QVERIFY(errorOf([&] { RunFolder::open(place.run); }).find("not the record of a run") != std::string::npos);
        QVERIFY(listRuns(place.runs).empty());
    }
    void aFolderThatCannotBeMadeSaysSo() {
        QVERIFY(errorOf([] {
                    RunFolder::create("/proc/gradlens/run", pointsProject(), {});
                }).find("the run folder cannot be made") != std::string::npos);
    }
    void aFolderThatCannotBeWrittenSaysSo() {
        if (::geteuid() == 0) QSKIP("the superuser may write anywhere");
        const Place place;
        fs::permissions(place.runs, fs::perms::owner_read | fs::perms::owner_exec);
        const std::string error = errorOf([&] { RunFolder::create(place.run, pointsProject(), {}); });
        fs::permissions(place.runs, fs::perms::owner_all);
        QVERIFY(error != "no error");
    }
    void checkpointsAreThinnedWithAge() {
        const Place place;
        RunFolder run = RunFolder::create(place.run, pointsProject(), {});
        for (std::int64_t step = 10; step <= 600; step += 10) run.saveCheckpoint(stateAtStep(step), 1000);
        const auto steps = run.checkpoints();
        QCOMPARE(steps.size(), std::size_t{12});
        QCOMPARE(steps.front(), std::int64_t{10});
        QCOMPARE(std::vector(steps.end() - 3, steps.end()), (std::vector<std::int64_t>{580, 590, 600}));
        // Ever wider gaps toward the past, but the whole past is covered.
        std::int64_t widest = 0;
        for (std::size_t i = 1; i < steps.size(); ++i) widest = std::max(widest, steps[i] - steps[i - 1]);
        QVERIFY(widest <= 300);
    }
    void scalarsComeBackExactly() {
        const Place place;
        ScalarLog written;
        {
            RunFolder run = RunFolder::create(place.run, pointsProject(), {});
            for (int step = 1; step <= 500; ++step) {
                written.series("train/loss").append({step, 0.25 * step, 1.0 / step});
                if (step % 100 == 0) {
                    written.series("validation/loss")
                        .append(
                            {step, 0.25 * step, step == 300 ? std::numeric_limits<double>::quiet_NaN() : 2.0 / step});
                    run.writeScalars(written);
                }
            }
        }
        RunFolder run = RunFolder::open(place.run);
        ScalarLog read;
        run.readScalars(read, 500);
        for (const char* name : {"train/loss", "validation/loss"}) {
            const auto before = pointsOf(written, name), after = pointsOf(read, name);
            QCOMPARE(after.size(), before.size());
            for (std::size_t i = 0; i < before.size(); ++i) {
                QCOMPARE(after[i].step, before[i].step);
                QVERIFY(after[i].value == before[i].value ||
                        (std::isnan(after[i].value) && std::isnan(before[i].value)));
                QVERIFY(std::abs(after[i].seconds - before[i].seconds) < 1e-5);
            }
        }
    }
    void resumingNeitherDoublesNorLosesPoints() {
        const Place place;
        const auto session = [&](std::int64_t from, std::int64_t to, bool create) {
            RunFolder run = create ? RunFolder::create(place.run, pointsProject(), {}) : RunFolder::open(place.run);
            ScalarLog log;
            if (!create) run.readScalars(log, from);
            for (std::int64_t step = from + 1; step <= to; ++step)
                log.series("train/loss").append({step, static_cast<double>(step), static_cast<double>(10 * to + step)});
            if (to % 10 == 0) log.series("validation/loss").append({to, 0, 0});
            run.writeScalars(log);
        };
        session(0, 10, true);
        session(10, 20, false);
        session(15, 18, false);  // the one before was killed behind its checkpoint at 15
        session(17, 30, false);
        RunFolder run = RunFolder::open(place.run);
        ScalarLog log;
        run.readScalars(log, 29);
        std::vector<std::int64_t> expected(29);
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(i) + 1;
        QCOMPARE(stepsOf(log, "train/loss"), expected);
        QCOMPARE(stepsOf(log, "validation/loss"),
                 std::vector<std::int64_t>{10});  // that of 20 was undone, that of 30 is not reached
        const auto points = pointsOf(log, "train/loss");
        QCOMPARE(points[9].value, 110.0);
        QCOMPARE(points[14].value, 215.0);
        QCOMPARE(points[16].value, 197.0);
        QCOMPARE(points[17].value, 318.0);
    }
    void aKilledRunIsInterrupted() {
        const Place place;
        {
            RunFolder run = RunFolder::create(place.run, pointsProject(), {});
            run.saveCheckpoint(stateAtStep(5), 24);
            run.close(false);
        }
        QVERIFY(!listRuns(place.runs).at(0).interrupted);
        killWhileOpen(place.run);
        const RunInfo info = listRuns(place.runs).at(0);
        QVERIFY(info.interrupted && !info.finished);
        QCOMPARE(info.step, std::int64_t{5});
        QCOMPARE(info.totalSteps, std::int64_t{24});
        QCOMPARE(info.name, std::string("Points"));
        RunFolder::open(place.run).close(false);
        QVERIFY(!listRuns(place.runs).at(0).interrupted);
    }
    void aFinishedRunSaysSo() {
        const Place place;
        RunFolder run = RunFolder::create(place.run, pointsProject(), {});
        run.saveCheckpoint(stateAtStep(24), 24);
        run.close(true);
        QVERIFY(listRuns(place.runs).at(0).finished);
    }
    void aRunThatWasOnlyLookedAtIsListedAsBefore() {
        const Place place;
        RunFolder::create(place.run, pointsProject(), {}).close(true);
        RunFolder::open(place.run).abandon();
        QVERIFY(listRuns(place.runs).at(0).finished);
    }
    void runsAreListedLatestFirst() {
        const Place place;
        for (const char* name : {"a", "b", "c"}) RunFolder::create(place.runs / name, pointsProject(), {}).close(false);
        fs::last_write_time(place.runs / "b" / "run.json", fs::file_time_type::clock::now() + std::chrono::hours(1));
        fs::create_directory(place.runs / "other");
        const auto runs = listRuns(place.runs);
        QCOMPARE(runs.size(), std::size_t{3});
        QCOMPARE(runs[0].folder.filename(), fs::path("b"));
        QVERIFY(listRuns(place.runs / "nowhere").empty());
    }
    void sameTrainingLooksAtWhatTrains() {
        const Project project = pointsProject();
        Project other = project;
        other.graph.move(other.graph.nodes()[0].id, {100, 200});
        other.name = "Other";
        other.training.epochs += 1;
        QVERIFY(sameTraining(project, other));
        other = project;
        other.training.seed += 1;
        QVERIFY(!sameTraining(project, other));
        other = project;
        other.training.batchSize += 1;
        QVERIFY(!sameTraining(project, other));
        other = project;
        other.training.optimizer.name = "Adam";
        QVERIFY(!sameTraining(project, other));
        other = project;
        other.graph.setAttributes(other.graph.findByName("hidden")->id, units(9));
        QVERIFY(!sameTraining(project, other));
        other = project;
        other.data.attributes.set("noise", 0.5);
        QVERIFY(!sameTraining(project, other));
    }
    void aRunCanBeReadWhileItIsOpen() {
        const Place place;
        RunFolder run = RunFolder::create(place.run, pointsProject(), "/tmp");
        run.saveCheckpoint(stateAtStep(5), 24);
        run.journal().append({JournalEntry::What::LearningRate, 5, 0.5});
        const RunSnapshot snapshot = readRun(place.run);
        QVERIFY(snapshot.project == pointsProject());
        QCOMPARE(snapshot.checkpoints.size(), std::size_t{1});
        QCOMPARE(snapshot.journal.size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestRunFolder)
#include "test_run_folder.moc"
