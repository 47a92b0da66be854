// SPDX-License-Identifier: GPL-3.0-or-later
// The main job from end to end on the real window: draw, edit, save, run, watch, look inside, stop, close, go on.
#include "core/train/scalar_log.h"
#include "ui/design/design_workspace.h"
#include "ui/design/palette.h"
#include "ui/inspect/inspect_workspace.h"
#include "ui/inspect/lens.h"
#include "ui/shell/main_window.h"
#include "ui/shell/resources_folder.h"
#include "ui/theme/theme.h"
#include "ui/train/scalar_chart.h"
#include "ui/train/train_workspace.h"
#include "ui/widgets/banner.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace gradlens;

namespace {
constexpr int kPatience = 60000;
}

class TestShellStory : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
    int m_round = 0;

    QString scratch() const { return m_folder.filePath(QString::number(m_round)); }
    QString projectFile() const { return scratch() + "/story.gradlens"; }

    void openWindow() {
        m_window.reset();
        MainWindow::Options options;
        options.settingsFolder = scratch();
        options.threads = 2;
        m_window = std::make_unique<MainWindow>(options);
        m_window->resize(1440, 900);
        static_cast<QWidget*>(m_window.get())->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    DesignDocument& document() { return m_window->document(); }
    const TrainerStatus& status() { return m_window->session().status(); }
    DesignWorkspace& design() { return *m_window->findChild<DesignWorkspace*>(); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(m_window.get(), key, modifiers); }

    NodeId idOf(const char* name) {
        const Node* node = document().graph().findByName(name);
        return node ? node->id : NodeId::None;
    }
    void clickNode(CanvasView& view, const char* name) {
        view.reveal(idOf(name));
        const NodeItem* item = view.canvas().nodeItem(idOf(name));
        QVERIFY(item);
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.mapFromScene(item->cardRect().center()));
        QCOMPARE(document().selection().current(), idOf(name));
    }
    std::int64_t points(const char* series) {
        const auto log = m_window->session().scalars();
        const ScalarSeries* found = log ? log->find(series) : nullptr;
        return found ? found->size() : 0;
    }

private slots:
    void init() {
        ++m_round;
        QDir().mkpath(scratch());
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        QVERIFY(QFile::copy(exampleFile("digits-mlp"), projectFile()));
        QFile::setPermissions(projectFile(), QFile::ReadOwner | QFile::WriteOwner);
        openWindow();
        QVERIFY(m_window->openProject(projectFile()));
        QTRY_COMPARE(m_window->place(), Place::Design);
    }
    void cleanup() { m_window.reset(); }

    void anEditedLayerIsUndoneRedoneSavedReopenedAndRun() {
        clickNode(design().canvas(), "dense1");
        auto* units = m_window->findChild<QWidget*>("units");
        QVERIFY(units);
        auto* line = qobject_cast<QLineEdit*>(units) ? qobject_cast<QLineEdit*>(units) : units->findChild<QLineEdit*>();
        QVERIFY(line);
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, "48");
        QTest::keyClick(line, Qt::Key_Return);
        const auto unitsNow = [this] { return document().graph().findByName("dense1")->attributes.integer("units"); };
        QCOMPARE(unitsNow(), std::int64_t{48});
        design().canvas().setFocus();
        key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(unitsNow(), std::int64_t{256});
        key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(unitsNow(), std::int64_t{48});
        key(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!document().isModified());
        openWindow();
        QVERIFY(m_window->openProject(projectFile()));
        QCOMPARE(unitsNow(), std::int64_t{48});
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > 5, kPatience);
        const auto graph = m_window->session().trainingGraph();
        QCOMPARE(graph->values[static_cast<std::size_t>(graph->find("dense1.bias"))].type.shape, Shape({48}));
    }

    void aLayerFromThePaletteIsAddedAndTrainedWith() {
        clickNode(design().canvas(), "dense1");
        const auto before = document().graph().nodes().size();
        auto* list = design().palette().findChild<QListWidget*>();
        QVERIFY(list);
        QListWidgetItem* entry = nullptr;
        for (int i = 0; i < list->count() && !entry; ++i)
            if (list->item(i)->text() == "BatchNorm") entry = list->item(i);
        QVERIFY(entry);
        list->scrollToItem(entry);
        const QPoint middle = list->visualItemRect(entry).center();
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, middle);
        QTest::mouseDClick(list->viewport(), Qt::LeftButton, {}, middle);
        QCOMPARE(document().graph().nodes().size(), before + 1);
    }

    void curvesMoveAndTheLensKeepsUpWhileItTrains() {
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(status().phase == TrainerPhase::Running, kPatience);
        key(Qt::Key_2, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(points("validation/accuracy") >= 1, kPatience);
        key(Qt::Key_3, Qt::ControlModifier);
        auto* inspect = m_window->findChild<InspectWorkspace*>();
        CanvasView* navigator = nullptr;
        for (CanvasView* view : m_window->findChildren<CanvasView*>())
            if (view->isReadOnly() && view->isVisible()) navigator = view;
        QVERIFY(inspect && navigator);
        clickNode(*navigator, "dense1");
        QTRY_VERIFY_WITH_TIMEOUT(inspect->lens(0).result() != nullptr, kPatience);
        QVERIFY(inspect->lens(0).value().startsWith("dense1."));
        if (status().phase == TrainerPhase::Running) {
            const auto seen = inspect->lens(0).result()->step;
            QTRY_VERIFY_WITH_TIMEOUT(inspect->lens(0).result()->step > seen, kPatience);
        }
    }

    void aDoubleClickInTheNavigatorOpensTheLayerInInspect() {
        key(Qt::Key_2, Qt::ControlModifier);
        CanvasView* navigator = nullptr;
        for (CanvasView* view : m_window->findChildren<CanvasView*>())
            if (view->isReadOnly() && view->isVisible()) navigator = view;
        QVERIFY(navigator);
        clickNode(*navigator, "dense2");
        const QPoint middle =
            navigator->mapFromScene(navigator->canvas().nodeItem(idOf("dense2"))->cardRect().center());
        QTest::mouseDClick(navigator->viewport(), Qt::LeftButton, {}, middle);
        QCOMPARE(m_window->place(), Place::Inspect);
        QCOMPARE(m_window->findChild<InspectWorkspace*>()->node(), idOf("dense2"));
    }

    void spaceTappedOnTheCanvasRunsAndPauses() {
        design().canvas().setFocus();
        QTest::keyClick(&design().canvas(), Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > 0, kPatience);
        QTest::keyClick(&design().canvas(), Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, TrainerPhase::Paused, kPatience);
    }

    void pauseStepAndRunOnKeepCounting() {
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > 3, kPatience);
        key(Qt::Key_F5);
        QTRY_COMPARE_WITH_TIMEOUT(status().phase, TrainerPhase::Paused, kPatience);
        const auto rested = status().step;
        key(Qt::Key_F10);
        QTRY_COMPARE_WITH_TIMEOUT(status().step, rested + 1, kPatience);
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > rested + 3, kPatience);
        QCOMPARE(points("train/loss") >= status().step - 1, true);
    }

    void aFinishedRunOffersToTrainOn() {
        TrainingSpec training = document().project().training;
        training.epochs = 1;
        document().setTraining(training);
        document().undoStack().setClean();
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->controller().isDone(), kPatience);
        key(Qt::Key_F5);
        QCOMPARE(m_window->banners().messages().size(), 1);
        const auto planned = status().totalSteps;
        auto* title = m_window->findChild<QWidget*>("bannerTitle");
        QVERIFY(title);
        QTest::mouseClick(title->parentWidget()->findChild<QPushButton*>(), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(status().totalSteps, 2 * planned, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > planned, kPatience);
    }

    void theWindowAnswersWhileItTrains() {
        key(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(status().step > 3, kPatience);
        key(Qt::Key_3, Qt::ControlModifier);
        // How long a posted event waits for its turn, over two seconds of training.
        std::vector<qint64> waits;
        QElapsedTimer whole, one;
        whole.start();
        while (whole.elapsed() < 2000) {
            bool answered = false;
            one.start();
            QMetaObject::invokeMethod(this, [&answered] { answered = true; }, Qt::QueuedConnection);
            while (!answered) QCoreApplication::processEvents();
            waits.push_back(one.nsecsElapsed() / 1000);
            QTest::qWait(2);
        }
        std::sort(waits.begin(), waits.end());
        const qint64 slowest = waits[waits.size() * 99 / 100];
        qInfo("event loop: median %lld us, 99th percentile %lld us", static_cast<long long>(waits[waits.size() / 2]),
              static_cast<long long>(slowest));
        // The promise is 50 ms; a machine that runs other work besides gets some room.
        QVERIFY2(slowest < 200000, qPrintable(QString::number(slowest) + " us"));
    }
};

QTEST_MAIN(TestShellStory)
#include "test_shell_story.moc"
