// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of drawings: well-formed, complete, nothing on top of anything else, the same every time.
#include "core/export/figure_scene.h"
#include "core/export/figure_svg.h"
#include "core/export/svg_text.h"
#include "core/graph/block_library.h"
#include "tests/core/support_networks.h"

#include <QXmlStreamReader>
#include <QtTest>

using namespace gradlens;
using namespace gradlens::test;

namespace {
Figure figure(const ModelGraph& graph, FigureStyle style = FigureStyle::Paper, const FigureOptions& options = {}) {
    return figureOf(graph, drawingCatalogue(), figureColors(style), options);
}

// The texts of an SVG, or what is wrong with it.
QStringList textsOf(const std::string& svg, QString* fault) {
    QStringList texts;
    QXmlStreamReader reader(QByteArray::fromStdString(svg));
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement() && reader.name() == QLatin1String("text")) texts << reader.readElementText();
    }
    *fault = reader.hasError() ? reader.errorString() : QString();
    return texts;
}

QString overlapIn(const FigureScene& scene) {
    std::vector<std::pair<std::string, FigureBox>> boxes;
    for (const FigureCard& card : scene.cards) boxes.emplace_back(card.name, card.box);
    for (const FigureLabel& label : scene.labels) boxes.emplace_back(label.text, label.box.grown(-0.5));
    for (std::size_t i = 0; i < boxes.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (boxes[i].second.meets(boxes[j].second))
                return QString::fromStdString(boxes[i].first + " lies on " + boxes[j].first);
    return {};
}

// Without places, as a file written by hand.
ModelGraph unplaced(ModelGraph graph) {
    for (const Node& node : std::vector<Node>(graph.nodes().begin(), graph.nodes().end())) graph.move(node.id, {});
    return graph;
}
}  // namespace

class TestFigureSvg : public QObject {
    Q_OBJECT
private slots:
    void everyExampleIsAWholeFigure_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("placed");
        QTest::addColumn<bool>("right");
        QTest::addColumn<bool>("orthogonal");
        for (const auto& entry : std::filesystem::directory_iterator(resourcesFolder() / "examples")) {
            const QString file = QString::fromStdString(entry.path().string());
            if (!file.endsWith(".gradlens")) continue;
            const QString name = QString::fromStdString(entry.path().stem().string());
            QTest::newRow(qPrintable(name)) << file << true << false << false;
            QTest::newRow(qPrintable(name + ", arranged")) << file << false << false << true;
            QTest::newRow(qPrintable(name + ", to the right")) << file << false << true << false;
        }
    }
    void everyExampleIsAWholeFigure() {
        QFETCH(QString, file);
        QFETCH(bool, placed);
        QFETCH(bool, right);
        QFETCH(bool, orthogonal);
        const Project project = loadProject(file.toStdString(), drawingCatalogue());
        ModelGraph graph = placed ? project.graph : unplaced(project.graph);
        graph.setStyle({right ? DrawingStyle::Flow::Right : DrawingStyle::Flow::Down,
                        orthogonal ? DrawingStyle::Edges::Orthogonal : DrawingStyle::Edges::Curved});
        QString fault;
        const QStringList texts = textsOf(figure(graph).svg, &fault);
        QCOMPARE(fault, QString());
        for (const Node& node : graph.nodes())
            QVERIFY2(texts.contains(QString::fromStdString(node.name)), node.name.c_str());
        const FigureScene scene = figureScene(graph, drawingCatalogue(), {});
        QCOMPARE(scene.edges.size(), graph.edges().size());
        QVERIFY(!scene.labels.empty());
        QCOMPARE(overlapIn(scene), QString());
    }

    void theSameDrawingGivesTheSameFigureInEveryStyle() {
        for (const FigureStyle style : {FigureStyle::Paper, FigureStyle::Light, FigureStyle::Dark})
            QCOMPARE(figure(imagesNetwork(), style).svg, figure(imagesNetwork(), style).svg);
        QVERIFY(figure(imagesNetwork(), FigureStyle::Light).svg != figure(imagesNetwork(), FigureStyle::Dark).svg);
    }

    void textsOfUsersAreEscaped() {
        ModelGraph graph = imagesNetwork();
        Note note;
        note.text = "</text><script>alert(\"1\")</script> & 'more' \x01 \xff\xfe bad";
        graph.addNote(note);
        note.kind = Note::Kind::Frame;
        graph.addNote(note);
        const std::string svg = figure(graph).svg;
        QString fault;
        const QStringList texts = textsOf(svg, &fault);
        QCOMPARE(fault, QString());
        QVERIFY(!QString::fromStdString(svg).contains("<script"));
        QVERIFY(texts.join(' ').contains("</text><script>"));
    }

    void bypassedLayersAreDimmed() {
        ModelGraph graph = imagesNetwork();
        const auto dimmed = [&] { return QString::fromStdString(figure(graph).svg).count("stroke-dasharray"); };
        QCOMPARE(dimmed(), 0);
        graph.bypass(graph.nodes()[3].id, true);
        QCOMPARE(dimmed(), 1);
    }

    void optionsLeaveThingsOut() {
        const ModelGraph graph = imagesNetwork();
        FigureOptions bare;
        bare.attributes = bare.shapes = bare.parameters = bare.background = false;
        const QString whole = QString::fromStdString(figure(graph).svg),
                      less = QString::fromStdString(figure(graph, FigureStyle::Paper, bare).svg);
        QVERIFY(whole.contains("params"));
        QVERIFY(!less.contains("params"));
        QVERIFY(whole.contains("8×8"));
        QVERIFY(!less.contains("8×8"));
        QVERIFY(less.size() < whole.size());
    }

    void anEmptyDrawingAndAWrongOneAreDrawnAsFarAsTheyGo() {
        QString fault;
        textsOf(figure({}).svg, &fault);
        QCOMPARE(fault, QString());
        ModelGraph graph;
        const NodeId first = draw(graph, "NoSuchOp", {}, {}, "mystery");
        draw(graph, "Conv2D", {first}, {}, "conv");
        QVERIFY(textsOf(figure(graph).svg, &fault).contains("mystery"));
        QCOMPARE(fault, QString());
    }

    void textIsMeasuredByItsLetters() {
        QVERIFY(textWidth("iiii", 10) < textWidth("MMMM", 10));
        QCOMPARE(elided("short", 100, 10), std::string("short"));
        const std::string cut = elided("a rather long name", 50, 10);
        QVERIFY(cut.ends_with("…"));
        QVERIFY(textWidth(cut, 10) <= 50);
        QCOMPARE(wrapped("one two three", 45, 10).size(), std::size_t{2});
        QCOMPARE(xmlText("a<b>&\"'"), std::string("a&lt;b&gt;&amp;&quot;&#39;"));
    }
};

QTEST_GUILESS_MAIN(TestFigureSvg)
#include "test_figure_svg.moc"
