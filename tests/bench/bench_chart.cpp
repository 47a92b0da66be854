// SPDX-License-Identifier: GPL-3.0-or-later
// Ten runs of a million points each in one chart: what a frame costs while it is panned, and what taking the points in
// and smoothing them costs. Draws into memory; needs no display. Times are of the thread's processor time: others may
// be at work.
#include "ui/theme/theme.h"
#include "ui/train/scalar_chart.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

using namespace gradlens;

namespace {
constexpr int kSeries = 10;
constexpr int kFrames = 60;

struct Times {
    std::vector<double> milliseconds;
    double at(double share) {
        std::sort(milliseconds.begin(), milliseconds.end());
        return milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
    }
    void print(const char* what) { std::printf("%-44s median %7.2f ms   95%% %7.2f ms\n", what, at(0.5), at(0.95)); }
};

class Timer {
public:
    double milliseconds() const { return now() - m_start; }

private:
    static double now() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
    }
    double m_start = now();
};

std::shared_ptr<ScalarLog> runs(int points) {
    auto log = std::make_shared<ScalarLog>();
    std::uint32_t random = 12345;
    for (int s = 0; s < kSeries; ++s) {
        ScalarSeries& series = log->series("run" + std::to_string(s) + "/loss");
        for (int i = 0; i < points; ++i) {
            random = random * 1664525u + 1013904223u;
            const double noise = static_cast<double>(random) / 4294967296.0;
            series.append({i, 0.001 * i, 0.2 + 0.1 * s + 2.0 * std::exp(-3.0 * i / points) * (0.7 + 0.6 * noise)});
        }
    }
    return log;
}

void mouse(ChartCanvas& canvas, QEvent::Type type, QPointF at, Qt::MouseButton button, Qt::MouseButtons held) {
    QMouseEvent event(type, at, canvas.viewport()->mapToGlobal(at), button, held, Qt::NoModifier);
    QCoreApplication::sendEvent(canvas.viewport(), &event);
}

// Frames while the mouse drags the curves: an event and a whole paint each.
Times pan(ChartCanvas& canvas, QImage& screen) {
    Times times;
    QPointF at = canvas.traceView().plot.center();
    mouse(canvas, QEvent::MouseButtonPress, at, Qt::LeftButton, Qt::LeftButton);
    for (int frame = 0; frame < kFrames; ++frame) {
        const Timer timer;
        at += QPointF(frame % 20 < 10 ? 7 : -7, 0);
        mouse(canvas, QEvent::MouseMove, at, Qt::NoButton, Qt::LeftButton);
        QCoreApplication::processEvents();
        canvas.viewport()->render(&screen);
        times.milliseconds.push_back(timer.milliseconds());
    }
    mouse(canvas, QEvent::MouseButtonRelease, at, Qt::LeftButton, Qt::NoButton);
    return times;
}

void zoom(ChartCanvas& canvas, int clicks) {
    const QPointF at = canvas.traceView().plot.center();
    QWheelEvent event(at, canvas.viewport()->mapToGlobal(at), {}, QPoint(0, 120 * clicks), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(canvas.viewport(), &event);
}

Times takeIn(ScalarChart& chart) {
    Times times;
    const auto busy = [&] {
        for (std::size_t i = 0; i < chart.curveCount(); ++i)
            if (chart.curve(i).busy()) return true;
        return false;
    };
    while (busy()) {
        const Timer timer;
        chart.refresh();
        times.milliseconds.push_back(timer.milliseconds());
    }
    return times;
}
}  // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    Theme::instance().apply(application, Theme::Mode::Dark);
    const int points = argc > 1 ? std::max(1000, std::atoi(argv[1])) : 1'000'000;

    ScalarChart chart(QStringLiteral("Loss"), AxisUnit::Number);
    for (int s = 0; s < kSeries; ++s)
        chart.addCurve({QStringLiteral("run%1/loss").arg(s), QStringLiteral("Run %1").arg(s),
                        [s] { return Theme::instance().series(s); }, false});
    chart.resize(920, 560);
    chart.show();
    QCoreApplication::processEvents();
    chart.setLog(runs(points));
    std::printf("%d series of %d points, plot of %.0f x %.0f pixels\n", kSeries, points,
                chart.canvas().traceView().plot.width(), chart.canvas().traceView().plot.height());
    takeIn(chart).print("taking the points in, a frame");
    QImage screen(chart.canvas().viewport()->size(), QImage::Format_RGB32);
    zoom(chart.canvas(), 2);
    pan(chart.canvas(), screen).print("panning, half the run in view");
    zoom(chart.canvas(), 20);
    pan(chart.canvas(), screen).print("panning, close up");
    chart.canvas().resetZoom();
    chart.setSmoothing(0.9);
    takeIn(chart).print("smoothing, a frame");
    zoom(chart.canvas(), 2);
    pan(chart.canvas(), screen).print("panning, smoothed with the raw curve behind");
    return 0;
}
