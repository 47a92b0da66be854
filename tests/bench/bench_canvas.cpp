// SPDX-License-Identifier: GPL-3.0-or-later
// What a large drawing costs on the canvas: opening it, laying it out, a frame of panning, zooming and dragging, undo
// and redo of each kind of edit, and memory. Draws into memory at 1600 x 1000; needs no display. Times are of the
// thread's processor time: others may be at work.
//   bench_canvas [LAYERS...]     1000 and 10000 when none are given
#include "tests/core/support_given_drawings.h"
#include "ui/design/design_workspace.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QMouseEvent>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

using namespace gradlens;

namespace {
constexpr int kFrames = 60;

double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

double once(const std::function<void()>& work) {
    const double start = now();
    work();
    return now() - start;
}

void print(const char* what, double milliseconds) {
    std::printf("  %-44s %8.1f ms\n", what, milliseconds);
}

void printFrames(const char* what, const std::function<void(int)>& frame) {
    std::vector<double> times;
    for (int i = 0; i < kFrames; ++i) times.push_back(once([&] { frame(i); }));
    std::ranges::sort(times);
    std::printf("  %-44s %8.1f ms   99%% %8.1f ms\n", what, times[times.size() / 2], times[times.size() * 99 / 100]);
}

double peakMegabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

class Bench {
public:
    explicit Bench(int layers)
        : m_document(opCatalogue()),
          m_session({.threads = 1, .resourcesFolder = {}}),
          m_workspace(m_document, m_session),
          m_view(m_workspace.canvas()) {
        m_workspace.resize(1600, 1000);
        m_workspace.show();
        settle();
        m_project.graph = test::largeDrawing(layers);
    }

    void run() {
        std::printf("%zu layers, %zu edges\n", m_project.graph.nodes().size(), m_project.graph.edges().size());
        layOut();
        open();
        frames();
        edits();
        std::printf("  %-44s %8.0f MB\n\n", "peak memory", peakMegabytes());
    }

private:
    // What an edit leaves for later counts too: the analysis, the cards, a frame.
    void settle() {
        for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
        m_view.viewport()->repaint();
    }

    void layOut() {
        Arrangement arrangement;
        print("layout (on its own thread)", once([&] {
                  arrangement = AutoLayout::arranged(m_project.graph, opCatalogue(), {m_project.graph.style()});
              }));
        for (const auto& [id, position] : arrangement.nodes) m_project.graph.move(id, position);
    }

    void open() {
        const QString path = m_folder.filePath("large.gradlens");
        saveProject(m_project, path.toStdString(), opCatalogue());
        print("open: from file to first frame", once([&] {
                  m_document.load(path);
                  settle();
              }));
    }

    void frames() {
        m_view.fit();
        settle();
        const auto pan = [&](int i) {
            m_view.panBy({i % 2 == 0 ? 9 : -7, 5});
            m_view.viewport()->repaint();
        };
        printFrames("pan, all in sight", pan);
        printFrames("zoom about the whole", [&](int i) {
            m_view.zoomAt({800, 500}, i % 2 == 0 ? 1.2 : 1 / 1.2);
            m_view.viewport()->repaint();
        });
        for (const double zoom : {0.3, 1.0}) {
            m_view.setZoom(zoom);
            m_view.centerOn(middle());
            settle();
            printFrames(zoom == 1.0 ? "pan at 100 %" : "pan at 30 %", pan);
            printFrames(zoom == 1.0 ? "zoom about 100 %" : "zoom about 30 %", [&](int i) {
                m_view.zoomAt({800, 500}, i % 2 == 0 ? 1.2 : 1 / 1.2);
                m_view.viewport()->repaint();
            });
            m_view.centerOn(middle());
            settle();
            dragSelection(zoom == 1.0 ? "drag ten layers at 100 %" : "drag ten layers at 30 %");
        }
    }

    // The card in the middle of the drawing's layers.
    QPointF middle() const {
        const auto nodes = m_document.graph().nodes();
        const Point at = nodes[nodes.size() / 2].position;
        return {at.x, at.y};
    }

    std::vector<NodeId> someNodes(std::size_t count) const {
        const auto nodes = m_document.graph().nodes();
        std::vector<NodeId> some;
        for (std::size_t i = nodes.size() / 2; some.size() < count; ++i) some.push_back(nodes[i].id);
        return some;
    }

    void dragSelection(const char* what) {
        m_document.selection().set(someNodes(10));
        const NodeItem* item = m_workspace.scene().nodeItem(m_document.selection().nodes().front());
        m_view.centerOn(item->cardRect().center());
        settle();
        const QPoint from = m_view.mapFromScene(item->cardRect().center());
        const auto moveTo = [&](QPoint by) {
            const QPointF at = from + by;
            QMouseEvent event(QEvent::MouseMove, at, m_view.viewport()->mapToGlobal(at), Qt::NoButton, Qt::LeftButton,
                              Qt::NoModifier);
            QCoreApplication::sendEvent(m_view.viewport(), &event);
        };
        QTest::mousePress(m_view.viewport(), Qt::LeftButton, {}, from);
        moveTo({20, 20});
        printFrames(what, [&](int i) {
            moveTo({20 + i % 30, 20 + i % 17});
            m_view.viewport()->repaint();
        });
        print("  letting go", once([&] {
                  QTest::mouseRelease(m_view.viewport(), Qt::LeftButton, {}, from + QPoint(20, 20));
                  settle();
              }));
        m_document.undoStack().undo();
        settle();
    }

    // An edit, its undo and its redo, each with all that follows from it.
    void edit(const char* what, const std::function<void()>& change) {
        const auto whole = [&](const std::function<void()>& step) {
            return once([&] {
                step();
                settle();
            });
        };
        const double done = whole(change);
        std::vector<double> undo, redo;
        for (int i = 0; i < 7; ++i) {
            undo.push_back(whole([&] { m_document.undoStack().undo(); }));
            redo.push_back(whole([&] { m_document.undoStack().redo(); }));
        }
        m_document.undoStack().undo();
        settle();
        std::ranges::sort(undo);
        std::ranges::sort(redo);
        std::printf("  %-20s %8.1f ms   undo %8.1f ms   redo %8.1f ms\n", what, done, undo[3], redo[3]);
    }

    void edits() {
        m_view.setZoom(1);
        m_view.centerOn(middle());
        settle();
        const std::vector<NodeId> some = someNodes(10);
        edit("move 10", [&] {
            m_document.selection().set(some);
            m_document.nudgeSelection(24, 16);
        });
        edit("delete 10", [&] {
            m_document.selection().set(some);
            m_document.removeSelection();
        });
        edit("duplicate 10", [&] {
            m_document.selection().set(some);
            m_document.duplicate();
        });
        const auto conv = std::ranges::find(m_document.graph().nodes(), "Conv2D", &Node::op);
        edit("attribute", [&, id = conv->id] { m_document.setAttribute(id, "filters", std::int64_t{17}); });
        edit("rename", [&, id = conv->id] { m_document.rename(id, "another"); });
        edit("insert", [&] { m_document.insertOnEdge("ReLU", m_document.graph().edges()[10]); });
        edit("edges", [&] {
            DrawingStyle style = m_document.graph().style();
            style.edges = DrawingStyle::Edges::Orthogonal;
            m_document.setStyle(style);
        });
        edit("move all", [&] {
            m_document.selectAll();
            m_document.nudgeSelection(24, 16);
        });
    }

    DesignDocument m_document;
    Session m_session;
    DesignWorkspace m_workspace;
    CanvasView& m_view;
    QTemporaryDir m_folder;
    Project m_project;
};
}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    Theme::instance().apply(application, Theme::Mode::Dark);
    std::vector<int> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
    if (sizes.empty()) sizes = {1000, 10'000};
    for (const int layers : sizes) Bench(layers).run();
    return 0;
}
