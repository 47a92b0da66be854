// SPDX-License-Identifier: GPL-3.0-or-later
// What is around the optimizer: groups, clipping, several batches for an update, moving averages, schedules, early
// stopping, precision, edits while training, and the range test.
#include "core/base/error.h"
#include "core/data/dataset_source.h"
#include "core/graph/block_library.h"
#include "core/train/journal_replay.h"
#include "core/train/range_test.h"
#include "core/train/run_folder.h"
#include "core/train/training_run.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <cmath>
#include <map>

using namespace gradlens;
using namespace gradlens::test;

namespace {
std::shared_ptr<const Dataset> data() {
    static const auto dataset = noiseImages(70, 30);  // 4 batches of 16 and one of 6
    return dataset;
}

std::string firstParameter(const TrainingRun& run) {
    for (const StateEntry& entry : run.state().entries)
        if (entry.kind == ValueKind::Parameter) return entry.name;
    return {};
}

// Everything at once.
Project everything() {
    Project project = imagesProject();
    TrainingSpec& training = project.training;
    training.optimizer = {"LAMB", {{"learning_rate", 0.01}}};
    training.updates = {.groups = {{.pattern = "*.bias", .learningRate = 2, .weightDecay = 0.0}},
                        .clipValue = 0.1,
                        .clipNorm = 0.5,
                        .accumulate = 2,
                        .averageDecay = 0.9};
    training.schedule = {"Plateau", {{"patience", std::int64_t{0}}, {"gamma", 0.5}, {"warmup_steps", std::int64_t{2}}}};
    training.earlyStopping = {.patience = 1, .monitor = "accuracy", .minimumImprovement = 0.5, .restoreBest = true};
    return project;
}

// With evaluation at the end of every epoch, as the trainer has it.
void advance(TrainingRun& run, std::int64_t steps) {
    for (std::int64_t i = 0; i < steps; ++i) {
        run.step();
        if (run.state().step % run.stepsPerEpoch() == 0) run.evaluateEpoch();
    }
}

std::string fault(const Project& project) {
    try {
        const Arena arena(1);
        const TrainingRun run(arena, project, data());
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}
}  // namespace

class TestTrainingSettings : public QObject {
    Q_OBJECT

private slots:
    void everythingAtOnceGivesTheSameBitsOnAnyThreads() {
        std::vector<std::string> hashes;
        for (const int threads : {1, 2, 4}) {
            const Arena arena(threads);
            TrainingRun run(arena, everything(), data());
            advance(run, 10);
            hashes.push_back(run.state().hash());
        }
        QCOMPARE(hashes[0], hashes[1]);
        QCOMPARE(hashes[0], hashes[2]);
    }
    void everythingAtOnceGoesOnFromACheckpoint() {
        const Arena arena(1);
        const QTemporaryDir folder;
        TrainingRun whole(arena, everything(), data());
        for (std::int64_t step = 0; step < 12; ++step) {
            const std::filesystem::path file =
                std::filesystem::path(folder.path().toStdString()) / (std::to_string(step) + ".safetensors");
            saveState(whole.state(), file);
            advance(whole, 1);
            TrainingRun resumed(arena, everything(), data());
            resumed.setState(loadState(file));
            advance(resumed, 1);
            QCOMPARE(resumed.state().hash(), whole.state().hash());
        }
    }
    void frozenParametersStayAndKeepNothing() {
        const Arena arena(1);
        Project project = imagesProject();
        const std::string name = firstParameter(TrainingRun(arena, project, data()));
        project.training.optimizer = {"Adam", {}};
        project.training.updates.groups = {{.pattern = name, .weightDecay = {}, .frozen = true}};
        TrainingRun run(arena, project, data());
        const Tensor before = run.state().find(name)->tensor.clone();
        for (int i = 0; i < 3; ++i) run.step();
        QVERIFY(sameBytes(run.state().find(name)->tensor.view(), before.view()));
        QVERIFY(run.state().find(name + ".adam_m") == nullptr);
        QCOMPARE(run.graph()->find(name + ".grad"), kNoValue);
    }
    void aGroupHasARateOfItsOwn() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 0.1}}};
        const std::string name = firstParameter(TrainingRun(arena, project, data()));
        project.training.updates.groups = {{.pattern = name, .learningRate = 0, .weightDecay = {}}};
        TrainingRun run(arena, project, data());
        const Tensor before = run.state().find(name)->tensor.clone();
        run.step();
        QVERIFY(sameBytes(run.state().find(name)->tensor.view(), before.view()));
    }
    void clippingByNormBoundsTheStep() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 1.0}}};
        project.training.updates.clipNorm = 0.01;
        TrainingRun run(arena, project, data());
        const State before = run.state().clone();
        const StepResult result = run.step();
        QVERIFY(result.gradientNorm > 0.01);
        double squares = 0;
        for (std::size_t i = 0; i < before.entries.size(); ++i) {
            if (before.entries[i].kind != ValueKind::Parameter) continue;
            for (std::int64_t k = 0; k < before.entries[i].tensor.elements(); ++k) {
                const double moved = run.state().entries[i].tensor.at(k) - before.entries[i].tensor.at(k);
                squares += moved * moved;
            }
        }
        QVERIFY(std::abs(std::sqrt(squares) / 0.01 - 1) < 1e-3);
    }
    void batchesOfAnUpdateAddUpToALargerOne() {
        // Without dropout and statistics of the batch; in double, so that only the order of sums differs.
        const Arena arena(1);
        Project large = pointsProject();
        large.training.precision = DType::Float64;
        large.training.optimizer = {"SGD", {{"learning_rate", 0.1}}};
        Project parts = large;
        large.training.batchSize = 32;
        parts.training.batchSize = 8;
        parts.training.updates.accumulate = 4;
        const auto dataset = loadDataset(large.data, {{}, resourcesFolder(), large.training.seed, {}});
        TrainingRun one(arena, large, dataset), four(arena, parts, dataset);
        QCOMPARE(four.stepsPerEpoch(), one.stepsPerEpoch());
        for (std::int64_t i = 0; i < one.stepsPerEpoch() + 2;
             ++i) {  // the last update of an epoch may have fewer batches
            const StepResult a = one.step(), b = four.step();
            QCOMPARE(b.samples, a.samples);
            QVERIFY(std::abs(a.loss - b.loss) < 1e-12);
        }
    }
    void theMovingAverageIsWhatEvaluates() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.updates.averageDecay = 0.999999;
        TrainingRun run(arena, project, data());
        const double fresh = run.evaluate().loss;
        project.training.updates.averageDecay = 0;
        TrainingRun plain(arena, project, data());
        QCOMPARE(plain.evaluate().loss, fresh);
        const std::string name = firstParameter(run);
        const double before = run.state().find(name + ".ema")->tensor.at(0);
        run.step();
        const double expected = 0.999999 * before + 1e-6 * run.state().find(name)->tensor.at(0);
        QVERIFY(std::abs(run.state().find(name + ".ema")->tensor.at(0) - expected) < 1e-6);
    }
    void theScheduleMultipliesTheRateAndTheUserChangesItsBase() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 0.1}}};
        project.training.schedule = {"Exponential", {{"unit", std::string("steps")}, {"gamma", 0.5}}};
        TrainingRun run(arena, project, data());
        QCOMPARE(run.step().learningRate, 0.1);
        QCOMPARE(run.step().learningRate, 0.05);
        run.setLearningRate(0.8);
        QCOMPARE(run.step().learningRate, 0.2);
    }
    void earlyStoppingRestoresTheBestWeights() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 0.5}}};
        project.training.earlyStopping = {
            .patience = 2, .monitor = "loss", .minimumImprovement = 1e6, .restoreBest = true};
        TrainingRun run(arena, project, data());
        const auto epoch = [&] {
            for (std::int64_t i = 0; i < run.stepsPerEpoch(); ++i) run.step();
            return run.evaluateEpoch();
        };
        const Evaluation first = epoch();
        QVERIFY(!first.stop && !epoch().stop);
        const Evaluation last = epoch();
        QVERIFY(last.stop && last.loss != first.loss);
        QCOMPARE(run.evaluate().loss, first.loss);
    }
    void doublePrecisionTrainsInDouble() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.precision = DType::Float64;
        TrainingRun run(arena, project, data());
        QVERIFY(std::isfinite(run.step().loss) && std::isfinite(run.evaluate().loss));
        for (const StateEntry& entry : run.state().entries) QVERIFY(entry.tensor.dtype() == DType::Float64);
    }
    void faultsNameTheirKey() {
        const auto with = [](auto&& change) {
            Project project = imagesProject();
            change(project.training);
            return QString::fromStdString(fault(project));
        };
        QVERIFY(with([](TrainingSpec& t) {
                    t.updates.groups = {{.pattern = "nothing.*", .weightDecay = {}}};
                }).contains("training.groups[0]"));
        QVERIFY(with([](TrainingSpec& t) {
                    t.updates.groups = {{.pattern = "*", .weightDecay = {}, .frozen = true}};
                }).contains("every parameter is frozen"));
        QVERIFY(with([](TrainingSpec& t) { t.updates.clipNorm = -1; }).contains("training.clip_norm"));
        QVERIFY(with([](TrainingSpec& t) { t.updates.accumulate = 0; }).contains("training.accumulate"));
        QVERIFY(with([](TrainingSpec& t) { t.schedule.name = "Cosin"; }).contains("training.schedule.name"));
        QVERIFY(with([](TrainingSpec& t) { t.optimizer.name = "Adamm"; }).contains("or Adadelta"));
    }
    void settingsSurviveTheProjectFile() {
        Project project = everything();
        project.training.precision = DType::Float64;
        QVERIFY(projectFromJson(toJson(project, drawingCatalogue()), drawingCatalogue(), "p") == project);
        const auto plain = toJson(imagesProject(), drawingCatalogue())["training"];
        for (const char* key :
             {"schedule", "clip_value", "clip_norm", "accumulate", "ema", "early_stopping", "groups", "precision"})
            QVERIFY2(!plain.contains(key), key);
    }
    void badSettingsInAFileNameTheirKey_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("json");
        for (const auto& [key, json] :
             std::initializer_list<std::pair<const char*, const char*>>{{"clip_norm", "-1"},
                                                                        {"accumulate", "0"},
                                                                        {"ema", "1"},
                                                                        {"precision", R"("float16")"},
                                                                        {"groups[0].frozen", "1"},
                                                                        {"early_stopping.monitor", R"("luck")"}})
            QTest::newRow(key) << QString(key) << QString(json);
    }
    void badSettingsInAFileNameTheirKey() {
        QFETCH(QString, key);
        QFETCH(QString, json);
        auto file = toJson(imagesProject(), drawingCatalogue());
        auto& training = file["training"];
        const auto value = nlohmann::ordered_json::parse(json.toStdString());
        if (key.startsWith("groups"))
            training["groups"] = {{{"pattern", "*"}, {"frozen", value}}};
        else if (key.startsWith("early"))
            training["early_stopping"] = {{"patience", 1}, {"monitor", value}};
        else
            training[key.toStdString()] = value;
        try {
            projectFromJson(file, drawingCatalogue(), "p");
            QFAIL("it was read");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains(key), error.what());
        }
    }
    void anEditKeepsWhatFits() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 0.1}, {"momentum", 0.9}}};
        TrainingRun run(arena, project, data());
        run.step();
        const std::string name = firstParameter(run);
        const Tensor weight = run.state().find(name)->tensor.clone(),
                     momentum = run.state().find(name + ".momentum")->tensor.clone();
        project.training.updates.averageDecay = 0.5;
        const auto edited = run.edited(project);
        QVERIFY(sameBytes(edited->state().find(name)->tensor.view(), weight.view()));
        QVERIFY(sameBytes(edited->state().find(name + ".momentum")->tensor.view(), momentum.view()));
        QVERIFY(sameBytes(edited->state().find(name + ".ema")->tensor.view(), weight.view()));
        QCOMPARE(edited->state().step, std::int64_t{1});
        QCOMPARE(edited->state().edits, std::int64_t{1});
    }
    void editsAreReplayed() {
        // Edits at 3 and at 8 (where a checkpoint was written before it) and a learning rate after the second.
        const Arena arena(1);
        const QTemporaryDir folder;
        const std::filesystem::path place = std::filesystem::path(folder.path().toStdString()) / "run";
        Project project = pointsProject();
        Project second = project, third = project;
        second.training.optimizer = {"Adam", {{"learning_rate", 0.02}}};
        third.training.updates.clipNorm = 0.1;
        RunFolder recorded = RunFolder::create(place, project, {});
        auto run = std::make_unique<TrainingRun>(
            arena, project, loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}}));
        std::map<std::int64_t, std::string> hashes;
        const auto edit = [&](const Project& next) {
            recorded.journal().append({JournalEntry::What::Edit, run->state().step, 0, projectText(next)});
            run = run->edited(next);
        };
        for (std::int64_t step = 0; step <= 14; ++step) {
            if (step == 3) edit(second);
            if (step == 6 || step == 8) recorded.saveCheckpoint(run->state(), 100);
            if (step == 8) {
                edit(third);
                recorded.journal().append({JournalEntry::What::LearningRate, step, 0.07});
                run->setLearningRate(0.07);
            }
            if (step == 11) recorded.saveCheckpoint(run->state(), 100);
            hashes[step] = run->state().hash();
            run->step();
        }
        RunSnapshot snapshot = readRun(place);
        for (const auto& [step, hash] : hashes)
            QVERIFY2(replayed(snapshot, step, arena, resourcesFolder()).state.hash() == hash,
                     qPrintable(QString("step %1").arg(step)));
        snapshot.checkpoints.clear();
        for (const std::int64_t step : {2, 3, 9, 14})
            QCOMPARE(replayed(snapshot, step, arena, resourcesFolder()).state.hash(), hashes.at(step));
    }
    void anEditOfTheDataIsRefused() {
        const Arena arena(1);
        TrainingRun run(arena, imagesProject(), data());
        Project other = imagesProject();
        other.training.seed += 1;
        QVERIFY_THROWS_EXCEPTION(Error, run.edited(other));
    }
    void theRangeTestLeavesTheStateAsItWas() {
        const Arena arena(1);
        Project project = imagesProject();
        project.training.optimizer = {"SGD", {{"learning_rate", 0.1}}};
        TrainingRun run(arena, project, data());
        run.step();
        const std::string before = run.state().hash();
        const RangeTest test = learningRateRangeTest(run, {1e-5, 10, 40});
        QCOMPARE(run.state().hash(), before);
        QCOMPARE(run.learningRate(), 0.1);
        QVERIFY(test.points.size() > 10 && test.points[0].learningRate == 1e-5);
        for (std::size_t i = 1; i < test.points.size(); ++i)
            QVERIFY(test.points[i].learningRate > test.points[i - 1].learningRate);
        if (test.suggestion) QVERIFY(*test.suggestion >= 1e-5 && *test.suggestion <= 10);
    }
    void theRangeTestWantsARange() {
        const Arena arena(1);
        TrainingRun run(arena, imagesProject(), data());
        QVERIFY_THROWS_EXCEPTION(Error, learningRateRangeTest(run, {1, 0.1, 10}));
        QVERIFY_THROWS_EXCEPTION(Error, learningRateRangeTest(run, {0, 0.1, 10}));
    }
};

QTEST_GUILESS_MAIN(TestTrainingSettings)
#include "test_training_settings.moc"
