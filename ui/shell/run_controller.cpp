// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_controller.h"

#include "core/train/journal_replay.h"
#include "core/train/run_folder.h"
#include "ui/models/design_document.h"
#include "ui/models/words.h"
#include "ui/shell/number_text.h"
#include "ui/shell/paths.h"

#include <QDateTime>
#include <QDir>
#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace gradlens {
namespace {

const QString kRunMessage = QStringLiteral("run");  // at most one message about the run at a time

QString fileStem(const QString& name) {
    static const QRegularExpression unfit(QStringLiteral("[^A-Za-z0-9._-]+"));
    QString stem = name.toLower();
    stem.replace(unfit, "-");
    while (stem.startsWith('-') || stem.startsWith('.')) stem.remove(0, 1);
    stem.truncate(48);
    return stem.isEmpty() ? QStringLiteral("run") : stem;
}

}  // namespace

RunController::RunController(DesignDocument& document, Session& session, AppSettings& settings, QObject* parent)
    : QObject(parent), m_document(document), m_session(session), m_settings(settings) {
    connect(&m_session, &Session::eventArrived, this, &RunController::handle);
    connect(&m_document, &DesignDocument::projectChanged, this, &RunController::refreshStale);
    constexpr int kQuiet = 250;  // milliseconds without another edit
    m_takeOver.setSingleShot(true);
    m_takeOver.setInterval(kQuiet);
    connect(&m_takeOver, &QTimer::timeout, this, &RunController::takeOver);
}

bool RunController::isBusy() const {
    const TrainerPhase phase = m_session.status().phase;
    return m_whenPrepared || phase == TrainerPhase::Running || phase == TrainerPhase::Evaluating ||
           phase == TrainerPhase::Preparing;
}

bool RunController::isStale() const {
    return m_stale;
}

bool RunController::isDone() const {
    const TrainerStatus& status = m_session.status();
    return m_started && status.totalSteps > 0 && status.step >= status.totalSteps &&
           status.phase == TrainerPhase::Paused;
}

void RunController::toggle() {
    if (isBusy())
        pause();
    else
        run();
}

void RunController::run() {
    if (isDone() && !m_stale) {
        const auto epochs = m_document.project().training.epochs;
        emit message({BannerMessage::Kind::Good,
                      tr("All %1 planned epochs are done.").arg(epochs),
                      tr("Train on from here, or start again from fresh weights."),
                      {},
                      {{tr("Train %1 more").arg(counted(epochs, tr("epoch"))), [this] { trainLonger(); }},
                       {tr("New run"), [this] { restart(); }}},
                      kRunMessage});
        return;
    }
    withRun([this] { m_session.run(); });
}

void RunController::pause() {
    m_whenPrepared = nullptr;
    m_session.pause();
}

void RunController::stepInstruction() {
    withRun([this] { m_session.stepInstruction(); });
}

void RunController::stepBatch() {
    stepBatches(1);
}

void RunController::stepBatches(qint64 batches) {
    withRun([this, batches] { m_session.stepBatch(batches); });
}

void RunController::stepEpoch() {
    withRun([this] { m_session.stepEpoch(); });
}

void RunController::stop() {
    m_whenPrepared = nullptr;
    m_session.stop();
}

void RunController::restart() {
    if (!checkDrawing()) return;
    m_sayRestarted = m_started.has_value();
    begin(newRunFolder(), [this] { m_session.run(); });
}

void RunController::trainLonger() {
    if (!m_started) return;
    const TrainerStatus& status = m_session.status();
    const std::int64_t done =
        status.stepsPerEpoch > 0 ? (status.step + status.stepsPerEpoch - 1) / status.stepsPerEpoch : 0;
    m_session.setEpochs(done + std::max<std::int64_t>(1, m_document.project().training.epochs));
    m_session.run();
}

void RunController::resume(const QString& runFolder) {
    begin(runFolder, [] {});
}

void RunController::forget() {
    m_session.close();
    m_started.reset();
    m_takenOver.reset();
    m_whenPrepared = nullptr;
    m_failed = false;
    emit messageOver(kRunMessage);
    refreshStale();
    emit stateChanged();
}

QList<RunInfo> RunController::resumable() const {
    QList<RunInfo> found;
    for (const RunInfo& run : listRuns(toPath(m_settings.runsFolder()))) {
        if (run.finished || run.step <= 0 || (run.totalSteps > 0 && run.step >= run.totalSteps)) continue;
        try {
            if (sameTraining(projectToResume(run.folder), m_document.project())) found.append(run);
        } catch (const std::exception&) {
            // A run whose project cannot be read is not ours to offer.
        }
    }
    return found;
}

std::optional<RunInfo> RunController::interruptedWithOtherDrawing() const {
    const std::filesystem::path folder = toPath(m_projectFolder);
    for (const RunInfo& run : listRuns(toPath(m_settings.runsFolder())))
        if (run.interrupted && run.step > 0 && run.projectFolder == folder &&
            QString::fromStdString(run.name) == m_document.displayName())
            return run;
    return std::nullopt;
}

bool RunController::saveBeforeClosing() {
    const TrainerStatus& status = m_session.status();
    const bool unsaved = m_session.isPrepared() && !status.runFolder.empty() &&
                         (status.phase == TrainerPhase::Running || status.savedStep != status.step);
    if (!unsaved) return false;
    m_closing = true;
    m_session.stop();
    return true;
}

// Data, seed and precision belong to a run from its first step on.
bool RunController::canTakeOver() const {
    const Project& now = m_document.project();
    return m_started && !m_failed && !m_whenPrepared && m_session.isPrepared() && !isDone() &&
           m_settings.editsWhileTraining() && now.data == m_started->data &&
           now.training.seed == m_started->training.seed && now.training.precision == m_started->training.precision;
}

// Hands the drawing as it is now to the run, if it is sound; otherwise the run goes on as it was.
bool RunController::takeOver() {
    m_takeOver.stop();
    if (!m_stale || !canTakeOver() || !m_document.rootAnalysis().valid()) return false;
    m_takenOver = m_document.project();
    m_session.edit(*m_takenOver);
    return true;
}

void RunController::reportEdited(const TrainerEvent& event) {
    if (!m_takenOver) return;
    m_started = std::exchange(m_takenOver, std::nullopt);
    const QString from = groupedText(event.step);
    emit said(event.message.empty() ? tr("The run goes on with the change from step %1; all weights are kept").arg(from)
                                    : tr("The run goes on with the change from step %1; new weights: %2")
                                          .arg(from, QString::fromStdString(event.message)));
    refreshStale();
}

void RunController::withRun(const std::function<void()>& command) {
    if (m_whenPrepared) {
        m_whenPrepared = command;
        return;
    }
    // What was changed while the run rested goes before the command; both are carried out in order.
    if (m_stale && !m_takenOver && canTakeOver() && checkDrawing()) takeOver();
    const bool fresh = !m_started || m_failed || (m_stale && !m_takenOver);
    if (!fresh) {
        emit messageOver(kRunMessage);
        command();
        return;
    }
    if (!checkDrawing()) return;
    m_sayRestarted = m_started.has_value() && m_stale;
    begin(newRunFolder(), command);
}

void RunController::begin(const QString& runFolder, std::function<void()> whenPrepared) {
    emit messageOver(kRunMessage);
    m_document.setRunProblems({});
    m_started = m_document.project();
    m_takenOver.reset();
    m_failed = false;
    m_whenPrepared = std::move(whenPrepared);
    m_session.prepare(*m_started, m_projectFolder, runFolder);
    refreshStale();
    emit stateChanged();
}

bool RunController::checkDrawing() {
    const GraphAnalysis& analysis = m_document.rootAnalysis();
    if (analysis.valid()) return true;
    reportProblems(analysis.problems);
    return false;
}

QString RunController::newRunFolder() const {
    const QString stem = m_settings.runsFolder() + "/" + fileStem(m_document.displayName()) + "-" +
                         QDateTime::currentDateTime().toString("yyyyMMdd-HHmmss");
    QString folder = stem;
    for (int i = 2; QFileInfo::exists(folder); ++i) folder = stem + "-" + QString::number(i);
    return folder;
}

void RunController::handle(const TrainerEvent& event) {
    using Kind = TrainerEvent::Kind;
    switch (event.kind) {
        case Kind::Prepared: {
            if (m_sayRestarted) emit said(tr("The project changed: a new run has begun"));
            m_sayRestarted = false;
            if (const auto next = std::exchange(m_whenPrepared, nullptr)) next();
            break;
        }
        case Kind::Edited:
            reportEdited(event);
            break;
        case Kind::NonFinite:
            reportNonFinite(event);
            break;
        case Kind::Error: {
            const QString text = QString::fromStdString(event.message);
            if (std::exchange(m_closing, false)) {
                emit saveFailed(text);
                break;
            }
            // Nothing that was asked for will come of a run that could not be prepared.
            const bool neverBegan = std::exchange(m_whenPrepared, nullptr) != nullptr;
            m_failed = m_failed || neverBegan;
            const bool refused = std::exchange(m_takenOver, std::nullopt).has_value();
            emit message({BannerMessage::Kind::Error,
                          neverBegan ? tr("The run cannot start")
                          : refused  ? tr("The run cannot take over the change; it goes on as it was")
                                     : tr("Training stopped"),
                          text,
                          {},
                          {{tr("Try again"), [this] { run(); }}},
                          kRunMessage});
            break;
        }
        case Kind::Problems:
            if (std::exchange(m_whenPrepared, nullptr)) m_failed = true;
            m_takenOver.reset();
            m_document.setRunProblems(event.problems);
            reportProblems(event.problems);
            break;
        case Kind::Finished:
            emit said(
                tr("Training is done: validation accuracy %1").arg(percentText(m_session.status().validationAccuracy)));
            break;
        case Kind::Saved:
            if (std::exchange(m_closing, false)) emit saved();
            break;
        case Kind::Evaluated:
        case Kind::Paused:
        case Kind::Hashed:
            break;
    }
    emit stateChanged();
}

void RunController::reportProblems(const std::vector<Problem>& problems) {
    const auto isError = [](const Problem& problem) { return problem.severity == Severity::Error; };
    const auto first = std::find_if(problems.begin(), problems.end(), isError);
    if (first == problems.end()) return;
    m_problemsShown = true;
    const auto others = std::count_if(problems.begin(), problems.end(), isError) - 1;
    QString text = QString::fromStdString(first->message);
    if (!first->hint.empty()) text += "\n" + QString::fromStdString(first->hint);
    if (others > 0) text += "\n" + tr("%1 more in the list.").arg(counted(others, tr("problem")));
    emit message({BannerMessage::Kind::Error,
                  tr("The drawing cannot run yet."),
                  text,
                  {},
                  {{tr("Show problem"), [this, problems] { emit problemsFound(problems); }}},
                  kRunMessage});
}

void RunController::reportNonFinite(const TrainerEvent& event) {
    const QString said = QString::fromStdString(event.message);
    emit message(
        {BannerMessage::Kind::Error,
         tr("The loss became %1 at step %2: training is paused.")
             .arg(lossText(m_session.status().trainLoss), groupedText(event.step)),
         (said.isEmpty() ? QString() : said + "\n") +
             tr("A lower learning rate is the usual cure. Open a node in Inspect to see where values grew too large."),
         {},
         {{tr("New run"), [this] { restart(); }}},
         kRunMessage});
}

void RunController::refreshStale() {
    if (std::exchange(m_problemsShown, false)) emit messageOver(kRunMessage);
    const bool stale = m_started && !sameTraining(*m_started, m_document.project());
    const std::int64_t epochs = m_document.project().training.epochs;
    if (m_started && !stale && epochs != m_started->training.epochs) {
        // How long to train is no part of what is trained: the run takes it over as it goes.
        m_started->training.epochs = epochs;
        m_session.setEpochs(epochs);
    }
    m_takeOver.stop();
    const bool rests = m_session.status().phase == TrainerPhase::Paused;
    if (stale && !rests && canTakeOver()) m_takeOver.start();
    if (stale == m_stale) return;
    m_stale = stale;
    emit stateChanged();
}

}  // namespace gradlens
