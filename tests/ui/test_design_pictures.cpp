// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the Design workspace in both themes. With GRADLENS_PICTURES set to a folder they are kept there, to be
// looked at.
#include "tests/core/support_given_drawings.h"
#include "ui/design/canvas/canvas_life.h"
#include "ui/design/design_workspace.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QPainter>
#include <QSet>
#include <QTest>

#include <cmath>

using namespace gradlens;

class TestDesignPictures : public QObject {
    Q_OBJECT

private:
    static QString example(const char* name) {
        return QString(GRADLENS_SOURCE_DIR "/resources/examples/%1.gradlens").arg(name);
    }

    static void keep(QWidget& widget, const QString& name) {
        const QImage picture = widget.grab().toImage();
        QSet<QRgb> colors;
        for (int y = 0; y < picture.height(); y += 7)
            for (int x = 0; x < picture.width(); x += 7) colors.insert(picture.pixel(x, y));
        QVERIFY2(colors.size() > 20, "the picture is blank");
        const QString folder = qEnvironmentVariable("GRADLENS_PICTURES");
        if (!folder.isEmpty()) QVERIFY(picture.save(QDir(folder).filePath(name + ".png")));
    }

    static ProbeResult result(double scale, std::int64_t nan) {
        ProbeResult made;
        made.statistics.count = made.statistics.finite = 1000;
        made.statistics.negatives = 300 - nan;
        made.statistics.zeros = 350;
        made.statistics.positives = 350;
        made.statistics.nan = nan;
        made.statistics.l2 = scale;
        made.statistics.standardDeviation = scale;
        return made;
    }

    static void pretendToTrain(DesignDocument& document, CanvasLife& life) {
        int order = 0;
        for (const Node& node : document.graph().nodes()) {
            ++order;
            for (int step = 0; step < 60; ++step) {
                const double wave = std::exp(-step / 30.0) * (1.2 + std::sin(step * 0.9 + order) * 0.4) +
                                    0.05 * ((step * 37 + order * 11) % 7);
                life.show(node.id, 0, CanvasLife::Role::Output, result(wave, 0));
                if (node.op == "Dense" || node.op == "Conv2D")
                    life.show(node.id, 0, CanvasLife::Role::WeightGradient, result(wave, 0));
            }
            life.show(node.id, 0, CanvasLife::Role::OutputGradient, result(std::pow(10.0, -order * 0.2), 0));
        }
    }

    // Two residual blocks and a concatenation, arranged.
    static void drawResidual(DesignDocument& document, DesignWorkspace& workspace) {
        document.newProject();
        NodeId last = document.addNode("Input", {0, 0});
        document.setAttribute(last, "shape", IntegerList{16, 32, 32});
        const auto below = [&](const char* op) { return last = document.addNode(op, {0, 0}, {PortRef{last, 0}, {}}); };
        for (int block = 0; block < 2; ++block) {
            const NodeId start = last;
            for (const char* op : {"Conv2D", "BatchNorm", "ReLU", "Conv2D"}) {
                below(op);
                if (QString(op) != "Conv2D") continue;
                document.setAttribute(last, "filters", std::int64_t{16});
                document.setAttribute(last, "padding", IntegerList{1, 1});
            }
            below("Add");
            document.addEdge({start, 0}, {last, 1});
            below("ReLU");
        }
        below("Flatten");
        const NodeId trunk = last;
        const NodeId a = document.addNode("Dense", {0, 0}, {PortRef{trunk, 0}, {}});
        const NodeId b = document.addNode("Dense", {0, 0}, {PortRef{trunk, 0}, {}});
        last = document.addNode("Concat", {0, 0}, {PortRef{a, 0}, {}});
        document.addEdge({b, 0}, {last, 1});
        document.arrange(AutoLayout::arranged(document.graph(), document.catalogue(), {document.graph().style()}),
                         "Arrange");
        document.selection().clear();
        QTest::qWait(20);
        workspace.canvas().showFromTop();
    }

    // A frame, a comment beside it, a bypassed layer and what a search found, with the end out of sight.
    static void annotate(DesignDocument& document, DesignWorkspace& workspace) {
        const auto id = [&](const char* name) { return document.graph().findByName(name)->id; };
        document.selection().set({id("conv1"), id("relu1"), id("pool1")});
        const NoteId frame = document.frameSelection();
        document.writeNote(frame, "Edges and strokes", document.graph().findNote(frame)->height);
        Note comment;
        comment.text = "Three by three is enough here:\nthe pictures are small.";
        comment.color = 2;
        const NodeItem* conv = workspace.scene().nodeItem(id("conv1"));
        comment.position = {conv->x() + 270, conv->y()};
        document.addNote(comment);
        document.selection().select(id("relu1"));
        document.toggleBypass();
        document.selection().clear();
        workspace.canvas().setZoom(1);
        workspace.canvas().centerOn(conv->pos() + QPointF(180, 300));
        workspace.canvas().openFind();
        QTest::keyClicks(workspace.canvas().findChild<QLineEdit*>(), "conv");
    }

private slots:
    void initTestCase() { QDir().mkpath(qEnvironmentVariable("GRADLENS_PICTURES", "/tmp")); }

    void bothThemesShowTheExample_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<QString>("state");
        for (const bool dark : {true, false}) {
            for (const QSize size : {QSize(1280, 800), QSize(2560, 1440)})
                for (const char* state :
                     {"idle", "selected", "alive", "problems", "empty", "several", "residual", "connecting", "notes"})
                    QTest::addRow("%s-%d-%s", dark ? "dark" : "light", size.width(), state)
                        << dark << size << QString(state);
        }
    }

    void bothThemesShowTheExample() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        QFETCH(QString, state);
        Theme::instance().apply(*qApp, dark ? Theme::Mode::Dark : Theme::Mode::Light);
        DesignDocument document(opCatalogue());
        if (state != "empty") document.load(example("fashion-mnist-cnn"));
        Session session({.threads = 1, .resourcesFolder = {}});
        DesignWorkspace workspace(document, session);
        workspace.resize(size);
        workspace.show();
        QVERIFY(QTest::qWaitForWindowExposed(&workspace));
        if (state == "selected") document.selection().select(document.graph().findByName("conv2")->id);
        if (state == "alive") {
            CanvasLife life(workspace.scene(), session);
            pretendToTrain(document, life);
            QTest::qWait(60);
        }
        if (state == "several") {
            document.selectAll();
            workspace.canvas().fit();
        }
        if (state == "problems") {
            const NodeId pool = document.graph().findByName("pool1")->id;
            document.setAttribute(pool, "kernel", IntegerList{40, 40});
            document.removeEdge({document.graph().findByName("relu3")->id, 0});
            document.selection().select(pool);
        }
        if (state == "notes") {
            annotate(document, workspace);
            QTest::qWait(100);  // the minimap follows in its own time
        }
        if (state == "residual" || state == "connecting") drawResidual(document, workspace);
        QWidget* canvas = workspace.canvas().viewport();
        if (state == "connecting") {
            // In mid-drag: from the input's output to a port that would close no cycle but does not fit.
            CanvasView& view = workspace.canvas();
            const NodeItem* from = workspace.scene().nodeItem(document.graph().findByName("relu1")->id);
            const NodeItem* to = workspace.scene().nodeItem(document.graph().findByName("dense1")->id);
            QTest::mousePress(canvas, Qt::LeftButton, {}, view.mapFromScene(from->outputPort(0)));
            for (const double t : {0.3, 0.7, 1.0})
                QTest::mouseMove(canvas,
                                 view.mapFromScene(from->outputPort(0) + (to->inputPort(0) - from->outputPort(0)) * t));
        }
        QTest::qWait(20);
        keep(workspace, QString("design-%1").arg(QTest::currentDataTag()));
        if (state == "connecting") QTest::mouseRelease(canvas, Qt::LeftButton, {}, {1, 1});
    }

    void theTenDrawingsInEveryStyle_data() {
        QTest::addColumn<int>("drawing");
        QTest::addColumn<DrawingStyle::Flow>("flow");
        QTest::addColumn<DrawingStyle::Edges>("edges");
        const auto drawings = test::givenDrawings();
        for (int i = 0; i < static_cast<int>(drawings.size()); ++i)
            for (const auto flow : {DrawingStyle::Flow::Down, DrawingStyle::Flow::Right})
                for (const auto edges : {DrawingStyle::Edges::Curved, DrawingStyle::Edges::Orthogonal})
                    QTest::addRow("%s-%s-%s", drawings[static_cast<std::size_t>(i)].name.c_str(),
                                  flow == DrawingStyle::Flow::Down ? "down" : "right",
                                  edges == DrawingStyle::Edges::Curved ? "curved" : "angles")
                        << i << flow << edges;
    }

    // All of the drawing at 60 %, or what fits a large sheet from where it begins.
    void theTenDrawingsInEveryStyle() {
        QFETCH(int, drawing);
        QFETCH(DrawingStyle::Flow, flow);
        QFETCH(DrawingStyle::Edges, edges);
        Theme::instance().apply(*qApp, drawing % 2 == 0 ? Theme::Mode::Dark : Theme::Mode::Light);
        Project project;
        project.graph = test::givenDrawings()[static_cast<std::size_t>(drawing)].graph;
        project.graph.setStyle({flow, edges});
        DesignDocument document(opCatalogue());
        Session session({.threads = 1, .resourcesFolder = {}});
        DesignWorkspace workspace(document, session);
        document.adopt(std::move(project));
        QTest::qWait(20);
        constexpr double kZoom = 0.62;
        const QRectF sheet = workspace.scene().contentRect().adjusted(-40, -40, 40, 40) &
                             QRectF(workspace.scene().contentRect().topLeft() - QPointF(40, 40), QSizeF(2600, 2600));
        QImage picture((sheet.size() * kZoom).toSize(), QImage::Format_RGB32);
        QPainter painter(&picture);
        painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
        workspace.scene().render(&painter, picture.rect(), sheet);
        painter.end();
        QVERIFY(picture.save(qEnvironmentVariable("GRADLENS_PICTURES", "/tmp") +
                             QString("/layout-%1.png").arg(QTest::currentDataTag())));
    }
};

QTEST_MAIN(TestDesignPictures)
#include "test_design_pictures.moc"
