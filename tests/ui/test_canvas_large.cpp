// SPDX-License-Identifier: GPL-3.0-or-later
// Large drawings on the canvas: frames while panning, zooming and dragging, undo, opening, and arranging. Times are of
// this thread's processor time, since the machine may be shared, and bounds are several times what is usual; the
// measured times are printed. bench_canvas measures more closely.
#include "canvas_driver.h"
#include "tests/core/support_given_drawings.h"

#include <algorithm>
#include <ctime>

using namespace gradlens;

namespace {
double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

template <class F>
double milliseconds(F&& work) {
    const double start = now();
    work();
    return now() - start;
}

// As if it had been arranged and saved.
Project arrangedProject(int layers) {
    Project project;
    project.graph = test::largeDrawing(layers);
    const Arrangement arrangement = AutoLayout::arranged(project.graph, opCatalogue(), {project.graph.style()});
    for (const auto& [id, position] : arrangement.nodes) project.graph.move(id, position);
    return project;
}

template <class F>
double medianFrame(const char* what, F&& frame) {
    constexpr int kFrames = 30;
    std::vector<double> times;
    for (int i = 0; i < kFrames; ++i) times.push_back(milliseconds([&] { frame(i); }));
    std::ranges::sort(times);
    qInfo("%s: median %.1f ms, 90th percentile %.1f ms a frame", what, times[kFrames / 2], times[kFrames * 9 / 10]);
    return times[kFrames / 2];
}
}  // namespace

class TestCanvasLarge : public QObject {
    Q_OBJECT

    static void open(CanvasDriver& hand, int layers) {
        hand.workspace.resize(1600, 1000);
        hand.document.adopt(arrangedProject(layers));
        hand.settle();
    }

private slots:
    void framesOfAThousandLayersAreShort() {
        CanvasDriver hand;
        open(hand, 1000);
        constexpr double kLongest = 64;  // four frames at 60 a second
        const auto paint = [&] { hand.view().viewport()->repaint(); };
        const auto pan = [&](int i) { hand.view().panBy({i % 2 == 0 ? 7 : -7, 3}), paint(); };
        hand.view().fit();
        QVERIFY(medianFrame("panning, all in sight", pan) < kLongest);
        QVERIFY(medianFrame("zooming", [&](int i) {
                    hand.view().zoomAt({700, 400}, i % 2 == 0 ? 1.3 : 1 / 1.3), paint();
                }) < kLongest);
        hand.view().setZoom(1);
        const Node middle = hand.graph().nodes()[500];
        hand.view().centerOn(middle.position.x, middle.position.y);
        hand.settle();
        QVERIFY(medianFrame("panning at 100 %", pan) < kLongest);
        const QPoint from = hand.middleOf(middle.name.c_str());
        hand.press(from);
        hand.moveTo(from, from + QPoint(10, 10));
        QVERIFY(medianFrame("dragging a card", [&](int i) {
                    QTest::mouseMove(hand.view().viewport(), from + QPoint(10 + i, 12 + i)), paint();
                }) < kLongest);
        hand.release(from + QPoint(40, 40));
    }

    void anyStepAmongAThousandLayersIsTakenBackAtOnce_data() {
        QTest::addColumn<int>("kind");
        const std::vector<const char*> kinds{"move",   "delete", "duplicate", "attribute",
                                             "rename", "insert", "move all"};
        for (std::size_t i = 0; i < kinds.size(); ++i) QTest::newRow(kinds[i]) << static_cast<int>(i);
    }
    void anyStepAmongAThousandLayersIsTakenBackAtOnce() {
        QFETCH(int, kind);
        CanvasDriver hand;
        open(hand, 1000);
        DesignDocument& document = hand.document;
        std::vector<NodeId> some;
        for (std::size_t i = 500; i < 510; ++i) some.push_back(hand.graph().nodes()[i].id);
        const NodeId conv = std::ranges::find(hand.graph().nodes(), "Conv2D", &Node::op)->id;
        document.selection().set(some);
        if (kind == 0) document.nudgeSelection(24, 16);
        if (kind == 1) document.removeSelection();
        if (kind == 2) document.duplicate();
        if (kind == 3) document.setAttribute(conv, "filters", std::int64_t{17});
        if (kind == 4) document.rename(conv, "another");
        if (kind == 5) document.insertOnEdge("ReLU", hand.graph().edges()[10]);
        if (kind == 6) document.selectAll(), document.nudgeSelection(24, 16);
        hand.settle();
        std::vector<double> times;
        for (int i = 0; i < 5; ++i) {
            times.push_back(milliseconds([&] {
                document.undoStack().undo();
                hand.settle();
                hand.view().viewport()->repaint();
            }));
            document.undoStack().redo();
            hand.settle();
        }
        std::ranges::sort(times);
        qInfo("undo, with all that follows: %.1f ms", times[2]);
        QVERIFY(times[2] < 80);
    }

    void tenThousandLayersOpenAndPan() {
        CanvasDriver hand;
        const double opened = milliseconds([&] {
            open(hand, 10'000);
            hand.view().viewport()->repaint();
        });
        qInfo("opening 10,000 layers, arranging them included: %.0f ms", opened);
        QVERIFY(opened < 9000);
        const auto pan = [&](int i) {
            hand.view().panBy({i % 2 == 0 ? 7 : -7, 3});
            hand.view().viewport()->repaint();
        };
        hand.view().fit();
        QVERIFY(medianFrame("panning, all in sight", pan) < 130);
        hand.view().setZoom(0.3);
        QVERIFY(medianFrame("panning at 30 %", pan) < 130);
    }

    void anEditOfTenThousandLayersDoesNotWaitForTheirAnalysis() {
        CanvasDriver hand;
        open(hand, 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(hand.document.knownAnalysis().nodes.size() == hand.graph().nodes().size(), 20'000);
        const NodeId conv = std::ranges::find(hand.graph().nodes(), "Conv2D", &Node::op)->id;
        const auto shape = [&] { return hand.document.knownAnalysis().typeOf({conv, 0})->shape; };
        const Shape before = shape();
        hand.document.setAttribute(conv, "filters", std::int64_t{17});
        QVERIFY(shape() == before);                                            // as known so far
        QVERIFY(hand.document.analysis().typeOf({conv, 0})->shape != before);  // asked to wait
        QTRY_VERIFY_WITH_TIMEOUT(shape() != before, 20'000);
    }

    void arrangingDoesNotBlockTheWindow() {
        CanvasDriver hand;
        Project project;
        project.graph = test::largeDrawing(5000);
        hand.document.adopt(std::move(project));  // comes without positions: it is arranged on its own
        const double started = milliseconds([&] { hand.workspace.arrange(); });
        qInfo("starting to arrange: %.1f ms", started);
        QVERIFY(started < 200);
        QTRY_VERIFY_WITH_TIMEOUT(hand.document.undoStack().count() == 1, 20'000);
        QVERIFY(!AutoLayout::isTangled(hand.graph()));
    }
};

QTEST_MAIN(TestCanvasLarge)
#include "test_canvas_large.moc"
