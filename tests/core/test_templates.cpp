// SPDX-License-Identifier: GPL-3.0-or-later
// The networks to begin from are whole, tidy, fit their data, and learn from the first steps on.
#include "core/graph/analysis.h"
#include "core/graph/block_library.h"
#include "core/io/templates.h"
#include "core/plan/training_graph.h"
#include "core/train/training_run.h"
#include "support_errors.h"
#include "support_networks.h"

#include <QDir>
#include <QTemporaryDir>

#include <cmath>
#include <fstream>
#include <numeric>

using namespace gradlens;
using namespace gradlens::test;

namespace {
// How long a template is watched, in how large batches, and to what share of its first loss it must have come by then.
struct Trial {
    const char* name;
    int steps;
    std::int64_t batch;
    double share;
};
constexpr Trial kTrials[] = {{"fashion-mnist-mlp", 60, 64, 0.4},
                             {"lenet-5", 60, 64, 0.4},
                             {"vgg", 30, 32, 0.4},
                             {"resnet-20", 30, 32, 0.7},
                             {"mobilenet", 40, 32, 0.75},
                             {"u-net", 30, 8, 0.45},
                             {"autoencoder", 60, 64, 0.3},
                             {"variational-autoencoder", 60, 64, 0.7},
                             {"fashion-mnist-lstm", 60, 64, 0.5},
                             {"char-gpt", 20, 8, 0.75},
                             {"siamese", 150, 64, 0.4}};

double mean(const std::vector<double>& losses, std::size_t from, std::size_t count) {
    const auto first = losses.begin() + static_cast<std::ptrdiff_t>(from);
    return std::accumulate(first, first + static_cast<std::ptrdiff_t>(count), 0.0) / static_cast<double>(count);
}
}  // namespace

class TestTemplates : public QObject {
    Q_OBJECT

private slots:
    void allElevenAreThere() {
        const auto files = templateFiles(resourcesFolder());
        QCOMPARE(files.size(), std::size(kTrials));
        for (const Trial& trial : kTrials)
            QVERIFY2(std::ranges::any_of(files, [&](const auto& file) { return file.stem() == trial.name; }),
                     trial.name);
    }
    void everyProjectInTheFolderIsListed() {
        const auto files = templateFiles(resourcesFolder());
        for (const auto& entry : std::filesystem::directory_iterator(resourcesFolder() / "templates"))
            if (entry.path().extension() == ".gradlens")
                QVERIFY2(std::ranges::find(files, entry.path()) != files.end(), entry.path().c_str());
    }
    void aListThatIsDamagedIsNamed() {
        const QTemporaryDir folder;
        const std::filesystem::path root = folder.path().toStdString();
        std::filesystem::create_directories(root / "templates");
        std::ofstream(root / "templates" / "templates.json") << R"({"templates": [1]})";
        const Error error = errorOf([&] { templateFiles(root); });
        QVERIFY2(says(error, "templates.json"), error.what());
    }

    void theyHaveNoProblem_data() { addTemplates(); }
    void theyHaveNoProblem() {
        const Project project = fetched();
        QVERIFY(!project.name.empty() && project.description.ends_with(']') != project.description.ends_with('.'));
        const GraphAnalysis analysis = analyse(project.graph, drawingCatalogue(), project.training.batchSize);
        for (const Problem& problem : analysis.problems) QFAIL(problem.message.c_str());
    }
    void theirDataFits_data() { addTemplates(); }
    void theirDataFits() {
        const Project project = fetched();
        if (isMissing(project)) QSKIP("dataset-fashion-mnist is not installed");
        const auto dataset = dataOf(project);
        QVERIFY(dataset->validation.size() > 0);
        const GraphAnalysis analysis = analyse(project.graph, drawingCatalogue(), project.training.batchSize);
        for (const Problem& problem : problemsWithDataset(project, analysis, *dataset)) QFAIL(problem.message.c_str());
    }
    void cardsDoNotOverlap_data() { addTemplates(); }
    void cardsDoNotOverlap() {
        const Project project = fetched();
        for (const Node& a : project.graph.nodes())
            for (const Node& b : project.graph.nodes())
                if (a.id != b.id)
                    QVERIFY2(
                        std::abs(a.position.x - b.position.x) >= 224 || std::abs(a.position.y - b.position.y) >= 96,
                        a.name.c_str());
    }
    void theyLearnFromTheFirstSteps_data() { addTemplates(); }
    void theyLearnFromTheFirstSteps() {
        Project project = fetched();
        if (isMissing(project)) QSKIP("dataset-fashion-mnist is not installed");
        QFETCH(int, trial);
        const Trial& wanted = kTrials[trial];
        project.training.batchSize = wanted.batch;
        const Arena arena(2);
        TrainingRun run(arena, project, dataOf(project));
        std::vector<double> losses;
        for (int step = 0; step < wanted.steps; ++step) losses.push_back(run.step().loss);
        constexpr std::size_t kMean = 5;
        const double before = losses[0], after = mean(losses, losses.size() - kMean, kMean);
        QVERIFY2(after < wanted.share * before, qPrintable(QString("from %1 to %2").arg(before).arg(after)));
    }
    void theTwoBranchesOfTheSiameseNetworkStayTheSame() {
        const Project project = loadProject(resourcesFolder() / "templates" / "siamese.gradlens", drawingCatalogue());
        const Arena arena(2);
        TrainingRun run(arena, project, dataOf(project));
        for (int step = 0; step < 3; ++step) run.step();
        QVERIFY(run.state().find("conv1_a.weight") != nullptr);
        QVERIFY(run.state().find("conv1_b.weight") == nullptr);
    }
    void whatTheVariationalAutoencoderIsMeasuredByIsThePicture() {
        const Project project =
            loadProject(resourcesFolder() / "templates" / "variational-autoencoder.gradlens", drawingCatalogue());
        const auto graph = loweredForTraining(project, 2);
        const auto nameOf = [&](ValueIndex value) { return graph->values[static_cast<std::size_t>(value)].name; };
        QCOMPARE(graph->losses.size(), std::size_t{2});
        QCOMPARE(nameOf(*graph->predictions), std::string("dense3.output"));
        QCOMPARE(nameOf(*graph->targets), std::string("flatten.output"));
    }

private:
    static void addTemplates() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("trial");
        for (const auto& file : templateFiles(resourcesFolder())) {
            const auto trial = std::ranges::find(kTrials, file.stem().string(), &Trial::name);
            QTest::newRow(file.stem().c_str())
                << QString::fromStdString(file.string()) << static_cast<int>(trial - std::begin(kTrials));
        }
    }
    static Project fetched() {
        QFETCH(QString, file);
        return loadProject(file.toStdString(), drawingCatalogue());
    }
    static bool isMissing(const Project& project) {
        return project.data.source == "fashion-mnist" && !QDir("/usr/share/datasets/fashion-mnist").exists();
    }
    static std::shared_ptr<const Dataset> dataOf(const Project& project) {
        return loadDataset(project.data, {{}, resourcesFolder(), project.training.seed, {}});
    }
};

QTEST_GUILESS_MAIN(TestTemplates)
#include "test_templates.moc"
