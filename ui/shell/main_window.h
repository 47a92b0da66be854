// SPDX-License-Identifier: GPL-3.0-or-later
// The window: rail, run bar, workspaces, messages, status line; and what joins them to the document, the session and
// the files. Workspaces are made when first shown, so that the window is up at once. GUI thread.
#pragma once
#include "core/train/trainer.h"
#include "ui/models/design_document.h"
#include "ui/models/user_blocks.h"
#include "ui/session/session.h"
#include "ui/shell/app_settings.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/layout_keeper.h"
#include "ui/shell/project_files.h"
#include "ui/shell/run_controller.h"
#include "ui/shell/workspaces.h"

#include <QHash>
#include <QMainWindow>
#include <QPointer>

class QAction;
class QActionGroup;
class QMenu;
class QStackedWidget;

namespace gradlens {

class BannerArea;
class CanvasActions;
class Exporter;
class HelpViewer;
class RunBar;
class StartPage;
class StatusLine;
class Toast;
class WorkspaceRail;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    struct Options {
        QString settingsFolder;  // empty: the user's own
        QString runsFolder;      // not empty: overrides the setting
        int threads = 0;
    };
    explicit MainWindow(const Options& options);
    MainWindow() : MainWindow(Options()) {}
    ~MainWindow() override;

    DesignDocument& document() { return m_document; }
    Session& session() { return m_session; }
    RunController& controller() { return m_controller; }
    ProjectFiles& files() { return *m_files; }
    Exporter& exporter() { return *m_exporter; }
    BannerArea& banners() { return *m_banners; }
    Workspaces& workspaces() { return m_workspaces; }
    AppSettings& settings() { return m_settings; }

    bool openProject(const QString& path) { return m_files->open(path); }
    bool openExample(const QString& path) { return m_files->openExample(path); }
    void show(Place place);
    using QMainWindow::show;
    Place place() const { return m_place; }
    void showHelp(const QString& page);
    // Every action there is, by object name ("run.toggle"); null when there is none.
    QAction* action(const QString& name) const { return m_actions.value(name); }

protected:
    void closeEvent(QCloseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct ActionSpec {
        QByteArray name;
        QString text;
        QString icon;
        QList<QKeySequence> keys;
        QString tip;
    };
    QAction* add(QMenu* menu, const ActionSpec& spec, const std::function<void()>& run);
    QAction* addCanvas(QMenu* menu, ActionSpec spec, QAction* CanvasActions::*asked, const char* textSlot = nullptr);
    void askCanvas(QAction* CanvasActions::*asked, bool arranges = false);
    void makeFileMenu();
    void makeTemplateMenu(QMenu* menu);
    void makeExportMenu(QMenu* menu);
    void makeEditMenu();
    void makeArrangeMenu();
    void makeBlocksMenu();
    void makeViewMenu();
    void addPreview(QMenu* menu);
    void makeThemeMenu(QMenu* menu);
    void makeRunMenu();
    void makeHelpMenu();
    void fillRecentMenu();
    void compose();
    void connectParts();
    void restoreLayout();
    void saveLayout();
    void resetLayout();
    void setTheme(Theme::Mode mode);
    void setReducedMotion(bool reduced);
    void projectReplaced();
    void sayLibraryFaults();
    void offerRuns();
    void offerInterrupted();
    void askToCloseUnsaved(const QString& reason);
    void openInterrupted(const QString& runFolder);
    void chooseRunsFolder();
    void refreshTitle();
    void refreshActions();
    void openPalette();
    QList<Command> commands();
    QList<Command> templateCommands();
    void inspect(NodeId node);
    void showAbout();
    bool editText(const char* slot);

    AppSettings m_settings;
    TrainerOptions m_trainerOptions;
    UserBlocks m_userBlocks;
    DesignDocument m_document;
    Session m_session;
    RunController m_controller;
    Workspaces m_workspaces;
    LayoutKeeper m_layout;
    QByteArray m_builtDesign;  // the Design panels before the user moved them
    ProjectFiles* m_files;
    Exporter* m_exporter;
    QHash<QString, QAction*> m_actions;
    QHash<int, QWidget*> m_places;
    Place m_place = Place::Start;
    bool m_savedForClosing = false;  // nothing is left to ask or to save
    WorkspaceRail* m_rail = nullptr;
    RunBar* m_runBar = nullptr;
    BannerArea* m_banners = nullptr;
    QStackedWidget* m_stack = nullptr;
    StartPage* m_start = nullptr;
    StatusLine* m_status = nullptr;
    Toast* m_toast = nullptr;
    CommandPalette* m_palette = nullptr;
    QMenu* m_recentMenu = nullptr;
    QPointer<HelpViewer> m_help;
};

}  // namespace gradlens
