// SPDX-License-Identifier: GPL-3.0-or-later
// File > Export on the real window: source and figures to files and the clipboard, the figure's form, messages.
#include "ui/shell/exporter.h"
#include "ui/shell/figure_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/resources_folder.h"
#include "ui/theme/theme.h"
#include "ui/widgets/segmented_control.h"
#include "ui/widgets/toast.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace gradlens;

namespace {
constexpr int kPatience = 60000;
}

class TestExporter : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;

    QString file(const char* name) const { return m_folder.filePath(name); }
    QByteArray contents(const char* name) const {
        QFile read(file(name));
        return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
    }
    Exporter& exporter() { return m_window->exporter(); }
    QString toast() { return m_window->findChild<Toast*>()->text(); }
    FigureDialog* openForm() {
        m_window->action("export.figure")->trigger();
        return m_window->findChild<FigureDialog*>("exportFigure");
    }

private slots:
    void init() {
        Theme::instance().apply(*qApp, Theme::Mode::Light);
        MainWindow::Options options;
        options.settingsFolder = m_folder.path();
        options.threads = 1;
        m_window = std::make_unique<MainWindow>(options);
        m_window->resize(1440, 900);
        static_cast<QWidget*>(m_window.get())->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        QVERIFY(m_window->openExample(exampleFile("digits-mlp")));
    }
    void cleanup() { m_window.reset(); }

    void sourceIsCopiedByItsKey() {
        QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(QApplication::clipboard()->text().contains("class Network(nn.Module):"), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(toast(), QStringLiteral("PyTorch source copied"), kPatience);
        m_window->action("export.copyKeras")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QApplication::clipboard()->text().contains("class Network(keras.Model):"), kPatience);
    }

    void sourceIsWrittenToAFile() {
        exporter().writeSource(SourceFramework::PyTorch, file("mlp.py"));
        QTRY_VERIFY_WITH_TIMEOUT(contents("mlp.py").contains("nn.Linear(64,"), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(toast(), QStringLiteral("Exported mlp.py"), kPatience);
    }

    void whatCannotBeWrittenIsSaidAndTheFileStays() {
        QVERIFY(QFile(file("kept.py")).open(QIODevice::WriteOnly));
        DesignDocument& document = m_window->document();
        document.removeEdge(document.graph().edges().front().to);
        exporter().writeSource(SourceFramework::PyTorch, file("kept.py"));
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->banners().messages().isEmpty(), kPatience);
        QCOMPARE(m_window->banners().messages().back().kind, BannerMessage::Kind::Error);
        QCOMPARE(m_window->banners().messages().back().key, QStringLiteral("export"));
        QVERIFY(contents("kept.py").isEmpty());
        document.undoStack().undo();
        exporter().writeSource(SourceFramework::PyTorch, file("kept.py"));
        // Done: what was said before is over.
        QTRY_VERIFY_WITH_TIMEOUT(m_window->banners().messages().isEmpty(), kPatience);
        exporter().writeSource(SourceFramework::PyTorch, m_folder.path() + "/nowhere/at/all.py");
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->banners().messages().isEmpty(), kPatience);
    }

    void figuresAreWrittenInEveryFormat() {
        FigureWish wish;
        exporter().writeFigure(wish, file("figure.svg"));
        QTRY_VERIFY_WITH_TIMEOUT(contents("figure.svg").startsWith("<?xml"), kPatience);
        wish.format = FigureWish::Format::Png;
        wish.scale = 3;
        exporter().writeFigure(wish, file("figure.png"));
        QTRY_VERIFY_WITH_TIMEOUT(!QImage(file("figure.png")).isNull(), kPatience);
        QVERIFY(QImage(file("figure.png")).width() > 600);
        wish.format = FigureWish::Format::Pdf;
        exporter().writeFigure(wish, file("figure.pdf"));
        QTRY_VERIFY_WITH_TIMEOUT(contents("figure.pdf").startsWith("%PDF"), kPatience);
        QVERIFY(contents("figure.pdf").contains("/Font"));  // text is text
    }

    void theFormShowsThePreviewAndTheSizeOfWhatIsChosen() {
        FigureDialog* form = openForm();
        QVERIFY(form);
        QTRY_VERIFY_WITH_TIMEOUT(form->hasPreview(), kPatience);
        auto* size = form->findChild<QLabel*>("figureSize");
        QTRY_VERIFY_WITH_TIMEOUT(size->text().endsWith("mm"), kPatience);
        QVERIFY(!form->findChild<QComboBox*>("figureScale")->isVisible());
        form->findChild<SegmentedControl*>("figureFormat")->setCurrentIndex(1);
        QVERIFY(size->text().endsWith("pixels"));
        QVERIFY(form->findChild<QComboBox*>("figureScale")->isVisible());
        const QString before = size->text();
        form->findChild<QComboBox*>("figureScale")->setCurrentIndex(3);
        QVERIFY(size->text() != before);
        QCOMPARE(form->wish().scale, 4.0);
        QTest::mouseClick(form->findChild<QCheckBox*>("figureShapes"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(!form->wish().options.shapes);
        form->reject();
        // What was chosen is there the next time.
        QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<FigureDialog*>("exportFigure") == nullptr, kPatience);
        QCOMPARE(openForm()->wish().scale, 4.0);
    }

    void aFigureIsCopiedAsPictureAndAsSvg() {
        FigureDialog* form = openForm();
        QTRY_VERIFY_WITH_TIMEOUT(form->hasPreview(), kPatience);
        QTest::mouseClick(form->findChild<QPushButton*>("copyFigure"), Qt::LeftButton);
        const auto copied = [] { return QApplication::clipboard()->mimeData(); };
        QTRY_VERIFY_WITH_TIMEOUT(copied() != nullptr && copied()->hasFormat("image/svg+xml"), kPatience);
        QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
    }

    void theCommandPaletteFindsExports() {
        for (const char* name : {"export.pytorch", "export.keras", "export.copyPytorch", "export.figure"})
            QVERIFY2(m_window->action(name) != nullptr && m_window->action(name)->isEnabled(), name);
        m_window->files().newProject();
        QVERIFY(!m_window->action("export.pytorch")->isEnabled());
    }

    void thePictureOfTheForm() {
        const QByteArray folder = qgetenv("GRADLENS_PICTURES");
        if (folder.isEmpty()) QSKIP("GRADLENS_PICTURES names no folder");
        for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
            Theme::instance().apply(*qApp, mode);
            FigureDialog* form = openForm();
            QTRY_VERIFY_WITH_TIMEOUT(form->hasPreview(), kPatience);
            QVERIFY(form->grab().save(QString::fromUtf8(folder) + (mode == Theme::Mode::Dark ? "/dark" : "/light") +
                                      "-export.png"));
            form->reject();
            QTRY_VERIFY_WITH_TIMEOUT(m_window->findChild<FigureDialog*>("exportFigure") == nullptr, kPatience);
        }
    }
};

QTEST_MAIN(TestExporter)
#include "test_exporter.moc"
