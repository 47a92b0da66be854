// SPDX-License-Identifier: GPL-3.0-or-later
// Exported source as text: what it refuses and how, that texts of users stay texts, sharing, determinism; and that the
// Keras source of every op is Python.
#include "core/base/error.h"
#include "core/export/source_export.h"
#include "core/graph/block_library.h"
#include "tests/core/support_networks.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace gradlens;
using namespace gradlens::test;

namespace {
QString torchOf(const Project& project, const SourceOptions& options = {}) {
    return QString::fromStdString(exportSource(project, SourceFramework::PyTorch, drawingCatalogue(), options));
}

QString kerasOf(const Project& project) {
    return QString::fromStdString(exportSource(project, SourceFramework::Keras, drawingCatalogue()));
}

QString refusalOf(const Project& project, SourceFramework framework) {
    try {
        exportSource(project, framework, drawingCatalogue());
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

NodeId drawTokens(ModelGraph& graph) {
    return draw(graph, "Input", {}, {{"shape", IntegerList{4}}, {"values", std::string("class")}}, "tokens");
}

Project pointsDrawing() {
    Project project;
    project.name = "points";
    project.graph = pointsNetwork();
    return project;
}

// What a program of Python says when it is run with these arguments; empty where there is no Python.
QByteArray python(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start("/usr/bin/python3", QStringList{"-c", program} + arguments);
    return process.waitForFinished(120'000) && process.exitCode() == 0 ? process.readAllStandardOutput()
                                                                       : process.readAllStandardError();
}

void write(const QString& path, const QString& text) {
    std::ofstream(path.toStdString()) << text.toStdString();
}
}  // namespace

class TestSourceExport : public QObject {
    Q_OBJECT
private slots:
    void theSameProjectGivesTheSameText() {
        const Project project = loadProject(resourcesFolder() / "examples/char-gpt.gradlens", drawingCatalogue());
        QCOMPARE(torchOf(project), torchOf(project));
        QCOMPARE(kerasOf(project), kerasOf(project));
    }

    void everyOpHasItsSpellings() {
        for (const OpDefinition& op : opCatalogue().ops()) {
            const bool input = op.inputs.empty();
            QVERIFY2(input || op.toPyTorch != nullptr, op.name.c_str());
            QVERIFY2(input || op.toKeras != nullptr, op.name.c_str());
        }
    }

    void theKerasSourceOfEverySampleIsPythonOrIsRefusedWithAReason() {
        QTemporaryDir folder;
        QSet<QString> refused;
        int written = 0;
        for (const OpDefinition& op : opCatalogue().ops())
            for (const OpSample& sample : op.samples) {
                if (op.inputs.empty()) continue;
                Project project;
                std::vector<NodeId> inputs;
                for (const TensorType& type : sample.inputs) {
                    const Shape shape = type.shape.slice(1);
                    inputs.push_back(draw(project.graph, "Input", {},
                                          {{"shape", IntegerList(shape.begin(), shape.end())},
                                           {"values", std::string(type.dtype == DType::Int32 ? "class" : "real")}}));
                }
                draw(project.graph, op.name, inputs, sample.attributes, "subject");
                try {
                    write(folder.filePath(QString::number(++written) + ".py"), kerasOf(project));
                } catch (const Error& error) {
                    QVERIFY2(error.where() == "subject", error.what());
                    QVERIFY2(QString(error.what()).contains("Keras"), error.what());
                    refused << QString::fromStdString(op.name + ", " + sample.name);
                }
            }
        QVERIFY(written > 200);
        QVERIFY2(refused.size() <= 4, qPrintable(QStringList(refused.values()).join("; ")));
        const QByteArray said = python(R"(
import ast, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    compile(ast.parse(path.read_text(), str(path)), str(path), "exec")
print("fine")
)",
                                       {folder.path()});
        if (said.isEmpty()) QSKIP("Python is not installed");
        QCOMPARE(said.trimmed(), QByteArray("fine"));
    }

    void convolutionsThatKerasCannotSayAreRefusedByName() {
        Project project;
        const NodeId image = drawFeatures(project.graph, {1, 16, 16});
        draw(project.graph, "Conv2D", {image},
             {{"stride", IntegerList{2, 2}}, {"dilation", IntegerList{2, 2}}, {"filters", std::int64_t{4}}}, "wide");
        const QString said = refusalOf(project, SourceFramework::Keras);
        QVERIFY2(said.startsWith("wide: "), qPrintable(said));
        QVERIFY2(said.contains("Conv2D") && said.contains("dilation"), qPrintable(said));
        QVERIFY(!torchOf(project).isEmpty());
    }

    void aDrawingThatIsWrongIsRefusedWithItsProblem() {
        Project project;
        const NodeId image = drawFeatures(project.graph, {4});
        draw(project.graph, "Conv2D", {image}, {}, "conv");
        const QString said = refusalOf(project, SourceFramework::PyTorch);
        QVERIFY2(said.contains("conv") && said.contains("4-dimensional"), qPrintable(said));
        QVERIFY(refusalOf({}, SourceFramework::PyTorch).contains("empty"));
    }

    void aNetworkWithoutALossHasNoObjective() {
        Project project;
        draw(project.graph, "ReLU", {drawFeatures(project.graph, {4})});
        const QString source = torchOf(project);
        QVERIFY(!source.contains("objective"));
        QVERIFY(!source.contains("make_optimizer"));
        QVERIFY(source.contains("def forward("));
    }

    void sharedLayersAreOneModuleUsedTwice() {
        Project project;
        ModelGraph& graph = project.graph;
        const NodeId input = drawFeatures(graph, {4});
        const NodeId first = draw(graph, "Dense", {input}, units(4), "first");
        const NodeId second = draw(graph, "Dense", {first}, units(4), "second");
        graph.share(second, first);
        const QString source = torchOf(project);
        QCOMPARE(source.count("nn.Linear("), 1);
        QVERIFY(source.contains("second = self.first(first)"));
        QVERIFY(!source.contains("get(\"second"));
        QCOMPARE(kerasOf(project).count("layers.Dense("), 1);
    }

    void aWeightSharedBetweenKindsOfLayersIsTiedInPyTorchAndRefusedInKeras() {
        Project project;
        ModelGraph& graph = project.graph;
        const NodeId token = draw(graph, "Embedding", {drawTokens(graph)},
                                  {{"vocabulary", std::int64_t{7}}, {"dimension", std::int64_t{3}}}, "token");
        Attributes head = units(7);
        head.set("bias", false);
        graph.share(draw(graph, "Dense", {token}, head, "head"), token);
        QVERIFY(torchOf(project).contains("self.head.weight = self.token.weight"));
        const QString said = refusalOf(project, SourceFramework::Keras);
        QVERIFY2(said.contains("head") && said.contains("token"), qPrintable(said));
    }

    void textsOfUsersStayTexts() {
        Project project = pointsDrawing();
        project.name = "evil\"\"\"\nimport os  # \r\nos.system('true')\x01";
        SourceOptions options;
        options.checkpoint = "a\"\nimport os\n\\\"'''.safetensors";
        QTemporaryDir folder;
        write(folder.filePath("torch.py"), torchOf(project, options));
        write(folder.filePath("keras.py"), kerasOf(project));
        const QByteArray said = python(R"(
import ast, pathlib, sys
names, checkpoints = set(), []
for path in pathlib.Path(sys.argv[1]).glob("*.py"):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "CHECKPOINT":
            checkpoints.append(node.value.value)
assert 'a"\nimport os\n\\"\'\'\'.safetensors' in checkpoints, checkpoints
print(sorted(names))
)",
                                       {folder.path()});
        if (said.isEmpty()) QSKIP("Python is not installed");
        QVERIFY2(said.startsWith("['json', 'keras', 'math', 'numpy', 'struct', 'sys', 'torch'"), said.constData());
        QVERIFY2(!said.contains("'os'"), said.constData());
    }

    void namesThatPythonHasAlreadyAreChanged() {
        Project project;
        ModelGraph& graph = project.graph;
        NodeId last = draw(graph, "Input", {}, {{"shape", IntegerList{4}}}, "lambda");
        for (const char* name : {"forward", "torch", "len", "class", "parameters", "_4", "self"})
            last = draw(graph, "Dense", {last}, units(4), name);
        const QString source = torchOf(project);
        for (const char* taken : {"self.forward =", "self.torch =", "self.class =", "self.parameters =", "self.self ="})
            QVERIFY2(!source.contains(taken), taken);
        QVERIFY(source.contains("def forward(self, lambda_):"));
        QVERIFY(source.contains("self.forward_ = nn.Linear(4, 4)"));
    }

    void helpersAndNodesDoNotTakeEachOthersNames() {
        Project project;
        ModelGraph& graph = project.graph;
        const NodeId input = draw(graph, "Input", {}, {{"shape", IntegerList{5, 4}}}, "positional_encoding");
        draw(graph, "PositionalEncoding", {input});
        const QString source = torchOf(project);
        QVERIFY(source.contains("positional_encoding(positional_encoding_, 10000.0)"));
    }

    void whatIsInABlockIsMarkedWithItsName() {
        const Project project =
            loadProject(resourcesFolder() / "examples/fashion-mnist-resnet.gradlens", drawingCatalogue());
        const QString source = torchOf(project);
        QVERIFY(source.contains("        # stage1"));
        QVERIFY(source.contains("self.down1_"));
        QVERIFY(source.contains("learning_rate_factor"));
        QVERIFY(source.contains("torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, momentum=0.9"));
    }

    void groupsOfParametersHaveRatesAndDecaysOfTheirOwn() {
        Project project = pointsDrawing();
        project.training.optimizer = {"SGD", {{"weight_decay", 0.01}}};
        ParameterGroup frozen, slow;
        frozen.pattern = "hidden.weight";
        frozen.frozen = true;
        slow.pattern = "*.bias";
        slow.learningRate = 0.5;
        slow.weightDecay = 0;
        project.training.updates.groups = {frozen, slow};
        project.training.updates.clipNorm = 2;
        const QString source = torchOf(project);
        QVERIFY2(source.contains("named[name].requires_grad_(False)"), qPrintable(source));
        QVERIFY(source.contains("\"lr\": LEARNING_RATE * 0.5, \"weight_decay\": 0.0"));
        QVERIFY(source.contains("clip_grad_norm_(network.parameters(), 2.0)"));
    }
};

QTEST_GUILESS_MAIN(TestSourceExport)
#include "test_source_export.moc"
