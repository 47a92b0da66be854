// SPDX-License-Identifier: GPL-3.0-or-later
// What looking costs: trains the Fashion-MNIST CNN headless and in the real window in turn, and tells how fast the
// window comes up, how long its event loop takes to answer, and how much slower training is while it is watched.
//   bench_gui [--seconds S] [--rounds N] [--workspace train|inspect|design|start]     (QT_QPA_PLATFORM=offscreen
//   without a display)
#include "core/io/project.h"
#include "core/io/resources.h"
#include "core/train/trainer.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

namespace {
using namespace gradlens;
using Clock = std::chrono::steady_clock;

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

double percentile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values.empty() ? 0
                          : values[std::min(values.size() - 1,
                                            static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

// Posts an event every five milliseconds from a thread of its own and notes how long each waited, in milliseconds.
class LatencyMeter {
public:
    LatencyMeter() : m_thread([this] { post(); }) {}
    ~LatencyMeter() {
        m_stop = true;
        m_thread.join();
        QCoreApplication::removePostedEvents(&m_receiver);
    }
    const std::vector<double>& waits() const { return m_waits; }

private:
    void post() {
        while (!m_stop) {
            const auto sent = Clock::now();
            QMetaObject::invokeMethod(
                &m_receiver,
                [this, sent] {
                    m_waits.push_back(std::chrono::duration<double, std::milli>(Clock::now() - sent).count());
                },
                Qt::QueuedConnection);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    QObject m_receiver;
    std::vector<double> m_waits;  // GUI thread
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

void runEventLoop(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

// Processor time of the calling thread, in seconds.
double threadSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Steps a second over `seconds`, after one second to warm up. `status` tells the step; the event loop runs meanwhile.
template <class Status>
double speed(Status status, int seconds) {
    runEventLoop(1000);
    const std::int64_t first = status().step;
    QElapsedTimer timer;
    timer.start();
    runEventLoop(1000 * seconds);
    return static_cast<double>(status().step - first) / (static_cast<double>(timer.nsecsElapsed()) / 1e9);
}

double headless(const QString& project, int seconds) {
    Trainer trainer({0, findResources()});
    Project loaded = loadProject(project.toStdString(), opCatalogue());
    loaded.training.epochs = 1000;
    trainer.prepare(loaded, {}, {});
    trainer.run();
    while (trainer.status().phase != TrainerPhase::Running) runEventLoop(10);
    return speed([&] { return trainer.status(); }, seconds);
}
}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({{"seconds", "Seconds of each measurement", "S", "8"},
                       {"rounds", "Rounds", "N", "3"},
                       {"workspace", "Workspace to look at", "W", "train"}});
    parser.process(application);
    const int seconds = parser.value("seconds").toInt(), rounds = parser.value("rounds").toInt();
    const QString project =
        QString::fromStdString((findResources() / "examples" / "fashion-mnist-cnn.gradlens").string());
    Theme::instance().apply(application, Theme::Mode::Dark);

    std::vector<double> alone, watched, startup, waits, busy;
    for (int round = 0; round < rounds; ++round) {
        alone.push_back(headless(project, seconds));
        const QTemporaryDir folder;
        MainWindow::Options options;
        options.settingsFolder = folder.filePath("settings");
        options.runsFolder = folder.filePath("runs");
        QElapsedTimer timer;
        timer.start();
        MainWindow window(options);
        window.resize(1440, 900);
        window.show();
        if (!QTest::qWaitForWindowExposed(&window)) return 1;
        QApplication::processEvents();
        startup.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e9);
        if (!window.openProject(project)) return 1;
        const QString workspace = parser.value("workspace");
        window.show(workspace == "inspect"  ? Place::Inspect
                    : workspace == "design" ? Place::Design
                    : workspace == "start"  ? Place::Start
                                            : Place::Train);
        window.action("run.toggle")->trigger();
        while (window.session().status().phase != TrainerPhase::Running) runEventLoop(10);
        const double busyBefore = threadSeconds();
        QElapsedTimer whole;
        whole.start();
        watched.push_back(speed([&] { return window.session().status(); }, seconds));
        busy.push_back((threadSeconds() - busyBefore) / (static_cast<double>(whole.nsecsElapsed()) / 1e9));
        // Apart: the meter's own events wake the thread two hundred times a second.
        const LatencyMeter meter;
        runEventLoop(1000 * seconds);
        waits.insert(waits.end(), meter.waits().begin(), meter.waits().end());
    }
    std::vector<double> ratios;
    for (std::size_t i = 0; i < alone.size(); ++i) ratios.push_back(alone[i] / watched[i]);
    std::printf("window up          %.3f s\n", median(startup));
    std::printf("headless           %.2f steps/s\n", median(alone));
    std::printf("in the window      %.2f steps/s, time a step x %.3f\n", median(watched), median(ratios));
    std::printf("GUI thread         %.1f %% of a core\n", 100 * median(busy));
    std::printf("event loop         median %.2f ms, 99th percentile %.2f ms, longest %.2f ms (%zu events)\n",
                median(waits), percentile(waits, 0.99), percentile(waits, 1.0), waits.size());
    return 0;
}
