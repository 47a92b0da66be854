// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the preview in both themes. With GRADLENS_PICTURES set to a folder they are kept there, to be looked at.
#include "canvas_driver.h"
#include "ui/design/preview/drawing_preview.h"

#include <QDir>
#include <QSet>

using namespace gradlens;

class TestPreviewPictures : public QObject {
    Q_OBJECT

private slots:
    void thePreviewIsThere_data() {
        QTest::addColumn<QString>("example");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<bool>("gradient");
        for (const char* example : {"fashion-mnist-cnn", "digits-mlp", "char-gpt", "fashion-mnist-lstm", "spirals"})
            for (const bool dark : {true, false})
                for (const bool gradient : {false, true})
                    QTest::addRow("%s-%s-%s", example, dark ? "dark" : "light", gradient ? "gradient" : "output")
                        << QString(example) << dark << gradient;
    }
    void thePreviewIsThere() {
        QFETCH(const QString, example);
        QFETCH(const bool, dark);
        QFETCH(const bool, gradient);
        CanvasDriver hand;
        Theme::instance().apply(*qApp, dark ? Theme::Mode::Dark : Theme::Mode::Light);
        hand.document.load(QString(GRADLENS_SOURCE_DIR "/resources/examples/%1.gradlens").arg(example));
        hand.settle();
        DrawingPreview& preview = hand.workspace.preview();
        preview.setMode(gradient ? DrawingPreview::Mode::Gradient : DrawingPreview::Mode::Output);
        QTRY_VERIFY_WITH_TIMEOUT(!preview.faultText().startsWith("Loading"), 60000);
        if (!preview.faultText().isEmpty()) QSKIP(qPrintable(preview.faultText()));
        QTRY_VERIFY_WITH_TIMEOUT(preview.preview() != nullptr && !preview.isBusy(), 60000);
        for (const Node& node : hand.graph().nodes())
            if (node.op == "Conv2D" || node.op == "Dense" || node.op == "Embedding") {
                hand.document.selection().select(node.id);
                break;
            }
        hand.settle();
        for (const double zoom : {1.0, 0.45}) {
            hand.view().setZoom(zoom);
            hand.view().centerOn(hand.scene().contentRect().center().x(),
                                 hand.scene().contentRect().top() + 340 / zoom);
            hand.settle();
            const QImage picture = hand.workspace.grab().toImage();
            QSet<QRgb> colors;
            for (int y = 0; y < picture.height(); y += 7)
                for (int x = 0; x < picture.width(); x += 7) colors.insert(picture.pixel(x, y));
            QVERIFY2(colors.size() > 20, "the picture is blank");
            const QString folder = qEnvironmentVariable("GRADLENS_PICTURES");
            if (folder.isEmpty()) continue;
            const QString name = QString("%1-%2.png").arg(QTest::currentDataTag()).arg(qRound(zoom * 100));
            QVERIFY(picture.save(QDir(folder).filePath(name)));
        }
    }
};

QTEST_MAIN(TestPreviewPictures)
#include "test_preview_pictures.moc"
