// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "ui/models/connection_check.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/problem_model.h"
#include "ui/models/words.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace gradlens;

class TestDesignDocument : public QObject {
    Q_OBJECT

private:
    static NodeId chain(DesignDocument& document) {
        const NodeId input = document.addNode("Input", {0, 0});
        document.setAttribute(input, "shape", IntegerList{4});
        return document.addNode("Dense", {0, 112}, {PortRef{input, 0}, {}});
    }

private slots:
    void aNewNodeIsNamedByItsOpAndSelected() {
        DesignDocument document(opCatalogue());
        const NodeId node = document.addNode("ReLU", {8, 16});
        QCOMPARE(document.graph().find(node)->name, std::string("relu1"));
        QCOMPARE(document.graph().find(node)->position, (Point{8, 16}));
        QCOMPARE(document.selection().current(), node);
    }

    void aNewNodeIsWiredToWhatItHangsOn() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        QVERIFY(document.graph().edgeInto({dense, 0}).has_value());
    }

    void undoTakesBackANodeWithItsEdges() {
        DesignDocument document(opCatalogue());
        chain(document);
        const ModelGraph before = document.graph();
        document.selection().select(document.graph().nodes()[0].id);
        document.removeSelection();
        QCOMPARE(document.graph().edges().size(), std::size_t{0});
        document.undoStack().undo();
        QVERIFY(document.graph() == before);
    }

    void stepsHaveNamesThatSayWhatHappened() {
        DesignDocument document(opCatalogue());
        chain(document);
        QCOMPARE(document.undoStack().undoText(), QString("Add Dense"));
        document.undoAction()->trigger();
        QCOMPARE(document.undoStack().undoText(), QString("Set sample shape of input1"));
    }

    void typingInOneFieldIsOneStep() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const int steps = document.undoStack().count();
        for (const std::int64_t units : {1, 12, 129}) document.setAttribute(dense, "units", units);
        QCOMPARE(document.undoStack().count(), steps + 1);
        document.endMerge();
        document.setAttribute(dense, "units", std::int64_t{64});
        QCOMPARE(document.undoStack().count(), steps + 2);
    }

    void typingBackToTheStartLeavesNoStep() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const int steps = document.undoStack().count();
        const std::int64_t before =
            std::get<std::int64_t>(document.catalogue().find("Dense")->attributes[0].defaultValue);
        document.setAttribute(dense, "units", before + 1);
        document.setAttribute(dense, "units", before);
        QCOMPARE(document.undoStack().count(), steps);
    }

    void anAttributeThatDoesNotFitChangesNothing() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const ModelGraph before = document.graph();
        QString reason;
        QVERIFY(!document.setAttribute(dense, "units", std::int64_t{-3}, &reason));
        QVERIFY2(reason.contains("-3"), qPrintable(reason));
        QVERIFY(document.graph() == before);
    }

    void aValueThatIsTheDefaultIsNotKept() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const AttributeSpec& units = document.catalogue().find("Dense")->attributes[0];
        document.setAttribute(dense, units.name, std::get<std::int64_t>(units.defaultValue) + 5);
        QVERIFY(document.graph().find(dense)->attributes.find(units.name) != nullptr);
        document.resetAttribute(dense, units.name);
        QVERIFY(document.graph().find(dense)->attributes.find(units.name) == nullptr);
    }

    void aTakenNameIsRefusedWithAReason() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        QString reason;
        QVERIFY(!document.rename(dense, "input1", &reason));
        QVERIFY2(reason.contains("input1"), qPrintable(reason));
        QVERIFY(!document.rename(dense, "two words", &reason));
        QVERIFY(document.rename(dense, "classifier", &reason));
        QCOMPARE(document.graph().find(dense)->name, std::string("classifier"));
    }

    void aCycleIsRefusedAndNamesBothEnds() {
        DesignDocument document(opCatalogue());
        const NodeId first = document.addNode("ReLU", {0, 0});
        const NodeId second = document.addNode("ReLU", {0, 112}, {PortRef{first, 0}, {}});
        QString reason;
        QVERIFY(!document.addEdge({second, 0}, {first, 0}, &reason));
        QVERIFY2(reason.contains("cycle") && reason.contains("relu1") && reason.contains("relu2"), qPrintable(reason));
        QCOMPARE(document.graph().edges().size(), std::size_t{1});
    }

    void turningAnEdgeRoundIsNoCycle() {
        DesignDocument document(opCatalogue());
        const NodeId first = document.addNode("ReLU", {0, 0});
        const NodeId second = document.addNode("ReLU", {0, 112}, {PortRef{first, 0}, {}});
        QVERIFY(document.rerouteEdge({second, 0}, {second, 0}, {first, 0}));
        QVERIFY(document.graph().edgeInto({first, 0}).has_value());
        QVERIFY(!document.graph().edgeInto({second, 0}).has_value());
    }

    void insertingOnAnEdgePushesTheRestDown() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const Edge edge = *document.graph().edgeInto({dense, 0});
        const NodeId relu = document.insertOnEdge("ReLU", edge);
        QCOMPARE(document.graph().edgeInto({relu, 0})->from.node, edge.from.node);
        QCOMPARE(document.graph().edgeInto({dense, 0})->from.node, relu);
        const double gap = document.graph().find(dense)->position.y - document.graph().find(relu)->position.y;
        QVERIFY(gap >= kCardHeight);
        document.undoStack().undo();
        QCOMPARE(document.graph().edgeInto({dense, 0})->from, edge.from);
    }

    void appendingInAChainGoesBetween() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        document.selection().select(document.graph().nodes()[0].id);
        const NodeId relu = document.appendNode("ReLU");
        QCOMPARE(document.graph().edgeInto({dense, 0})->from.node, relu);
    }

    void theInputsOfAConcatStayWithoutGaps() {
        DesignDocument document(opCatalogue());
        const NodeId concat = document.addNode("Concat", {0, 200});
        std::vector<NodeId> sources;
        for (int i = 0; i < 3; ++i) {
            sources.push_back(document.addNode("Input", {i * 240.0, 0}));
            QVERIFY(document.addEdge({sources.back(), 0}, {concat, i}));
        }
        QCOMPARE(inputPortCount(document.graph(), document.catalogue(), *document.graph().find(concat)), 4);
        document.removeEdge({concat, 1});
        QCOMPARE(document.graph().edgeInto({concat, 1})->from.node, sources[2]);
        QVERIFY(!document.graph().edgeInto({concat, 2}).has_value());
        document.undoStack().undo();
        QCOMPARE(document.graph().edgeInto({concat, 1})->from.node, sources[1]);
    }

    void copiedLayersComeBackWithTheirEdgesUnderNewNames() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        document.setAttribute(dense, "units", std::int64_t{7});
        document.selectAll();
        document.copy();
        QVERIFY(DesignDocument::canPaste());
        QVERIFY(document.paste());
        QCOMPARE(document.graph().nodes().size(), std::size_t{4});
        const Node* copy = document.graph().findByName("dense2");
        QVERIFY(copy != nullptr);
        QCOMPARE(copy->attributes.integer("units"), std::int64_t{7});
        QCOMPARE(document.graph().find(document.graph().edgeInto({copy->id, 0})->from.node)->name,
                 std::string("input2"));
        QVERIFY(copy->position != document.graph().find(dense)->position);
        QCOMPARE(document.selection().nodes().size(), std::size_t{2});
    }

    void pastingAfterCuttingPutsThingsBackInPlace() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        const Point place = document.graph().find(dense)->position;
        document.selection().select(dense);
        document.cut();
        QCOMPARE(document.graph().nodes().size(), std::size_t{1});
        document.paste();
        QCOMPARE(document.graph().findByName("dense1")->position, place);
    }

    void textThatIsNoDrawingIsRefusedWithAReason() {
        DesignDocument document(opCatalogue());
        for (const char* text : {"hello", "[1,2]", "{\"nodes\": 3}", "{\"nodes\":[{\"id\":1}]}"}) {
            const ModelGraph before = document.graph();
            bool refused = false;
            try {
                refused = !document.pasteJson(text);
            } catch (const Error& error) {
                refused = !error.problem().empty();
            }
            QVERIFY2(refused, text);
            QVERIFY(document.graph() == before);
        }
    }

    void settingsAreUndoneToo() {
        DesignDocument document(opCatalogue());
        TrainingSpec training = document.project().training;
        training.batchSize = 77;
        document.setTraining(training);
        document.setName("Mine");
        QCOMPARE(document.analysis().batchSize, std::int64_t{77});
        document.undoStack().undo();
        document.undoStack().undo();
        QCOMPARE(document.project(), Project());
    }

    void savingMakesItUnmodifiedAndLoadingGivesItBack() {
        QTemporaryDir folder;
        DesignDocument document(opCatalogue());
        chain(document);
        document.setName("Saved");
        QSignalSpy modified(&document, &DesignDocument::modifiedChanged);
        QVERIFY(document.isModified());
        const QString file = folder.filePath("a.gradlens");
        document.saveAs(file);
        QVERIFY(!document.isModified());
        QCOMPARE(modified.count(), 1);
        QCOMPARE(document.path(), file);
        DesignDocument other(opCatalogue());
        other.load(file);
        QVERIFY(other.project() == document.project());
        QVERIFY(!other.isModified());
        QCOMPARE(other.displayName(), QString("Saved"));
    }

    void aFileThatIsNotThereLeavesTheDocumentAsItWas() {
        DesignDocument document(opCatalogue());
        chain(document);
        const Project before = document.project();
        QVERIFY_THROWS_EXCEPTION(Error, document.load("/nowhere/at/all.gradlens"));
        QVERIFY(document.project() == before);
    }

    void theAnalysisFollowsOnceControlReturns() {
        DesignDocument document(opCatalogue());
        QSignalSpy analysed(&document, &DesignDocument::analysisChanged);
        chain(document);
        QCOMPARE(analysed.count(), 0);
        QTRY_COMPARE(analysed.count(), 1);
        QVERIFY(document.analysis().parameters > 0);
    }

    void movingDoesNotAnalyseAgain() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        QSignalSpy analysed(&document, &DesignDocument::analysisChanged);
        QTRY_COMPARE(analysed.count(), 1);
        document.moveNodes({{dense, {500, 500}}});
        QTest::qWait(5);
        QCOMPARE(analysed.count(), 1);
    }

    void whatARunSaidIsForgottenWithTheNextEdit() {
        DesignDocument document(opCatalogue());
        const NodeId dense = chain(document);
        Problem problem;
        problem.node = dense;
        problem.message = "The data has another shape";
        ProblemModel model(document);
        document.setRunProblems({problem});
        const auto listed = [&] {
            for (int row = 0; row < model.rowCount(); ++row)
                if (model.problemAt(row) == problem) return true;
            return false;
        };
        QTRY_VERIFY(listed());
        document.setAttribute(dense, "units", std::int64_t{3});
        QTRY_VERIFY(!listed());
    }

    void aConnectionIsJudgedBeforeItIsDrawn() {
        DesignDocument document(opCatalogue());
        const NodeId input = document.addNode("Input", {0, 0});
        document.setAttribute(input, "shape", IntegerList{4});
        const NodeId conv = document.addNode("Conv2D", {0, 112});
        const ConnectionCheck check(document.graph(), document.catalogue(), document.analysis());
        const ConnectionVerdict verdict = check.verdict({input, 0}, {conv, 0});
        QCOMPARE(verdict.kind, ConnectionVerdict::Kind::Mismatch);
        QVERIFY2(QString::fromStdString(verdict.reason).contains("conv1"), verdict.reason.c_str());
        QCOMPARE(check.verdict({input, 0}, {input, 0}).kind, ConnectionVerdict::Kind::Refused);
    }

    // Random edits, then all the way back and forth: every state on the way must be exactly what it was.
    void undoAndRedoAreIdentityOverRandomEdits() {
        for (unsigned seed = 1; seed <= 8; ++seed) {
            std::mt19937 random(seed);
            const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
            DesignDocument document(opCatalogue());
            const char* ops[] = {"Input", "Dense", "ReLU", "Concat", "Add", "Conv2D", "Dropout", "SoftmaxCrossEntropy"};
            for (int edit = 0; edit < 120; ++edit) {
                const auto nodes = document.graph().nodes();
                const NodeId any = nodes.empty() ? NodeId::None : nodes[below(nodes.size())].id;
                const NodeId other = nodes.empty() ? NodeId::None : nodes[below(nodes.size())].id;
                document.endMerge();
                const std::size_t kind = nodes.empty() ? 0 : below(12);
                if (kind <= 2) document.addNode(ops[below(8)], {double(below(900)), double(below(900))});
                if (kind == 3) document.appendNode(ops[below(8)]);
                if (kind == 4 || kind == 5) document.addEdge({any, 0}, {other, static_cast<int>(below(3))});
                if (kind == 6) document.moveNodes({{any, {double(below(900)), double(below(900))}}, {other, {1, 2}}});
                if (kind == 7) document.rename(any, QString("name%1").arg(below(40)));
                if (kind == 8 && !document.graph().edges().empty())
                    document.removeEdge(document.graph().edges()[below(document.graph().edges().size())].to);
                if (kind == 9) document.selection().set({any, other}), document.duplicate();
                if (kind == 10 && !document.graph().edges().empty())
                    document.insertOnEdge("ReLU", document.graph().edges()[below(document.graph().edges().size())]);
                if (kind == 11) document.selection().select(any), document.removeSelection();
            }
            QUndoStack& stack = document.undoStack();
            const int steps = stack.count();
            QVERIFY(steps > 40);
            std::vector<Project> states(static_cast<std::size_t>(steps) + 1);
            states[static_cast<std::size_t>(steps)] = document.project();
            for (int at = steps; at > 0; --at) {
                stack.undo();
                states[static_cast<std::size_t>(at) - 1] = document.project();
            }
            QVERIFY(document.project() == Project());
            for (int at = 1; at <= steps; ++at) {
                stack.redo();
                QVERIFY2(document.project() == states[static_cast<std::size_t>(at)],
                         qPrintable(QString("seed %1, step %2").arg(seed).arg(at)));
            }
            stack.setIndex(steps / 2);
            QVERIFY(document.project() == states[static_cast<std::size_t>(steps / 2)]);
        }
    }

    void numbersReadAsPeopleWriteThem() {
        QCOMPARE(compactNumber(1204), QString("1,204"));
        QCOMPARE(compactNumber(1'199'882), QString("1.20M"));
        QCOMPARE(counted(1, "layer"), QString("1 layer"));
        QCOMPARE(counted(3, "layer"), QString("3 layers"));
        QCOMPARE(shapeText({128, 32, 26, 26}), QString::fromUtf8("N×32×26×26"));
        QCOMPARE(shapeText({}), QString("scalar"));
    }
};

QTEST_MAIN(TestDesignDocument)
#include "test_design_document.moc"
