// SPDX-License-Identifier: GPL-3.0-or-later
// The actions of the window, its menus, and the command palette that searches them.
#include "core/graph/block_library.h"
#include "ui/design/blocks/block_actions.h"
#include "ui/design/canvas/canvas_actions.h"
#include "ui/shell/dataset_text.h"
#include "ui/shell/exporter.h"
#include "ui/shell/help_viewer.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_templates.h"
#include "ui/shell/run_bar.h"
#include "ui/theme/theme.h"
#include "ui/widgets/toast.h"

#include <QActionGroup>
#include <QApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QUrl>

namespace gradlens {

QAction* MainWindow::add(QMenu* menu, const ActionSpec& spec, const std::function<void()>& run) {
    auto* made = new QAction(spec.text, this);
    made->setObjectName(spec.name);
    made->setShortcuts(spec.keys);
    if (!spec.icon.isEmpty()) {
        made->setIcon(Theme::instance().icon(spec.icon));
        made->setProperty("railIcon", spec.icon);
    }
    QString tip = spec.tip.isEmpty() ? QString(spec.text).remove('&').remove(QStringLiteral("…")) : spec.tip;
    if (!spec.keys.isEmpty()) tip += QStringLiteral(" (%1)").arg(spec.keys.front().toString(QKeySequence::NativeText));
    made->setToolTip(tip);
    if (!spec.tip.isEmpty()) made->setStatusTip(spec.tip);
    connect(made, &QAction::triggered, this, run);
    m_actions.insert(spec.name, made);
    if (menu)
        menu->addAction(made);
    else
        addAction(made);
    return made;
}

void MainWindow::makeFileMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    add(menu, {"file.new", tr("&New project"), "new", {QKeySequence::New}, {}}, [this] { m_files->newProject(); });
    makeTemplateMenu(menu->addMenu(Theme::instance().icon("layers"), tr("New from &template")));
    add(menu, {"file.open", tr("&Open…"), "open", {QKeySequence::Open}, {}}, [this] { m_files->openAsked(); });
    m_recentMenu = menu->addMenu(Theme::instance().icon("clock"), tr("Open &recent"));
    connect(m_recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    menu->addSeparator();
    add(menu, {"file.save", tr("&Save"), "save", {QKeySequence::Save}, {}}, [this] { m_files->save(); });
    add(menu, {"file.saveAs", tr("Save &as…"), {}, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S)}, {}},
        [this] { m_files->saveAs(); });
    makeExportMenu(menu->addMenu(Theme::instance().icon("export"), tr("&Export")));
    menu->addSeparator();
    add(menu, {"file.runsFolder", tr("&Folder for runs…"), "run-folder", {}, tr("Where new runs are written")},
        [this] { chooseRunsFolder(); });
    add(menu, {"file.showRuns", tr("Show runs in the file manager"), "external", {}, {}},
        [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_settings.runsFolder())); });
    menu->addSeparator();
    add(menu, {"file.quit", tr("&Quit"), "quit", {QKeySequence(Qt::CTRL | Qt::Key_Q)}, {}}, [this] { close(); });
}

void MainWindow::makeTemplateMenu(QMenu* menu) {
    add(menu,
        {"file.newFromTemplate",
         tr("&Search templates…"),
         "search",
         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N)},
         tr("Begin with a well-known network that trains as it is")},
        [this] { m_palette->open(templateCommands()); });
    menu->addSeparator();
    for (const ProjectTemplate& each : projectTemplates(m_document.catalogue()))
        add(menu,
            {("file.template." + each.name).toUtf8(),
             QString::fromStdString(each.project.name),
             "graph",
             {},
             QString::fromStdString(each.project.description)},
            [this, path = each.path] { m_files->openExample(path); });
}

QList<Command> MainWindow::templateCommands() {
    QList<Command> list;
    for (const ProjectTemplate& each : projectTemplates(m_document.catalogue())) {
        QAction* begin = action("file.template." + each.name);
        list.append({begin->text(), tr("New from template"), datasetText(each.project.data), begin->icon(), true,
                     [begin] { begin->trigger(); }});
    }
    return list;
}

void MainWindow::makeExportMenu(QMenu* menu) {
    using Framework = SourceFramework;
    add(menu,
        {"export.pytorch",
         tr("&PyTorch source…"),
         {},
         {},
         tr("The network as a Python file for PyTorch: the same weights give the same outputs")},
        [this] { m_exporter->saveSource(Framework::PyTorch); });
    add(menu, {"export.keras", tr("&Keras source…"), {}, {}, tr("The network as a Python file for Keras 3")},
        [this] { m_exporter->saveSource(Framework::Keras); });
    menu->addSeparator();
    add(menu,
        {"export.copyPytorch",
         tr("&Copy PyTorch source"),
         "copy",
         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C)},
         {}},
        [this] { m_exporter->copySource(Framework::PyTorch); });
    add(menu, {"export.copyKeras", tr("Copy Keras &source"), "copy", {}, {}},
        [this] { m_exporter->copySource(Framework::Keras); });
    menu->addSeparator();
    add(menu,
        {"export.figure",
         tr("&Figure…"),
         "image",
         {QKeySequence(Qt::CTRL | Qt::Key_E)},
         tr("The drawing as SVG, PNG or PDF, fit for a paper")},
        [this] { m_exporter->showFigureForm(); });
}

void MainWindow::fillRecentMenu() {
    m_recentMenu->clear();
    for (const QString& path : m_settings.recentProjects())
        m_recentMenu->addAction(QFileInfo(path).fileName(), this, [this, path] { m_files->open(path); })
            ->setToolTip(path);
    if (m_recentMenu->isEmpty()) m_recentMenu->addAction(tr("No project yet"))->setEnabled(false);
    m_recentMenu->addSeparator();
    m_recentMenu->addAction(tr("Clear"), this, [this] { m_settings.clearRecentProjects(); });
}

bool MainWindow::editText(const char* slot) {
    QWidget* focus = QApplication::focusWidget();
    if (!qobject_cast<QLineEdit*>(focus) && !qobject_cast<QPlainTextEdit*>(focus)) return false;
    return QMetaObject::invokeMethod(focus, slot);
}

void MainWindow::makeEditMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    for (QAction* history : {m_document.undoAction(), m_document.redoAction()}) {
        const bool undo = history == m_document.undoAction();
        history->setObjectName(undo ? "edit.undo" : "edit.redo");
        history->setIcon(Theme::instance().icon(undo ? "undo" : "redo"));
        m_actions.insert(history->objectName(), history);
        menu->addAction(history);
    }
    menu->addSeparator();
    using Canvas = CanvasActions;
    addCanvas(menu, {"edit.cut", tr("Cu&t"), "cut", {QKeySequence::Cut}, {}}, &Canvas::cut, "cut");
    addCanvas(menu, {"edit.copy", tr("&Copy"), "copy", {QKeySequence::Copy}, {}}, &Canvas::copy, "copy");
    addCanvas(menu, {"edit.paste", tr("&Paste"), "paste", {QKeySequence::Paste}, {}}, &Canvas::paste, "paste");
    addCanvas(menu, {"edit.duplicate", tr("D&uplicate"), {}, {QKeySequence(Qt::CTRL | Qt::Key_D)}, {}},
              &Canvas::duplicate);
    addCanvas(menu, {"edit.delete", tr("&Delete"), "delete", {QKeySequence::Delete}, {}}, &Canvas::remove);
    addCanvas(menu,
              {"edit.deleteAndHeal",
               tr("Delete and close the &gap"),
               "delete",
               {QKeySequence(Qt::CTRL | Qt::Key_Delete)},
               tr("What read the deleted layers reads what came into them")},
              &Canvas::removeAndHeal);
    addCanvas(menu, {"edit.rename", tr("Re&name"), "rename", {QKeySequence(Qt::Key_F2)}, {}}, &Canvas::rename);
    menu->addSeparator();
    addCanvas(menu, {"edit.selectAll", tr("Select &all"), "select-all", {QKeySequence::SelectAll}, {}},
              &Canvas::selectAll, "selectAll");
    add(menu,
        {"edit.find",
         tr("&Find layer…"),
         "search",
         {QKeySequence::Find},
         tr("Find layers of the drawing by name, kind or attribute")},
        [this] { askCanvas(&Canvas::find); });
    addCanvas(menu, {"edit.findNext", tr("Find ne&xt"), "arrow-down", {QKeySequence(Qt::Key_F3)}, {}},
              &Canvas::findNext);
    addCanvas(menu, {"edit.findPrevious", tr("Find pre&vious"), "arrow-up", {QKeySequence(Qt::SHIFT | Qt::Key_F3)}, {}},
              &Canvas::findPrevious);
}

// Like the canvas's: the keys hold while it has the focus, the menu only shows them.
void MainWindow::makeBlocksMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Blocks"));
    const auto entry = [this, menu](const ActionSpec& spec, const QString& keys, QAction* BlockActions::*asked) {
        QAction* made = add(menu, spec, [this, asked] {
            show(Place::Design);
            m_workspaces.perform(asked);
        });
        made->setProperty("keys", keys);
        if (!keys.isEmpty()) made->setText(made->text() + '\t' + keys);
    };
    entry({"block.make", tr("&Make block…"), "layers", {}, tr("The selected layers become one, which can be used again")},
          "Ctrl+G", &BlockActions::make);
    entry({"block.dissolve", tr("&Dissolve block"), "grid", {}, tr("The layers of the block take its place")},
          "Ctrl+Shift+G", &BlockActions::dissolve);
    menu->addSeparator();
    entry({"block.open", tr("&Open block"), "arrow-down", {}, tr("Look at what is inside the selected block")}, "Return",
          &BlockActions::open);
    entry({"block.leave", tr("&Go out of the block"), "arrow-up", {}, tr("Back to the drawing around")}, "Alt+Up",
          &BlockActions::leave);
    menu->addSeparator();
    entry({"block.copy",
           tr("Make my own &copy"),
           "copy",
           {},
           tr("The open block, which comes with Gradlens, as one of this project's that can be changed")},
          {}, &BlockActions::copy);
    entry({"block.copyForAll",
           tr("Make my own copy for &all uses"),
           "copy",
           {},
           tr("The same for every use in the drawing around")},
          {}, &BlockActions::copyForAll);
    entry({"block.save", tr("&Save to my library"), "save", {}, tr("Keep the block for other projects")}, {},
          &BlockActions::save);
}

void MainWindow::makeViewMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    auto* places = new QActionGroup(this);
    const auto place = [this, menu, places](const char* name, const QString& text, const QString& icon,
                                            const QKeySequence& key, Place target, const QString& tip) {
        QAction* made = add(menu, {name, text, icon, {key}, tip}, [this, target] { show(target); });
        made->setCheckable(true);
        places->addAction(made);
    };
    place("view.design", tr("&Design"), "design", QKeySequence(Qt::CTRL | Qt::Key_1), Place::Design,
          tr("Draw the network"));
    place("view.train", tr("&Train"), "train", QKeySequence(Qt::CTRL | Qt::Key_2), Place::Train,
          tr("Watch loss and accuracy"));
    place("view.inspect", tr("&Inspect"), "inspect", QKeySequence(Qt::CTRL | Qt::Key_3), Place::Inspect,
          tr("Look at weights, gradients and outputs"));
    place("view.start", tr("&Home"), "home", QKeySequence(Qt::ALT | Qt::Key_Home), Place::Start,
          tr("Examples, recent projects, interrupted runs"));
    menu->addSeparator();
    const auto side = [this, menu](const char* name, const QString& text, const QString& icon, const QKeySequence& key,
                                   SidePanel::Page page, const QString& tip) {
        add(menu, {name, text, icon, {key}, tip}, [this, page] {
            show(Place::Design);
            m_workspaces.showSide(page);
        });
    };
    side("view.properties", tr("&Properties"), "properties", QKeySequence(Qt::ALT | Qt::Key_1), SidePanel::Properties,
         tr("Of the selected layer, or of the project"));
    side("view.data", tr("D&ata"), "data", QKeySequence(Qt::ALT | Qt::Key_2), SidePanel::Data,
         tr("Choose the data, its transforms, and look through its samples"));
    side("view.objective", tr("&Objective"), "sliders", QKeySequence(Qt::ALT | Qt::Key_3), SidePanel::Objective,
         tr("Losses, metrics, optimizer and learning-rate schedule"));
    add(menu,
        {"view.figures",
         tr("Fi&gures"),
         "table",
         {QKeySequence(Qt::ALT | Qt::Key_4)},
         tr("What each layer costs: parameters, operations, memory, time")},
        [this] {
            show(Place::Design);
            m_workspaces.showFigures();
        });
    menu->addSeparator();
    add(menu,
        {"view.palette",
         tr("Command &palette…"),
         "search",
         {QKeySequence(Qt::CTRL | Qt::Key_K)},
         tr("Find any action, layer or page of help")},
        [this] { openPalette(); });
    add(menu,
        {"view.inspectSelection",
         tr("Inspect selected &layer"),
         "lens",
         {QKeySequence(Qt::CTRL | Qt::Key_I)},
         tr("Open the selected layer under the lens")},
        [this] { inspect(m_document.selection().current()); });
    menu->addSeparator();
    using Canvas = CanvasActions;
    addCanvas(menu, {"view.zoomIn", tr("Zoom &in"), "zoom-in", {QKeySequence(Qt::CTRL | Qt::Key_Plus)}, {}},
              &Canvas::zoomIn);
    addCanvas(menu, {"view.zoomOut", tr("Zoom &out"), "zoom-out", {QKeySequence(Qt::CTRL | Qt::Key_Minus)}, {}},
              &Canvas::zoomOut);
    addCanvas(menu, {"view.zoomReset", tr("Zoom to &100 %"), {}, {QKeySequence(Qt::CTRL | Qt::Key_0)}, {}},
              &Canvas::resetZoom);
    addCanvas(menu, {"view.fit", tr("&Fit drawing"), "fit", {QKeySequence(Qt::Key_Home)}, tr("Show the whole drawing")},
              &Canvas::fit);
    addCanvas(menu,
              {"view.fitSelection",
               tr("Zoom to the &selection"),
               "lens",
               {QKeySequence(Qt::SHIFT | Qt::Key_Home)},
               tr("Show what is selected as large as it goes")},
              &Canvas::fitSelection);
    addCanvas(menu,
              {"view.minimap",
               tr("&Minimap"),
               "minimap",
               {QKeySequence(Qt::SHIFT | Qt::Key_M)},
               tr("The whole drawing in a corner, where part of it is out of sight")},
              &Canvas::minimap);
    menu->addSeparator();
    addPreview(menu);
    menu->addSeparator();
    QAction* still = add(
        menu,
        {"view.reduceMotion", tr("Reduce &motion"), {}, {}, tr("Layers jump to their places instead of gliding there")},
        [this] { setReducedMotion(!m_settings.reducedMotion()); });
    still->setCheckable(true);
    still->setChecked(m_settings.reducedMotion());
    makeThemeMenu(menu->addMenu(Theme::instance().icon("theme"), tr("&Theme")));
    add(menu, {"view.resetLayout", tr("&Reset layout"), "reset", {}, tr("Put panels back where they were at first")},
        [this] { resetLayout(); });
}

void MainWindow::makeThemeMenu(QMenu* menu) {
    auto* modes = new QActionGroup(this);
    const auto mode = [this, menu, modes](const char* name, const QString& text, Theme::Mode target) {
        QAction* made = add(menu, {name, text, {}, {}, {}}, [this, target] { setTheme(target); });
        made->setCheckable(true);
        made->setChecked(m_settings.theme() == target);
        modes->addAction(made);
    };
    mode("view.themeDark", tr("&Dark"), Theme::Mode::Dark);
    mode("view.themeLight", tr("&Light"), Theme::Mode::Light);
    mode("view.themeSystem", tr("As the &desktop"), Theme::Mode::System);
    add(menu,
        {"view.switchTheme",
         tr("&Switch light and dark"),
         "theme",
         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T)},
         {}},
        [this] {
            const bool dark = !Theme::instance().isDark();
            action(dark ? "view.themeDark" : "view.themeLight")->setChecked(true);
            setTheme(dark ? Theme::Mode::Dark : Theme::Mode::Light);
        });
}

void MainWindow::makeRunMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Run"));
    add(menu, {"run.toggle", tr("&Run"), "play", {QKeySequence(Qt::Key_F5)}, {}}, [this] { m_controller.toggle(); });
    add(menu,
        {"run.stop",
         tr("&Stop"),
         "stop",
         {QKeySequence(Qt::SHIFT | Qt::Key_F5)},
         tr("Finish the step, save, and rest")},
        [this] { m_controller.stop(); });
    add(menu,
        {"run.restart",
         tr("&New run"),
         "restart",
         {QKeySequence(Qt::CTRL | Qt::Key_F5)},
         tr("Start again from fresh weights; the old run stays on disk")},
        [this] { m_controller.restart(); });
    menu->addSeparator();
    add(menu,
        {"run.stepInstruction",
         tr("Step one &op"),
         "step-op",
         {QKeySequence(Qt::Key_F11)},
         tr("Run a single operation")},
        [this] { m_controller.stepInstruction(); });
    add(menu,
        {"run.stepBatch",
         tr("Step one &batch"),
         "step-batch",
         {QKeySequence(Qt::Key_F10)},
         tr("Forward, backward and update of one batch")},
        [this] { m_controller.stepBatch(); });
    add(menu,
        {"run.stepEpoch",
         tr("Step one &epoch"),
         "step-epoch",
         {QKeySequence(Qt::SHIFT | Qt::Key_F10)},
         tr("Train to the end of the epoch")},
        [this] { m_controller.stepEpoch(); });
    menu->addSeparator();
    add(menu,
        {"run.learningRate",
         tr("Change &learning rate…"),
         "sliders",
         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L)},
         {}},
        [this] {
            if (m_place == Place::Start) show(Place::Train);
            m_runBar->editLearningRate();
        });
    QAction* edits = menu->addAction(tr("Take over &changes while training"));
    edits->setObjectName("run.edits");
    edits->setToolTip(
        tr("What is changed in the drawing or the settings reaches the run at its next step; every weight that still "
           "fits is kept, and the journal notes it. Off: the next Run begins anew"));
    edits->setCheckable(true);
    edits->setChecked(m_settings.editsWhileTraining());
    m_actions.insert("run.edits", edits);
    connect(edits, &QAction::toggled, this, [this](bool on) { m_settings.setEditsWhileTraining(on); });
    add(menu, {"run.save", tr("Save run &now"), {}, {}, tr("Write a checkpoint of the present state")}, [this] {
        m_session.save();
        m_toast->say(tr("Saving the run"));
    });
    add(menu, {"run.longer", tr("Train as many epochs &again"), {}, {}, tr("Plan as many epochs again and go on")},
        [this] { m_controller.trainLonger(); });
}

void MainWindow::makeHelpMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Help"));
    add(menu, {"help.open", tr("&First steps"), "help", {QKeySequence(Qt::Key_F1)}, tr("Help")},
        [this] { showHelp("first-steps"); });
    for (const HelpViewer::Page& page : HelpViewer::pages(m_document.baseCatalogue())) {
        if (page.name == "first-steps" || page.name.startsWith("op:")) continue;
        menu->addAction(page.title, this, [this, name = page.name] { showHelp(name); });
    }
    menu->addAction(tr("All &layers"), this,
                    [this] { showHelp("op:" + QString::fromStdString(m_document.catalogue().ops().front().name)); });
    menu->addSeparator();
    add(menu, {"help.about", tr("&About Gradlens"), "info", {}, {}}, [this] { showAbout(); });
}

void MainWindow::showHelp(const QString& page) {
    if (!m_help) {
        m_help = new HelpViewer(m_document.baseCatalogue(), this);
        m_help->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_help->open(page);
    m_help->show();
    m_help->raise();
    m_help->activateWindow();
}

void MainWindow::showAbout() {
    QMessageBox box(this);
    box.setWindowTitle(tr("About Gradlens"));
    box.setIconPixmap(Theme::instance().icon("gradlens").pixmap(QSize(56, 56), devicePixelRatioF()));
    box.setText(QStringLiteral("<b>Gradlens %1</b>").arg(QApplication::applicationVersion()));
    box.setInformativeText(tr("A visual training debugger for neural networks.<br>Free software under the GNU General "
                              "Public License, version 3 or later.<br>"
                              "Built with Qt %1.")
                               .arg(qVersion()));
    box.exec();
}

QList<Command> MainWindow::commands() {
    QList<Command> list;
    for (QAction* top : menuBar()->actions())
        for (QAction* entry : top->menu() ? top->menu()->actions() : QList<QAction*>()) {
            const QList<QAction*> leaves =
                entry->menu() && entry->menu() != m_recentMenu ? entry->menu()->actions() : QList<QAction*>{entry};
            for (QAction* leaf : leaves) {
                if (leaf->isSeparator() || leaf->menu() || leaf->objectName() == "view.palette") continue;
                QString group = top->text().remove('&');
                if (entry->menu()) group += " · " + entry->text().remove('&');
                const QString keys = leaf->shortcut().isEmpty() ? leaf->property("keys").toString()
                                                                : leaf->shortcut().toString(QKeySequence::NativeText);
                const QString title = leaf->text().remove('&').section('\t', 0, 0);
                list.append({title, group, keys, leaf->icon(), leaf->isEnabled(), [leaf] { leaf->trigger(); }});
            }
        }
    for (const QString& path : m_settings.recentProjects())
        list.append(
            {QFileInfo(path).completeBaseName(), tr("Open"), {}, Theme::instance().icon("file"), true, [this, path] {
                 m_files->open(path);
             }});
    for (const Node& node : m_document.graph().nodes())
        list.append({QString::fromStdString(node.name), tr("Go to"), QString::fromStdString(node.op),
                     Theme::instance().icon("node"), true, [this, id = node.id] {
                         if (m_place == Place::Start) show(Place::Design);
                         m_document.selection().select(id);
                         m_workspaces.reveal(id);
                     }});
    for (const OpDefinition* op : listedOps(m_document.offered())) {
        const QString name = QString::fromStdString(op->name);
        list.append({name, tr("Add layer"), QString::fromStdString(op->category), Theme::instance().icon("plus"), true,
                     [this, name] {
                         show(Place::Design);
                         if (const NodeId added = m_document.appendNode(name); added != NodeId::None)
                             m_workspaces.reveal(added);
                     }});
    }
    for (const HelpViewer::Page& page : HelpViewer::pages(m_document.baseCatalogue()))
        list.append({page.title, tr("Help"), {}, Theme::instance().icon("help"), true, [this, name = page.name] {
                         showHelp(name);
                     }});
    return list;
}

void MainWindow::openPalette() {
    m_palette->open(commands());
}

}  // namespace gradlens
