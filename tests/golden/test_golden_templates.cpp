// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of every template against the same network built in PyTorch (data/templates.json, made by
// make_golden.py): shapes, parameters and operations, layer by layer.
#include "core/base/error.h"
#include "core/graph/analysis.h"
#include "core/graph/block_library.h"
#include "core/graph/flatten.h"
#include "core/io/project.h"
#include "core/io/templates.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace gradlens;
using nlohmann::json;

namespace {
const json& golden() {
    static const json file = [] {
        std::ifstream stream(GRADLENS_SOURCE_DIR "/tests/golden/data/templates.json");
        return json::parse(stream);
    }();
    return file;
}

// A template, its blocks unfolded, and what we say of it.
struct Figures {
    explicit Figures(const QString& file)
        : project(loadProject(file.toStdString(), drawingCatalogue())),
          graph(flatten(project.graph, catalogueOf(project, drawingCatalogue())).graph),
          analysis(analyse(graph, drawingCatalogue(), golden().at("batch").get<std::int64_t>())) {}

    const NodeAnalysis* of(const std::string& layer) const {
        const Node* node = graph.findByName(layer);
        return node != nullptr ? analysis.find(node->id) : nullptr;
    }

    Project project;
    ModelGraph graph;
    GraphAnalysis analysis;
};

QString both(const std::string& layer, double theirs, double ours) {
    return QString("%1: PyTorch %2, here %3")
        .arg(QString::fromStdString(layer))
        .arg(theirs, 0, 'g', 17)
        .arg(ours, 0, 'g', 17);
}
}  // namespace

class TestGoldenTemplates : public QObject {
    Q_OBJECT

private slots:
    void everyTemplateHasItsFigures_data() { addTemplates(); }
    void everyTemplateHasItsFigures() {
        QFETCH(QString, name);
        QVERIFY(golden().at("templates").contains(name.toStdString()));
    }

    void shapesAreThoseOfPyTorch_data() { addTemplates(); }
    void shapesAreThoseOfPyTorch() {
        forLayers([](const std::string& name, const json& layer, const NodeAnalysis& node) {
            const Shape wanted(layer.at("shape").get<std::vector<std::int64_t>>());
            QVERIFY2(node.inference.outputs[0].shape == wanted,
                     (name + ": PyTorch " + wanted.toString() + ", here " + node.inference.outputs[0].shape.toString())
                         .c_str());
        });
    }

    void parametersAreThoseOfPyTorch_data() { addTemplates(); }
    void parametersAreThoseOfPyTorch() {
        forLayers([](const std::string& name, const json& layer, const NodeAnalysis& node) {
            const auto wanted = layer.at("parameters").get<std::int64_t>();
            QVERIFY2(node.parameterCount() == wanted,
                     qPrintable(both(name, static_cast<double>(wanted), static_cast<double>(node.parameterCount()))));
        });
        QFETCH(QString, name);
        QFETCH(QString, file);
        // As is said of the drawing as the user sees it, blocks folded.
        const Project project = loadProject(file.toStdString(), drawingCatalogue());
        QCOMPARE(analyse(project.graph, drawingCatalogue(), 1).parameters,
                 golden().at("templates").at(name.toStdString()).at("parameters").get<std::int64_t>());
    }

    // Two for a multiplication with its addition, and one for each addition of a bias: see make/templates.py.
    void operationsAreThoseOfPyTorch_data() { addTemplates(); }
    void operationsAreThoseOfPyTorch() {
        int counted = 0;
        forLayers([&](const std::string& name, const json& layer, const NodeAnalysis& node) {
            if (!layer.contains("macs")) return;
            const double wanted = 2 * layer.at("macs").get<double>() + layer.at("bias").get<double>();
            QVERIFY2(node.cost.forward.flops == wanted, qPrintable(both(name, wanted, node.cost.forward.flops)));
            ++counted;
        });
        QVERIFY(counted > 0);
    }

private:
    static void addTemplates() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        for (const auto& file : templateFiles(std::filesystem::path(GRADLENS_SOURCE_DIR) / "resources"))
            QTest::newRow(file.stem().c_str())
                << QString::fromStdString(file.stem()) << QString::fromStdString(file.string());
    }

    template <class Body>
    static void forLayers(Body&& body) {
        QFETCH(QString, name);
        QFETCH(QString, file);
        const Figures figures(file);
        for (const Problem& problem : figures.analysis.problems) QFAIL(problem.message.c_str());
        for (const json& layer : golden().at("templates").at(name.toStdString()).at("layers")) {
            const auto layerName = layer.at("name").get<std::string>();
            const NodeAnalysis* node = figures.of(layerName);
            QVERIFY2(node != nullptr && node->known, ("no layer " + layerName).c_str());
            body(layerName, layer, *node);
            if (QTest::currentTestFailed()) return;
        }
    }
};

QTEST_GUILESS_MAIN(TestGoldenTemplates)
#include "test_golden_templates.moc"
