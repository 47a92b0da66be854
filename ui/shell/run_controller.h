// SPDX-License-Identifier: GPL-3.0-or-later
// What the run buttons mean for the project that is open: begin a run, go on with it, or begin anew because the drawing
// changed; what trainer events mean for the user. GUI thread; never waits.
#pragma once
#include "ui/session/session.h"
#include "ui/shell/app_settings.h"
#include "ui/widgets/banner.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

namespace gradlens {

class DesignDocument;
struct RunInfo;

class RunController : public QObject {
    Q_OBJECT
public:
    RunController(DesignDocument& document, Session& session, AppSettings& settings, QObject* parent = nullptr);

    // Relative paths of the dataset start here; the folder of the project's file, or of the example it came from.
    void setProjectFolder(const QString& folder) { m_projectFolder = folder; }

    bool isBusy() const;  // running, validating or preparing
    // A run is there, and the drawing or settings have changed since in a way that it cannot take over, or not yet.
    bool isStale() const;
    bool hasRun() const { return m_started.has_value(); }
    bool isDone() const;  // all planned epochs

public slots:
    void toggle();  // pause when running, else run
    void run();
    void pause();
    void stepInstruction();
    void stepBatch();
    void stepEpoch();
    void stop();
    void stepBatches(qint64 batches);
    void restart();      // always a new run; the old one stays on disk
    void trainLonger();  // plans as many epochs again and runs

public:
    // Goes on with a run on disk. The document must hold the run's project.
    void resume(const QString& runFolder);
    // Another project was opened: ends the run (autosaved).
    void forget();
    // Runs of the open project that ended before all epochs were done, latest first.
    QList<RunInfo> resumable() const;
    // The latest run of a project of this name and folder that was cut off with another drawing than the open one.
    std::optional<RunInfo> interruptedWithOtherDrawing() const;
    // Saves the run if it holds anything that is not on the disk; saved() or saveFailed() follows. False: nothing to
    // save.
    bool saveBeforeClosing();

signals:
    void message(const gradlens::BannerMessage& message);
    void messageOver(const QString& key);
    void said(const QString& text);  // for a toast
    void problemsFound(const std::vector<gradlens::Problem>& problems);
    void stateChanged();  // isStale(), hasRun(), isDone()
    void saved();         // after saveBeforeClosing()
    void saveFailed(const QString& reason);

private:
    void withRun(const std::function<void()>& command);
    void begin(const QString& runFolder, std::function<void()> whenPrepared);
    bool checkDrawing();
    QString newRunFolder() const;
    void handle(const TrainerEvent& event);
    void reportProblems(const std::vector<Problem>& problems);
    void reportNonFinite(const TrainerEvent& event);
    void refreshStale();
    bool canTakeOver() const;
    bool takeOver();
    void reportEdited(const TrainerEvent& event);

    DesignDocument& m_document;
    Session& m_session;
    AppSettings& m_settings;
    QString m_projectFolder;
    std::optional<Project> m_started;      // the project of the run there is
    std::function<void()> m_whenPrepared;  // what was asked for while it prepared
    QTimer m_takeOver;                     // edits that come quickly one after another reach the run as one
    std::optional<Project> m_takenOver;    // handed to the run; it has not answered yet
    bool m_closing = false;
    bool m_stale = false;
    bool m_failed = false;  // the run could not be prepared
    bool m_sayRestarted = false;
    bool m_problemsShown = false;  // gone with the next edit
};

}  // namespace gradlens
