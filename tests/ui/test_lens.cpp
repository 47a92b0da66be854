// SPDX-License-Identifier: GPL-3.0-or-later
// The lens and its parts: colours pixel by pixel, layouts, ranges, read-outs, exports.
#include "ui/inspect/heatmap_view.h"
#include "ui/inspect/histogram_view.h"
#include "ui/inspect/lens.h"
#include "ui/inspect/slice_bar.h"
#include "ui/inspect/statistics_table.h"
#include "ui/inspect/tensor_export.h"
#include "ui/theme/theme.h"
#include "ui/widgets/heatmap_image.h"
#include "ui/widgets/tensor_coloring.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QToolButton>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>

using namespace gradlens;

namespace {
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr TensorRole kWeight{false, true};
constexpr TensorRole kActivation{true, false};

Tensor tensorOf(const Shape& shape, const std::vector<float>& values) {
    return Tensor::of<float>(shape, values);
}

Tensor ramp(const Shape& shape) {
    Tensor tensor(DType::Float32, shape);
    std::iota(tensor.as<float>().begin(), tensor.as<float>().end(), 0.f);
    return tensor;
}

std::shared_ptr<ProbeResult> resultOf(const Tensor& tensor, std::int64_t step = 7) {
    auto result = std::make_shared<ProbeResult>();
    result->tensor = tensor;
    result->type = {tensor.dtype(), tensor.shape()};
    result->statistics = statisticsOf(tensor.view());
    result->step = step;
    result->version = 1;
    return result;
}

Coloring specialColoring() {
    Coloring coloring;
    coloring.low = 0;
    coloring.high = 3;
    coloring.notANumber = qRgb(255, 0, 255);
    coloring.positiveInfinite = qRgb(0, 255, 255);
    coloring.negativeInfinite = qRgb(0, 255, 0);
    return coloring;
}

HeatmapImage whole(const Tensor& tensor, const TensorPicture& picture, QSize pixels, const Coloring& coloring) {
    return renderHeatmap(tensor.view(), picture,
                         QRectF(0, 0, static_cast<double>(picture.columns()), static_cast<double>(picture.rows())),
                         pixels, coloring);
}

struct Shown {
    explicit Shown(QSize size = {420, 640}) {
        lens.setChoices({"conv1.weight", "conv1.output"}, {"weight", "output"});
        lens.setValue("conv1.weight");
        lens.resize(size);
        lens.show();
        if (!QTest::qWaitForWindowExposed(&lens)) qFatal("no window");
    }
    void hover(std::int64_t row, std::int64_t column) {
        mouse(QEvent::MouseMove, lens.heatmap(), lens.heatmap().cellRect(row, column).center(), Qt::NoButton);
    }
    static void mouse(QEvent::Type type, QWidget& widget, QPointF at, Qt::MouseButtons held) {
        QMouseEvent event(type, at, widget.mapToGlobal(at), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                          held, Qt::NoModifier);
        QCoreApplication::sendEvent(&widget, &event);
    }
    void drag(double fromX, double toX) {
        HistogramView& histogram = lens.histogram();
        const double y = histogram.height() / 2.0;
        mouse(QEvent::MouseButtonPress, histogram, {fromX, y}, Qt::LeftButton);
        mouse(QEvent::MouseMove, histogram, {toX, y}, Qt::LeftButton);
        mouse(QEvent::MouseButtonRelease, histogram, {toX, y}, Qt::NoButton);
    }
    QColor cellColor(std::int64_t row, std::int64_t column) {
        const QImage image = lens.heatmap().grab().toImage();
        // A quarter into the cell: off the text and the lines.
        const QRectF cell = lens.heatmap().cellRect(row, column);
        return image.pixelColor(static_cast<int>(cell.left() + cell.width() / 4),
                                static_cast<int>(cell.top() + cell.height() / 8));
    }
    Lens lens;
};

double distance(QRgb a, QRgb b) {
    return std::hypot(std::hypot(qRed(a) - qRed(b), qGreen(a) - qGreen(b)), qBlue(a) - qBlue(b));
}
}  // namespace

class TestLens : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::instance().apply(*qApp, Theme::Mode::Dark); }

    void mapsRunFromTheirFirstColourToTheirLast() {
        QCOMPARE(colorTable(ColorMap::Viridis).front(), qRgb(0x44, 0x01, 0x54));
        QCOMPARE(colorTable(ColorMap::Viridis).back(), qRgb(0xfd, 0xe7, 0x25));
        QCOMPARE(colorTable(ColorMap::Magma).front(), qRgb(0, 0, 4));
        Coloring coloring;
        coloring.map = ColorMap::Diverging;
        coloring.low = -1;
        QVERIFY(qBlue(coloring.of(-0.9)) > qRed(coloring.of(-0.9)));
        QVERIFY(qRed(coloring.of(0.9)) > qBlue(coloring.of(0.9)));
        QVERIFY(qRed(coloring.of(0)) > 230 && qBlue(coloring.of(0)) > 230);
    }

    void noMapHasTheColoursOfNanAndInfinity() {
        for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            Theme::instance().apply(*qApp, mode);
            for (const ThemeColor role :
                 {ThemeColor::NotANumber, ThemeColor::PositiveInfinite, ThemeColor::NegativeInfinite})
                for (const ColorMap map : {ColorMap::Viridis, ColorMap::Magma, ColorMap::Diverging})
                    for (const QRgb step : colorTable(map))
                        QVERIFY(distance(step, Theme::instance().color(role).rgb()) > 40);
        }
    }

    void eachCellIsThePixelOfItsValue() {
        const Tensor tensor = tensorOf({2, 3}, {0, 1, 2, 3, kNaN, -kInfinity});
        const Coloring coloring = specialColoring();
        const HeatmapImage picture = whole(tensor, TensorPicture(tensor.shape(), {}, kWeight), {100, 100}, coloring);
        QVERIFY(!picture.reduced);
        QCOMPARE(picture.image.size(), QSize(3, 2));
        const ColorTable& viridis = colorTable(ColorMap::Viridis);
        QCOMPARE(picture.image.pixel(0, 0), viridis.front());
        QCOMPARE(picture.image.pixel(1, 0), viridis[85]);  // 1/3 of 256
        QCOMPARE(picture.image.pixel(2, 0), viridis[170]);
        QCOMPARE(picture.image.pixel(0, 1), viridis.back());
        QCOMPARE(picture.image.pixel(1, 1), coloring.notANumber);
        QCOMPARE(picture.image.pixel(2, 1), coloring.negativeInfinite);
    }

    void valuesOutsideTheRangeTakeItsEnds() {
        const Tensor tensor = tensorOf({1, 3}, {-100, 1e30f, kInfinity});
        const Coloring coloring = specialColoring();
        const QImage image = whole(tensor, TensorPicture(tensor.shape(), {}, kWeight), {10, 10}, coloring).image;
        QCOMPARE(image.pixel(0, 0), colorTable(ColorMap::Viridis).front());
        QCOMPARE(image.pixel(1, 0), colorTable(ColorMap::Viridis).back());
        QCOMPARE(image.pixel(2, 0), coloring.positiveInfinite);
    }

    void aReducedPictureKeepsTheExtremeTheNanAndTheInfinity() {
        Tensor tensor = Tensor::zeros(DType::Float32, {400, 400});
        Coloring coloring = specialColoring();
        coloring.map = ColorMap::Diverging;
        coloring.low = -1;
        coloring.high = 1;
        const auto values = tensor.as<float>();
        values[3 * 400 + 7] = 0.9f;   // pixel (0, 0)
        values[3 * 400 + 57] = kNaN;  // pixel (5, 0), with an infinity beside it
        values[3 * 400 + 58] = kInfinity;
        values[399 * 400 + 399] = -kInfinity;  // pixel (39, 39)
        values[399 * 400 + 398] = 0.5f;
        const HeatmapImage picture = whole(tensor, TensorPicture(tensor.shape(), {}, kWeight), {40, 40}, coloring);
        QVERIFY(picture.reduced);
        QCOMPARE(picture.image.size(), QSize(40, 40));
        QCOMPARE(picture.image.pixel(0, 0), coloring.of(0.9f));
        QCOMPARE(picture.image.pixel(5, 0), coloring.notANumber);
        QCOMPARE(picture.image.pixel(39, 39), coloring.negativeInfinite);
        QCOMPARE(picture.image.pixel(20, 20), coloring.of(0));
    }

    void aMatrixLiesAsItIsWritten() {
        const TensorPicture picture(Shape{2, 3}, {}, kWeight);
        QCOMPARE(picture.rows(), 2);
        QCOMPARE(picture.columns(), 3);
        QCOMPARE(picture.elementAt(0, 2), 2);
        QCOMPARE(picture.elementAt(1, 0), 3);
        QCOMPARE(picture.elementAt(2, 0), -1);
    }

    void everyElementOfAMosaicIsInOneCell() {
        for (const auto& [shape, role] : {std::pair{Shape{5, 3, 4, 2}, kWeight}, std::pair{Shape{7, 1, 3, 3}, kWeight},
                                          std::pair{Shape{11, 3, 3}, kWeight}}) {
            const TensorPicture picture(shape, defaultSlice(shape, role), role);
            std::multiset<std::int64_t> seen;
            for (std::int64_t row = 0; row < picture.rows(); ++row)
                for (std::int64_t column = 0; column < picture.columns(); ++column)
                    if (const std::int64_t element = picture.elementAt(row, column); element >= 0) seen.insert(element);
            QCOMPARE(static_cast<std::int64_t>(seen.size()), shape.elements());
            QCOMPARE(static_cast<std::int64_t>(std::set(seen.begin(), seen.end()).size()), shape.elements());
            QVERIFY(picture.hasGaps());
        }
    }

    void theMosaicOfActivationsIsOfOneSample() {
        const Shape shape{4, 6, 5, 5};
        SliceChoice choice = defaultSlice(shape, kActivation);
        choice.position[0] = 2;
        const TensorPicture picture(shape, choice, kActivation);
        std::int64_t cells = 0;
        for (std::int64_t row = 0; row < picture.rows(); ++row)
            for (std::int64_t column = 0; column < picture.columns(); ++column)
                if (const std::int64_t element = picture.elementAt(row, column); element >= 0) {
                    QCOMPARE(unravelled(element, shape)[0], 2);
                    ++cells;
                }
        QCOMPARE(cells, 6 * 5 * 5);
    }

    void aStripWrapsToAPleasantShape() {
        const TensorPicture bias(Shape{128}, {}, kWeight, 1.5);
        QCOMPARE(bias.rows() * bias.columns(), 128);
        QVERIFY(bias.columns() >= bias.rows() && bias.rows() > 1);
        const TensorPicture prime(Shape{97}, {}, kWeight, 1.5);
        QVERIFY(prime.rows() > 1);
        QCOMPARE(prime.elementAt(prime.rows() - 1, prime.columns() - 1), -1);
        QCOMPARE(TensorPicture(Shape{10}, {}, kWeight).rows(), 1);
    }

    void theWidgetPaintsNanInTheThemesColour() {
        Shown shown;
        shown.lens.setResult(resultOf(tensorOf({2, 2}, {kNaN, kInfinity, -kInfinity, 1})), kWeight);
        QCOMPARE(shown.cellColor(0, 0), Theme::instance().color(ThemeColor::NotANumber));
        QCOMPARE(shown.cellColor(0, 1), Theme::instance().color(ThemeColor::PositiveInfinite));
        QCOMPARE(shown.cellColor(1, 0), Theme::instance().color(ThemeColor::NegativeInfinite));
        QCOMPARE(shown.cellColor(1, 1).rgb(), shown.lens.coloring().of(1));
    }

    void weightsDivergeAroundZeroAndActivationsDoNot() {
        Shown shown;
        shown.lens.setResult(resultOf(tensorOf({1, 4}, {-1, 0, 0.25f, 0.5f})), kWeight);
        QCOMPARE(shown.lens.coloring().map, ColorMap::Diverging);
        QCOMPARE(shown.lens.coloring().low, -shown.lens.coloring().high);
        shown.lens.setResult(resultOf(tensorOf({1, 4}, {0, 1, 2, 3})), kActivation);
        QCOMPARE(shown.lens.coloring().map, ColorMap::Viridis);
        shown.lens.setColorMap(ColorMap::Magma);
        QCOMPARE(shown.lens.coloring().map, ColorMap::Magma);
    }

    void draggingAHandleChangesTheRangeAndThePicture() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({10, 10})), kActivation);
        const QColor before = shown.cellColor(5, 5);
        const double high = shown.lens.coloring().high;
        HistogramView& histogram = shown.lens.histogram();
        shown.drag(histogram.highPixel(), (histogram.lowPixel() + histogram.highPixel()) / 2);
        QVERIFY(shown.lens.coloring().high < 0.6 * high);
        QCOMPARE(shown.lens.coloring().high, histogram.high());
        QVERIFY(shown.cellColor(5, 5) != before);
        QCOMPARE(shown.cellColor(9, 9).rgb(), colorTable(ColorMap::Viridis).back());
    }

    void aChosenRangeIsKeptUntilItIsAutomaticAgain() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({10, 10})), kActivation);
        HistogramView& histogram = shown.lens.histogram();
        shown.drag(histogram.lowPixel(), histogram.lowPixel() + 40);
        const Coloring chosen = shown.lens.coloring();
        shown.lens.setResult(resultOf(ramp({20, 20})), kActivation);
        QCOMPARE(shown.lens.coloring().low, chosen.low);
        QCOMPARE(shown.lens.coloring().high, chosen.high);
        QTest::mouseDClick(&histogram, Qt::LeftButton);
        QVERIFY(shown.lens.coloring().high > 300);
    }

    void theAutomaticRangeIgnoresAnOutlier() {
        Tensor tensor = ramp({100, 100});
        for (float& value : tensor.as<float>()) value /= 10'000;
        tensor.as<float>()[17] = 1e6f;
        const auto [low, high] = automaticRange(tensor.view(), statisticsOf(tensor.view()), ColorMap::Viridis);
        QVERIFY(low >= 0 && low < 0.02);
        QVERIFY(high > 0.97 && high < 1.01);
    }

    void wherePixelsShowExtremesTheAutomaticRangeCutsOffLess() {
        const Tensor tensor = ramp({100, 100});
        const Statistics statistics = statisticsOf(tensor.view());
        const auto [low, high] = automaticRange(tensor.view(), statistics, ColorMap::Viridis, 1);
        const auto [wideLow, wideHigh] = automaticRange(tensor.view(), statistics, ColorMap::Viridis, 10);
        QVERIFY(wideLow < low && wideHigh > high);
        QVERIFY(wideLow >= 0 && wideHigh <= 9999);
    }

    void choosingASampleChangesThePicture() {
        Shown shown;
        Tensor tensor(DType::Float32, {3, 2, 4, 4});
        for (std::size_t i = 0; i < tensor.as<float>().size(); ++i)
            tensor.as<float>()[i] = static_cast<float>(i / 32);  // the sample's number
        shown.lens.setResult(resultOf(tensor), kActivation);
        auto* sample = shown.lens.sliceBar().findChild<QSpinBox*>();
        QVERIFY(sample != nullptr);
        QTRY_VERIFY(sample->isVisible());
        QCOMPARE(sample->maximum(), 2);
        const QColor first = shown.cellColor(1, 1);
        sample->setFocus();
        QTest::keyClick(sample, Qt::Key_Up);
        QTest::keyClick(sample, Qt::Key_Up);
        QVERIFY(shown.cellColor(1, 1) != first);
        shown.hover(1, 1);
        QCOMPARE(shown.lens.hoverText(), "[2, 0, 1, 1] = 2");
    }

    void withoutMosaicOneMatrixIsShown() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({4, 3, 5, 6})), kWeight);
        QVERIFY(shown.lens.heatmap().picture().rows() > 6);
        QTest::mouseClick(shown.lens.sliceBar().findChild<QToolButton*>(), Qt::LeftButton);
        QCOMPARE(shown.lens.heatmap().picture().rows(), 5);
        QCOMPARE(shown.lens.heatmap().picture().columns(), 6);
        QCOMPARE(shown.lens.sliceBar().findChildren<QSpinBox*>().size(), 2);
    }

    void choosingTheOthersAxisSwapsRowsAndColumns() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({2, 5, 6})), kWeight);
        SliceChoice choice = shown.lens.sliceBar().choice();
        choice.mosaic = false;
        shown.lens.sliceBar().setChoice(choice);
        shown.lens.sliceBar().findChildren<QComboBox*>().first()->setCurrentIndex(2);
        QCOMPARE(shown.lens.heatmap().picture().rows(), 6);
        QCOMPARE(shown.lens.heatmap().picture().columns(), 5);
        QCOMPARE(shown.lens.heatmap().picture().elementAt(4, 0), 4);
    }

    void theReadOutTellsIndexAndValue() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({8, 10})), kWeight);
        shown.hover(3, 7);
        QCOMPARE(shown.lens.hoverText(), "[3, 7] = 37");
        shown.lens.copyValue();
        QCOMPARE(QGuiApplication::clipboard()->text(), "37");
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(&shown.lens.heatmap(), &leave);
        QCOMPARE(shown.lens.hoverText(), "");
    }

    void theWheelZoomsAtThePointerAndFitBringsItBack() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({50, 50})), kWeight);
        HeatmapView& view = shown.lens.heatmap();
        const QPointF at = view.cellRect(20, 30).center();
        const QSizeF before = view.cellSize();
        QWheelEvent event(at, view.mapToGlobal(at), {}, QPoint(0, 480), Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                          false);
        QCoreApplication::sendEvent(&view, &event);
        QVERIFY(view.cellSize().width() > 2 * before.width());
        QCOMPARE(view.cellAt(at), std::optional(std::pair<std::int64_t, std::int64_t>(20, 30)));
        QTest::keyClick(&view, Qt::Key_F);
        QCOMPARE(view.cellSize(), before);
    }

    void itsKeysAreItsOwnWhateverTheWindowMeansByThem() {
        QWidget window;
        window.resize(500, 700);
        Lens lens(&window);
        lens.resize(420, 640);
        QAction other(&window);
        other.setShortcuts({QKeySequence(Qt::Key_F), QKeySequence(QKeySequence::Copy)});
        window.addAction(&other);
        QSignalSpy triggered(&other, &QAction::triggered);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        lens.setResult(resultOf(ramp({50, 50})), kWeight);
        lens.heatmap().setFocus();
        QTest::keyClick(&lens.heatmap(), Qt::Key_Plus);
        QVERIFY(!lens.heatmap().isFitted());
        QTest::keyClick(&lens.heatmap(), Qt::Key_F);
        QVERIFY(lens.heatmap().isFitted());
        Shown::mouse(QEvent::MouseMove, lens.heatmap(), lens.heatmap().cellRect(2, 3).center(), Qt::NoButton);
        QTest::keyClick(&lens.heatmap(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), "103");
        QCOMPARE(triggered.count(), 0);
    }

    void zoomAndLayoutStayWhileValuesChange() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({50, 50})), kWeight);
        QTest::keyClick(&shown.lens.heatmap(), Qt::Key_Plus);
        const QRectF cell = shown.lens.heatmap().cellRect(10, 10);
        shown.lens.setResult(resultOf(ramp({50, 50}), 8), kWeight);
        QCOMPARE(shown.lens.heatmap().cellRect(10, 10), cell);
    }

    void statisticsAreThoseOfTheValue() {
        Shown shown;
        shown.lens.setResult(resultOf(tensorOf({2, 3}, {-1, 0, 0, 3, kNaN, kInfinity})), kWeight);
        const StatisticsTable& table = shown.lens.statistics();
        QCOMPARE(table.valueOf("Shape"), "2×3");
        QCOMPARE(table.valueOf("Type"), "float32");
        QCOMPARE(table.valueOf("Min"), "-1");
        QCOMPARE(table.valueOf("Max"), "3");
        QCOMPARE(table.valueOf("Mean"), "0.5");
        QCOMPARE(table.valueOf("Zeros"), "33.3 %");
        QCOMPARE(table.valueOf("NaN"), "1");
        QCOMPARE(table.valueOf("+Inf"), "1");
        QCOMPARE(table.valueOf("-Inf"), "0");
    }

    void anAllNanTensorSaysSo() {
        Shown shown;
        shown.lens.setResult(resultOf(tensorOf({2, 2}, {kNaN, kNaN, kNaN, kNaN})), kWeight);
        QCOMPARE(shown.lens.message(), "Every element is NaN.");
        QCOMPARE(shown.cellColor(1, 1), Theme::instance().color(ThemeColor::NotANumber));
        QVERIFY(shown.lens.coloring().high > shown.lens.coloring().low);
    }

    void anEmptyTensorSaysSo() {
        Shown shown;
        shown.lens.setResult(resultOf(Tensor(DType::Float32, {0, 5})), kWeight);
        QVERIFY(shown.lens.message().startsWith("This tensor is empty"));
        QVERIFY(!shown.lens.heatmap().isVisible());
        QCOMPARE(shown.lens.statistics().valueOf("Min"), "–");
    }

    void aScalarIsOneCellWithItsValue() {
        Shown shown;
        shown.lens.setResult(resultOf(tensorOf({}, {0.25f})), {});
        QCOMPARE(shown.lens.heatmap().picture().rows(), 1);
        QCOMPARE(shown.lens.heatmap().picture().columns(), 1);
        shown.hover(0, 0);
        QCOMPARE(shown.lens.hoverText(), "[] = 0.25");
        QCOMPARE(shown.lens.statistics().valueOf("Shape"), "scalar");
    }

    void integersOfAnyTypeAreShown() {
        Shown shown;
        Tensor labels(DType::Int32, {3});
        std::iota(labels.as<std::int32_t>().begin(), labels.as<std::int32_t>().end(), 7);
        shown.lens.setResult(resultOf(labels), kActivation);
        shown.hover(0, 2);
        QCOMPARE(shown.lens.hoverText(), "[2] = 9");
    }

    void csvOfAMatrixReadsBack() {
        const Tensor tensor = tensorOf({2, 3}, {0.1f, -2, 3e-20f, kNaN, kInfinity, -kInfinity});
        const QByteArray csv = toCsv(tensor.view(), TensorPicture(tensor.shape(), {}, kWeight));
        const auto lines = csv.trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0].split(',')[0].toFloat(), 0.1f);
        QCOMPARE(lines[0].split(',')[2].toFloat(), 3e-20f);
        QCOMPARE(lines[1], "nan,inf,-inf");
    }

    void csvOfAMosaicNamesEveryIndex() {
        const Tensor tensor = ramp({2, 2, 2});
        const QByteArray csv =
            toCsv(tensor.view(), TensorPicture(tensor.shape(), defaultSlice(tensor.shape(), kWeight), kWeight));
        const auto lines = csv.trimmed().split('\n');
        QCOMPARE(lines[0], "axis0,axis1,axis2,value");
        QCOMPARE(lines.size(), 9);
        QCOMPARE(lines[6], "1,0,1,5");
    }

    void npyHasItsHeaderAndItsBytes() {
        for (const auto& [shape, text] :
             {std::pair{Shape{2, 3}, "(2, 3)"}, std::pair{Shape{6}, "(6,)"}, std::pair{Shape{}, "()"}}) {
            const Tensor tensor = ramp(shape);
            const QByteArray npy = toNpy(tensor.view());
            QVERIFY(npy.startsWith(QByteArray("\x93NUMPY\x01\x00", 8)));
            const int length = static_cast<unsigned char>(npy[8]) + 256 * static_cast<unsigned char>(npy[9]);
            QCOMPARE((10 + length) % 64, 0);
            const QByteArray header = npy.mid(10, length);
            QVERIFY(header.contains("'descr': '<f4'") && header.contains("'fortran_order': False") &&
                    header.contains(text));
            QVERIFY(header.endsWith('\n'));
            QCOMPARE(npy.size(), 10 + length + static_cast<qsizetype>(tensor.bytes()));
            QCOMPARE(std::memcmp(npy.constData() + 10 + length, tensor.view().data(), tensor.bytes()), 0);
        }
    }

    void exportsAreWrittenAndAFolderThatIsNotThereIsAnError() {
        QTemporaryDir folder;
        Shown shown;
        shown.lens.setResult(resultOf(ramp({4, 5})), kWeight);
        QString error;
        for (const char* name : {"a.npy", "a.csv", "a.png"}) {
            QVERIFY2(shown.lens.exportTo(folder.filePath(name), &error), qPrintable(error));
            QVERIFY(QFileInfo(folder.filePath(name)).size() > 0);
        }
        const QImage image(folder.filePath("a.png"));
        QCOMPARE(image.width() * 4, image.height() * 5);
        QCOMPARE(image.pixel(0, 0), shown.lens.coloring().of(0));
        QCOMPARE(image.pixel(image.width() - 1, image.height() - 1), shown.lens.coloring().of(19));
        QVERIFY(!shown.lens.exportTo(folder.filePath("missing/a.npy"), &error));
        QVERIFY(error.contains("missing"));
    }

    void csvIsCopiedToTheClipboard() {
        Shown shown;
        shown.lens.setResult(resultOf(ramp({2, 2})), kWeight);
        shown.lens.copyCsv();
        QCOMPARE(QGuiApplication::clipboard()->text(), "0,1\n2,3\n");
    }
};

QTEST_MAIN(TestLens)
#include "test_lens.moc"
