// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/capture.h"

#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "ui/shell/main_window.h"
#include "ui/shell/number_text.h"
#include "ui/shell/paths.h"
#include "ui/shell/progress_line.h"
#include "ui/shell/resources_folder.h"
#include "ui/widgets/banner.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QThread>

#include <algorithm>

namespace gradlens {
namespace {

constexpr int kSettleMilliseconds = 400;  // for lenses and charts to take the last results
constexpr int kPrepareSeconds = 300;

void settle(int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds) {
        QApplication::processEvents(QEventLoop::AllEvents, 10);
        QThread::msleep(4);
    }
}

// What went wrong, if a banner of an error is up.
void throwBanner(MainWindow& window) {
    for (const BannerMessage& message : window.banners().messages())
        if (message.kind == BannerMessage::Kind::Error)
            throw Error(message.title.chopped(message.title.endsWith('.') ? 1 : 0).toStdString(), {},
                        message.text.toStdString());
}

void open(MainWindow& window, const QString& project) {
    if (!project.isEmpty()) {
        window.openProject(project);
    } else {
        const bool fashion = QFileInfo::exists("/usr/share/datasets/fashion-mnist");
        window.openExample(exampleFile(fashion ? "fashion-mnist-cnn" : "digits-mlp"));
    }
    throwBanner(window);
}

std::string progressNote(const TrainerStatus& status) {
    std::string note = "loss " + lossText(status.trainLoss).toStdString();
    if (status.samplesPerSecond > 0) note += ", " + rateText(status.samplesPerSecond).toStdString();
    return note;
}

void train(MainWindow& window, std::int64_t steps) {
    ProgressLine progress;
    Session& session = window.session();
    QElapsedTimer timer;
    timer.start();
    // The planned epochs, or early stopping, may end it before.
    bool finished = false;
    QObject::connect(&session, &Session::eventArrived, &window, [&](const TrainerEvent& event) {
        finished = finished || event.kind == TrainerEvent::Kind::Finished;
    });
    window.controller().stepBatches(steps);
    while (!finished) {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
        throwBanner(window);
        const TrainerStatus& status = session.status();
        if (status.totalSteps > 0) {
            if (status.step > 0) progress.show(std::min(status.step, steps), steps, progressNote(status));
            if (status.step >= steps && status.phase == TrainerPhase::Paused) break;
        } else if (timer.elapsed() > kPrepareSeconds * 1000) {
            throw Error("the run was not ready after " + std::to_string(kPrepareSeconds) + " seconds");
        }
        QThread::msleep(4);
    }
    progress.done();
}

// A layer worth looking at: the first with parameters and a picture to show, else the first node.
NodeId nodeToInspect(const DesignDocument& document) {
    NodeId best = NodeId::None;
    for (const NodeAnalysis& node : document.analysis().nodes) {
        if (best == NodeId::None) best = node.id;
        if (node.parameterCount() > 0) return node.id;
    }
    return best;
}

}  // namespace

QStringList capture(const CaptureOptions& options) {
    if (!options.project.isEmpty())
        loadProject(toPath(options.project), drawingCatalogue());  // throws what is wrong with it
    if (!QDir().mkpath(options.folder))
        throw Error("cannot make the folder for the pictures", options.folder.toStdString(),
                    "Give a folder you may write to");
    QTemporaryDir scratch;
    if (!scratch.isValid())
        throw Error("cannot make a temporary folder", scratch.path().toStdString(), "Free some space or set TMPDIR");
    MainWindow::Options windowOptions;
    windowOptions.settingsFolder = scratch.path();
    windowOptions.threads = options.threads;
    Theme::instance().apply(*qApp, options.theme);
    MainWindow window(windowOptions);
    window.resize(options.size);
    window.show();
    settle(100);

    QStringList written;
    const auto picture = [&](const QString& name) {
        settle(kSettleMilliseconds);
        const QString path = QDir(options.folder).absoluteFilePath(name + ".png");
        if (!window.grab().save(path))
            throw Error("cannot write a picture", path.toStdString(), "Is the disk full, or the folder read-only");
        written.append(path);
    };
    picture("start");
    open(window, options.project);
    window.document().selection().select(nodeToInspect(window.document()));
    // Made before training, so that their probes have something to show at the end.
    window.show(Place::Inspect);
    window.show(Place::Train);
    window.show(Place::Design);
    settle(50);
    window.show(Place::Inspect);
    train(window, options.steps);
    picture("inspect");
    window.show(Place::Train);
    picture("train");
    window.show(Place::Design);
    window.workspaces().showFromTop(Place::Design);
    picture("design");
    return written;
}

}  // namespace gradlens
