// SPDX-License-Identifier: GPL-3.0-or-later
// Finding one's way on a large canvas: the find bar and the minimap.
#include "canvas_driver.h"
#include "ui/design/canvas/find_bar.h"
#include "ui/design/canvas/minimap.h"
#include "ui/models/node_search.h"

#include <QLabel>
#include <QLineEdit>

#include <ctime>

using namespace gradlens;

namespace {
QLineEdit* openBar(CanvasDriver& hand) {
    hand.view().canvasActions().find->trigger();
    auto* bar = hand.view().findChild<FindBar*>();
    return bar != nullptr && bar->isVisible() ? bar->findChild<QLineEdit*>() : nullptr;
}

QString countText(CanvasDriver& hand) {
    return hand.view().findChild<FindBar*>()->findChild<QLabel*>()->text();
}

NodeId current(CanvasDriver& hand) {
    return hand.document.selection().current();
}

Minimap* minimap(CanvasDriver& hand) {
    return hand.view().findChild<Minimap*>();
}

Project large(int count) {
    Project project;
    for (int i = 0; i < count; ++i) {
        Node node;
        node.op = "ReLU";
        node.name = "layer" + std::to_string(i);
        node.position = {(i % 100) * 250.0, (i / 100) * 110.0};
        project.graph.add(node);
    }
    return project;
}
}  // namespace

class TestCanvasFinding : public QObject {
    Q_OBJECT

private slots:
    void layersAreFoundByNameKindAndAttribute() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.setAttribute(hand.id("dense1"), "units", std::int64_t{33});
        const auto found = [&](const char* text) { return findNodes(hand.graph(), hand.document.catalogue(), text); };
        QCOMPARE(found("relu1"), (std::vector<NodeId>{hand.id("relu1")}));
        QCOMPARE(found("DENSE"), (std::vector<NodeId>{hand.id("dense1")}));
        QCOMPARE(found("units=33"), (std::vector<NodeId>{hand.id("dense1")}));
        QCOMPARE(found("dense units=33"), (std::vector<NodeId>{hand.id("dense1")}));
        QVERIFY(found("dense relu").empty());
        QVERIFY(found("  ").empty());
    }

    void typingGoesToTheFirstAndCounts() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Dense", {0, 5000});
        hand.document.selection().clear();
        QLineEdit* field = openBar(hand);
        QVERIFY(field != nullptr);
        QTest::keyClicks(field, "dense");
        QCOMPARE(current(hand), hand.id("dense1"));
        QCOMPARE(countText(hand), QString("1 of 2"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(current(hand), hand.id("dense2"));
        QVERIFY(hand.view().sight().contains(hand.item("dense2").cardRect()));
        QCOMPARE(countText(hand), QString("2 of 2"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(current(hand), hand.id("dense1"));
        QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(current(hand), hand.id("dense2"));
    }

    void whatIsFoundStandsOutUntilTheBarCloses() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("relu1"));
        hand.settle();
        const QPoint beside = hand.at(hand.item("relu1").cardRect().topLeft() + QPointF(60, -4));
        const auto pixel = [&] { return hand.view().viewport()->grab().toImage().pixel(beside); };
        const QRgb plain = pixel();
        QLineEdit* field = openBar(hand);
        QTest::keyClicks(field, "relu");
        hand.settle();
        QVERIFY(pixel() != plain);
        QTest::keyClick(field, Qt::Key_Escape);
        hand.settle();
        QCOMPARE(pixel(), plain);
        QVERIFY(!hand.view().findChild<FindBar*>()->isVisible());
        QVERIFY(hand.view().hasFocus());
        QCOMPARE(current(hand), hand.id("relu1"));
    }

    void nothingFoundIsSaid() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("dense1"));
        QTest::keyClicks(openBar(hand), "zebra");
        QCOMPARE(countText(hand), QString("not found"));
        QCOMPARE(current(hand), hand.id("dense1"));
    }

    void f3GoesOnFromTheCanvas() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Dense", {0, 480});
        QTest::keyClicks(openBar(hand), "dense");
        hand.key(Qt::Key_F3);
        QCOMPARE(current(hand), hand.id("dense2"));
        hand.key(Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(current(hand), hand.id("dense1"));
    }

    void anEditKeepsTheSearchUpToDate() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.addNode("Dense", {0, 480});
        QTest::keyClicks(openBar(hand), "dense");
        QCOMPARE(countText(hand), QString("1 of 2"));
        hand.document.selection().select(hand.id("dense2"));
        hand.document.removeSelection();
        QCOMPARE(countText(hand), QString("1 of 1"));
    }

    // --- Minimap

    void theMinimapAppearsWhenSomethingIsOutOfSight() {
        CanvasDriver hand;
        hand.drawChain();
        QTRY_VERIFY(!minimap(hand)->isVisible());
        hand.document.moveNodes({{hand.id("relu1"), {3000, 5000}}});
        QTRY_VERIFY(minimap(hand)->isVisible());
        hand.key(Qt::Key_Home);
        QTRY_VERIFY(!minimap(hand)->isVisible());
    }

    void theMinimapIsToggledByAKey() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {3000, 5000}}});
        QTRY_VERIFY(minimap(hand)->isVisible());
        hand.key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(!minimap(hand)->isVisible());
        QVERIFY(!hand.view().isMinimapShown());
        hand.key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(minimap(hand)->isVisible());
    }

    void draggingInTheMinimapPans() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {3000, 5000}}});
        QTRY_VERIFY(minimap(hand)->isVisible());
        Minimap* map = minimap(hand);
        const auto here = [&](const char* name) {
            return map->mapFromScene(hand.item(name).cardRect()).center().toPoint();
        };
        QTest::mousePress(map, Qt::LeftButton, {}, here("input1"));
        QVERIFY(hand.view().sight().contains(hand.item("input1").cardRect().center()));
        QTest::mouseMove(map, here("relu1"));
        QTest::mouseRelease(map, Qt::LeftButton, {}, here("relu1"));
        QVERIFY(hand.view().sight().contains(hand.item("relu1").cardRect().center()));
        QVERIFY(hand.document.selection().isEmpty() || current(hand) != hand.id("input1"));
    }

    void theMinimapStaysInItsCornerWhilePanning() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {3000, 5000}}});
        QTRY_VERIFY(minimap(hand)->isVisible());
        const QPoint corner = minimap(hand)->pos();
        hand.drag({200, 200}, {260, 260}, {}, Qt::MiddleButton);
        QCOMPARE(minimap(hand)->pos(), corner);
    }

    void panningTenThousandLayersPaintsTheMinimapFromItsImage() {
        CanvasDriver hand;
        hand.document.adopt(large(10'000));
        hand.settle();
        hand.view().setZoom(1);
        QTRY_VERIFY(minimap(hand)->isVisible());
        minimap(hand)->repaint();
        const std::clock_t start = std::clock();
        constexpr int kFrames = 50;
        for (int i = 0; i < kFrames; ++i) minimap(hand)->repaint();
        const double each = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kFrames;
        qInfo("minimap of 10,000 layers: %.2f ms of CPU a frame", each);
        QVERIFY(each < 8);
    }
};

QTEST_MAIN(TestCanvasFinding)
#include "test_canvas_finding.moc"
