// SPDX-License-Identifier: GPL-3.0-or-later
// The preview on the canvas: switched on by its key, refreshed by what is drawn, trained and chosen, in nobody's way.
#include "canvas_driver.h"
#include "ui/design/preview/drawing_preview.h"
#include "ui/design/preview/node_preview_view.h"
#include "ui/design/preview/picture_view.h"
#include "ui/design/preview/preview_bar.h"
#include "ui/design/property_panel.h"
#include "ui/widgets/segmented_control.h"

#include <QSignalSpy>
#include <QSpinBox>

#include <cmath>
#include <limits>
#include <thread>

using namespace gradlens;

namespace {
using Mode = DrawingPreview::Mode;
constexpr int kLoads = 20000;  // milliseconds that data may take

void open(CanvasDriver& hand, const char* example) {
    hand.document.load(QString(GRADLENS_SOURCE_DIR "/resources/examples/") + example);
    hand.settle();
}

DrawingPreview& preview(CanvasDriver& hand) {
    return hand.workspace.preview();
}

bool isReady(CanvasDriver& hand) {
    return preview(hand).preview() != nullptr && !preview(hand).isBusy();
}

const PreviewPicture* cardOf(CanvasDriver& hand, const char* node) {
    return hand.item(node).preview();
}

PreviewTensor valueOf(const Shape& shape, const std::vector<float>& values) {
    Tensor tensor = Tensor::of<float>(shape, values);
    return {tensor, statisticsOf(tensor.view())};
}

std::shared_ptr<const Dataset> twoClasses() {
    auto dataset = std::make_shared<Dataset>();
    dataset->classNames = {"cat", "dog"};
    return dataset;
}
}  // namespace

class TestPreview : public QObject {
    Q_OBJECT

private slots:
    void theKeyGoesFromOffToOutputToGradientAndBack() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        QVERIFY(!hand.workspace.previewBar().isVisible());
        QVERIFY(cardOf(hand, "dense1") == nullptr);
        hand.key(Qt::Key_P);
        QCOMPARE(preview(hand).mode(), Mode::Output);
        QVERIFY(hand.workspace.previewBar().isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(cardOf(hand, "dense1") != nullptr, kLoads);
        QCOMPARE(cardOf(hand, "dense1")->value().tensor.shape().toString(), std::string("256"));
        hand.key(Qt::Key_P);
        QCOMPARE(preview(hand).mode(), Mode::Gradient);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand) && preview(hand).preview()->gradients, kLoads);
        QVERIFY(cardOf(hand, "dense1") != nullptr);
        QVERIFY(cardOf(hand, "image") == nullptr);  // nothing learns before it
        hand.key(Qt::Key_P);
        QCOMPARE(preview(hand).mode(), Mode::Off);
        QVERIFY(cardOf(hand, "dense1") == nullptr);
        QVERIFY(!hand.workspace.previewBar().isVisible());
    }

    void theControlOnTheBarDoesTheSame() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        auto* choice = hand.workspace.findChild<SegmentedControl*>("previewChoice");
        QVERIFY(choice != nullptr);
        choice->setFocus();
        QTest::keyClick(choice, Qt::Key_Right);
        QCOMPARE(preview(hand).mode(), Mode::Output);
        hand.key(Qt::Key_P);
        QCOMPARE(choice->currentIndex(), 2);
    }

    void bracketsGoThroughTheSamples() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_BracketRight);  // asking for a sample asks to see it
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        QCOMPARE(preview(hand).preview()->sample, std::int64_t{0});
        hand.key(Qt::Key_BracketRight);
        QTRY_COMPARE(preview(hand).preview()->sample, std::int64_t{1});
        hand.key(Qt::Key_BracketLeft);
        hand.key(Qt::Key_BracketLeft);  // past the first comes the last
        QTRY_COMPARE(preview(hand).preview()->sample, std::int64_t{preview(hand).sampleCount() - 1});
        QCOMPARE(hand.workspace.previewBar().sampleField()->value(), int(preview(hand).sampleCount()));
    }

    void aSampleMayBeTypedAndOfEitherPart() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        QSpinBox* field = hand.workspace.previewBar().sampleField();
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, "12");
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(preview(hand).preview()->sample, std::int64_t{11});
        const QString training = hand.workspace.previewBar().labelText();
        QVERIFY(!training.isEmpty());
        SegmentedControl* part = hand.workspace.previewBar().partChoice();
        part->setFocus();
        QTest::keyClick(part, Qt::Key_Right);
        QTRY_VERIFY(preview(hand).preview()->validation);
        QTRY_COMPARE(preview(hand).preview()->sample, std::int64_t{11});
    }

    void whatIsDrawnRefreshesThePreview() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(cardOf(hand, "dense1") != nullptr, kLoads);
        hand.document.setAttribute(hand.id("dense1"), "units", std::int64_t{20});
        QTRY_COMPARE(cardOf(hand, "dense1")->value().tensor.elements(), std::int64_t{20});
        // A layer that does not fit leaves the ones before it as they are.
        hand.document.setAttribute(hand.id("image"), "shape", IntegerList{3, 3});
        QTRY_VERIFY(cardOf(hand, "dense1") == nullptr);
        QVERIFY(!hand.workspace.previewBar().captionText().isEmpty());
        hand.document.undoStack().undo();
        QTRY_VERIFY(cardOf(hand, "dense1") != nullptr);
        QTRY_COMPARE(cardOf(hand, "dense1")->value().tensor.elements(), std::int64_t{20});
    }

    void movingCardsComputesNothing() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        hand.settle();
        const auto before = preview(hand).preview();
        hand.view().reveal(hand.id("dense1"));
        hand.drag(hand.middleOf("dense1"), hand.middleOf("dense1") + QPoint(64, 0));
        hand.settle();
        QVERIFY(!preview(hand).isBusy());
        QVERIFY(preview(hand).preview() == before);
    }

    void aRunsWeightsAreShownAsItTrains() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        QCOMPARE(hand.workspace.previewBar().captionText(), QString("Initial weights"));
        hand.session.prepare(hand.document.project(), GRADLENS_SOURCE_DIR "/resources/examples", {});
        hand.session.run();
        QTRY_VERIFY_WITH_TIMEOUT(preview(hand).preview() && preview(hand).preview()->step > 0, kLoads);
        QVERIFY(hand.workspace.previewBar().captionText().startsWith("Weights of step"));
        hand.session.pause();
        QTRY_COMPARE_WITH_TIMEOUT(hand.session.status().phase, TrainerPhase::Paused, kLoads);
        QTRY_COMPARE_WITH_TIMEOUT(preview(hand).preview()->step, hand.session.status().step, kLoads);
        hand.session.close();
        QTRY_COMPARE(preview(hand).preview()->step, std::int64_t{-1});
    }

    void theHandIsNeverHeldUp() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        // Wide enough that a preview takes a while.
        hand.document.setAttribute(hand.id("dense1"), "units", std::int64_t{6000});
        hand.document.setAttribute(hand.id("dense2"), "units", std::int64_t{3000});
        hand.key(Qt::Key_P);
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), 60000);
        // Time of this thread alone: what it does itself for each of many edits and events, not what it waits.
        const auto ownTime = [] {
            timespec time{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
            return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
        };
        double longest = 0;
        for (std::int64_t units = 5900; units < 5920; ++units) {
            const double begin = ownTime();
            hand.document.setAttribute(hand.id("dense1"), "units", units);
            hand.settle();
            longest = std::max(longest, ownTime() - begin);
        }
        QVERIFY2(preview(hand).isBusy(), "a preview should have been under way");
        constexpr double kMostMilliseconds = 60;  // a frame or two of painting on a slow machine
        QVERIFY2(longest < kMostMilliseconds, qPrintable(QString::number(longest)));
        QTRY_COMPARE_WITH_TIMEOUT(cardOf(hand, "dense1")->value().tensor.elements(), std::int64_t{5919}, 60000);
    }

    void theLatestRequestWins() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        for (int i = 0; i < 50; ++i) preview(hand).stepSample(1);
        QTRY_VERIFY(isReady(hand));
        QCOMPARE(preview(hand).preview()->sample, std::int64_t{50});
    }

    void thePropertyPanelShowsTheSelectedLayerLarge() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(isReady(hand), kLoads);
        auto* large = hand.workspace.findChild<NodePreviewView*>();
        QVERIFY(large != nullptr);
        QVERIFY(!large->isVisible());
        hand.view().reveal(hand.id("dense2"));
        hand.click(hand.middleOf("dense2"));
        QTRY_VERIFY(large->isVisible());
        QVERIFY(large->output()->picture() != nullptr);
        QCOMPARE(large->output()->picture()->value().tensor.elements(), std::int64_t{128});
        QVERIFY(large->gradient()->picture() == nullptr);
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(large->gradient()->picture() != nullptr, kLoads);
    }

    void dataThatIsNotThereIsSaid() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.document.setData({"csv", {{"path", std::string("no-such-file.csv")}}});
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(hand.workspace.previewBar().captionText().contains("no-such-file.csv"), kLoads);
        QVERIFY(cardOf(hand, "dense1") == nullptr);
    }

    void nodesComeAndGoWhileItIsOn() {
        CanvasDriver hand;
        open(hand, "digits-mlp.gradlens");
        hand.key(Qt::Key_P);
        QTRY_VERIFY_WITH_TIMEOUT(cardOf(hand, "dense1") != nullptr, kLoads);
        hand.document.selection().select(hand.id("relu1"));
        hand.key(Qt::Key_Delete);
        QTRY_VERIFY(isReady(hand));
        hand.document.undoStack().undo();
        QTRY_VERIFY(cardOf(hand, "relu1") != nullptr);
    }

    void kindsOfTensorsAreShownInTheirWay() {
        using Kind = PreviewPicture::Kind;
        const auto kind = [](const PreviewTensor& value, bool gradient = false) {
            return PreviewPicture(value, gradient, twoClasses()).kind();
        };
        QCOMPARE(kind(valueOf({}, {0.5f})), Kind::Number);
        QCOMPARE(kind(valueOf({2}, {1, 2})), Kind::Classes);
        QCOMPARE(kind(valueOf({2}, {1, 2}), true), Kind::Bars);
        QCOMPARE(kind(valueOf({3}, {1, 2, 3})), Kind::Bars);
        QCOMPARE(kind(valueOf({2, 3}, {1, 2, 3, 4, 5, 6})), Kind::Heatmap);
        QCOMPARE(kind(valueOf({1, 2, 2}, {1, 2, 3, 4})), Kind::Image);
        QCOMPARE(kind(valueOf({1, 2, 2}, {1, 2, 3, 4}), true), Kind::Maps);
        QCOMPARE(kind(valueOf({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})), Kind::Maps);
        const std::vector<std::int32_t> tokens{1, 0, 1};
        const PreviewPicture text({Tensor::of<std::int32_t>({3}, tokens), {}}, false, twoClasses());
        QCOMPARE(text.kind(), Kind::Text);
        QCOMPARE(text.summary(), QString("dogcatdog"));
    }

    void whatIsNotFiniteHasItsOwnColour() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const PreviewPicture picture(valueOf({2, 2, 2}, {0, 0, 0, nan, 0, 0, 0, 0}), true, nullptr);
        QImage image(40, 20, QImage::Format_RGB32);
        image.fill(Qt::black);
        QPainter painter(&image);
        picture.paint(painter, image.rect());
        painter.end();
        const QRgb wanted = Theme::instance().color(ThemeColor::NotANumber).rgb();
        bool found = false;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x) found = found || image.pixel(x, y) == wanted;
        QVERIFY(found);
        QVERIFY(picture.summary().contains("1 NaN"));
    }

    void anyShapeInAnyRoomIsPainted() {
        QImage image(200, 200, QImage::Format_RGB32);
        QPainter painter(&image);
        for (const Shape& shape :
             {Shape{}, Shape{1}, Shape{0}, Shape{7}, Shape{1000}, Shape{1, 1}, Shape{3, 0}, Shape{200, 1},
              Shape{3, 1, 1}, Shape{1, 300, 2}, Shape{3, 5, 5}, Shape{100, 3, 3}, Shape{2, 3, 4, 5}})
            for (const bool gradient : {false, true}) {
                Tensor tensor = Tensor::zeros(DType::Float32, shape);
                const PreviewPicture picture({tensor, statisticsOf(tensor.view())}, gradient, nullptr);
                for (const QSizeF room : {QSizeF(0, 0), QSizeF(1, 1), QSizeF(190, 38), QSizeF(5, 190)})
                    picture.paint(painter, QRectF({2, 2}, room));
                QVERIFY(picture.heightFor(200, 160) > 0);
                QVERIFY(picture.heightFor(200, 160) <= 160);
            }
    }
};

QTEST_MAIN(TestPreview)
#include "test_preview.moc"
