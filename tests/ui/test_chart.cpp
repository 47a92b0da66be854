// SPDX-License-Identifier: GPL-3.0-or-later
// The chart as a widget: real events, and the pixels it draws.
#include "ui/theme/theme.h"
#include "ui/train/scalar_chart.h"
#include "ui/train/train_view.h"

#include <QMouseEvent>
#include <QSignalSpy>
#include <QSlider>
#include <QToolButton>
#include <QWheelEvent>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace gradlens;

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::shared_ptr<ScalarLog> logOf(const std::vector<double>& values) {
    auto log = std::make_shared<ScalarLog>();
    ScalarSeries& series = log->series("train/loss");
    for (std::size_t i = 0; i < values.size(); ++i)
        series.append({static_cast<std::int64_t>(i), 0.5 * static_cast<double>(i), values[i]});
    return log;
}

CurveSpec trainCurve() {
    return {QStringLiteral("train/loss"), QStringLiteral("Train"),
            [] { return Theme::instance().color(ThemeColor::Train); }, false};
}

struct Shown {
    explicit Shown(std::shared_ptr<const ScalarLog> log) : chart(QStringLiteral("Loss"), AxisUnit::Number) {
        chart.addCurve(trainCurve());
        chart.resize(700, 320);
        chart.show();
        if (!QTest::qWaitForWindowExposed(&chart)) qFatal("no window");
        chart.setLog(std::move(log));
        while (chart.curve(0).busy()) chart.refresh();
    }
    ChartCanvas& canvas() { return chart.canvas(); }
    QPoint plotPoint(double x, double share = 0.5) {
        const TraceView& view = canvas().traceView();
        return QPoint(static_cast<int>(std::lround(view.toPixelX(x))),
                      static_cast<int>(view.plot.top() + share * view.plot.height()));
    }
    void wheel(QPoint at, int clicks, Qt::KeyboardModifiers keys = Qt::NoModifier) {
        QWheelEvent event(at, canvas().viewport()->mapToGlobal(at), {}, QPoint(0, 120 * clicks), Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(canvas().viewport(), &event);
    }
    // The platform's pointer may already stand there, and then sends nothing.
    void hover(QPoint at) {
        QMouseEvent event(QEvent::MouseMove, at, canvas().viewport()->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                          Qt::NoModifier);
        QCoreApplication::sendEvent(canvas().viewport(), &event);
    }
    QImage picture() { return canvas().viewport()->grab().toImage(); }
    ScalarChart chart;
};

bool nearColor(QRgb pixel, const QColor& color, int slack) {
    return std::abs(qRed(pixel) - color.red()) <= slack && std::abs(qGreen(pixel) - color.green()) <= slack &&
           std::abs(qBlue(pixel) - color.blue()) <= slack;
}

// Pixels of a colour within a rectangle.
int countOf(const QImage& image, const QRectF& area, const QColor& color, int slack = 40) {
    int count = 0;
    const QRect inside = area.toAlignedRect().intersected(image.rect());
    for (int y = inside.top(); y <= inside.bottom(); ++y)
        for (int x = inside.left(); x <= inside.right(); ++x)
            if (nearColor(image.pixel(x, y), color, slack)) ++count;
    return count;
}
}  // namespace

class TestChart : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::instance().apply(*qApp, Theme::Mode::Dark); }

    void aSpikeAmongManyPointsIsDrawnAtEveryZoom() {
        std::vector<double> values(200'000, 1.0);
        values[123'456] = 50;
        Shown shown(logOf(values));
        for (int zoom = 0; zoom < 40; ++zoom) {
            const TraceView& view = shown.canvas().traceView();
            QVERIFY(view.yHigh >= 50);
            const double x = view.toPixelX(123'456), y = view.toPixelY(50);
            const QImage image = shown.picture();
            QVERIFY2(countOf(image, QRectF(x - 3, y - 3, 6, 8), Theme::instance().color(ThemeColor::Train), 90) > 0,
                     qPrintable(QString::number(zoom)));
            if (view.xHigh - view.xLow <= 4.0001) break;
            shown.wheel(shown.plotPoint(123'456), 2);
        }
        QVERIFY(shown.canvas().window().high - shown.canvas().window().low < 10);
    }

    void theWheelKeepsThePointUnderThePointer() {
        Shown shown(logOf(std::vector<double>(1000, 1.0)));
        const QPoint at = shown.plotPoint(300);
        const double before = shown.canvas().traceView().toX(at.x());
        shown.wheel(at, 3);
        QVERIFY(std::abs(shown.canvas().traceView().toX(at.x()) - before) < 1e-6 * 1000);
        QVERIFY(shown.canvas().traceView().xHigh - shown.canvas().traceView().xLow < 600);
    }

    void dragPansByAsMuchAsTheMouseMoves() {
        Shown shown(logOf(std::vector<double>(1000, 1.0)));
        shown.wheel(shown.plotPoint(500), 5);
        const double low = shown.canvas().traceView().xLow;
        const QPoint from = shown.plotPoint(500);
        const double perPixel = (shown.canvas().traceView().xHigh - low) / shown.canvas().traceView().plot.width();
        QTest::mousePress(shown.canvas().viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(shown.canvas().viewport(), from + QPoint(60, 0));
        QTest::mouseRelease(shown.canvas().viewport(), Qt::LeftButton, {}, from + QPoint(60, 0));
        QVERIFY(std::abs(shown.canvas().traceView().xLow - (low - 60 * perPixel)) < perPixel);
    }

    void aDoubleClickShowsEverythingAgain() {
        Shown shown(logOf(std::vector<double>(1000, 1.0)));
        shown.wheel(shown.plotPoint(500), 8);
        shown.wheel(shown.plotPoint(500), 2, Qt::ControlModifier);
        QCOMPARE(shown.canvas().window().mode, ChartWindow::Mode::Fixed);
        QTest::mouseDClick(shown.canvas().viewport(), Qt::LeftButton, {}, shown.plotPoint(500));
        QCOMPARE(shown.canvas().window().mode, ChartWindow::Mode::Automatic);
        QCOMPARE(shown.canvas().traceView().xLow, 0.0);
        QVERIFY(shown.canvas().traceView().xHigh >= 999);
    }

    void keysZoomPanAndReset() {
        Shown shown(logOf(std::vector<double>(1000, 1.0)));
        QTest::keyClick(&shown.canvas(), Qt::Key_Plus);
        QTest::keyClick(&shown.canvas(), Qt::Key_Plus);
        const double low = shown.canvas().traceView().xLow;
        QVERIFY(low > 0);
        QTest::keyClick(&shown.canvas(), Qt::Key_Left);
        QVERIFY(shown.canvas().traceView().xLow < low);
        QTest::keyClick(&shown.canvas(), Qt::Key_Home);
        QCOMPARE(shown.canvas().window().mode, ChartWindow::Mode::Automatic);
    }

    void aWindowAtTheNewestPointFollowsIt() {
        auto log = logOf(std::vector<double>(1000, 1.0));
        Shown shown(log);
        shown.wheel(QPoint(static_cast<int>(shown.canvas().traceView().plot.right()), 100), 5);
        QCOMPARE(shown.canvas().window().mode, ChartWindow::Mode::Following);
        const double width = shown.canvas().traceView().xHigh - shown.canvas().traceView().xLow;
        for (int i = 1000; i < 1500; ++i) log->series("train/loss").append({i, 0, 1.0});
        shown.chart.refresh();
        QVERIFY(shown.canvas().traceView().xHigh > 1499);
        QVERIFY(std::abs(shown.canvas().traceView().xHigh - shown.canvas().traceView().xLow - width) < 1e-6);
    }

    void aFixedWindowStaysWhileTheRunGrows() {
        auto log = logOf(std::vector<double>(1000, 1.0));
        Shown shown(log);
        shown.wheel(shown.plotPoint(300), 8);
        const ChartWindow before = shown.canvas().window();
        for (int i = 1000; i < 1500; ++i) log->series("train/loss").append({i, 0, 1.0});
        shown.chart.refresh();
        QCOMPARE(shown.canvas().window(), before);
    }

    void zerosOnALogAxisLeaveTheRestAndANote() {
        std::vector<double> values(400, 0.1);
        values[100] = 0;
        values[200] = -1;
        Shown shown(logOf(values));
        QVERIFY(shown.canvas().note().isEmpty());
        shown.chart.setLogScale(true);
        QVERIFY(shown.canvas().note().startsWith("2 values of zero or less"));
        const double y = shown.canvas().traceView().toPixelY(0.1);
        // The line is there left, between and right of the gaps.
        const QImage image = shown.picture();
        for (const double x : {50.0, 150.0, 300.0})
            QVERIFY(countOf(image, QRectF(shown.canvas().traceView().toPixelX(x) - 2, y - 3, 4, 6),
                            Theme::instance().color(ThemeColor::Train), 90) > 0);
    }

    void aLogAxisPlacesDecadesEvenly() {
        Shown shown(logOf({0.001, 0.01, 0.1, 1, 10}));
        shown.chart.setLogScale(true);
        const TraceView& view = shown.canvas().traceView();
        const double decade = view.toPixelY(0.1) - view.toPixelY(1);
        QVERIFY(std::abs(view.toPixelY(0.01) - view.toPixelY(0.1) - decade) < 1e-6);
        QVERIFY(std::abs(view.toPixelY(1) - view.toPixelY(10) - decade) < 1e-6);
    }

    void nanAndInfinitiesAreMarkedInTheirColours() {
        std::vector<double> values(300, 1.0);
        values[60] = kNaN;
        values[150] = kInfinity;
        values[240] = -kInfinity;
        Shown shown(logOf(values));
        const QImage image = shown.picture();
        const TraceView& view = shown.canvas().traceView();
        const auto column = [&](double x) {
            return QRectF(view.toPixelX(x) - 5, view.plot.top(), 10, view.plot.height());
        };
        QVERIFY(countOf(image, column(60), Theme::instance().color(ThemeColor::NotANumber)) >= 20);
        QVERIFY(countOf(image, column(150), Theme::instance().color(ThemeColor::PositiveInfinite)) >= 20);
        QVERIFY(countOf(image, column(240), Theme::instance().color(ThemeColor::NegativeInfinite)) >= 20);
        QCOMPARE(countOf(image, column(100), Theme::instance().color(ThemeColor::NotANumber)), 0);
    }

    void aNanAmongAMillionPointsIsMarked() {
        std::vector<double> values(300'000, 1.0);
        values[200'000] = kNaN;
        Shown shown(logOf(values));
        const TraceView& view = shown.canvas().traceView();
        QVERIFY(countOf(shown.picture(), QRectF(view.toPixelX(200'000) - 6, view.plot.top(), 12, view.plot.height()),
                        Theme::instance().color(ThemeColor::NotANumber)) >= 20);
    }

    void theReadOutTellsTheValuesAtTheNearestStep() {
        std::vector<double> values(100);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i) / 100;
        auto log = logOf(values);
        log->series("validation/loss").append({30, 15, 0.777});
        Shown shown(log);
        shown.chart.addCurve(
            {QStringLiteral("validation/loss"), QStringLiteral("Validation"), [] { return QColor(Qt::red); }, true});
        shown.chart.setAxis(CurveAxis::Step, 50);
        shown.chart.refresh();
        QSignalSpy moved(&shown.chart, &ScalarChart::cursorMoved);
        shown.hover(shown.plotPoint(42));
        QVERIFY(!moved.isEmpty());
        const CursorReadout readout = shown.chart.readoutAt(moved.last().at(0).toDouble());
        QCOMPARE(readout.x, 42.0);
        QVERIFY(readout.title.contains("Step 42") && readout.title.contains("epoch 0.84") &&
                readout.title.contains("21 s"));
        QCOMPARE(readout.rows.size(), std::size_t{2});
        QCOMPARE(readout.rows[0].value, "0.4200");
        QCOMPARE(readout.rows[1].value, "0.7770");
        QCOMPARE(readout.rows[1].detail, "at step 30");
    }

    void theReadOutOfASmoothedCurveHasBothValues() {
        std::vector<double> values(10, 1.0);
        values.push_back(3.0);
        Shown shown(logOf(values));
        shown.chart.setSmoothing(0.5);
        QTRY_VERIFY(shown.chart.curve(0).smoothed());
        const CursorReadout readout = shown.chart.readoutAt(10);
        QCOMPARE(readout.rows[0].detail, "raw 3.000");
        QVERIFY(readout.rows[0].value.toDouble() > 1.5 && readout.rows[0].value.toDouble() < 2.5);
    }

    void aLegendEntryHidesItsCurve() {
        Shown shown(logOf(std::vector<double>(300, 1.0)));
        const QColor color = Theme::instance().color(ThemeColor::Train);
        QVERIFY(countOf(shown.picture(), shown.canvas().traceView().plot, color, 60) > 100);
        QToolButton* chip = nullptr;
        for (QToolButton* button : shown.chart.findChildren<QToolButton*>())
            if (button->text() == "Train") chip = button;
        QVERIFY(chip != nullptr);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(!shown.chart.isCurveVisible(0));
        QCOMPARE(countOf(shown.picture(), shown.canvas().traceView().plot, color, 60), 0);
    }

    void withoutPointsTheChartSaysWhatToDo() {
        TrainView view;
        view.resize(1200, 600);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(!view.lossChart().canvas().dataRange());
        const QRectF plot = view.lossChart().canvas().traceView().plot;
        // Text in the middle and no tick labels.
        QVERIFY(countOf(view.lossChart().canvas().viewport()->grab().toImage(), plot,
                        Theme::instance().color(ThemeColor::TextMuted), 30) > 40);
        QVERIFY(view.lossChart().canvas().horizontalTicks().empty());
    }

    void zoomingOneChartZoomsTheOther() {
        auto log = logOf(std::vector<double>(1000, 1.0));
        for (int i = 0; i < 1000; ++i) log->series("train/accuracy").append({i, 0, 0.5});
        TrainView view;
        view.resize(1200, 600);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        view.setLog(log);
        QTest::keyClick(&view.lossChart().canvas(), Qt::Key_Plus);
        QCOMPARE(view.accuracyChart().canvas().window(), view.lossChart().canvas().window());
        QVERIFY(view.accuracyChart().canvas().window().mode != ChartWindow::Mode::Automatic);
    }

    void aRegressionShowsNoAccuracy() {
        TrainView view;
        view.resize(1200, 600);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(view.accuracyChart().isVisible());
        view.setLog(logOf({1, 2, 3}));
        QVERIFY(!view.accuracyChart().isVisible());
    }

    void theSmoothingSliderSmoothsTheTrainCurveOnly() {
        auto log = logOf(std::vector<double>(100, 1.0));
        for (int i = 0; i < 5; ++i) log->series("validation/loss").append({20 * i, 0, 0.5 * i});
        TrainView view;
        view.resize(1200, 600);
        view.show();
        view.setLog(log);
        auto* slider = view.findChild<QSlider*>();
        slider->setValue(0);
        QTRY_VERIFY(!view.lossChart().curve(0).smoothed());
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_PageUp);
        QCOMPARE(view.smoothing(), 0.05);
        QTRY_VERIFY(view.lossChart().curve(0).smoothed());
        QVERIFY(!view.lossChart().curve(1).smoothed());
    }

    void bothThemesDrawTheCurveInTheirOwnColour() {
        Shown shown(logOf(std::vector<double>(300, 1.0)));
        for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            Theme::instance().apply(*qApp, mode);
            QVERIFY(countOf(shown.picture(), shown.canvas().traceView().plot,
                            Theme::instance().color(ThemeColor::Train), 60) > 100);
        }
    }
};

QTEST_MAIN(TestChart)
#include "test_chart.moc"
