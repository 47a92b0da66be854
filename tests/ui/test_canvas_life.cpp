// SPDX-License-Identifier: GPL-3.0-or-later
// The canvas while a real run trains: cards and edges come alive from probes, which are there only while someone looks.
#include "canvas_driver.h"

#include <QTemporaryDir>

#include <cmath>

using namespace gradlens;

class TestCanvasLife : public QObject {
    Q_OBJECT

private:
    static void open(CanvasDriver& hand) {
        hand.document.load(GRADLENS_SOURCE_DIR "/resources/examples/spirals.gradlens");
    }
    static CanvasLife& life(CanvasDriver& hand) { return *hand.workspace.findChild<CanvasLife*>(); }
    static void prepare(CanvasDriver& hand) {
        hand.session.prepare(hand.document.project(), GRADLENS_SOURCE_DIR "/resources/examples", {});
    }
    static ProbeResult statistics(std::int64_t nan, double l2) {
        ProbeResult result;
        result.statistics.count = 100;
        result.statistics.nan = nan;
        result.statistics.negatives = 100 - nan;
        result.statistics.l2 = l2;
        return result;
    }

private slots:
    void cardsShowHealthAndCurveWhileTraining() {
        CanvasDriver hand;
        open(hand);
        prepare(hand);
        hand.session.run();
        QTRY_VERIFY_WITH_TIMEOUT(life(hand).probeCount() > 0, 20000);
        const Node* layer = nullptr;
        for (const Node& node : hand.graph().nodes())
            if (node.op == "Dense" && layer == nullptr) layer = &node;
        QVERIFY(layer != nullptr);
        const NodeItem* item = hand.scene().nodeItem(layer->id);
        // How often depends on the trainer's budget for probes: at the latest when it comes to rest.
        QTRY_VERIFY_WITH_TIMEOUT(item->life() != nullptr && item->life()->hasHealth && !item->life()->spark.empty(),
                                 60000);
        float whole = 0;
        for (const float share : item->life()->health) whole += share;
        QVERIFY(std::abs(whole - 1) < 1e-3f);
        hand.session.stop();
    }

    void probesAreDroppedWhenNobodyLooks() {
        CanvasDriver hand;
        open(hand);
        prepare(hand);
        QTRY_VERIFY_WITH_TIMEOUT(life(hand).probeCount() > 0, 20000);
        hand.workspace.hide();
        QTRY_COMPARE(life(hand).probeCount(), qsizetype{0});
        hand.workspace.show();
        QTRY_VERIFY(life(hand).probeCount() > 0);
    }

    void aNavigatorKeepsTheCanvasAlive() {
        CanvasDriver hand;
        open(hand);
        prepare(hand);
        QTRY_VERIFY_WITH_TIMEOUT(life(hand).probeCount() > 0, 20000);
        CanvasView* navigator = hand.workspace.makeNavigator(nullptr);
        navigator->show();
        hand.workspace.hide();
        hand.settle();
        QVERIFY(life(hand).probeCount() > 0);
        delete navigator;
        QTRY_COMPARE(life(hand).probeCount(), qsizetype{0});
    }

    void aSingleNotANumberIsSeen() {
        CanvasDriver hand;
        hand.drawChain();
        life(hand).show(hand.id("dense1"), 0, CanvasLife::Role::Output, statistics(1, 1));
        QVERIFY(hand.item("dense1").life()->health[0] > 0);
        QVERIFY2(hand.item("dense1").life()->tip.contains("1 NaN"), qPrintable(hand.item("dense1").life()->tip));
        QVERIFY(!std::isfinite(hand.item("dense1").life()->spark.back()));
    }

    void undoingALayerWhileItLivesIsHarmless() {
        CanvasDriver hand;
        hand.drawChain();
        life(hand).show(hand.id("relu1"), 0, CanvasLife::Role::Output, statistics(0, 1));
        life(hand).show(hand.id("dense1"), 0, CanvasLife::Role::OutputGradient, statistics(0, 1));
        const NodeId gone = hand.id("relu1");
        hand.document.undoStack().undo();
        life(hand).show(gone, 0, CanvasLife::Role::Output, statistics(0, 1));
        QTest::qWait(50);
        QVERIFY(hand.scene().nodeItem(gone) == nullptr);
    }
};

QTEST_MAIN(TestCanvasLife)
#include "test_canvas_life.moc"
