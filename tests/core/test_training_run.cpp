// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/problems_error.h"
#include "core/train/training_run.h"
#include "support_errors.h"
#include "support_networks.h"

#include <cmath>

using namespace gradlens;
using namespace gradlens::test;

namespace {
Project project(std::uint64_t seed = 3) {
    Project result = imagesProject();
    result.training.seed = seed;
    return result;
}

std::shared_ptr<const Dataset> data() {
    static const auto dataset = noiseImages(70, 30);  // 4 batches of 16 and one of 6
    return dataset;
}

std::string hashAfter(int steps, int threads, std::uint64_t seed = 3) {
    const Arena arena(threads);
    TrainingRun run(arena, project(seed), data());
    for (int i = 0; i < steps; ++i) run.step();
    return run.state().hash();
}

std::vector<Problem> problemsOf(const Project& drawn, std::shared_ptr<const Dataset> dataset) {
    const Arena arena(1);
    try {
        const TrainingRun run(arena, drawn, std::move(dataset));
    } catch (const ProblemsError& error) {
        return error.problems();
    }
    return {};
}
}  // namespace

class TestTrainingRun : public QObject {
    Q_OBJECT

private slots:
    void threadsDoNotMatter_data() {
        QTest::addColumn<int>("threads");
        QTest::newRow("two") << 2;
        QTest::newRow("four") << 4;
    }
    void threadsDoNotMatter() {
        QFETCH(int, threads);
        QCOMPARE(hashAfter(7, threads), hashAfter(7, 1));
    }
    void anotherSeedIsAnotherFuture() { QVERIFY(hashAfter(3, 1, 4) != hashAfter(3, 1, 3)); }
    void everyStepChangesTheState() { QVERIFY(hashAfter(3, 1) != hashAfter(4, 1)); }

    void goingOnFromAnyStepIsTheSameFuture_data() {
        QTest::addColumn<int>("stop");
        for (int stop = 0; stop <= 11; ++stop) QTest::addRow("after step %d", stop) << stop;
    }
    void goingOnFromAnyStepIsTheSameFuture() {
        QFETCH(int, stop);
        const Arena arena(2);
        TrainingRun first(arena, project(), data());
        for (int i = 0; i < stop; ++i) first.step();
        TrainingRun second(arena, project(), data());
        second.setState(first.state().clone());
        for (int i = stop; i < 12; ++i) second.step();
        QCOMPARE(second.state().hash(), hashAfter(12, 1));
    }
    void classWeightsOfTheDataAreThoseOfTheLoss() {
        const Arena arena(2);
        auto weighed = std::make_shared<Dataset>(*data());
        for (int i = 0; i < 10; ++i) weighed->classWeights.push_back(0.5 + 0.25 * i);
        Project drawn = project();
        drawn.graph.setAttributes(drawn.graph.findByName("loss")->id,
                                  {{"class_weights", RealList(weighed->classWeights)}});
        TrainingRun fromData(arena, project(), weighed), fromDrawing(arena, drawn, data()),
            plain(arena, project(), data());
        for (int i = 0; i < 6; ++i) {
            fromData.step();
            fromDrawing.step();
            plain.step();
        }
        QCOMPARE(fromData.state().hash(), fromDrawing.state().hash());
        QVERIFY(fromData.state().hash() != plain.state().hash());
    }
    void weightsOfTheLossComeBeforeThoseOfTheData() {
        const Arena arena(2);
        auto weighed = std::make_shared<Dataset>(*data());
        weighed->classWeights.assign(10, 2.0);
        weighed->classWeights[0] = 1;
        Project drawn = project();
        drawn.graph.setAttributes(drawn.graph.findByName("loss")->id,
                                  {{"class_weights", RealList{3, 1, 1, 1, 1, 1, 1, 1, 1, 1}}});
        TrainingRun both(arena, drawn, weighed), own(arena, drawn, data());
        both.step();
        own.step();
        QCOMPARE(both.state().hash(), own.state().hash());
    }
    void classWeightsThatNoLossTakesAreRefused() {
        auto weighed = std::make_shared<Dataset>(*data());
        weighed->classWeights.assign(10, 2.0);
        Project drawn = project();
        const NodeId loss = drawn.graph.findByName("loss")->id;
        Node other = *drawn.graph.find(loss);
        const Edge scores = *drawn.graph.edgeInto({loss, 0}), labels = *drawn.graph.edgeInto({loss, 1});
        drawn.graph.remove(loss);
        other.op = "Hinge";
        other.attributes = {};
        drawn.graph.restore(other);
        drawn.graph.connect(scores);
        drawn.graph.connect(labels);
        const Arena arena(1);
        const Error error = errorOf([&] { const TrainingRun run(arena, drawn, weighed); });
        QVERIFY2(says(error, "no loss of the drawing can weigh classes"), error.what());
    }
    void previewLeavesNoTrace() {
        const Arena arena(2);
        TrainingRun run(arena, project(), data());
        for (int i = 0; i < 7; ++i) {
            const std::string before = run.state().hash();
            run.preview();
            QCOMPARE(run.state().hash(), before);
            run.step();
        }
        QCOMPARE(run.state().hash(), hashAfter(7, 1));
    }
    void previewShowsWhatTheNextStepComputes() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        run.step();
        const ValueIndex value = run.graph()->find("dropout.output");
        const InstructionIndex writer = run.graph()->values[static_cast<std::size_t>(value)].writer;
        std::vector<bool> watched(run.graph()->instructions.size(), false);
        watched[static_cast<std::size_t>(writer)] = true;
        std::vector<Tensor> seen;
        run.setObserver([&](InstructionIndex) {
            const TensorView view = run.view(value);
            seen.emplace_back(view.dtype(), view.shape());
            seen.back().copyFrom(view);
        });
        run.watch(watched);
        run.preview();
        run.step();
        QCOMPARE(seen.size(), std::size_t{2});
        QVERIFY(sameBytes(seen[0].view(), seen[1].view()));
    }
    void evaluationLeavesNoTrace() {
        const Arena arena(2);
        TrainingRun run(arena, project(), data());
        for (int i = 0; i < 7; ++i) {
            const std::string before = run.state().hash();
            run.evaluate();
            QCOMPARE(run.state().hash(), before);
            run.step();
        }
        QCOMPARE(run.state().hash(), hashAfter(7, 1));
    }
    void evaluationCanBeBroughtToAnEnd() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        const Evaluation cut = run.evaluate([] { return false; });
        QVERIFY(!cut.complete);
        const Evaluation whole = run.evaluate();
        QVERIFY(whole.complete && std::isfinite(whole.loss) && whole.accuracy >= 0 && whole.accuracy <= 1);
        QCOMPARE(run.evaluate().loss, whole.loss);
    }
    void evaluationWeighsEverySampleAlike() {
        // 200 validation samples go in batches of 128 and 72; the same in one batch must agree.
        const Arena arena(1);
        Project one = project();
        TrainingRun run(arena, one, noiseImages(220, 200));
        const Evaluation pieces = run.evaluate();
        one.training.batchSize = 220;
        TrainingRun large(arena, one, noiseImages(220, 200));
        const Evaluation whole = large.evaluate();
        QVERIFY(std::abs(pieces.loss - whole.loss) < 1e-6 * std::abs(whole.loss));
        QCOMPARE(pieces.accuracy, whole.accuracy);
    }
    void theLastBatchOfAnEpochMayBeSmaller() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        QCOMPARE(run.stepsPerEpoch(), std::int64_t{5});
        std::vector<std::int64_t> sizes;
        for (int i = 0; i < 6; ++i) sizes.push_back(run.step().samples);
        QCOMPARE(sizes, (std::vector<std::int64_t>{16, 16, 16, 16, 6, 16}));
        QCOMPARE(run.state().step, std::int64_t{6});
    }
    void aBatchLargerThanTheDataIsTheWholeData() {
        const Arena arena(1);
        Project large = project();
        large.training.batchSize = 1000;
        TrainingRun run(arena, large, data());
        QCOMPARE(run.stepsPerEpoch(), std::int64_t{1});
        QCOMPARE(run.step().samples, std::int64_t{70});
    }
    void aStepCanBeTakenInstructionByInstruction() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        run.beginStep(StepBy::Instruction);
        QVERIFY(run.inStep());
        std::size_t count = 0;
        for (; !run.stepDone(); ++count) {
            QCOMPARE(run.nextInstruction(), static_cast<InstructionIndex>(count));
            run.executeNext();
        }
        QCOMPARE(count, run.graph()->instructions.size());
        const StepResult result = run.finishStep();
        QCOMPARE(result.step, std::int64_t{1});
        QVERIFY(std::isfinite(result.loss) && std::isfinite(result.accuracy));
        QCOMPARE(run.state().hash(), hashAfter(1, 1));
    }
    void aValueThatIsFusedAwayIsThereWhenWatched() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        const ValueIndex value = run.graph()->find("norm.output");
        QCOMPARE(run.plan().placements[static_cast<std::size_t>(value)].where, Placement::Where::Nowhere);
        std::vector<bool> watched(run.graph()->instructions.size(), false);
        watched[static_cast<std::size_t>(run.graph()->values[static_cast<std::size_t>(value)].writer)] = true;
        int seen = 0;
        run.setObserver([&](InstructionIndex) {
            const TensorView view = run.view(value);
            if (view.data() != nullptr && view.at(0) != 0) ++seen;
        });
        run.step();
        run.watch(watched);
        run.step();
        run.step();
        QCOMPARE(seen, 2);
        run.watch(std::vector<bool>(watched.size(), false));
        for (int i = 3; i < 7; ++i) run.step();
        QVERIFY(run.view(value).data() == nullptr);
        QCOMPARE(seen, 2);
        QCOMPARE(run.state().hash(), hashAfter(7, 1));
    }
    void steppingByInstructionShowsEveryValue() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        const ValueIndex value = run.graph()->find("norm.output");
        run.beginStep(StepBy::Instruction);
        while (run.nextInstruction() <= run.graph()->values[static_cast<std::size_t>(value)].writer) run.executeNext();
        QVERIFY(run.view(value).data() != nullptr);
        while (!run.stepDone()) run.executeNext();
        run.finishStep();
        for (int i = 1; i < 4; ++i) run.step();
        QCOMPARE(run.state().hash(), hashAfter(4, 1));
    }
    void aBatchThatNoMemoryHoldsIsRefusedWithTheNumbers() {
        Project huge;
        huge.graph = pointsNetwork();
        huge.graph.setAttributes(huge.graph.findByName("hidden")->id, units(2'000));
        huge.training.optimizer = {"SGD", {}};
        huge.training.batchSize = 30'000'000;
        auto dataset = std::make_shared<Dataset>();  // never touched, so that it takes no memory either
        dataset->name = "Huge";
        dataset->featureShape = {2};
        dataset->classNames = {"a", "b"};
        dataset->train = {Tensor(DType::Float32, {30'000'000, 2}), Tensor(DType::Int32, {30'000'000})};
        const Arena arena(1);
        try {
            const TrainingRun run(arena, huge, dataset);
            QFAIL("it was not refused");
        } catch (const Error& error) {
            const std::string text = error.what();
            QVERIFY2(text.find("a batch of 30000000 needs ") != std::string::npos, text.c_str());
            QVERIFY2(text.find(" GiB, ") != std::string::npos && text.find("iB are free") != std::string::npos &&
                         text.find("smaller batch") != std::string::npos,
                     text.c_str());
        }
    }
    void trainingLowersTheLoss() {
        const Arena arena(2);
        TrainingRun run(arena, project(), data());
        const double before = run.step().loss;
        for (int i = 0; i < 300; ++i) run.step();
        QVERIFY(run.step().loss < 0.7 * before);
    }
    void theLearningRateGovernsTheStepsBehind() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        run.step();
        const Tensor before = run.state().find("conv.weight")->tensor.clone();
        run.setLearningRate(0);
        run.step();
        QVERIFY(sameBytes(before.view(), run.state().find("conv.weight")->tensor.view()));
    }
    void aStateThatDoesNotFitChangesNothing() {
        const Arena arena(1);
        TrainingRun run(arena, project(), data());
        run.step();
        State state = run.state().clone();
        state.entries.pop_back();
        QVERIFY_THROWS_EXCEPTION(Error, run.setState(state));
        for (int i = 1; i < 4; ++i) run.step();
        QCOMPARE(run.state().hash(), hashAfter(4, 1));
    }
    void withoutValidationThereAreNoFigures() {
        const Arena arena(1);
        TrainingRun run(arena, project(), noiseImages(32, 0));
        const Evaluation evaluation = run.evaluate();
        QVERIFY(evaluation.complete && std::isnan(evaluation.loss) && std::isnan(evaluation.accuracy));
    }
    void aBatchOfNoneIsRefused() {
        Project none = project();
        none.training.batchSize = 0;
        const Arena arena(1);
        QVERIFY_THROWS_EXCEPTION(Error, TrainingRun(arena, none, data()));
    }
    void anUnknownOptimizerIsRefused() {
        Project other = project();
        other.training.optimizer.name = "Sgdd";
        const Arena arena(1);
        QVERIFY_THROWS_EXCEPTION(Error, TrainingRun(arena, other, data()));
        other.training.optimizer = {"Adam", {{"learning_rate", std::string("fast")}}};
        QVERIFY_THROWS_EXCEPTION(Error, TrainingRun(arena, other, data()));
    }
    void anInputThatDoesNotFitTheDataIsNamed() {
        Project other = project();
        const NodeId input = other.graph.findByName("features")->id;
        other.graph.setAttributes(input, {{"shape", IntegerList{1, 10, 10}}});
        const auto problems = problemsOf(other, data());
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].node, input);
        QVERIFY2(problems[0].message.find("expects 1x10x10, but the Noise samples are 1x8x8") != std::string::npos,
                 problems[0].message.c_str());
    }
    void tooFewClassesAreNamedAtTheLoss() {
        Project other = project();
        other.graph.setAttributes(other.graph.findByName("scores")->id, units(7));
        const auto problems = problemsOf(other, data());
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].node, other.graph.findByName("loss")->id);
        QVERIFY2(problems[0].message.find("scores for 7 classes, but Noise has 10") != std::string::npos,
                 problems[0].message.c_str());
    }
    void tooManyClassesOnlyWarn() {
        Project other = project();
        other.graph.setAttributes(other.graph.findByName("scores")->id, units(12));
        QVERIFY(problemsOf(other, data()).empty());
    }
    void realTargetsAreNotClasses() {
        Project other = project();
        const NodeId labels = other.graph.findByName("labels")->id;
        auto regression = std::make_shared<Dataset>(*data());
        regression->classification = false;
        regression->classNames.clear();
        regression->train.labels = Tensor::zeros(DType::Float32, {70});
        regression->validation.labels = Tensor::zeros(DType::Float32, {30});
        const auto problems = problemsOf(other, regression);
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].node, labels);
    }
    void anInputThatTakesNoPartMayBeWrong() {
        Project other = project();
        const NodeId aside = draw(other.graph, "Input", {}, {{"shape", IntegerList{5}}}, "aside");
        draw(other.graph, "ReLU", {aside});
        QVERIFY2(problemsOf(other, data()).empty(), text(problemsOf(other, data())).c_str());
    }
};

QTEST_GUILESS_MAIN(TestTrainingRun)
#include "test_training_run.moc"
