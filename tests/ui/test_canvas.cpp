// SPDX-License-Identifier: GPL-3.0-or-later
// The canvas worked by hand: presses, moves, releases and keys on the real widgets.
#include "canvas_driver.h"
#include "ui/design/canvas/canvas_interaction.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/design/canvas/insert_search.h"
#include "ui/design/palette.h"
#include "ui/design/problem_list.h"

#include <QClipboard>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace gradlens;

namespace {
// Drag and drop as the window system delivers it to the canvas.
void dropOp(CanvasDriver& hand, const QString& op, QPoint at) {
    QMimeData data;
    data.setData(kOpMimeType, op.toUtf8());
    QWidget* target = hand.view().viewport();
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &move);
    QVERIFY(move.isAccepted());
    QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &drop);
    hand.settle();
}

QString bubbleText(CanvasDriver& hand) {
    auto* bubble = hand.view().findChild<HintBubble*>();
    return bubble != nullptr && bubble->isVisible() ? bubble->text() : QString();
}

InsertSearch* openSearch() {
    for (QWidget* widget : QApplication::topLevelWidgets())
        if (auto* search = qobject_cast<InsertSearch*>(widget); search != nullptr && search->isVisible()) return search;
    return nullptr;
}
}  // namespace

class TestCanvas : public QObject {
    Q_OBJECT

private slots:
    void aLayerDroppedFromThePaletteAppearsThere() {
        CanvasDriver hand;
        dropOp(hand, "Dense", {300, 200});
        QCOMPARE(hand.graph().nodes().size(), std::size_t{1});
        const QPointF middle = hand.item("dense1").cardRect().center();
        QVERIFY(QLineF(middle, hand.view().mapToScene(300, 200)).length() < 2 * kCanvasGrid);
    }

    void aLayerDroppedOnAnEdgeGoesIntoIt() {
        CanvasDriver hand;
        hand.drawChain();
        dropOp(hand, "Dropout", hand.middleOfEdgeInto("relu1"));
        const auto into = hand.graph().edgeInto({hand.id("dropout1"), 0});
        QVERIFY(into.has_value());
        QCOMPARE(into->from.node, hand.id("dense1"));
        QCOMPARE(hand.graph().edgeInto({hand.id("relu1"), 0})->from.node, hand.id("dropout1"));
    }

    void draggingFromPortToPortConnects() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.removeEdge({hand.id("dense1"), 0});
        hand.settle();
        hand.drag(hand.outputOf("input1"), hand.inputOf("dense1"));
        const auto edge = hand.graph().edgeInto({hand.id("dense1"), 0});
        QVERIFY(edge.has_value());
        QCOMPARE(edge->from, (PortRef{hand.id("input1"), 0}));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Connect"));
    }

    void draggingBackwardsFromAnInputConnectsToo() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.removeEdge({hand.id("dense1"), 0});
        hand.settle();
        hand.drag(hand.inputOf("dense1"), hand.outputOf("input1"));
        QVERIFY(hand.graph().edgeInto({hand.id("dense1"), 0}).has_value());
    }

    void droppingAnEdgeOnACardFindsItsPort() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.removeEdge({hand.id("relu1"), 0});
        hand.settle();
        hand.drag(hand.outputOf("dense1"), hand.middleOf("relu1"));
        QVERIFY(hand.graph().edgeInto({hand.id("relu1"), 0}).has_value());
    }

    void aCycleIsRefusedWhileConnectingWithAReason() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.removeEdge({hand.id("dense1"), 0});
        hand.settle();
        const ModelGraph before = hand.graph();
        const QPoint from = hand.outputOf("relu1"), to = hand.inputOf("dense1");
        hand.press(from);
        hand.moveTo(from, to);
        QVERIFY2(bubbleText(hand).contains("cycle"), qPrintable(bubbleText(hand)));
        hand.release(to);
        QVERIFY(hand.graph() == before);
        QVERIFY2(bubbleText(hand).contains("cycle"), "the reason stays to be read");
    }

    void aShapeThatDoesNotFitIsToldWhileConnecting() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Conv2D", {320, 160});
        hand.settle();
        const QPoint from = hand.outputOf("input1"), to = hand.inputOf("conv1");
        hand.press(from);
        hand.moveTo(from, to);
        QVERIFY2(bubbleText(hand).contains("conv1"), qPrintable(bubbleText(hand)));
        hand.release(to);
    }

    void escapeWhileConnectingLeavesNoTrace() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        const QPoint from = hand.inputOf("dense1");
        hand.press(from);
        hand.moveTo(from, from + QPoint(150, 40));
        QVERIFY(hand.scene().isDrafting());
        hand.key(Qt::Key_Escape);
        hand.release(from + QPoint(150, 40));
        QVERIFY(!hand.scene().isDrafting());
        QVERIFY(hand.graph() == before);
    }

    void anEdgePulledOffItsInputIsGone() {
        CanvasDriver hand;
        hand.drawChain();
        hand.drag(hand.inputOf("dense1"), hand.inputOf("dense1") + QPoint(220, 10));
        QVERIFY(!hand.graph().edgeInto({hand.id("dense1"), 0}).has_value());
        hand.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(hand.graph().edgeInto({hand.id("dense1"), 0}).has_value());
    }

    void anEdgeDroppedOnFreeSpaceOffersLayers() {
        CanvasDriver hand;
        hand.drawChain();
        const QPoint free = hand.outputOf("relu1") + QPoint(10, 90);
        hand.drag(hand.outputOf("relu1"), free);
        InsertSearch* search = openSearch();
        QVERIFY(search != nullptr);
        auto* field = search->findChild<QLineEdit*>();
        QTest::keyClicks(field, "drop");
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(hand.id("dropout1") != NodeId::None);
        QCOMPARE(hand.graph().edgeInto({hand.id("dropout1"), 0})->from.node, hand.id("relu1"));
    }

    void aClickSelectsAndAClickBesideClears() {
        CanvasDriver hand;
        hand.drawChain();
        hand.click(hand.middleOf("dense1"));
        QCOMPARE(hand.document.selection().current(), hand.id("dense1"));
        hand.click(hand.middleOf("relu1"), Qt::ShiftModifier);
        QCOMPARE(hand.document.selection().nodes().size(), std::size_t{2});
        hand.click(hand.middleOf("relu1"), Qt::ShiftModifier);
        QCOMPARE(hand.document.selection().nodes().size(), std::size_t{1});
        hand.click({20, 20});
        QVERIFY(hand.document.selection().isEmpty());
    }

    void aMarqueeSelectsWhatItTouches() {
        CanvasDriver hand;
        hand.drawChain();
        const QRectF both = hand.item("dense1").cardRect() | hand.item("relu1").cardRect();
        hand.drag(hand.at(both.topLeft() - QPointF(30, 10)), hand.at(both.center() + QPointF(0, 60)));
        QCOMPARE(hand.document.selection().nodes(), (std::vector<NodeId>{hand.id("dense1"), hand.id("relu1")}));
    }

    void draggingMovesToTheGridInOneStep() {
        CanvasDriver hand;
        hand.drawChain();
        const Point before = hand.graph().findByName("dense1")->position;
        const int steps = hand.document.undoStack().count();
        hand.drag(hand.middleOf("dense1"), hand.middleOf("dense1") + QPoint(131, 37));
        const Point after = hand.graph().findByName("dense1")->position;
        QCOMPARE(after, (Point{before.x + 128, before.y + 40}));
        QCOMPARE(hand.document.undoStack().count(), steps + 1);
        hand.document.undoStack().undo();
        QCOMPARE(hand.graph().findByName("dense1")->position, before);
        QCOMPARE(hand.item("dense1").pos(), QPointF(before.x, before.y));
    }

    void aCardSnapsInLineWithItsNeighbour() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {300, 320}}});
        hand.document.moveNodes({{hand.id("dense1"), {3, 160}}});
        hand.settle();
        hand.drag(hand.middleOf("relu1"), hand.middleOf("relu1") + QPoint(-294, 40));
        QCOMPARE(hand.graph().findByName("relu1")->position.x, 3.0);
    }

    void draggingOneOfManyMovesAll() {
        CanvasDriver hand;
        hand.drawChain();
        hand.key(Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(hand.document.selection().nodes().size(), std::size_t{3});
        const Point input = hand.graph().findByName("input1")->position,
                    relu = hand.graph().findByName("relu1")->position;
        hand.drag(hand.middleOf("dense1"), hand.middleOf("dense1") + QPoint(80, 0));
        QCOMPARE(hand.graph().findByName("input1")->position, (Point{input.x + 80, input.y}));
        QCOMPARE(hand.graph().findByName("relu1")->position, (Point{relu.x + 80, relu.y}));
    }

    void escapeWhileMovingPutsTheCardBack() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        const QPoint from = hand.middleOf("dense1");
        hand.press(from);
        hand.moveTo(from, from + QPoint(120, 0));
        hand.key(Qt::Key_Escape);
        hand.release(from + QPoint(120, 0));
        QVERIFY(hand.graph() == before);
        QCOMPARE(hand.item("dense1").pos(), QPointF(0, 160));
    }

    void arrowsNudgeAndMergeUntilTheKeyIsReleased() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("dense1"));
        const int steps = hand.document.undoStack().count();
        for (int i = 0; i < 3; ++i) QTest::keyPress(&hand.view(), Qt::Key_Right);
        QTest::keyRelease(&hand.view(), Qt::Key_Right);
        QCOMPARE(hand.graph().findByName("dense1")->position.x, 3 * kCanvasGrid);
        QCOMPARE(hand.document.undoStack().count(), steps + 1);
        QTest::keyClick(&hand.view(), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(hand.document.undoStack().count(), steps + 2);
        QCOMPARE(hand.graph().findByName("dense1")->position.y, 160 + 5 * kCanvasGrid);
    }

    void deleteRemovesAndUndoRestoresExactly() {
        CanvasDriver hand;
        hand.drawChain();
        const ModelGraph before = hand.graph();
        hand.click(hand.middleOf("dense1"));
        hand.key(Qt::Key_Delete);
        QCOMPARE(hand.graph().nodes().size(), std::size_t{2});
        QCOMPARE(hand.graph().edges().size(), std::size_t{0});
        hand.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(hand.graph() == before);
        hand.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(hand.graph().nodes().size(), std::size_t{2});
    }

    void anEdgeIsSelectedByAClickAndDeleted() {
        CanvasDriver hand;
        hand.drawChain();
        hand.click(hand.middleOfEdgeInto("dense1"));
        QCOMPARE(hand.document.selection().edges(), (std::vector<PortRef>{{hand.id("dense1"), 0}}));
        hand.key(Qt::Key_Delete);
        QCOMPARE(hand.graph().edges().size(), std::size_t{1});
        QCOMPARE(hand.graph().nodes().size(), std::size_t{3});
    }

    void copyPasteAndDuplicateByKeys() {
        CanvasDriver hand;
        hand.drawChain();
        hand.click(hand.middleOf("dense1"));
        hand.key(Qt::Key_C, Qt::ControlModifier);
        hand.key(Qt::Key_V, Qt::ControlModifier);
        QVERIFY(hand.id("dense2") != NodeId::None);
        hand.key(Qt::Key_D, Qt::ControlModifier);
        QVERIFY(hand.id("dense3") != NodeId::None);
        hand.key(Qt::Key_X, Qt::ControlModifier);
        QVERIFY(hand.id("dense3") == NodeId::None);
    }

    void rubbishOnTheClipboardIsToldNotPasted() {
        CanvasDriver hand;
        hand.drawChain();
        QSignalSpy failed(&hand.workspace, &DesignWorkspace::failed);
        QGuiApplication::clipboard()->setText("{\"nodes\": 3}");
        hand.settle();
        hand.key(Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(hand.graph().nodes().size(), std::size_t{3});
        QCOMPARE(failed.count(), 1);
    }

    void doubleClickRenamesInPlace() {
        CanvasDriver hand;
        hand.drawChain();
        QTest::mouseDClick(hand.view().viewport(), Qt::LeftButton, {}, hand.middleOf("dense1"));
        auto* field = hand.view().findChild<QLineEdit*>("inlineRename");
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, "head");
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(hand.id("head") != NodeId::None);
        hand.settle();
        QCOMPARE(hand.item("head").card().name, QString("head"));
    }

    void aNameThatMayNotBeIsToldAndEscapeKeepsTheOld() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("dense1"));
        hand.key(Qt::Key_F2);
        auto* field = hand.view().findChild<QLineEdit*>("inlineRename");
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, "relu1");
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY2(bubbleText(hand).contains("relu1"), qPrintable(bubbleText(hand)));
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(hand.id("dense1") != NodeId::None);
        QCOMPARE(bubbleText(hand), QString());
    }

    void aProblemIsPaintedAtItsNodeAndTheListFindsIt() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.removeEdge({hand.id("relu1"), 0});
        hand.settle();
        QVERIFY(hand.item("relu1").card().trouble != NodeCard::Trouble::None);
        QVERIFY2(hand.item("relu1").card().troubleTip.contains("relu1"),
                 qPrintable(hand.item("relu1").card().troubleTip));
        QCOMPARE(hand.item("relu1").card().troubledInputs, 1u);
        hand.view().centerOn(4000, 4000);
        QListView* list = hand.workspace.problems().view();
        QModelIndex row;
        for (int i = 0; i < list->model()->rowCount(); ++i)
            if (list->model()->index(i, 0).data(ProblemModel::NodeNameRole) == "relu1")
                row = list->model()->index(i, 0);
        QVERIFY(row.isValid());
        list->scrollTo(row);
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(row).center());
        QCOMPARE(hand.document.selection().current(), hand.id("relu1"));
        QVERIFY(hand.view().viewport()->rect().contains(hand.middleOf("relu1")));
    }

    void shapesStandOnTheEdges() {
        CanvasDriver hand;
        hand.drawChain();
        QVERIFY2(hand.scene()
                     .tipFor({CanvasHit::Kind::Edge, NodeId::None, -1, *hand.graph().edgeInto({hand.id("dense1"), 0})})
                     .contains(QString::fromUtf8("N×4")),
                 "the batch is shown as N");
    }

    void theWheelZoomsAtThePointer() {
        CanvasDriver hand;
        hand.drawChain();
        const QPoint at = hand.middleOf("relu1");
        const QPointF before = hand.view().mapToScene(at);
        QWheelEvent wheel(at, hand.view().viewport()->mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(hand.view().viewport(), &wheel);
        QVERIFY(hand.view().zoom() > 1.2);
        QVERIFY(QLineF(hand.view().mapToScene(at), before).length() < 2);
        hand.key(Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(hand.view().zoom(), 1.0);
    }

    void middleButtonAndSpacePan() {
        CanvasDriver hand;
        hand.drawChain();
        const QPointF before = hand.view().mapToScene(0, 0);
        hand.drag({200, 200}, {260, 230}, {}, Qt::MiddleButton);
        QCOMPARE(hand.view().mapToScene(0, 0), before - QPointF(60, 30));
        QTest::keyPress(&hand.view(), Qt::Key_Space);
        hand.drag({260, 230}, {200, 200});
        QTest::keyRelease(&hand.view(), Qt::Key_Space);
        QCOMPARE(hand.view().mapToScene(0, 0), before);
        QVERIFY(hand.document.selection().isEmpty());
    }

    void fitBringsEverythingIntoSight() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("ReLU", {6000, 3000});
        hand.view().centerOn(-9000, 0);
        hand.key(Qt::Key_Home);
        const QRectF sight = hand.view().mapToScene(hand.view().viewport()->rect()).boundingRect();
        QVERIFY(sight.contains(hand.scene().contentRect()));
    }

    void arrangingIsOneStepAndLeavesNoOverlap() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes(
            {{hand.id("input1"), {0, 0}}, {hand.id("dense1"), {10, 10}}, {hand.id("relu1"), {20, 20}}});
        const ModelGraph before = hand.graph();
        const int steps = hand.document.undoStack().count();
        hand.key(Qt::Key_L, Qt::ControlModifier);
        QTRY_COMPARE(hand.document.undoStack().count(), steps + 1);
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
        const Point arranged = hand.graph().findByName("relu1")->position;
        QTRY_COMPARE(hand.item("relu1").pos(), QPointF(arranged.x, arranged.y));  // the glide ends
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void aReadOnlyViewSelectsButNeverEdits() {
        CanvasDriver hand;
        hand.drawChain();
        CanvasView* navigator = hand.workspace.makeNavigator(nullptr);
        navigator->resize(600, 600);
        navigator->show();
        QVERIFY(QTest::qWaitForWindowExposed(navigator));
        navigator->setZoom(1);
        navigator->centerOn(100, 200);
        const ModelGraph before = hand.graph();
        const QPoint card = navigator->mapFromScene(hand.item("dense1").cardRect().center());
        QSignalSpy activated(navigator, &CanvasView::nodeActivated);
        QTest::mouseClick(navigator->viewport(), Qt::LeftButton, {}, card);
        QCOMPARE(hand.document.selection().current(), hand.id("dense1"));
        QTest::mouseDClick(navigator->viewport(), Qt::LeftButton, {}, card);
        QCOMPARE(activated.count(), 1);
        QTest::keyClick(navigator, Qt::Key_Delete);
        QTest::mousePress(navigator->viewport(), Qt::LeftButton, {}, card);
        QTest::mouseMove(navigator->viewport(), card + QPoint(80, 80));
        QTest::mouseRelease(navigator->viewport(), Qt::LeftButton, {}, card + QPoint(80, 80));
        QVERIFY(hand.graph() == before);
        delete navigator;
    }

    void theEmptyCanvasSaysWhatToDoAndDoesIt() {
        CanvasDriver hand;
        auto* button = hand.view().viewport()->findChild<QPushButton*>();
        QVERIFY(button != nullptr && button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(hand.graph().nodes().size(), std::size_t{1});
        QVERIFY(!button->isVisible());
    }

    void loadingAnotherProjectReplacesEverything() {
        CanvasDriver hand;
        hand.drawChain();
        hand.click(hand.middleOf("dense1"));
        hand.document.newProject();
        hand.settle();
        QVERIFY(hand.scene().contentRect().isNull());
        QVERIFY(hand.document.selection().isEmpty());
        QCOMPARE(hand.document.undoStack().count(), 0);
    }

    void theStateOfThePanesComesBack() {
        CanvasDriver hand;
        const QByteArray state = hand.workspace.saveState();
        QVERIFY(hand.workspace.restoreState(state));
        QVERIFY(!hand.workspace.restoreState("rubbish"));
    }
};

QTEST_MAIN(TestCanvas)
#include "test_canvas.moc"
