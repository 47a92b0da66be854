// SPDX-License-Identifier: GPL-3.0-or-later
// Which way a drawing flows, how its edges run, and who moves when it is arranged.
#include "canvas_driver.h"
#include "tests/core/support_given_drawings.h"
#include "ui/models/arrange.h"
#include "ui/theme/motion.h"

#include <QToolButton>

#include <algorithm>
#include <cmath>

using namespace gradlens;
using Flow = DrawingStyle::Flow;
using Edges = DrawingStyle::Edges;

namespace {
// Input -> Dense -> two branches -> Add, one on the other: to be arranged.
void drawBranches(CanvasDriver& hand) {
    Project project;
    ModelGraph& graph = project.graph;
    const auto add = [&](const char* op, const char* name, Point at) {
        return graph.add({NodeId::None, name, op, {}, at});
    };
    const NodeId input = add("Input", "input", {0, 0}), dense = add("Dense", "dense", {10, 300});
    const NodeId left = add("ReLU", "left", {-400, 700}), right = add("Tanh", "right", {500, 500});
    const NodeId sum = add("Add", "sum", {20, 900});
    graph.connect({{input, 0}, {dense, 0}});
    graph.connect({{dense, 0}, {left, 0}});
    graph.connect({{dense, 0}, {right, 0}});
    graph.connect({{left, 0}, {sum, 0}});
    graph.connect({{right, 0}, {sum, 1}});
    hand.document.adopt(std::move(project));
    hand.settle();
}

Point placeOf(const CanvasDriver& hand, const char* name) {
    return hand.graph().findByName(name)->position;
}

void turnToTheRight(CanvasDriver& hand) {
    hand.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(hand.graph().style().flow, Flow::Right);
}

// Every piece of a line with right angles runs along the canvas, but for the round corners.
bool hasRightAngles(const QPainterPath& path) {
    for (int i = 1; i < path.elementCount(); ++i) {
        const QPainterPath::Element before = path.elementAt(i - 1), element = path.elementAt(i);
        if (element.type != QPainterPath::LineToElement) continue;
        if (std::abs(before.x - element.x) > 0.5 && std::abs(before.y - element.y) > 0.5) return false;
    }
    return true;
}
// Whether a line, not what it encloses, meets a rectangle.
bool meets(const QPainterPath& line, const QRectF& rect) {
    constexpr int kPoints = 400;
    for (int i = 0; i <= kPoints; ++i)
        if (rect.contains(line.pointAtPercent(i / double(kPoints)))) return true;
    return false;
}
}  // namespace

class TestCanvasLayout : public QObject {
    Q_OBJECT

private slots:
    void theKeyTurnsTheDrawingToTheRightInOneStep() {
        CanvasDriver hand;
        drawBranches(hand);
        const Point before = placeOf(hand, "sum");
        turnToTheRight(hand);
        QCOMPARE(hand.document.undoStack().count(), 1);
        QVERIFY(placeOf(hand, "dense").x >= placeOf(hand, "input").x + kCardWidth);
        QVERIFY(placeOf(hand, "left").x == placeOf(hand, "right").x);
        QVERIFY(placeOf(hand, "sum").x >= placeOf(hand, "left").x + kCardWidth);
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
        hand.document.undoStack().undo();
        QCOMPARE(hand.graph().style().flow, Flow::Down);
        QCOMPARE(placeOf(hand, "sum"), before);
    }

    void portsAreOnTheSidesThatFaceTheFlow() {
        CanvasDriver hand;
        drawBranches(hand);
        const NodeItem& sum = hand.item("sum");
        QCOMPARE(sum.inputPort(0).y(), sum.cardRect().top());
        QCOMPARE(sum.outputPort(0).y(), sum.cardRect().bottom());
        turnToTheRight(hand);
        QTRY_COMPARE(hand.item("sum").inputPort(0).x(), hand.item("sum").cardRect().left());
        QCOMPARE(hand.item("sum").outputPort(0).x(), hand.item("sum").cardRect().right());
        QVERIFY(hand.item("sum").inputPort(0).y() < hand.item("sum").inputPort(1).y());
    }

    void anEmptyDrawingTurnsAtOnce() {
        CanvasDriver hand;
        hand.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(hand.graph().style().flow, Flow::Right);
        QVERIFY(hand.view().canvasActions().flowRight->isChecked());
    }

    void aLayerAppendedToTheRightStandsBehindTheSelectedOne() {
        CanvasDriver hand;
        hand.document.setStyle({Flow::Right, Edges::Curved});
        const NodeId input = hand.document.addNode("Input", {0, 0});
        hand.document.selection().select(input);
        const NodeId dense = hand.document.appendNode("Dense");
        QCOMPARE(hand.graph().find(dense)->position, (Point{kCardWidth + kCardGapToRight, 0}));
        hand.document.selection().select(input);
        const NodeId between = hand.document.appendNode("ReLU");
        QCOMPARE(hand.graph().edgeInto({dense, 0})->from.node, between);
        QVERIFY(hand.graph().find(dense)->position.x >= hand.graph().find(between)->position.x + kCardWidth);
        QCOMPARE(hand.graph().find(dense)->position.y, 0.0);
    }

    void edgesGetRightAnglesByTheirKeyAndLoseThemByUndo() {
        CanvasDriver hand;
        drawBranches(hand);
        QVERIFY(hand.scene().edgeItem({hand.id("left"), 0}) != nullptr);
        hand.key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(hand.graph().style().edges, Edges::Orthogonal);
        QVERIFY(hand.view().canvasActions().rightAngles->isChecked());
        QCOMPARE(hand.document.undoStack().undoText(), QString("Right-angled edges"));
        for (const EdgeItem* edge : hand.scene().edgeItems()) QVERIFY(hasRightAngles(edge->path()));
        hand.document.undoStack().undo();
        QCOMPARE(hand.graph().style().edges, Edges::Curved);
        QVERIFY(!hand.view().canvasActions().rightAngles->isChecked());
    }

    void edgesOfAnArrangedDrawingTakeTheWaysThatWereKeptFree() {
        for (const Flow flow : {Flow::Down, Flow::Right})
            for (const Edges edges : {Edges::Curved, Edges::Orthogonal}) {
                CanvasDriver hand;
                Project project;
                project.graph = test::givenDrawings()[2].graph;  // the dense block: skips over skips
                project.graph.setStyle({flow, edges});
                hand.document.adopt(std::move(project));
                hand.settle();
                // A file without positions is laid out when it is opened, and no edge runs under a card.
                QVERIFY(!AutoLayout::isTangled(hand.graph()));
                int under = 0;
                for (const EdgeItem* edge : hand.scene().edgeItems())
                    for (const Node& node : hand.graph().nodes()) {
                        if (node.id == edge->edge().from.node || node.id == edge->edge().to.node) continue;
                        const QRectF card = hand.scene().nodeItem(node.id)->cardRect().adjusted(2, 2, -2, -2);
                        under += meets(edge->path(), card) ? 1 : 0;
                    }
                QCOMPARE(under, 0);
            }
    }

    void aCardMovedOntoAWayMakesTheEdgeGoRound() {
        CanvasDriver hand;
        Project project;
        const NodeId top = project.graph.add({NodeId::None, "top", "Input", {}, {0, 0}});
        const NodeId bottom = project.graph.add({NodeId::None, "bottom", "ReLU", {}, {0, 600}});
        project.graph.add({NodeId::None, "aside", "ReLU", {}, {600, 300}});
        project.graph.connect({{top, 0}, {bottom, 0}});
        hand.document.adopt(std::move(project));
        hand.settle();
        for (const Edges edges : {Edges::Curved, Edges::Orthogonal}) {
            hand.document.setStyle({Flow::Down, edges});
            const EdgeItem* edge = hand.scene().edgeItem({bottom, 0});
            QCOMPARE(edge->path().boundingRect().width(), 0.0);
            hand.document.moveNodes({{hand.id("aside"), {0, 300}}});
            QVERIFY(!meets(edge->path(), hand.item("aside").cardRect()));
            if (edges == Edges::Orthogonal) QVERIFY(hasRightAngles(edge->path()));
            hand.document.undoStack().undo();
        }
    }

    void arrangingTheSelectionLeavesTheOthersWhereTheyAre() {
        CanvasDriver hand;
        drawBranches(hand);
        const Point input = placeOf(hand, "input"), dense = placeOf(hand, "dense");
        hand.document.selection().set({hand.id("left"), hand.id("right"), hand.id("sum")});
        hand.key(Qt::Key_L, Qt::AltModifier);
        QTRY_COMPARE(hand.document.undoStack().count(), 1);
        QCOMPARE(placeOf(hand, "input"), input);
        QCOMPARE(placeOf(hand, "dense"), dense);
        QCOMPARE(placeOf(hand, "left").y, placeOf(hand, "right").y);
        QVERIFY(placeOf(hand, "sum").y > placeOf(hand, "left").y);
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
        hand.document.undoStack().undo();
        QCOMPARE(placeOf(hand, "left"), (Point{-400, 700}));
    }

    void layersInAFrameStayTogetherAndTheFrameFitsThem() {
        CanvasDriver hand;
        drawBranches(hand);
        Project project = hand.document.project();
        Note frame{NoteId::None, Note::Kind::Frame, "right and sum", 2, {-20, 460}, 800, 600};
        const NoteId id = project.graph.addNote(frame);
        hand.document.adopt(std::move(project));
        hand.settle();
        hand.key(Qt::Key_L, Qt::ControlModifier);
        QTRY_COMPARE(hand.document.undoStack().count(), 1);
        const Note fitted = *hand.graph().findNote(id);
        QCOMPARE(contentsOf(hand.graph(), fitted).nodes, (std::vector<NodeId>{hand.id("right"), hand.id("sum")}));
        for (const char* name : {"right", "sum"}) {
            const Point at = placeOf(hand, name);
            QVERIFY(at.x >= fitted.position.x + kFrameMargin - 1);
            QVERIFY(at.y >= fitted.position.y + kFrameTop - 1);
            QVERIFY(at.x + kCardWidth <= fitted.position.x + fitted.width - kFrameMargin + 1);
            QVERIFY(at.y + kCardHeight <= fitted.position.y + fitted.height - kFrameMargin + 1);
        }
        hand.document.undoStack().undo();
        QCOMPARE(hand.graph().findNote(id)->width, 800.0);
    }

    void aLayerInsertedPushesOnlyWhatIsInItsWay() {
        CanvasDriver hand;
        Project project;
        ModelGraph& graph = project.graph;
        const double step = kCardHeight + kCardGap;
        const auto add = [&](const char* name, double x, double y) {
            return graph.add({NodeId::None, name, "ReLU", {}, {x, y}});
        };
        const NodeId a = add("a", 0, 0), b = add("b", 0, step), c = add("c", 0, 5 * step);
        add("beside", 400, step);
        graph.connect({{a, 0}, {b, 0}});
        graph.connect({{b, 0}, {c, 0}});
        hand.document.adopt(std::move(project));
        const NodeId inserted = hand.document.insertOnEdge("Tanh", *hand.graph().edgeInto({b, 0}));
        QCOMPARE(hand.graph().find(inserted)->position, (Point{0, step}));
        QCOMPARE(placeOf(hand, "b"), (Point{0, 2 * step}));  // in the way
        QCOMPARE(placeOf(hand, "c"), (Point{0, 5 * step}));  // had room enough
        QCOMPARE(placeOf(hand, "beside"), (Point{400, step}));
    }

    void aLayerAddedOnAnotherFindsTheNearestFreePlace() {
        CanvasDriver hand;
        const NodeId first = hand.document.addNode("ReLU", {0, 0});
        const NodeId second = hand.document.addNode("ReLU", {16, 8});
        const Point at = hand.graph().find(second)->position;
        QVERIFY(std::abs(at.x) >= kCardWidth || std::abs(at.y) >= kCardHeight);
        QVERIFY(std::hypot(at.x, at.y) < kCardWidth + kCardHeight);
        QCOMPARE(hand.graph().find(first)->position, (Point{0, 0}));
    }

    void pastedLayersLieFreeAndKeepTheirPattern() {
        CanvasDriver hand;
        drawBranches(hand);
        hand.document.selectAll();
        hand.document.duplicate();
        QCOMPARE(hand.graph().nodes().size(), std::size_t{10});
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
        const auto nodes = hand.graph().nodes();
        const Point moved{nodes[5].position.x - nodes[0].position.x, nodes[5].position.y - nodes[0].position.y};
        for (std::size_t i = 0; i < 5; ++i) {
            QCOMPARE(nodes[i + 5].position.x - nodes[i].position.x, moved.x);
            QCOMPARE(nodes[i + 5].position.y - nodes[i].position.y, moved.y);
        }
    }

    void openingADrawingWithPositionsKeepsThem() {
        CanvasDriver hand;
        drawBranches(hand);
        QCOMPARE(placeOf(hand, "left"), (Point{-400, 700}));
        QCOMPARE(placeOf(hand, "right"), (Point{500, 500}));
    }

    void cardsJumpWhereMotionIsNotWanted() {
        CanvasDriver hand;
        drawBranches(hand);
        setMotionReduced(true);
        hand.workspace.arrange();
        QTRY_COMPARE(hand.document.undoStack().count(), 1);
        setMotionReduced(false);
        const Point at = placeOf(hand, "sum");
        QCOMPARE(hand.item("sum").pos(), QPointF(at.x, at.y));
    }

    void cardsGlideToTheirPlaces() {
        CanvasDriver hand;
        drawBranches(hand);
        const QPointF before = hand.item("left").pos();
        hand.workspace.arrange();
        QTRY_COMPARE(hand.document.undoStack().count(), 1);
        QVERIFY(hand.item("left").pos() != QPointF(placeOf(hand, "left").x, placeOf(hand, "left").y));
        QVERIFY(before != QPointF(placeOf(hand, "left").x, placeOf(hand, "left").y));
        QTRY_COMPARE(hand.item("left").pos(), QPointF(placeOf(hand, "left").x, placeOf(hand, "left").y));
    }

    void arrangingALargeDrawingCanBeStopped() {
        CanvasDriver hand;
        Project project;
        project.graph = test::largeDrawing(3000);
        hand.document.adopt(std::move(project));
        auto* stop = hand.workspace.findChild<QToolButton*>("stopLayout");
        QVERIFY(stop != nullptr && stop->isVisible());  // it came without positions
        QTest::mouseClick(stop, Qt::LeftButton);
        QVERIFY(!stop->isVisible());
        QTest::qWait(50);
        QVERIFY(AutoLayout::isTangled(hand.graph()));
        QCOMPARE(hand.document.undoStack().count(), 0);
    }
};

QTEST_MAIN(TestCanvasLayout)
#include "test_canvas_layout.moc"
