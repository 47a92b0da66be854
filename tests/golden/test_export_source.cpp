// SPDX-License-Identifier: GPL-3.0-or-later
// Exported PyTorch source is run by PyTorch and gives what our executor gives for the same weights, in double: for
// every sample of every op, every example project, template and built-in block. Keras source likewise, by a stand-in
// for Keras on top of PyTorch. One Python process for each framework runs all of them.
#include "core/base/error.h"
#include "core/engine/executor.h"
#include "core/export/source_export.h"
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/io/atomic_file.h"
#include "core/io/safetensors.h"
#include "core/train/state.h"
#include "tests/core/support_networks.h"
#include "tests/core/support_op_runner.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace gradlens;
using namespace gradlens::test;

namespace {
constexpr const char* kPython = "/usr/bin/python3";

// Folders of cases for run_exported.py, and the names of the cases.
class Cases {
public:
    std::filesystem::path folderOf(const QString& name) {
        const QString folder = QStringLiteral("case-%1").arg(m_names.size(), 4, 10, QChar('0'));
        m_names.insert(folder, name);
        std::filesystem::create_directories(root() / folder.toStdString());
        return root() / folder.toStdString();
    }
    std::filesystem::path root() const { return m_folder.path().toStdString(); }
    const QMap<QString, QString>& names() const { return m_names; }

private:
    QTemporaryDir m_folder;
    QMap<QString, QString> m_names;  // by folder
};

void writeSource(const std::filesystem::path& folder, const Project& project) {
    writeFileAtomically(folder / "torch.py", exportSource(project, SourceFramework::PyTorch, drawingCatalogue()));
    try {
        writeFileAtomically(folder / "keras.py", exportSource(project, SourceFramework::Keras, drawingCatalogue()));
    } catch (const Error&) {
        // What Keras cannot say; test_source_export looks at that.
    }
}

// One op between inputs, run outside any graph.
void addSample(Cases& cases, const OpDefinition& op, const OpSample& sample) {
    const std::filesystem::path folder = cases.folderOf(QString::fromStdString(op.name + ", " + sample.name));
    Project project;
    std::vector<NodeId> inputs;
    for (const TensorType& type : sample.inputs) {
        IntegerList shape;
        for (const std::int64_t size : type.shape.slice(1)) shape.push_back(size);
        const std::string values = type.dtype == DType::Int32 ? "class" : "real";
        inputs.push_back(draw(project.graph, "Input", {}, {{"shape", shape}, {"values", values}},
                              "in" + std::to_string(inputs.size())));
    }
    draw(project.graph, op.name, inputs, sample.attributes, "subject");
    writeSource(folder, project);

    OpRun run = sampleRun(op, sample, DType::Float64);
    run.training = false;
    run.forward(Arena(1));
    std::vector<NamedTensor> weights, values;
    for (std::size_t i = 0; i < run.parameters.size(); ++i)
        weights.push_back({"subject." + run.inference.parameters[i].name, run.parameters[i].view()});
    for (std::size_t i = 0; i < run.inputs.size(); ++i)
        values.push_back({"argument.in" + std::to_string(i), run.inputs[i].view()});
    for (std::size_t i = 0; i < run.outputs.size(); ++i)
        values.push_back({op.isLoss ? "objective" : "output." + std::to_string(i), run.outputs[i].view()});
    writeSafetensors(folder / "weights.safetensors", weights);
    writeSafetensors(folder / "values.safetensors", values);
}

void fill(Tensor& tensor, std::uint64_t stream, bool running) {
    const Random random(stream, RandomStream::Generate);
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        if (tensor.dtype() == DType::Int32)
            tensor.as<std::int32_t>()[at] = static_cast<std::int32_t>((i * 7 + 3) % 2);
        else
            tensor.as<double>()[at] = running ? 0.5 + std::abs(random.normal(at)) : random.normal(at);
    }
}

// A whole network: its checkpoint, and what the evaluation's executor gives for a random batch.
void addProject(Cases& cases, const QString& name, const Project& project) {
    const std::filesystem::path folder = cases.folderOf(name);
    writeSource(folder, project);
    const FlatDrawing flat = flatten(project.graph, catalogueOf(project, drawingCatalogue()));
    const GraphAnalysis analysis = analyse(flat.graph, opCatalogue(), 3, DType::Float64);
    QVERIFY2(analysis.valid(), text(analysis.problems).c_str());
    const TrainingGraph training = lower(flat.graph, analysis, &project.training.optimizer, project.training.updates);
    const auto evaluating = std::make_shared<const TrainingGraph>(lower(flat.graph, analysis, nullptr));
    const Arena arena(1);
    State state = initialState(training, arena, 7, 0.1);
    for (std::size_t i = 0; i < state.entries.size(); ++i) {
        StateEntry& entry = state.entries[i];
        if (entry.kind == ValueKind::RunningState) fill(entry.tensor, 100 + i, true);
        // Offsets that begin at zero would hide a mistake.
        if (entry.kind == ValueKind::Parameter && entry.tensor.shape().rank() == 1) fill(entry.tensor, 100 + i, false);
    }
    saveState(state, folder / "weights.safetensors");

    PlanOptions options;
    options.watched = {evaluating->loss};
    if (evaluating->scores) options.watched.push_back(*evaluating->scores);
    Executor executor(std::make_shared<const Plan>(makePlan(evaluating, options)), arena,
                      std::make_shared<Workspace>());
    executor.bindState(bindings(state, *evaluating));
    Tensor features, labels;
    std::vector<NamedTensor> values;
    for (const Value& value : evaluating->values) {
        if (value.kind != ValueKind::Features && value.kind != ValueKind::Labels) continue;
        Tensor& tensor = value.kind == ValueKind::Features ? features : labels;
        tensor = Tensor(value.type.dtype, value.type.shape);
        fill(tensor, 11, false);
        const std::string drawn = flat.graph.find(value.node)->name;
        values.push_back({"argument." + drawn, tensor.view()});
    }
    executor.begin({features.view(), labels.view(), 1, 0, 0.1});
    executor.runToEnd();
    if (evaluating->scores) values.push_back({"output.0", executor.view(*evaluating->scores)});
    values.push_back({"objective", executor.view(evaluating->loss)});
    writeSafetensors(folder / "values.safetensors", values);
}

// Input -> block -> mean over places -> Dense -> loss.
Project projectOf(const OpDefinition& block) {
    Project project;
    const bool sequences = block.name.starts_with("Transformer"), vectors = block.name == "MLP";
    const IntegerList shape = vectors ? IntegerList{7} : sequences ? IntegerList{5, 128} : IntegerList{16, 8, 8};
    const NodeId input = draw(project.graph, "Input", {}, {{"shape", shape}}, "features");
    std::vector<NodeId> from{input};
    if (block.name == "TransformerDecoderBlock")
        from.push_back(draw(project.graph, "LayerNorm", {input}));
    else if (block.name == "UNetUpStage")
        from.push_back(draw(project.graph, "Upsample", {input}, {}));
    const NodeId middle = draw(project.graph, block.name, from, {}, "middle");
    const NodeId flat = draw(project.graph, "Flatten", {middle});
    const NodeId dense = draw(project.graph, "Dense", {flat}, units(3), "scores");
    const NodeId label =
        draw(project.graph, "Input", {},
             {{"source", std::string("labels")}, {"shape", IntegerList{}}, {"values", std::string("class")}}, "label");
    draw(project.graph, "SoftmaxCrossEntropy", {dense, label}, {}, "loss");
    return project;
}
}  // namespace

class TestExportSource : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QProcess probe;
        probe.start(kPython, {"-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)"});
        if (!probe.waitForFinished(120'000) || probe.exitCode() != 0)
            QSKIP("PyTorch is not installed (package python3-torch)");
        for (const OpDefinition& op : opCatalogue().ops())
            for (const OpSample& sample : op.samples)
                if (!op.inputs.empty()) addSample(m_cases, op, sample);
        for (const char* kind : {"examples", "templates"})
            for (const auto& file : std::filesystem::directory_iterator(resourcesFolder() / kind)) {
                if (file.path().extension() != ".gradlens") continue;
                addProject(m_cases, QString(kind) + ' ' + QString::fromStdString(file.path().stem().string()),
                           loadProject(file.path(), drawingCatalogue()));
            }
        for (const OpDefinition& block : drawingCatalogue().blocks())
            if (block.block != nullptr)
                addProject(m_cases, "block " + QString::fromStdString(block.name), projectOf(block));
    }

    void everyOpProjectAndBlockGivesOurNumbersInPyTorch() { compare("torch", m_cases.names().size()); }
    void andInKerasWhereItCanSayThem() { compare("keras", m_cases.names().size() - 4); }

private:
    // Runs the sources of a framework, at least so many.
    void compare(const QString& framework, qsizetype atLeast) {
        QProcess runner;
        runner.start(kPython, {GRADLENS_SOURCE_DIR "/tests/golden/run_exported.py",
                               QString::fromStdString(m_cases.root().string()), framework});
        QVERIFY(runner.waitForFinished(300'000));
        const QByteArray errors = runner.readAllStandardError();
        QVERIFY2(runner.exitCode() == 0, errors.constData());
        const QJsonObject results = QJsonDocument::fromJson(runner.readAllStandardOutput()).object();
        QVERIFY(results.size() >= atLeast && atLeast > 200);
        QStringList wrong;
        for (const auto& [folder, name] : m_cases.names().asKeyValueRange())
            if (const QString fault = results[folder].toString(); !fault.isEmpty()) wrong << name + ": " + fault;
        QVERIFY2(wrong.isEmpty(), qPrintable('\n' + wrong.join('\n')));
    }

    Cases m_cases;
};

QTEST_GUILESS_MAIN(TestExportSource)
#include "test_export_source.moc"
