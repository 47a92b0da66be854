// SPDX-License-Identifier: GPL-3.0-or-later
// Weights that a running trainer hands out: of one step, and at no cost to what it trains.
#include "core/train/trainer.h"
#include "core/train/training_run.h"
#include "support_networks.h"

using namespace gradlens;
using namespace gradlens::test;

namespace {
bool sameParameters(const State& copied, const State& state) {
    return std::ranges::all_of(state.entries, [&](const StateEntry& entry) {
        if (entry.kind == ValueKind::OptimizerSlot) return copied.find(entry.name) == nullptr;
        const StateEntry* copy = copied.find(entry.name);
        return copy != nullptr && sameBytes(copy->tensor.view(), entry.tensor.view());
    });
}
}  // namespace

class TestTrainerWeights : public QObject {
    Q_OBJECT

private slots:
    void atRestTheyComeAtOnce() {
        const Project project = pointsProject();
        Trainer trainer({.threads = 1, .resourcesFolder = resourcesFolder()});
        trainer.prepare(project, {}, {});
        QTRY_COMPARE(trainer.status().phase, TrainerPhase::Paused);
        QVERIFY(trainer.weights() == nullptr);
        trainer.askForWeights();
        QTRY_VERIFY(trainer.weights() != nullptr);
        QCOMPARE(trainer.weights()->step, std::int64_t{0});
        const Arena arena(1);
        QVERIFY(sameParameters(*trainer.weights(),
                               TrainingRun(arena, project, loadDataset(project.data, {{}, {}, 3, {}})).state()));
    }

    void whileTrainingTheyAreOfOneStep() {
        Project project = pointsProject();
        project.training.epochs = 100'000;
        Trainer trainer({.threads = 1, .resourcesFolder = resourcesFolder()});
        trainer.prepare(project, {}, {});
        trainer.run();
        const auto trained = [&] { return trainer.weights() != nullptr && trainer.weights()->step > 50; };
        QTRY_VERIFY((trainer.askForWeights(), trained()));
        const auto weights = trainer.weights();
        trainer.pause();
        const Arena arena(1);
        TrainingRun run(arena, project, loadDataset(project.data, {{}, {}, project.training.seed, {}}));
        while (run.state().step < weights->step) run.step();
        QVERIFY(sameParameters(*weights, run.state()));
    }

    void inTheMiddleOfAStepTheyWaitForItsEnd() {
        Trainer trainer({.threads = 1, .resourcesFolder = resourcesFolder()});
        trainer.prepare(pointsProject(), {}, {});
        trainer.stepInstruction();
        QTRY_VERIFY(trainer.status().instruction > 0);
        trainer.askForWeights();
        trainer.stepInstruction();
        QTRY_VERIFY(trainer.status().instruction > 1);
        QVERIFY(trainer.weights() == nullptr);
        trainer.stepBatch();
        QTRY_VERIFY(trainer.weights() != nullptr);
        QCOMPARE(trainer.weights()->step, std::int64_t{1});
    }

    void askingDoesNotEndAnEvaluation() {
        Project project = pointsProject();
        project.training.epochs = 3;
        Trainer trainer({.threads = 1, .resourcesFolder = resourcesFolder()});
        trainer.prepare(project, {}, {});
        trainer.run();
        const auto evaluated = [&] {
            const ScalarSeries* losses = trainer.scalars()->find("validation/loss");
            return losses != nullptr && losses->size() == 3;
        };
        QTRY_VERIFY((trainer.askForWeights(), evaluated()));
    }

    void withTheRunTheyAreGone() {
        Trainer trainer({.threads = 1, .resourcesFolder = resourcesFolder()});
        trainer.prepare(pointsProject(), {}, {});
        trainer.askForWeights();
        QTRY_VERIFY(trainer.weights() != nullptr);
        Project wrong;
        trainer.prepare(wrong, {}, {});
        QTRY_COMPARE(trainer.status().phase, TrainerPhase::Failed);
        QVERIFY(trainer.weights() == nullptr);
    }
};

QTEST_GUILESS_MAIN(TestTrainerWeights)
#include "test_trainer_weights.moc"
