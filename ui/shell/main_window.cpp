// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "core/graph/block_library.h"
#include "core/train/run_folder.h"
#include "ui/shell/dataset_text.h"
#include "ui/shell/exporter.h"
#include "ui/shell/help_viewer.h"
#include "ui/shell/number_text.h"
#include "ui/shell/paths.h"
#include "ui/shell/resources_folder.h"
#include "ui/shell/run_bar.h"
#include "ui/shell/start_page.h"
#include "ui/shell/status_line.h"
#include "ui/shell/workspace_rail.h"
#include "ui/theme/motion.h"
#include "ui/theme/theme.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/toast.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <thread>

namespace gradlens {
namespace {

const QString kOfferMessage = QStringLiteral("offer");

TrainerOptions trainerOptions(const MainWindow::Options& options) {
    TrainerOptions trainer;
    trainer.threads =
        options.threads > 0 ? options.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    trainer.resourcesFolder = toPath(resourcesFolder());
    return trainer;
}

QString projectIn(const QMimeData* data) {
    if (!data->hasUrls() || data->urls().size() != 1) return {};
    const QString path = data->urls().front().toLocalFile();
    return path.endsWith(".gradlens", Qt::CaseInsensitive) ? path : QString();
}

}  // namespace

MainWindow::MainWindow(const Options& options)
    : m_settings(options.settingsFolder),
      m_trainerOptions(trainerOptions(options)),
      m_userBlocks(drawingCatalogue(), UserBlocks::folderFor(options.settingsFolder)),
      m_document(drawingCatalogue()),
      m_session(m_trainerOptions),
      m_controller(m_document, m_session, m_settings),
      m_workspaces(m_document, m_session),
      m_layout(m_settings),
      m_files(new ProjectFiles(m_document, m_settings, this)),
      m_exporter(new Exporter(m_document, m_settings, this)) {
    if (!options.runsFolder.isEmpty()) m_settings.setRunsFolder(options.runsFolder);
    setObjectName("mainWindow");
    setWindowIcon(Theme::instance().icon("gradlens"));
    setAcceptDrops(true);
    setMotionReduced(m_settings.reducedMotion());
    makeFileMenu();
    makeEditMenu();
    makeArrangeMenu();
    makeBlocksMenu();
    makeViewMenu();
    makeRunMenu();
    makeHelpMenu();
    compose();
    connectParts();
    m_document.setUserBlocks(&m_userBlocks);
    sayLibraryFaults();
    restoreLayout();
    show(Place::Start);
    refreshTitle();
    refreshActions();
}

MainWindow::~MainWindow() {
    // The panels look at the document and the session, which are members: panels go first.
    delete m_help;
    for (Place place : {Place::Inspect, Place::Train, Place::Design}) delete m_places.take(static_cast<int>(place));
    delete takeCentralWidget();
    setStatusBar(nullptr);
}

void MainWindow::compose() {
    m_rail = new WorkspaceRail;
    m_rail->addPlace(action("view.start"), tr("Home"));
    m_rail->addPlace(action("view.design"), tr("Design"));
    m_rail->addPlace(action("view.train"), tr("Train"));
    m_rail->addPlace(action("view.inspect"), tr("Inspect"));
    m_rail->addTool(action("view.palette"));
    m_rail->addTool(action("view.switchTheme"));
    m_rail->addTool(action("help.open"));

    m_runBar = new RunBar({action("run.toggle"), action("run.stepInstruction"), action("run.stepBatch"),
                           action("run.stepEpoch"), action("run.stop"), action("run.restart")},
                          m_controller, m_session);
    m_banners = new BannerArea;
    m_stack = new QStackedWidget;
    m_start = new StartPage(m_settings, m_document.baseCatalogue());
    m_places.insert(static_cast<int>(Place::Start), m_start);
    m_stack->addWidget(m_start);

    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    column->addWidget(m_runBar);
    column->addWidget(m_banners);
    column->addWidget(m_stack, 1);
    auto* centre = new QWidget;
    auto* row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addLayout(column, 1);
    setCentralWidget(centre);
    m_status = new StatusLine(m_session, m_trainerOptions.threads);
    setStatusBar(m_status);
    m_toast = new Toast(this);
    m_palette = new CommandPalette(this);
}

void MainWindow::connectParts() {
    const auto showBanner = [this](const BannerMessage& message) { m_banners->show(message); };
    connect(&m_controller, &RunController::message, this, showBanner);
    connect(&m_controller, &RunController::messageOver, this, [this](const QString& key) { m_banners->dismiss(key); });
    connect(&m_controller, &RunController::said, this, [this](const QString& text) { m_toast->say(text); });
    connect(&m_controller, &RunController::stateChanged, this, [this] {
        refreshActions();
        if (m_controller.hasRun()) m_banners->dismiss(kOfferMessage);  // resuming would replace the run there is
    });
    connect(&m_controller, &RunController::saved, this, [this] {
        m_savedForClosing = true;
        close();
    });
    connect(&m_controller, &RunController::saveFailed, this, &MainWindow::askToCloseUnsaved);
    connect(&m_controller, &RunController::problemsFound, this, [this](const std::vector<Problem>& problems) {
        show(Place::Design);
        m_document.goTo({});
        if (problems.front().node != NodeId::None) {
            m_document.selection().select(problems.front().node);
            m_workspaces.reveal(problems.front().node);
        }
    });
    connect(&m_session, &Session::statusChanged, this, &MainWindow::refreshActions);
    connect(&m_userBlocks, &UserBlocks::changed, this, &MainWindow::sayLibraryFaults);
    connect(m_files, &ProjectFiles::replaced, this, &MainWindow::projectReplaced);
    connect(m_files, &ProjectFiles::message, this, showBanner);
    connect(m_exporter, &Exporter::message, this, showBanner);
    connect(m_exporter, &Exporter::said, this, [this](const QString& text) {
        m_banners->dismiss("export");
        m_toast->say(text);
    });
    connect(m_files, &ProjectFiles::saved, this, [this] {
        m_controller.setProjectFolder(m_files->projectFolder());
        m_banners->dismiss("file");
        m_toast->say(tr("Saved %1").arg(QFileInfo(m_document.path()).fileName()));
    });
    connect(&m_document, &DesignDocument::modifiedChanged, this, &MainWindow::refreshTitle);
    connect(&m_document, &DesignDocument::pathChanged, this, &MainWindow::refreshTitle);
    connect(&m_document, &DesignDocument::projectChanged, this, &MainWindow::refreshTitle);
    connect(&m_document, &DesignDocument::graphChanged, this, &MainWindow::refreshActions);
    connect(&m_document, &DesignDocument::reset, this, &MainWindow::refreshActions);
    connect(&m_document.selection(), &SelectionModel::changed, this, &MainWindow::refreshActions);
    connect(&m_workspaces, &Workspaces::inspectRequested, this, &MainWindow::inspect);
    connect(&m_workspaces, &Workspaces::message, this, showBanner);
    connect(&m_workspaces, &Workspaces::templatesRequested, action("file.newFromTemplate"), &QAction::trigger);
    connect(&m_workspaces, &Workspaces::toggleRequested, action("run.toggle"), &QAction::trigger);
    connect(m_start, &StartPage::newRequested, m_files, &ProjectFiles::newProject);
    connect(m_start, &StartPage::openRequested, m_files, &ProjectFiles::openAsked);
    connect(m_start, &StartPage::projectChosen, m_files, &ProjectFiles::open);
    connect(m_start, &StartPage::exampleChosen, m_files, &ProjectFiles::openExample);
    connect(m_start, &StartPage::runChosen, this, &MainWindow::openInterrupted);
    connect(m_start, &StartPage::helpRequested, this, &MainWindow::showHelp);
}

void MainWindow::show(Place place) {
    const int key = static_cast<int>(place);
    const bool fresh = !m_places.contains(key);
    if (fresh) {
        m_places.insert(key, m_workspaces.make(place));
        m_stack->addWidget(m_places[key]);
    }
    m_place = place;
    m_stack->setCurrentWidget(m_places[key]);
    if (fresh) {
        // Once it has its size: panels squeezed before would lose their proportions.
        m_layout.adopt(m_places[key]);
        if (place == Place::Design) {
            m_builtDesign = m_workspaces.saveDesign();
            m_workspaces.restoreDesign(m_settings.layout("designPanels"));
        }
    }
    const bool start = place == Place::Start;
    m_runBar->setVisible(!start);
    statusBar()->setVisible(!start);
    for (const auto& [other, name] : {std::pair{Place::Start, "view.start"},
                                      {Place::Design, "view.design"},
                                      {Place::Train, "view.train"},
                                      {Place::Inspect, "view.inspect"}})
        action(name)->setChecked(other == place);
    m_workspaces.shown(place);
    refreshTitle();
    refreshActions();
}

void MainWindow::projectReplaced() {
    m_controller.forget();
    m_controller.setProjectFolder(m_files->projectFolder());
    m_banners->dismissAll();
    show(Place::Design);
    // Once the window stands; a message above the canvas takes some of its room.
    QTimer::singleShot(0, this, [this] {
        offerRuns();
        QTimer::singleShot(0, this, [this] { m_workspaces.showFromTop(Place::Design); });
    });
    refreshTitle();
}

void MainWindow::sayLibraryFaults() {
    const QString key = QStringLiteral("library");
    const auto& faults = m_userBlocks.faults();
    if (faults.empty()) {
        m_banners->dismiss(key);
        return;
    }
    QStringList reasons;
    for (const UserBlocks::Fault& fault : faults) reasons << fault.reason;
    m_banners->show({BannerMessage::Kind::Warning,
                     faults.size() == 1 ? tr("A file of your block library cannot be used.")
                                        : tr("%1 files of your block library cannot be used.").arg(faults.size()),
                     reasons.front(), faults.size() == 1 ? QString() : reasons.join('\n'),
                     {{tr("Read again"), [this] { m_userBlocks.reload(); }}}, key});
}

void MainWindow::offerRuns() {
    if (m_controller.hasRun()) return;
    const QList<RunInfo> runs = m_controller.resumable();
    if (runs.isEmpty()) {
        offerInterrupted();
        return;
    }
    const RunInfo& run = runs.front();
    const QString folder = toQString(run.folder);
    m_banners->show({BannerMessage::Kind::Info,
                     run.interrupted ? tr("A run of this project was interrupted at step %1 of %2.")
                                           .arg(groupedText(run.step), groupedText(run.totalSteps))
                                     : tr("A run of this project stands at step %1 of %2.")
                                           .arg(groupedText(run.step), groupedText(run.totalSteps)),
                     tr("Resume goes on exactly where it was saved; Run begins a new one."),
                     {},
                     {{tr("Resume"), [this, folder] { m_controller.resume(folder); }}},
                     kOfferMessage});
}

// A run that was cut off may hold the only copy of the drawing it trained.
void MainWindow::offerInterrupted() {
    const std::optional<RunInfo> run = m_controller.interruptedWithOtherDrawing();
    if (!run) return;
    const QString folder = toQString(run->folder);
    m_banners->show({BannerMessage::Kind::Info,
                     tr("A run of this project, with changes that this file does not have, was interrupted at step %1 "
                        "of %2.")
                         .arg(groupedText(run->step), groupedText(run->totalSteps)),
                     tr("Opening it brings back the drawing that was trained."),
                     {},
                     {{tr("Open that run"), [this, folder] { openInterrupted(folder); }}},
                     kOfferMessage});
}

void MainWindow::openInterrupted(const QString& runFolder) {
    if (!m_files->openRun(runFolder)) return;
    m_controller.resume(runFolder);
    m_banners->dismiss(kOfferMessage);
    m_toast->say(tr("The run is back where it was saved. Press Run to go on."));
    show(Place::Train);
}

void MainWindow::inspect(NodeId node) {
    if (node != NodeId::None) m_document.selection().select(node);
    show(Place::Inspect);
}

void MainWindow::setTheme(Theme::Mode mode) {
    m_settings.setTheme(mode);
    Theme::instance().apply(*qApp, mode);
    refreshActions();
}

void MainWindow::setReducedMotion(bool reduced) {
    m_settings.setReducedMotion(reduced);
    setMotionReduced(reduced);
}

void MainWindow::refreshTitle() {
    const bool blank = m_place == Place::Start && m_document.path().isEmpty() && m_document.rootGraph().nodes().empty();
    setWindowTitle(blank ? QStringLiteral("Gradlens") : m_document.displayName() + "[*] – Gradlens");
    setWindowModified(m_document.isModified());
    setWindowFilePath(m_document.path());
    m_status->setDataset(datasetText(m_document.project().data));
}

void MainWindow::refreshActions() {
    const bool busy = m_controller.isBusy();
    QAction* toggle = action("run.toggle");
    toggle->setText(busy ? tr("&Pause") : tr("&Run"));
    toggle->setToolTip(busy ? tr("Pause after the step under way (F5 or Space)")
                            : tr("Train until the planned epochs are done (F5 or Space)"));
    toggle->setIcon(Theme::instance().icon(busy ? "pause" : "play"));
    const bool hasNodes = !m_document.rootGraph().nodes().empty();
    for (const char* name :
         {"export.pytorch", "export.keras", "export.copyPytorch", "export.copyKeras", "export.figure"})
        action(name)->setEnabled(hasNodes);
    for (const char* name : {"run.toggle", "run.restart", "run.stepInstruction", "run.stepBatch", "run.stepEpoch"})
        action(name)->setEnabled(hasNodes || busy);
    action("run.stop")->setEnabled(busy);
    const bool selected = !m_document.selection().isEmpty();
    for (const char* name : {"edit.cut", "edit.copy", "edit.delete", "edit.duplicate", "view.fitSelection"})
        action(name)->setEnabled(selected);
    const std::size_t layers = m_document.selection().nodes().size();
    for (const char* name : {"edit.deleteAndHeal", "arrange.pullOut", "arrange.bypass", "arrange.frame"})
        action(name)->setEnabled(layers > 0);
    for (const char* name : {"arrange.chain", "arrange.left", "arrange.centre", "arrange.right", "arrange.top",
                             "arrange.middle", "arrange.bottom"})
        action(name)->setEnabled(layers > 1);
    for (const char* name : {"arrange.across", "arrange.down"}) action(name)->setEnabled(layers > 2);
    action("arrange.color")->setEnabled(!m_document.selection().notes().empty());
    action("view.inspectSelection")->setEnabled(m_document.selection().current() != NodeId::None);
    const bool canvas = m_place == Place::Design || m_place == Place::Inspect || m_place == Place::Train;
    for (const char* name : {"view.zoomIn", "view.zoomOut", "view.zoomReset", "view.fit", "view.minimap"})
        action(name)->setEnabled(canvas);
    const QString theme = Theme::instance().isDark() ? QStringLiteral("light") : QStringLiteral("dark");
    action("view.switchTheme")->setProperty("railIcon", theme);
    m_status->setStale(m_controller.isStale());
}

void MainWindow::restoreLayout() {
    const QByteArray geometry = m_settings.layout("window");
    if (geometry.isEmpty() || !restoreGeometry(geometry)) {
        const QSize room = screen() ? screen()->availableSize() : QSize(1440, 900);
        resize(std::min(1440, room.width() - 80), std::min(900, room.height() - 80));
    }
}

void MainWindow::saveLayout() {
    m_settings.setLayout("window", saveGeometry());
    for (QWidget* place : std::as_const(m_places)) m_layout.save(place);
    if (m_places.contains(static_cast<int>(Place::Design)))
        m_settings.setLayout("designPanels", m_workspaces.saveDesign());
    m_settings.sync();
}

void MainWindow::resetLayout() {
    m_settings.clearLayout();
    for (QWidget* place : std::as_const(m_places)) m_layout.reset(place);
    m_workspaces.restoreDesign(m_builtDesign);
    m_toast->say(tr("Layout reset"));
}

void MainWindow::chooseRunsFolder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for new runs"), m_settings.runsFolder());
    if (folder.isEmpty()) return;
    m_settings.setRunsFolder(folder);
    m_toast->say(tr("New runs are written to %1").arg(folder));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_savedForClosing) {
        if (!m_files->guard()) {
            event->ignore();
            return;
        }
        // The trainer finishes its step and saves; the window stays until it is known that this went well.
        if (m_controller.saveBeforeClosing()) {
            m_toast->say(tr("Saving the run…"));
            event->ignore();
            return;
        }
    }
    saveLayout();
    if (m_help) m_help->close();
    event->accept();
}

void MainWindow::askToCloseUnsaved(const QString& reason) {
    auto* box =
        new QMessageBox(QMessageBox::Warning, tr("The run could not be saved"),
                        tr("Closing now loses what was trained since the last save."), QMessageBox::NoButton, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName("closeUnsaved");
    box->setInformativeText(reason);
    QPushButton* close = box->addButton(tr("Close anyway"), QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(tr("Keep open"), QMessageBox::RejectRole));
    connect(close, &QPushButton::clicked, this, [this] {
        m_savedForClosing = true;
        this->close();
    });
    box->open();
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
    // Only what no focused widget wanted comes here, so that Space still presses buttons and ticks boxes.
    if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier && m_place != Place::Start &&
        action("run.toggle")->isEnabled()) {
        if (!event->isAutoRepeat()) m_controller.toggle();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!projectIn(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QString path = projectIn(event->mimeData());
    if (path.isEmpty()) return;
    event->acceptProposedAction();
    // Not from within the drag: a question may follow.
    QTimer::singleShot(0, this, [this, path] { m_files->open(path); });
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::ActivationChange && isActiveWindow() && m_place == Place::Start && m_start)
        m_start->refresh();
}

}  // namespace gradlens
