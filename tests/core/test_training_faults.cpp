// SPDX-License-Identifier: GPL-3.0-or-later
// Faults that show only while it trains: the step has not been, the message names node, data and sample, and training
// can go on.
#include "core/train/run_folder.h"
#include "core/train/trainer.h"
#include "core/train/training_run.h"
#include "support_errors.h"
#include "support_networks.h"

#include <QTemporaryDir>

#include <atomic>
#include <cstring>

using namespace gradlens;
using namespace gradlens::test;

namespace {
constexpr std::int64_t kSamples = 96;

std::shared_ptr<Dataset> imagesWithAStrangeLabel(std::int64_t sample) {
    auto dataset = std::make_shared<Dataset>(*noiseImages(kSamples, 16));
    dataset->train.labels = dataset->train.labels.clone();
    dataset->train.labels.as<std::int32_t>()[static_cast<std::size_t>(sample)] = 12;
    return dataset;
}

// Hands out another part's samples, as long as its file is whole.
class BreakingStream : public SampleStream {
public:
    explicit BreakingStream(DatasetPart part) : m_part(std::move(part)) {}
    std::atomic<std::int64_t> broken = -1;  // the sample that cannot be read

    std::int64_t size() const override { return m_part.size(); }
    DType featureType() const override { return m_part.features.dtype(); }
    DType labelType() const override { return DType::Int32; }
    void read(std::int64_t index, void* features, void* labels) const override {
        if (index == broken) throw Error("is cut short", "images.bin, sample " + std::to_string(index + 1));
        const std::size_t bytes = m_part.features.bytes() / static_cast<std::size_t>(size());
        std::memcpy(
            features,
            static_cast<const std::byte*>(m_part.features.view().data()) + static_cast<std::size_t>(index) * bytes,
            bytes);
        readLabels(index, labels);
    }
    void readLabels(std::int64_t index, void* labels) const override {
        std::memcpy(labels, m_part.labels.as<std::int32_t>().data() + index, sizeof(std::int32_t));
    }

private:
    DatasetPart m_part;
};

// Steps until it throws; the State's hash before that step.
std::string stepUntilFault(TrainingRun& run, std::optional<Error>& fault) {
    for (;;) {
        const std::string before = run.state().hash();
        try {
            run.step();
        } catch (const Error& error) {
            fault = error;
            return before;
        }
        if (run.state().step > 2 * kSamples) return {};
    }
}
}  // namespace

class TestTrainingFaults : public QObject {
    Q_OBJECT

private slots:
    void aStrangeLabelIsSaidOfNodeDataAndSample() {
        const Arena arena(2);
        TrainingRun run(arena, imagesProject(), imagesWithAStrangeLabel(41));
        std::optional<Error> fault;
        stepUntilFault(run, fault);
        QVERIFY(fault.has_value());
        QCOMPARE(fault->where(), std::string("loss"));
        QVERIFY2(says(*fault, "label 12 is none of the 10 classes"), fault->what());
        QVERIFY2(says(*fault, "training sample 42 of Noise"), fault->what());
    }
    void aStrangeLabelInTheValidationPartIsSaidOfIt() {
        auto dataset = std::make_shared<Dataset>(*noiseImages(kSamples, 16));
        dataset->validation.labels = dataset->validation.labels.clone();
        dataset->validation.labels.as<std::int32_t>()[5] = -7;
        const Arena arena(1);
        TrainingRun run(arena, imagesProject(), dataset);
        const Error fault = errorOf([&] { run.evaluate(); });
        QVERIFY2(says(fault, "validation sample 6 of Noise"), fault.what());
    }
    // Forward has written BatchNorm's running statistics by then.
    void aStepThatFailsLeavesTheStateAsItWas() {
        const Arena arena(1);
        TrainingRun run(arena, imagesProject(), imagesWithAStrangeLabel(41));
        std::optional<Error> fault;
        const std::string before = stepUntilFault(run, fault);
        QVERIFY(fault.has_value());
        QVERIFY(!run.inStep());
        QCOMPARE(run.state().hash(), before);
    }
    void aStepThatFailsFailsTheSameWayWhenTriedAgain() {
        const Arena arena(1);
        TrainingRun run(arena, imagesProject(), imagesWithAStrangeLabel(41));
        std::optional<Error> fault;
        const std::string before = stepUntilFault(run, fault);
        QVERIFY(fault.has_value());
        const Error again = errorOf([&] { run.step(); });
        QCOMPARE(std::string(again.what()), std::string(fault->what()));
        QCOMPARE(run.state().hash(), before);
    }
    // Of an update of two batches, the second cannot be read.
    void aFileCutShortInTheMiddleOfAnUpdateLeavesTheStateAsItWas() {
        auto dataset = std::make_shared<Dataset>(*noiseImages(kSamples, 16));
        const auto stream = std::make_shared<BreakingStream>(dataset->train);
        dataset->train.stream = stream;
        Project project = imagesProject();
        project.training.updates.accumulate = 2;
        BatchOrder order(kSamples, project.training.batchSize, project.training.seed, true);
        stream->broken = order.indices(3)[0];
        const Arena arena(1);
        TrainingRun run(arena, project, dataset);
        run.step();
        const std::string before = run.state().hash();
        const Error fault = errorOf([&] { run.step(); });
        QVERIFY2(says(fault, "images.bin"), fault.what());
        QCOMPARE(run.state().hash(), before);

        stream->broken = -1;
        run.step();
        TrainingRun whole(arena, project, noiseImages(kSamples, 16));
        whole.step();
        whole.step();
        QCOMPARE(run.state().hash(), whole.state().hash());
    }
    void aVocabularyTooSmallForTheDataIsKnownBeforeTraining() {
        Project project;
        const NodeId tokens = drawFeatures(project.graph, {6});
        project.graph.setAttributes(tokens, {{"shape", IntegerList{6}}, {"values", std::string("class")}});
        const NodeId embedding = draw(project.graph, "Embedding", {tokens},
                                      {{"vocabulary", std::int64_t{5}}, {"dimension", std::int64_t{4}}}, "token");
        project.data = {"arithmetic", {{"samples", std::int64_t{20}}, {"digits", std::int64_t{1}}}};
        const auto dataset = loadDataset(project.data, {{}, resourcesFolder(), 1, {}});
        const GraphAnalysis analysis = analyse(project.graph, opCatalogue(), 2);
        GraphAnalysis reaching = analysis;
        for (NodeAnalysis& node : reaching.nodes) node.reachesLoss = true;
        const std::vector<Problem> problems = problemsWithDataset(project, reaching, *dataset);
        QVERIFY2(std::ranges::any_of(problems,
                                     [&](const Problem& problem) {
                                         return problem.node == embedding &&
                                                problem.message.find("vocabulary of 5") != std::string::npos;
                                     }),
                 text(problems).c_str());
    }
    // A loss that ignores another label than the data marks its steps with: known only when the step runs.
    void aRunThatCannotFinishItsStepIsSavedAsItWasBefore() {
        QTemporaryDir folder;
        const std::filesystem::path run = std::filesystem::path(folder.path().toStdString()) / "run";
        Project project;
        const NodeId tokens = drawFeatures(project.graph, {6});
        project.graph.setAttributes(tokens, {{"shape", IntegerList{6}}, {"values", std::string("class")}});
        const NodeId embedding = draw(project.graph, "Embedding", {tokens},
                                      {{"vocabulary", std::int64_t{16}}, {"dimension", std::int64_t{4}}}, "token");
        const NodeId labels = drawClassLabels(project.graph);
        project.graph.setAttributes(
            labels, {{"source", std::string("labels")}, {"shape", IntegerList{6}}, {"values", std::string("class")}});
        const NodeId scores = draw(project.graph, "Dense", {embedding}, units(16), "scores");
        draw(project.graph, "SoftmaxCrossEntropy", {scores, labels},
             {{"class_axis", std::string("last")}, {"ignore_index", std::int64_t{-1}}}, "loss");
        project.data = {"arithmetic", {{"samples", std::int64_t{40}}, {"digits", std::int64_t{1}}}};
        {
            Trainer trainer({1, resourcesFolder()});
            trainer.prepare(project, {}, run);
            std::vector<TrainerEvent> events;
            const auto came = [&](TrainerEvent::Kind kind) {
                for (TrainerEvent& event : trainer.takeEvents()) events.push_back(std::move(event));
                return std::ranges::any_of(events, [&](const TrainerEvent& event) { return event.kind == kind; });
            };
            QTRY_VERIFY_WITH_TIMEOUT(came(TrainerEvent::Kind::Prepared) || came(TrainerEvent::Kind::Problems) ||
                                         came(TrainerEvent::Kind::Error),
                                     60'000);
            QVERIFY2(came(TrainerEvent::Kind::Prepared), events.back().message.c_str());
            trainer.run();
            QTRY_VERIFY_WITH_TIMEOUT(came(TrainerEvent::Kind::Error), 60'000);
            QVERIFY2(events.back().message.starts_with("loss: label -100"), events.back().message.c_str());
        }
        const RunSnapshot left = readRun(run);
        QCOMPARE(left.checkpoints.size(), std::size_t{1});
        QCOMPARE(loadState(left.checkpoints[0].file).step, std::int64_t{0});
    }
};

QTEST_GUILESS_MAIN(TestTrainingFaults)
#include "test_training_faults.moc"
