// SPDX-License-Identifier: GPL-3.0-or-later
// The real main window, offscreen, with real clicks and keys.
#include "core/base/error.h"
#include "core/train/scalar_log.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/shell/capture.h"
#include "ui/shell/main_window.h"
#include "ui/shell/paths.h"
#include "ui/shell/resources_folder.h"
#include "ui/theme/theme.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/search_field.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <array>
#include <memory>

using namespace gradlens;

namespace {

constexpr int kPatience = 60000;  // milliseconds a run may take to get going on a busy machine

template <class Widget = QWidget>
Widget* child(QWidget* parent, const QString& name) {
    auto* found = parent->findChild<Widget*>(name);
    if (!found) qWarning("no widget '%s'", qPrintable(name));
    return found;
}

std::int64_t pointsOf(MainWindow& window, const char* series) {
    const auto log = window.session().scalars();
    const ScalarSeries* found = log ? log->find(series) : nullptr;
    return found ? found->size() : 0;
}

QToolButton* runBarButton(MainWindow& window, const char* action) {
    for (QToolButton* button : child(&window, "runBar")->findChildren<QToolButton*>())
        if (button->defaultAction() == window.action(action)) return button;
    return nullptr;
}

QString firstTitle(MainWindow& window) {
    const auto messages = window.banners().messages();
    return messages.isEmpty() ? QString() : messages.front().title;
}

}  // namespace

class TestShell : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
    int m_round = 0;

    QString scratch() const { return m_folder.filePath(QString::number(m_round)); }

    void openWindow() {
        MainWindow::Options options;
        options.settingsFolder = scratch();
        options.threads = 2;
        m_window = std::make_unique<MainWindow>(options);
        m_window->resize(1280, 800);
        static_cast<QWidget*>(m_window.get())->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    void clickExample(const QString& name) {
        auto* card = child<QAbstractButton>(m_window.get(), "example-" + name);
        QVERIFY(card);
        QTest::mouseClick(card, Qt::LeftButton);
        QCOMPARE(m_window->place(), Place::Design);
    }
    // Presses a button of the next message box.
    void answer(QMessageBox::StandardButton button) {
        QTimer::singleShot(0, this, [this, button] {
            auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            if (!box) {
                answer(button);
                return;
            }
            ++m_answered;
            QTest::mouseClick(box->button(button), Qt::LeftButton);
        });
    }
    int m_answered = 0;

private slots:
    void init() {
        ++m_round;
        m_answered = 0;
        QDir().mkpath(scratch());
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        openWindow();
    }
    void cleanup() { m_window.reset(); }

    void startPageOpensAnExample() {
        QCOMPARE(m_window->place(), Place::Start);
        clickExample("digits-mlp");
        QVERIFY(!m_window->document().graph().nodes().empty());
        QVERIFY(m_window->windowTitle().contains("Digits MLP"));
        QVERIFY(!m_window->document().isModified());
    }

    void runButtonTrainsAndPausesAndCurvesGrow() {
        clickExample("digits-mlp");
        auto* run = child<QPushButton>(m_window.get(), "runButton");
        QCOMPARE(run->text(), "Run");
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(pointsOf(*m_window, "train/loss") > 3, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(run->text(), "Pause", kPatience);
        const auto before = pointsOf(*m_window, "train/loss");
        QTRY_VERIFY_WITH_TIMEOUT(pointsOf(*m_window, "train/loss") > before, kPatience);
        QTest::mouseClick(run, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().phase, TrainerPhase::Paused, kPatience);
        QCOMPARE(run->text(), "Run");
    }

    void spaceOnTheWindowRunsAndPauses() {
        clickExample("spirals");
        QTest::keyClick(m_window.get(), Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > 0, kPatience);
        QTest::keyClick(m_window.get(), Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().phase, TrainerPhase::Paused, kPatience);
    }

    void stepBatchDoesOneStep() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().phase, TrainerPhase::Paused, kPatience);
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{2}, kPatience);
    }

    void stepOpRestsBetweenTwoInstructions() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepInstruction"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().instruction > 0, kPatience);
        QCOMPARE(m_window->session().status().step, std::int64_t{0});
    }

    void stopSavesTheRunAndRests() {
        clickExample("digits-mlp");
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > 2, kPatience);
        QTest::mouseClick(runBarButton(*m_window, "run.stop"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().phase, TrainerPhase::Paused, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().savedStep, m_window->session().status().step, kPatience);
        QVERIFY(!QDir(scratch() + "/runs").entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty());
    }

    void aRunTakesOverWhatIsChangedWhileItTrains() {
        clickExample("digits-mlp");
        trainForLong();
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > 2, kPatience);
        const auto folder = m_window->session().status().runFolder;
        const NodeId dense = m_window->document().graph().findByName("dense1")->id;
        const auto width = [&] {
            const auto graph = m_window->session().trainingGraph();
            const ValueIndex weight = graph ? graph->find("dense1.weight") : kNoValue;
            return weight == kNoValue ? 0 : graph->values[static_cast<std::size_t>(weight)].type.shape[0];
        };
        const auto before = width();
        QVERIFY(m_window->document().setAttribute(dense, "units", std::int64_t{17}));
        QTRY_COMPARE_WITH_TIMEOUT(width(), std::int64_t{17}, kPatience);
        QTRY_VERIFY(!m_window->controller().isStale());
        const auto step = m_window->session().status().step;
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > step, kPatience);
        QCOMPARE(m_window->session().status().runFolder, folder);
        // Undo reaches the running model too.
        m_window->document().undoStack().undo();
        QTRY_COMPARE_WITH_TIMEOUT(width(), before, kPatience);
        QTRY_VERIFY(!m_window->controller().isStale());
    }

    void aRunGoesOnAsItWasWhileTheDrawingIsWrong() {
        clickExample("digits-mlp");
        trainForLong();
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > 2, kPatience);
        const NodeId dense = m_window->document().graph().findByName("dense1")->id;
        m_window->document().removeEdge({dense, 0});
        QVERIFY(m_window->controller().isStale());
        const auto step = m_window->session().status().step;
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > step + 20, kPatience);
        QVERIFY(m_window->controller().isStale());
        m_window->document().undoStack().undo();
        QTRY_VERIFY(!m_window->controller().isStale());
    }

    void aChangeWhileARunRestsIsTakenOverByTheNextStep() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        const auto first = m_window->session().status().runFolder;
        const Node* dense = m_window->document().graph().findByName("dense1");
        QVERIFY(dense);
        QVERIFY(m_window->document().setAttribute(dense->id, "units", std::int64_t{17}));
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{2}, kPatience);
        QCOMPARE(m_window->session().status().runFolder, first);
        QTRY_VERIFY(!m_window->controller().isStale());
    }

    void withoutTakingOverAChangedDrawingBeginsANewRun() {
        clickExample("digits-mlp");
        m_window->action("run.edits")->trigger();
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        const auto first = m_window->session().status().runFolder;
        const Node* dense = m_window->document().graph().findByName("dense1");
        QVERIFY(dense);
        QVERIFY(m_window->document().setAttribute(dense->id, "units", std::int64_t{17}));
        QVERIFY(m_window->controller().isStale());
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().runFolder != first, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        QVERIFY(!m_window->controller().isStale());
    }

    void learningRateTypedInTheBarReachesTheTrainer() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        auto* field = child<QLineEdit>(m_window.get(), "learningRate");
        QTRY_VERIFY(field->isEnabled());
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, "0.0125");
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().learningRate, 0.0125, kPatience);
    }

    void keysSwitchWorkspaces() {
        clickExample("digits-mlp");
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(m_window->place(), Place::Train);
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(m_window->place(), Place::Inspect);
        QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(m_window->place(), Place::Design);
    }

    void railSwitchesWorkspaces() {
        clickExample("digits-mlp");
        QTest::mouseClick(child<QAbstractButton>(m_window.get(), "rail-view.train"), Qt::LeftButton);
        QCOMPARE(m_window->place(), Place::Train);
        QVERIFY(m_window->action("view.train")->isChecked());
        QVERIFY(!m_window->action("view.design")->isChecked());
    }

    void themeSwitchIsRemembered() {
        QVERIFY(Theme::instance().isDark());
        QTest::mouseClick(child<QAbstractButton>(m_window.get(), "rail-view.switchTheme"), Qt::LeftButton);
        QVERIFY(!Theme::instance().isDark());
        m_window->close();
        m_window.reset();
        QCOMPARE(AppSettings(scratch()).theme(), Theme::Mode::Light);
    }

    void commandPaletteRunsAnAction() {
        clickExample("digits-mlp");
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = child(m_window.get(), "commandPalette");
        QVERIFY(palette->isVisible());
        auto* field = palette->findChild<SearchField*>();
        QTest::keyClicks(field, "inspect");
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(m_window->place(), Place::Inspect);
    }

    void controlFFindsALayerOnTheCanvas() {
        clickExample("digits-mlp");
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        auto* field = child(m_window.get(), "findBar")->findChild<SearchField*>();
        QTest::keyClicks(field, "dense2");
        const Node* node = m_window->document().graph().find(m_window->document().selection().current());
        QVERIFY(node);
        QCOMPARE(node->name, "dense2");
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!child(m_window.get(), "findBar")->isVisible());
    }

    void commandPaletteFindsALayer() {
        clickExample("digits-mlp");
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* field = child(m_window.get(), "commandPalette")->findChild<SearchField*>();
        QTest::keyClicks(field, "dense2");
        QTest::keyClick(field, Qt::Key_Return);
        const Node* node = m_window->document().graph().find(m_window->document().selection().current());
        QVERIFY(node);
        QCOMPARE(node->name, "dense2");
    }

    void escapeClosesTheCommandPalette() {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = child(m_window.get(), "commandPalette");
        QTest::keyClick(palette->findChild<SearchField*>(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
    }

    void windowSizePersists() {
        m_window->resize(1111, 777);
        m_window->close();
        openWindowAgain();
        QCOMPARE(m_window->size(), QSize(1111, 777));
    }

    void unsavedChangesAreKeptWhenTheUserCancels() {
        clickExample("digits-mlp");
        m_window->document().appendNode("ReLU");
        QVERIFY(m_window->isWindowModified());
        answer(QMessageBox::Cancel);
        m_window->close();
        QCOMPARE(m_answered, 1);
        QVERIFY(m_window->isVisible());
        QVERIFY(m_window->document().isModified());
        m_window->document().undoStack().undo();
    }

    void unsavedChangesCanBeDiscarded() {
        clickExample("digits-mlp");
        m_window->document().appendNode("ReLU");
        answer(QMessageBox::Discard);
        m_window->close();
        QCOMPARE(m_answered, 1);
        QVERIFY(!m_window->isVisible());
    }

    void savingClearsTheMarkAndReopeningGivesTheSameProject() {
        clickExample("digits-mlp");
        m_window->document().saveAs(scratch() + "/mine.gradlens");
        m_window->document().appendNode("ReLU");
        QVERIFY(m_window->isWindowModified());
        QTest::keyClick(m_window.get(), Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!m_window->isWindowModified());
        const Project saved = m_window->document().project();
        QVERIFY(m_window->openProject(scratch() + "/mine.gradlens"));
        QVERIFY(m_window->document().project() == saved);
        QCOMPARE(m_window->settings().recentProjects().value(0), scratch() + "/mine.gradlens");
    }

    void aBadProjectFileGivesOneMessageAndKeepsTheOpenOne() {
        clickExample("digits-mlp");
        const Project before = m_window->document().project();
        QFile bad(scratch() + "/bad.gradlens");
        QVERIFY(bad.open(QIODevice::WriteOnly));
        bad.write("{\"gradlens\": 1, \"name\": \"x\", ");
        bad.close();
        QVERIFY(!m_window->openProject(bad.fileName()));
        QCOMPARE(m_window->banners().messages().size(), 1);
        QCOMPARE(m_window->banners().messages().front().kind, BannerMessage::Kind::Error);
        QVERIFY(m_window->banners().messages().front().text.contains("bad.gradlens"));
        QVERIFY(m_window->document().project() == before);
    }

    void aProjectThatIsNotThereSaysSo() {
        QVERIFY(!m_window->openProject(scratch() + "/nowhere.gradlens"));
        QCOMPARE(m_window->banners().messages().size(), 1);
        QVERIFY(m_window->banners().messages().front().text.contains("nowhere.gradlens"));
    }

    void aRunFolderThatCannotBeWrittenGivesABanner() {
        // A file where the folder should be: not even root can make a folder below it.
        QFile wall(scratch() + "/wall");
        QVERIFY(wall.open(QIODevice::WriteOnly));
        wall.close();
        m_window->settings().setRunsFolder(wall.fileName() + "/runs");
        clickExample("digits-mlp");
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->banners().messages().size(), 1, kPatience);
        QCOMPARE(m_window->banners().messages().front().kind, BannerMessage::Kind::Error);
        QVERIFY(m_window->banners().messages().front().text.contains("wall"));
        QVERIFY(!m_window->controller().isBusy());
    }

    void aDrawingThatCannotRunIsExplainedInsteadOfRun() {
        clickExample("digits-mlp");
        const Node* dense = m_window->document().graph().findByName("dense2");
        QVERIFY(dense);
        m_window->document().removeEdge({dense->id, 0});
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QVERIFY2(firstTitle(*m_window).contains("cannot run"), qPrintable(firstTitle(*m_window)));
        QVERIFY(!m_window->controller().hasRun());
        m_window->document().undoStack().undo();
    }

    void messageAboutProblemsGoesWithTheNextEdit() {
        clickExample("digits-mlp");
        m_window->document().removeEdge({m_window->document().graph().findByName("dense2")->id, 0});
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QCOMPARE(m_window->banners().messages().size(), 1);
        m_window->document().undoStack().undo();
        QCOMPARE(m_window->banners().messages().size(), 0);
    }

    void runButtonFollowsTheDrawing() {
        clickExample("digits-mlp");
        auto* run = child<QPushButton>(m_window.get(), "runButton");
        m_window->document().selectAll();
        m_window->document().removeSelection();
        QVERIFY(!run->isEnabled());
        m_window->document().undoStack().undo();
        QVERIFY(run->isEnabled());
    }

    void captureWritesAPictureOfEveryWorkspace() {
        CaptureOptions options;
        options.folder = scratch() + "/pictures";
        options.project = exampleFile("digits-mlp");
        options.steps = 7;
        options.threads = 2;
        options.size = QSize(1100, 700);
        const QStringList written = capture(options);
        QCOMPARE(written.size(), 4);
        for (const QString& path : written) QCOMPARE(QImage(path).size(), QSize(1100, 700));
    }

    void captureOfABadProjectIsAnError() {
        CaptureOptions options;
        options.folder = scratch() + "/pictures";
        options.project = scratch() + "/nowhere.gradlens";
        QVERIFY_THROWS_EXCEPTION(Error, capture(options));
    }

    void closingWhileTrainingLosesNothing() {
        clickExample("digits-mlp");
        QTest::mouseClick(child<QPushButton>(m_window.get(), "runButton"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step > 5, kPatience);
        const auto reached = m_window->session().status().step;
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), kPatience);
        openWindowAgain();
        QVERIFY(m_window->openExample(exampleFile("digits-mlp")));
        QTRY_COMPARE(m_window->banners().messages().size(), 1);
        QTest::mouseClick(child(m_window.get(), "bannerTitle")->parentWidget()->findChild<QPushButton*>(),
                          Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->session().status().step >= reached, kPatience);
    }

    // A file in the place of a folder stands for a disk that takes no more.
    void aRunThatCannotBeSavedKeepsTheWindowOpen() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        const QString checkpoints = toQString(m_window->session().status().runFolder) + "/checkpoints";
        QVERIFY(QDir(checkpoints).removeRecursively());
        QFile inTheWay(checkpoints);
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        inTheWay.close();
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<QMessageBox*>("closeUnsaved"), kPatience);
        QVERIFY(m_window->isVisible());
        auto* box = m_window->findChild<QMessageBox*>("closeUnsaved");
        for (QAbstractButton* button : box->buttons())
            if (box->buttonRole(button) == QMessageBox::RejectRole) QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(m_window->isVisible());
        QVERIFY(inTheWay.remove());
        QVERIFY(QDir().mkpath(checkpoints));
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), kPatience);
        QCOMPARE(QDir(checkpoints).entryList({"step-*"}, QDir::Files).size(), 1);
    }

    void theOfferOfAnOldRunGoesWhenANewOneBegins() {
        clickExample("digits-mlp");
        QTest::mouseClick(runBarButton(*m_window, "run.stepBatch"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->session().status().step, std::int64_t{1}, kPatience);
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), kPatience);
        openWindowAgain();
        QVERIFY(m_window->openExample(exampleFile("digits-mlp")));
        QTRY_COMPARE(m_window->banners().messages().size(), 1);
        m_window->controller().stepBatch();
        QTRY_COMPARE(m_window->banners().messages().size(), 0);
    }

    void panelsStandWhereTheyWereLeft() {
        clickExample("digits-mlp");
        QHash<Place, QList<QList<int>>> left;
        for (const Place place : kWorkspaces) {
            m_window->show(place);
            for (QSplitter* splitter : splittersInSight()) {
                QList<int> sizes = splitter->sizes();
                sizes[0] += 40;
                sizes[1] -= 40;
                splitter->setSizes(sizes);
            }
            for (QSplitter* splitter : splittersInSight()) left[place] << splitter->sizes();
            QVERIFY(!left[place].isEmpty());
        }
        m_window->close();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->isVisible(), kPatience);
        openWindowAgain();
        QVERIFY(m_window->openExample(exampleFile("digits-mlp")));
        for (const Place place : kWorkspaces) {
            m_window->show(place);
            QList<QList<int>> found;
            for (QSplitter* splitter : splittersInSight()) found << splitter->sizes();
            QVERIFY2(found == left[place], qPrintable(QString("place %1").arg(int(place))));
        }
    }

    void helpOpensOnAKey() {
        QTest::keyClick(m_window.get(), Qt::Key_F1);
        QVERIFY(m_window->findChild<QWidget*>("helpViewer")->isVisible());
    }

private:
    static constexpr std::array kWorkspaces{Place::Design, Place::Train, Place::Inspect};

    QList<QSplitter*> splittersInSight() {
        QCoreApplication::processEvents();
        QList<QSplitter*> found;
        for (QSplitter* splitter : m_window->findChildren<QSplitter*>())
            if (splitter->isVisible() && splitter->count() > 1 && splitter->sizes()[1] > 80) found << splitter;
        return found;
    }

    void trainForLong() {
        TrainingSpec training = m_window->document().project().training;
        training.epochs = 100000;
        m_window->document().setTraining(training);
    }

    void openWindowAgain() {
        m_window.reset();
        MainWindow::Options options;
        options.settingsFolder = scratch();
        options.threads = 2;
        m_window = std::make_unique<MainWindow>(options);
        static_cast<QWidget*>(m_window.get())->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
};

QTEST_MAIN(TestShell)
#include "test_shell.moc"
