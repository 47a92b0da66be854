// SPDX-License-Identifier: GPL-3.0-or-later
// Previews: what every node makes of a sample, and the gradient by it, against the engine itself; and drawings that are
// only partly sound.
#include "core/graph/block_library.h"
#include "core/train/previewer.h"
#include "core/train/training_run.h"
#include "support_networks.h"

#include <ctime>

using namespace gradlens;
using namespace gradlens::test;

namespace {
PreviewRequest requestFor(Project project, std::shared_ptr<const Dataset> dataset) {
    PreviewRequest request;
    request.project = std::make_shared<const Project>(std::move(project));
    request.dataset = std::move(dataset);
    return request;
}

std::shared_ptr<const Dataset> points(std::int64_t samples = 40) {
    return loadDataset({"xor", {{"samples", samples}, {"validation", 0.25}}}, {});
}

Project pointsOf(ModelGraph graph) {
    Project project = pointsProject();
    project.graph = std::move(graph);
    return project;
}

NodeId idOf(const Project& project, const char* name) {
    return project.graph.findByName(name)->id;
}

// A training step of a batch of one, without its update: what a preview of networks that do not normalise must equal.
struct Reference {
    Reference(const Project& project, std::shared_ptr<const Dataset> dataset, std::int64_t sample,
              bool validation = false)
        : lowered(loweredForTraining(project, 1)), plan(std::make_shared<const Plan>(makePlan(lowered, watched()))) {
        state = initialState(*lowered, arena, project.training.seed, 0.1);
        const DatasetPart& part = validation ? dataset->validation : dataset->train;
        features = Tensor(DType::Float32, dataset->featureShape.withFront(1));
        labels = Tensor(part.labelType(), dataset->labelShape.withFront(1));
        gather(arena, *dataset, part, std::vector<std::int64_t>{sample}, features.view(), labels.view());
        executor = std::make_unique<Executor>(plan, arena, std::make_shared<Workspace>());
        executor->bindState(bindings(state, *lowered));
        executor->setObserver([this](InstructionIndex index) {
            for (std::size_t i = 0; i < lowered->values.size(); ++i) {
                if (lowered->values[i].writer != index) continue;
                const TensorView view = executor->view(static_cast<ValueIndex>(i));
                Tensor copy(view.dtype(), view.shape());
                copy.copyFrom(view);
                seen[lowered->values[i].name] = copy;
            }
        });
        for (std::size_t i = 0; i < lowered->instructions.size(); ++i)
            executor->watch(static_cast<InstructionIndex>(i), true);
        executor->begin({features.view(), labels.view(), project.training.seed, 0, 0});
        executor->runToEnd();
    }
    PlanOptions watched() const { return {{}, false}; }

    Arena arena{1};
    std::shared_ptr<const TrainingGraph> lowered;
    std::shared_ptr<const Plan> plan;
    State state;
    Tensor features, labels;
    std::unique_ptr<Executor> executor;
    std::map<std::string, Tensor> seen;  // by name of the value
};

bool sameElements(const Tensor& a, const Tensor& b) {
    return a && b && a.bytes() == b.bytes() && std::memcmp(a.view().data(), b.view().data(), a.bytes()) == 0;
}

bool allZero(const Tensor& tensor) {
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
        if (tensor.at(i) != 0) return false;
    return true;
}
}  // namespace

class TestPreviewer : public QObject {
    Q_OBJECT

private slots:
    void outputsAndGradientsAreThoseOfAStepOnTheSample() {
        const Project project = pointsProject();
        const auto dataset = points();
        PreviewRequest request = requestFor(project, dataset);
        request.sample = 7;
        Previewer previewer;
        const auto preview = previewer.preview(request);
        QVERIFY2(preview->fault.empty(), preview->fault.c_str());
        QCOMPARE(preview->nodes.size(), project.graph.nodes().size());
        Reference reference(project, dataset, 7);
        for (const char* name : {"hidden", "tanh", "scores"}) {
            const NodePreview* node = preview->find(idOf(project, name));
            QVERIFY(node != nullptr);
            QVERIFY2(sameElements(node->output.tensor, reference.seen[std::string(name) + ".output"]), name);
            QVERIFY2(sameElements(node->gradient.tensor, reference.seen[std::string(name) + ".output.grad"]), name);
        }
        const NodePreview* loss = preview->find(idOf(project, "loss"));
        QCOMPARE(loss->output.tensor.at(0), reference.executor->view(reference.lowered->loss).at(0));
        QCOMPARE(loss->gradient.tensor.at(0), 1.0);
    }

    void aSampleHasNoBatchAxis() {
        const Project project = imagesProject();
        const auto preview = Previewer().preview(requestFor(project, noiseImages(20, 0)));
        QCOMPARE(preview->find(idOf(project, "conv"))->output.tensor.shape().toString(), std::string("4x8x8"));
        QCOMPARE(preview->find(idOf(project, "scores"))->gradient.tensor.shape().toString(), std::string("10"));
        QCOMPARE(preview->features.shape().toString(), std::string("1x8x8"));
        QCOMPARE(preview->find(idOf(project, "loss"))->output.tensor.elements(), std::int64_t{1});
    }

    void branchesThatLeadNowhereAreShownAndDisturbNoGradient() {
        ModelGraph graph = pointsNetwork();
        const NodeId tanh = graph.findByName("tanh")->id;
        const NodeId side = draw(graph, "Dense", {tanh}, units(3), "side");
        const auto dataset = points();
        const auto preview = Previewer().preview(requestFor(pointsOf(graph), dataset));
        QCOMPARE(preview->find(side)->output.tensor.elements(), std::int64_t{3});
        QVERIFY(!preview->find(side)->gradient.tensor);
        Reference reference(pointsProject(), dataset, 0);
        QVERIFY(sameElements(preview->find(tanh)->gradient.tensor, reference.seen["tanh.output.grad"]));
    }

    void aValueWithSeveralReadersHasTheSumOfTheirGradients() {
        const Project project = pointsOf([] {
            ModelGraph graph;
            const NodeId hidden = draw(graph, "Dense", {drawFeatures(graph, {2})}, units(4), "hidden");
            const NodeId sum = draw(graph, "Add", {hidden, draw(graph, "Tanh", {hidden}, {}, "tanh")}, {}, "sum");
            draw(graph, "SoftmaxCrossEntropy",
                 {draw(graph, "Dense", {sum}, units(2), "scores"), drawClassLabels(graph)}, {}, "loss");
            return graph;
        }());
        const auto dataset = points();
        const auto preview = Previewer().preview(requestFor(project, dataset));
        Reference reference(project, dataset, 0);
        QVERIFY(sameElements(preview->find(idOf(project, "hidden"))->gradient.tensor,
                             reference.seen["hidden.output.grad"]));
    }

    void outputsAreThoseOfEvaluation() {
        // Running statistics of a fresh network: mean 0, variance 1, and dropout lets all through.
        const Project project = imagesProject();
        const auto preview = Previewer().preview(requestFor(project, noiseImages(20, 0)));
        const NodePreview* conv = preview->find(idOf(project, "conv"));
        const NodePreview* norm = preview->find(idOf(project, "norm"));
        for (std::int64_t i = 0; i < conv->output.tensor.elements(); ++i)
            QVERIFY(std::abs(conv->output.tensor.at(i) - norm->output.tensor.at(i)) < 1e-4);
        QVERIFY(sameElements(preview->find(idOf(project, "flatten"))->output.tensor,
                             preview->find(idOf(project, "dropout"))->output.tensor));
    }

    void behindNormalisationGradientsAreThereAllTheSame() {
        // Of a single sample's own statistics they would be next to nothing.
        const Project project = imagesProject();
        const auto preview = Previewer().preview(requestFor(project, noiseImages(20, 0)));
        for (const char* name : {"conv", "norm", "scores"}) {
            const NodePreview* node = preview->find(idOf(project, name));
            QVERIFY2(node->gradient.tensor && !allZero(node->gradient.tensor), name);
            QCOMPARE(node->gradient.tensor.shape(), node->output.tensor.shape());
        }
        // As if the sample were alone: what the loss's gradient by the scores sums up to is that of one sample.
        const Tensor& scores = preview->find(idOf(project, "scores"))->gradient.tensor;
        double positive = 0;
        for (std::int64_t i = 0; i < scores.elements(); ++i) positive += std::max(scores.at(i), 0.0);
        QVERIFY2(positive > 0.5 && positive < 1, qPrintable(QString::number(positive)));
    }

    void whatIsRandomHasASwitchInItsFirstAttribute() {
        for (const OpDefinition& op : opCatalogue().ops()) {
            if (!op.random) continue;
            QVERIFY2(!op.attributes.empty() && op.attributes.front().type == AttributeType::Real, op.name.c_str());
            QVERIFY2(op.attributes.front().minimum == 0, op.name.c_str());
        }
    }

    void droppedUnitsDoNotComeAndGo() {
        Project project = pointsOf([] {
            ModelGraph graph;
            const NodeId hidden = draw(graph, "Dense", {drawFeatures(graph, {2})}, units(64), "hidden");
            const NodeId kept = draw(graph, "Dropout", {hidden}, {{"rate", 0.9}}, "dropout");
            draw(graph, "SoftmaxCrossEntropy",
                 {draw(graph, "Dense", {kept}, units(2), "scores"), drawClassLabels(graph)}, {}, "loss");
            return graph;
        }());
        const auto preview = Previewer().preview(requestFor(project, points()));
        const NodePreview* dropout = preview->find(idOf(project, "dropout"));
        QVERIFY(sameElements(dropout->output.tensor, preview->find(idOf(project, "hidden"))->output.tensor));
        std::int64_t zeros = 0;
        for (std::int64_t i = 0; i < 64; ++i) zeros += dropout->gradient.tensor.at(i) == 0 ? 1 : 0;
        QCOMPARE(zeros, std::int64_t{0});
    }

    void withoutALossThereAreOutputsOnly() {
        ModelGraph graph = pointsNetwork();
        graph.remove(graph.findByName("loss")->id);
        const Project project = pointsOf(graph);
        const auto preview = Previewer().preview(requestFor(project, points()));
        QVERIFY(preview->find(idOf(project, "scores"))->output.tensor);
        QVERIFY(!preview->find(idOf(project, "scores"))->gradient.tensor);
    }

    void soundPartsOfAWrongDrawingAreShown() {
        ModelGraph graph = pointsNetwork();
        // Images are wanted where vectors come in; and a cycle; and an op that does not exist.
        const NodeId wrong = draw(graph, "Conv2D", {graph.findByName("hidden")->id}, {}, "wrong");
        const NodeId behind = draw(graph, "ReLU", {wrong}, {}, "behind");
        const NodeId round = draw(graph, "Add", {graph.findByName("tanh")->id}, {}, "round");
        const NodeId back = draw(graph, "ReLU", {round}, {}, "back");
        graph.connect({{back, 0}, {round, 1}});
        const NodeId unknown = graph.add({NodeId::None, "unknown", "NoSuchOp", {}, {}});
        const Project project = pointsOf(graph);
        const auto preview = Previewer().preview(requestFor(project, points()));
        for (const char* name : {"features", "hidden", "tanh", "scores", "loss"})
            QVERIFY2(preview->find(idOf(project, name)) != nullptr, name);
        for (const NodeId id : {wrong, behind, round, back, unknown}) QVERIFY(preview->find(id) == nullptr);
        QVERIFY(preview->find(idOf(project, "hidden"))->gradient.tensor);
    }

    void whereDrawingAndDataDisagreeTheRestIsShownAndItIsSaid() {
        Project project = pointsProject();  // two classes
        project.graph = pointsNetwork();
        project.graph.setAttributes(idOf(project, "scores"), units(1));
        const auto preview = Previewer().preview(requestFor(project, points()));
        QVERIFY(preview->find(idOf(project, "scores"))->output.tensor);
        QVERIFY(preview->find(idOf(project, "loss")) == nullptr);
        QVERIFY2(preview->fault.find("classes") != std::string::npos, preview->fault.c_str());
    }

    void anInputOfAnotherShapeThanTheDataIsLeftOut() {
        ModelGraph graph = imagesNetwork();
        const auto preview = Previewer().preview(requestFor(pointsOf(graph), points()));
        QVERIFY(preview->find(graph.findByName("conv")->id) == nullptr);
        QVERIFY(preview->find(graph.findByName("labels")->id) != nullptr);
        QVERIFY(!preview->fault.empty());
    }

    void aLayerThatFailsOnTheSampleIsLeftOutAlone() {
        // Its vocabulary is too small for some of the samples.
        Project project = pointsProject();
        project.data = {"text", {{"length", std::int64_t{8}}}};
        project.graph = {};
        const NodeId tokens =
            draw(project.graph, "Input", {},
                 {{"source", std::string("features")}, {"shape", IntegerList{8}}, {"values", std::string("class")}});
        const auto embedding = [&](std::int64_t vocabulary) {
            return draw(project.graph, "Embedding", {tokens},
                        {{"vocabulary", vocabulary}, {"dimension", std::int64_t{4}}});
        };
        const NodeId small = embedding(2), large = embedding(500);
        const NodeId behind = draw(project.graph, "Flatten", {small});
        PreviewRequest request = requestFor(project, loadDataset(project.data, {}));
        request.sample = 20;
        const auto preview = Previewer().preview(request);
        QVERIFY(preview->find(large) != nullptr);
        QVERIFY(preview->find(small) == nullptr && preview->find(behind) == nullptr);
        QVERIFY2(preview->fault.find("vocabulary") != std::string::npos, preview->fault.c_str());
    }

    void aBlockShowsWhatLeavesIt() {
        Project project = imagesProject();
        project.graph = {};
        NodeId at = drawFeatures(project.graph, {1, 8, 8});
        at = draw(project.graph, "Conv2D", {at}, {{"filters", std::int64_t{4}}, {"padding", IntegerList{1, 1}}});
        const NodeId block = draw(project.graph, "ResidualBlock", {at}, {{"filters", std::int64_t{4}}}, "residual");
        const NodeId flat = draw(project.graph, "Flatten", {block}, {}, "flatten");
        draw(project.graph, "SoftmaxCrossEntropy",
             {draw(project.graph, "Dense", {flat}, units(10)), drawClassLabels(project.graph)}, {}, "loss");
        const auto preview = Previewer().preview(requestFor(project, noiseImages(20, 0)));
        QVERIFY2(preview->fault.empty(), preview->fault.c_str());
        const NodePreview* shown = preview->find(block);
        QCOMPARE(shown->output.tensor.shape().toString(), std::string("4x8x8"));
        QVERIFY(sameElements(shown->output.tensor, preview->find(flat)->output.tensor));
        QVERIFY(sameElements(shown->gradient.tensor, preview->find(flat)->gradient.tensor));
        QVERIFY(!allZero(shown->gradient.tensor));
    }

    void aBypassedNodeShowsWhatPassesIt() {
        Project project = pointsProject();
        project.graph.bypass(idOf(project, "tanh"), true);
        const auto preview = Previewer().preview(requestFor(project, points()));
        QVERIFY(sameElements(preview->find(idOf(project, "tanh"))->output.tensor,
                             preview->find(idOf(project, "hidden"))->output.tensor));
    }

    void weightsOfARunAreTakenWhereTheyFit() {
        const Project project = pointsProject();
        const auto dataset = points();
        const Arena arena(1);
        TrainingRun run(arena, project, dataset);
        for (int i = 0; i < 5; ++i) run.step();
        PreviewRequest request = requestFor(project, dataset);
        Previewer previewer;
        const auto fresh = previewer.preview(request);
        QCOMPARE(fresh->step, std::int64_t{-1});
        request.weights = std::make_shared<const State>(run.state().clone());
        const auto trained = previewer.preview(request);
        QCOMPARE(trained->step, std::int64_t{5});
        QCOMPARE(trained->newParameters, std::int64_t{0});
        const NodeId scores = idOf(project, "scores");
        QVERIFY(!sameElements(fresh->find(scores)->output.tensor, trained->find(scores)->output.tensor));
        // With a layer of another width, that one's weights and those behind it are new.
        Project wider = project;
        wider.graph.setAttributes(idOf(wider, "hidden"), units(9));
        PreviewRequest changed = requestFor(wider, dataset);
        changed.weights = request.weights;
        const auto partly = previewer.preview(changed);
        QCOMPARE(partly->newParameters, std::int64_t{3});  // both weights, and the bias of nine
        QCOMPARE(partly->find(idOf(wider, "hidden"))->output.tensor.elements(), std::int64_t{9});
    }

    void previewsDoNotChangeTheRunsStatistics() {
        const Project project = imagesProject();
        const auto dataset = noiseImages(32, 0);
        const Arena arena(1);
        TrainingRun run(arena, project, dataset);
        run.step();
        PreviewRequest request = requestFor(project, dataset);
        request.weights = std::make_shared<const State>(run.state());
        const std::string before = run.state().hash();
        Previewer previewer;
        const auto first = previewer.preview(request), second = previewer.preview(request);
        QCOMPARE(run.state().hash(), before);
        const NodeId scores = idOf(project, "scores");
        QVERIFY(sameElements(first->find(scores)->output.tensor, second->find(scores)->output.tensor));
        QVERIFY(sameElements(first->find(scores)->gradient.tensor, second->find(scores)->gradient.tensor));
    }

    void samplesOutsideTheDataAreTheNearestInside() {
        const auto dataset = points(40);
        PreviewRequest request = requestFor(pointsProject(), dataset);
        request.validation = true;
        request.sample = 1000;
        const auto preview = Previewer().preview(request);
        QCOMPARE(preview->sample, dataset->validation.size() - 1);
        Reference reference(pointsProject(), dataset, preview->sample, true);
        QVERIFY(
            sameElements(preview->find(idOf(*request.project, "tanh"))->output.tensor, reference.seen["tanh.output"]));
    }

    void aPartWithoutSamplesIsSaid() {
        PreviewRequest request = requestFor(imagesProject(), noiseImages(20, 0));
        request.validation = true;
        const auto preview = Previewer().preview(request);
        QVERIFY(preview->nodes.empty());
        QVERIFY(!preview->fault.empty());
    }

    void askedToStopItGivesNothingAndGoesOnAfterwards() {
        const PreviewRequest request = requestFor(imagesProject(), noiseImages(20, 0));
        Previewer previewer;
        std::stop_source source;
        source.request_stop();
        QVERIFY(previewer.preview(request, source.get_token()) == nullptr);
        const auto preview = previewer.preview(request);
        QCOMPARE(preview->nodes.size(), request.project->graph.nodes().size());
    }

    void whatTakesTooMuchMemoryIsRefusedBeforeItIsTaken() {
        Project project = pointsProject();
        project.graph.setAttributes(idOf(project, "hidden"), units(65536));
        project.graph.setAttributes(idOf(project, "scores"), units(65536));
        const auto preview = Previewer().preview(requestFor(project, points()));
        QVERIFY(preview->nodes.empty());
        QVERIFY2(preview->fault.find("needs") != std::string::npos, preview->fault.c_str());
    }

    void anEmptyDrawingIsNoFault() {
        const auto preview = Previewer().preview(requestFor(pointsOf({}), points()));
        QVERIFY(preview->nodes.empty());
        QVERIFY(preview->fault.empty());
    }

    void examplesTakeAtMostATenthOfASecond_data() {
        QTest::addColumn<QString>("file");
        const QDir folder(GRADLENS_SOURCE_DIR "/resources/examples");
        for (const QString& file : folder.entryList({"*.gradlens"}))
            QTest::newRow(qPrintable(file)) << folder.filePath(file);
    }
    // In time of the processor, which other programs do not lengthen: the first with its planning, and one after an
    // edit.
    void examplesTakeAtMostATenthOfASecond() {
        QFETCH(const QString, file);
        const std::filesystem::path path = file.toStdString();
        PreviewRequest request = requestFor(loadProject(path, drawingCatalogue()), nullptr);
        try {
            request.dataset = loadDataset(request.project->data,
                                          {path.parent_path(), resourcesFolder(), request.project->training.seed, {}});
        } catch (const std::exception& error) {
            QSKIP(error.what());
        }
        Previewer previewer;
        const auto timed = [&] {
            const std::clock_t begin = std::clock();
            const auto preview = previewer.preview(request);
            const double milliseconds = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
            if (!preview->fault.empty()) qFatal("%s", preview->fault.c_str());
            for (const NodePreview& node : preview->nodes)
                if (node.output.statistics.count != node.output.statistics.finite) qFatal("not finite");
            return milliseconds;
        };
        const double first = timed();
        request.project = std::make_shared<const Project>(*request.project);
        const double edited = timed();
        request.sample = 1;
        const double again = timed();
        qInfo("first %.1f ms, after an edit %.1f ms, another sample %.1f ms", first, edited, again);
#ifdef NDEBUG
        QVERIFY(edited < 100);
        QVERIFY(again < 100);
#endif
    }
};

QTEST_GUILESS_MAIN(TestPreviewer)
#include "test_previewer.moc"
