// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing by hand: inserting at the pointer, into edges and out of them, connecting in sequence, placing, bypassing,
// and walking with the keyboard. Real events on the real widgets.
#include "canvas_driver.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/design/canvas/insert_search.h"
#include "ui/design/palette.h"
#include "ui/models/arrange.h"

#include <QClipboard>
#include <QLineEdit>
#include <QMenu>
#include <QSignalSpy>
#include <QTimer>

using namespace gradlens;

namespace {
QString bubbleText(CanvasDriver& hand) {
    auto* bubble = hand.view().findChild<HintBubble*>();
    return bubble != nullptr && bubble->isVisible() ? bubble->text() : QString();
}

InsertSearch* openSearch() {
    for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* search = qobject_cast<InsertSearch*>(widget); search != nullptr && search->isVisible()) return search;
    return nullptr;
}

QLineEdit* searchField() {
    InsertSearch* search = openSearch();
    return search == nullptr ? nullptr : search->findChild<QLineEdit*>();
}

void point(CanvasDriver& hand, QPoint at) {
    QTest::mouseMove(hand.view().viewport(), at - QPoint(3, 3));
    QTest::mouseMove(hand.view().viewport(), at);
}

// Types into the search that opened, and takes the first that fits.
void choose(const QString& rest) {
    QLineEdit* field = searchField();
    QVERIFY(field != nullptr);
    QTest::keyClicks(field, rest);
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY(openSearch() == nullptr);
}

void select(CanvasDriver& hand, std::initializer_list<const char*> names) {
    std::vector<NodeId> nodes;
    for (const char* name : names) nodes.push_back(hand.id(name));
    hand.document.selection().set(std::move(nodes));
}

Point placeOf(CanvasDriver& hand, const char* name) {
    return hand.graph().findByName(name)->position;
}

NodeId sourceOf(CanvasDriver& hand, const char* name, int port = 0) {
    const auto edge = hand.graph().edgeInto({hand.id(name), port});
    return edge ? edge->from.node : NodeId::None;
}

// Three layers that stand anywhere, unconnected: relu1, tanh1, sigmoid1.
void drawScattered(CanvasDriver& hand) {
    hand.document.addNode("ReLU", {0, 0});
    hand.document.addNode("Tanh", {120, 200});
    hand.document.addNode("Sigmoid", {40, 520});
    hand.document.selection().clear();
    hand.settle();
    hand.view().setZoom(1);
    hand.view().centerOn(150, 300);
    hand.settle();
}
}  // namespace

class TestCanvasHand : public QObject {
    Q_OBJECT

private slots:
    // --- Inserting at the pointer

    void aLetterSearchesAtThePointerAndReturnConnectsToTheSelectedLayer() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("relu1"));
        hand.view().centerOn(hand.item("relu1").cardRect().center());
        hand.settle();
        const QPoint free = hand.outputOf("relu1") + QPoint(0, 130);
        point(hand, free);
        hand.key(Qt::Key_D);
        QVERIFY(searchField() != nullptr);
        QCOMPARE(searchField()->text(), QString("d"));
        choose("ropout");
        QCOMPARE(sourceOf(hand, "dropout1"), hand.id("relu1"));
        const QPointF middle = hand.item("dropout1").cardRect().center();
        QVERIFY(QLineF(middle, hand.view().mapToScene(free)).length() < 2 * kCanvasGrid);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Add Dropout"));
    }

    void theLetterOfAShortWordIsNoCommand() {
        CanvasDriver hand;
        hand.drawChain();
        const double zoom = hand.view().zoom();
        point(hand, {40, 40});
        for (const Qt::Key letter : {Qt::Key_F, Qt::Key_A, Qt::Key_C, Qt::Key_B}) {
            hand.key(letter);
            QVERIFY(searchField() != nullptr);
            QCOMPARE(searchField()->text(), QString(QChar(static_cast<int>(letter))).toLower());
            QTest::keyClick(searchField(), Qt::Key_Escape);
            QVERIFY(openSearch() == nullptr);
        }
        QCOMPARE(hand.view().zoom(), zoom);
    }

    void tabSearchesToo() {
        CanvasDriver hand;
        hand.drawChain();
        point(hand, {60, 60});
        hand.key(Qt::Key_Tab);
        QVERIFY(searchField() != nullptr);
        QCOMPARE(searchField()->text(), QString());
        choose("tanh");
        QVERIFY(hand.id("tanh1") != NodeId::None);
        QVERIFY(!hand.graph().edgeInto({hand.id("tanh1"), 0}));
    }

    void overAnEdgeTheChosenLayerGoesIntoIt() {
        CanvasDriver hand;
        hand.drawChain();
        point(hand, hand.middleOfEdgeInto("relu1"));
        hand.key(Qt::Key_B);
        choose("atchnorm");
        const Node* norm = nullptr;
        for (const Node& node : hand.graph().nodes())
            if (node.op == "BatchNorm") norm = &node;
        QVERIFY(norm != nullptr);
        QCOMPARE(hand.graph().edgeInto({norm->id, 0})->from.node, hand.id("dense1"));
        QCOMPARE(sourceOf(hand, "relu1"), norm->id);
    }

    void overACardTheChosenLayerFollowsIt() {
        CanvasDriver hand;
        hand.drawChain();
        point(hand, hand.middleOf("relu1"));
        hand.key(Qt::Key_D);
        choose("ropout");
        QCOMPARE(sourceOf(hand, "dropout1"), hand.id("relu1"));
        QVERIFY(placeOf(hand, "dropout1").y >= placeOf(hand, "relu1").y + kCardHeight);
    }

    void escapeOutOfTheSearchLeavesNoTrace() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("dense1"));
        const ModelGraph before = hand.graph();
        const int steps = hand.document.undoStack().count();
        point(hand, hand.middleOf("relu1"));
        hand.key(Qt::Key_C);
        QTest::keyClicks(searchField(), "onv");
        QTest::keyClick(searchField(), Qt::Key_Escape);
        QVERIFY(openSearch() == nullptr);
        QVERIFY(hand.graph() == before);
        QCOMPARE(hand.document.undoStack().count(), steps);
        QCOMPARE(hand.document.selection().current(), hand.id("dense1"));
    }

    void appendingSeveralConnectsEachToTheOneBefore() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("relu1"));
        auto* field = hand.workspace.palette().findChild<QLineEdit*>();
        for (const char* op : {"Tanh", "Sigmoid"}) {
            field->clear();
            QTest::keyClicks(field, op);
            QTest::keyClick(field, Qt::Key_Return);
        }
        QCOMPARE(sourceOf(hand, "tanh1"), hand.id("relu1"));
        QCOMPARE(sourceOf(hand, "sigmoid1"), hand.id("tanh1"));
    }

    // --- Into edges and out of them

    void aFreeCardDroppedOnAnEdgeGoesIntoIt() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Tanh", {320, 160});
        hand.settle();
        const ModelGraph before = hand.graph();
        hand.drag(hand.middleOf("tanh1"), hand.middleOfEdgeInto("relu1"));
        QCOMPARE(sourceOf(hand, "tanh1"), hand.id("dense1"));
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("tanh1"));
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Insert tanh1"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void aConnectedCardDraggedAcrossAnEdgeOnlyMoves() {
        CanvasDriver hand;
        hand.drawChain();
        const QPoint over = hand.middleOfEdgeInto("dense1");
        hand.drag(hand.middleOf("relu1"), over);
        QCOMPARE(sourceOf(hand, "dense1"), hand.id("input1"));
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("dense1"));
    }

    void altDragPullsACardOutAndJoinsItsNeighbours() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        const QPoint from = hand.middleOf("dense1");
        hand.press(from, Qt::AltModifier);
        QTest::mouseEvent(QTest::MouseMove, hand.view().viewport(), Qt::LeftButton, Qt::AltModifier,
                          from + QPoint(20, 0));
        QMouseEvent move(QEvent::MouseMove, from + QPoint(30, 0), hand.view().viewport()->mapToGlobal(from),
                         Qt::NoButton, Qt::LeftButton, Qt::AltModifier);
        QApplication::sendEvent(hand.view().viewport(), &move);
        hand.moveTo(from, from + QPoint(320, 0));
        hand.release(from + QPoint(320, 0), Qt::AltModifier);
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("input1"));
        QVERIFY(hand.graph().edgesOf(hand.id("dense1")).empty());
        QCOMPARE(hand.document.undoStack().undoText(), QString("Pull out dense1"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void escapeWhilePullingOutLeavesTheEdges() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        const QPoint from = hand.middleOf("dense1");
        hand.press(from, Qt::AltModifier);
        QMouseEvent move(QEvent::MouseMove, from + QPoint(60, 0), hand.view().viewport()->mapToGlobal(from),
                         Qt::NoButton, Qt::LeftButton, Qt::AltModifier);
        QApplication::sendEvent(hand.view().viewport(), &move);
        QVERIFY(!hand.scene().edgeItem({hand.id("dense1"), 0})->isVisible());
        hand.key(Qt::Key_Escape);
        hand.release(from + QPoint(60, 0));
        QVERIFY(hand.graph() == before);
        QVERIFY(hand.scene().edgeItem({hand.id("dense1"), 0})->isVisible());
    }

    void pullOutByKeyStandsAsideOfTheChain() {
        CanvasDriver hand;
        hand.drawChain();
        select(hand, {"dense1"});
        hand.key(Qt::Key_X, Qt::ShiftModifier);
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("input1"));
        QVERIFY(hand.graph().edgesOf(hand.id("dense1")).empty());
        QVERIFY(placeOf(hand, "dense1").x >= placeOf(hand, "relu1").x + kCardWidth);
    }

    void severalPulledOutKeepTheEdgesAmongThem() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Tanh", {0, 480}, {PortRef{hand.id("relu1"), 0}, {}});
        select(hand, {"dense1", "relu1"});
        hand.key(Qt::Key_X, Qt::ShiftModifier);
        QCOMPARE(sourceOf(hand, "tanh1"), hand.id("input1"));
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("dense1"));
        QCOMPARE(sourceOf(hand, "dense1"), NodeId::None);
    }

    void controlDeleteClosesTheGap() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        select(hand, {"dense1"});
        hand.key(Qt::Key_Delete, Qt::ControlModifier);
        QCOMPARE(hand.id("dense1"), NodeId::None);
        QCOMPARE(sourceOf(hand, "relu1"), hand.id("input1"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Delete dense1 and close the gap"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void anEdgesEndDraggedToAnotherPortIsMovedInOneStep() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Tanh", {320, 320});
        hand.settle();
        const ModelGraph before = hand.graph();
        hand.drag(hand.inputOf("relu1"), hand.inputOf("tanh1"));
        QCOMPARE(sourceOf(hand, "tanh1"), hand.id("dense1"));
        QCOMPARE(sourceOf(hand, "relu1"), NodeId::None);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Move edge"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    // --- Connecting in sequence

    void selectedLayersAreConnectedInSequenceByPosition() {
        CanvasDriver hand;
        drawScattered(hand);
        select(hand, {"sigmoid1", "relu1", "tanh1"});
        hand.key(Qt::Key_L, Qt::ShiftModifier);
        QCOMPARE(sourceOf(hand, "tanh1"), hand.id("relu1"));
        QCOMPARE(sourceOf(hand, "sigmoid1"), hand.id("tanh1"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Connect 3 layers in sequence"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph().edges().empty());
    }

    void aSequenceThatCannotBeIsRefusedWithAReason() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("input1"), {0, 640}}});
        select(hand, {"relu1", "input1"});
        const ModelGraph before = hand.graph();
        hand.key(Qt::Key_L, Qt::ShiftModifier);
        QVERIFY(hand.graph() == before);
        QVERIFY2(bubbleText(hand).contains("input1"), qPrintable(bubbleText(hand)));
    }

    // --- Placing

    void cardsAreAlignedOnEverySide_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<bool>("horizontal");
        QTest::addColumn<double>("line");
        QTest::newRow("left") << int(Qt::Key_Left) << true << 0.0;
        QTest::newRow("centre") << int(Qt::Key_H) << true << 60.0;
        QTest::newRow("right") << int(Qt::Key_Right) << true << 120.0;
        QTest::newRow("top") << int(Qt::Key_Up) << false << 0.0;
        QTest::newRow("middle") << int(Qt::Key_M) << false << 260.0;
        QTest::newRow("bottom") << int(Qt::Key_Down) << false << 520.0;
    }
    void cardsAreAlignedOnEverySide() {
        QFETCH(int, key);
        QFETCH(bool, horizontal);
        QFETCH(double, line);
        CanvasDriver hand;
        drawScattered(hand);
        const ModelGraph before = hand.graph();
        select(hand, {"relu1", "tanh1", "sigmoid1"});
        const int steps = hand.document.undoStack().count();
        hand.key(static_cast<Qt::Key>(key), Qt::ControlModifier | Qt::ShiftModifier);
        for (const Node& node : hand.graph().nodes()) QCOMPARE(horizontal ? node.position.x : node.position.y, line);
        QVERIFY2(!AutoLayout::isTangled(hand.graph()), "aligned cards do not hide each other");
        QCOMPARE(hand.document.undoStack().count(), steps + 1);
        QVERIFY(hand.document.undoStack().undoText().startsWith("Align"));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void distributingMakesGapsEqual() {
        CanvasDriver hand;
        drawScattered(hand);
        select(hand, {"relu1", "tanh1", "sigmoid1"});
        hand.key(Qt::Key_V, Qt::ControlModifier | Qt::AltModifier);
        QCOMPARE(placeOf(hand, "relu1").y, 0.0);
        QCOMPARE(placeOf(hand, "tanh1").y, 260.0);
        QCOMPARE(placeOf(hand, "sigmoid1").y, 520.0);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Distribute 3 layers vertically"));
        hand.key(Qt::Key_H, Qt::ControlModifier | Qt::AltModifier);
        // Too narrow for all of them: from the first on, without an overlap.
        const double step = kCardWidth + kCardGap;
        QCOMPARE(placeOf(hand, "relu1").x, 0.0);
        QCOMPARE(placeOf(hand, "sigmoid1").x, step);
        QCOMPARE(placeOf(hand, "tanh1").x, 2 * step);
    }

    void placingIsOffWithTooFewLayers() {
        CanvasDriver hand;
        drawScattered(hand);
        const CanvasActions& actions = hand.view().canvasActions();
        select(hand, {"relu1"});
        QVERIFY(!actions.alignLeft->isEnabled());
        select(hand, {"relu1", "tanh1"});
        QVERIFY(actions.alignLeft->isEnabled());
        QVERIFY(!actions.distributeDown->isEnabled());
    }

    void theContextMenuOffersWhatFitsTheSelection() {
        CanvasDriver hand;
        drawScattered(hand);
        select(hand, {"relu1", "tanh1", "sigmoid1"});
        QStringList offered;
        QTimer::singleShot(0, [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            if (menu == nullptr) return;
            for (const QAction* action : menu->actions()) offered << action->text();
            menu->close();
        });
        const QPoint at = hand.middleOf("tanh1");
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, hand.view().viewport()->mapToGlobal(at));
        QApplication::sendEvent(hand.view().viewport(), &event);
        for (const char* text : {"Align", "Connect in sequence", "Bypass", "Pull out", "Frame the selection"})
            QVERIFY2(offered.contains(text), qPrintable(offered.join(", ")));
    }

    // --- Bypass

    void bypassIsPaintedHonouredAndUndone() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.setAttribute(hand.id("dense1"), "units", std::int64_t{7});
        hand.settle();
        const QImage before = hand.view().grab().toImage();
        select(hand, {"dense1"});
        hand.key(Qt::Key_B, Qt::ControlModifier);
        QVERIFY(hand.graph().findByName("dense1")->bypassed);
        hand.settle();
        QVERIFY(hand.item("dense1").card().bypassed);
        QCOMPARE(hand.document.analysis().typeOf({hand.id("relu1"), 0})->shape[1], std::int64_t{4});
        hand.document.selection().clear();
        hand.settle();
        QVERIFY(hand.view().grab().toImage() != before);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Bypass dense1"));
        select(hand, {"dense1"});
        QCOMPARE(hand.view().canvasActions().bypass->text(), QString("Stop bypassing"));
        hand.key(Qt::Key_B, Qt::ControlModifier);
        QVERIFY(!hand.graph().findByName("dense1")->bypassed);
        hand.settle();
        QVERIFY(!hand.item("dense1").card().bypassed);
    }

    void bypassIsRefusedWhereNothingCouldBeHandedOn_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<QString>("reason");
        QTest::newRow("an input") << "Input"
                                  << "nothing goes into it";
        QTest::newRow("a loss") << "SoftmaxCrossEntropy"
                                << "a loss";
        QTest::newRow("an embedding") << "Embedding"
                                      << "class numbers";
    }
    void bypassIsRefusedWhereNothingCouldBeHandedOn() {
        QFETCH(QString, op);
        QFETCH(QString, reason);
        CanvasDriver hand;
        hand.document.addNode(op, {0, 0});
        hand.settle();
        hand.view().centerOn(0, 0);
        const ModelGraph before = hand.graph();
        hand.key(Qt::Key_B, Qt::ControlModifier);
        QVERIFY(hand.graph() == before);
        QVERIFY2(bubbleText(hand).contains(reason), qPrintable(bubbleText(hand)));
    }

    // --- Keyboard

    void controlArrowsWalkAlongTheEdges() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Tanh", {320, 320}, {PortRef{hand.id("dense1"), 0}, {}});
        hand.document.selection().clear();
        hand.key(Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().current(), hand.id("input1"));
        hand.key(Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().current(), hand.id("dense1"));
        hand.key(Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().current(), hand.id("relu1"));
        hand.key(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().current(), hand.id("tanh1"));
        hand.key(Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().current(), hand.id("dense1"));
        QCOMPARE(hand.graph().findByName("dense1")->position, (Point{0, 160}));
    }

    void walkingBringsTheLayerIntoSight() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {0, 4000}}});
        hand.document.selection().select(hand.id("dense1"));
        hand.key(Qt::Key_Down, Qt::ControlModifier);
        QVERIFY(hand.view().sight().contains(hand.item("relu1").cardRect()));
    }

    void shiftTabStillLeavesTheCanvas() {
        CanvasDriver hand;
        hand.drawChain();
        hand.key(Qt::Key_Backtab, Qt::ShiftModifier);
        QVERIFY(openSearch() == nullptr);
        QVERIFY(!hand.view().hasFocus());
    }

    void zoomToTheSelectionShowsItLarge() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {5000, 4000}}});
        select(hand, {"relu1"});
        hand.key(Qt::Key_Home, Qt::ShiftModifier);
        QVERIFY(hand.view().sight().contains(hand.item("relu1").cardRect()));
        QVERIFY(hand.view().zoom() > 1);
        QVERIFY(!hand.view().sight().intersects(hand.item("input1").cardRect()));
    }

    // --- Clipboard

    void layersAndSharedWeightsGoFromOneProjectToAnother() {
        CanvasDriver first;
        first.drawChain();
        first.document.addNode("Dense", {320, 160}, {PortRef{first.id("input1"), 0}, {}});
        ModelGraph graph = first.graph();
        graph.share(graph.findByName("dense2")->id, graph.findByName("dense1")->id);
        Project project;
        project.graph = graph;
        first.document.adopt(project);
        first.settle();
        first.key(Qt::Key_A, Qt::ControlModifier);
        first.key(Qt::Key_C, Qt::ControlModifier);
        CanvasDriver second;
        second.document.addNode("Dense", {0, 0});
        second.key(Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(second.graph().nodes().size(), std::size_t{5});
        const Node* shared = nullptr;
        for (const Node& node : second.graph().nodes())
            if (node.sharesWith != NodeId::None) shared = &node;
        QVERIFY(shared != nullptr);
        QCOMPARE(second.graph().find(shared->sharesWith)->op, std::string("Dense"));
        QVERIFY(shared->sharesWith != second.id("dense1"));
        QCOMPARE(second.document.undoStack().undoText(), QString("Paste 4 layers"));
    }

    void foreignTextIsToldAndNothingIsLost() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        QSignalSpy failed(&hand.workspace, &DesignWorkspace::failed);
        QGuiApplication::clipboard()->setText("import torch  # \"nodes\"");
        hand.settle();
        hand.key(Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(failed.count(), 1);
        QVERIFY2(failed.first().first().toString().contains("no drawing"),
                 qPrintable(failed.first().first().toString()));
        QVERIFY(hand.graph() == before);
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() != before);
    }
};

QTEST_MAIN(TestCanvasHand)
#include "test_canvas_hand.moc"
