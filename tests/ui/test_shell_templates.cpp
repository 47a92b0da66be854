// SPDX-License-Identifier: GPL-3.0-or-later
// Beginning from a template on the real window: by its card, the menu, the palette, and from an empty drawing.
#include "ui/design/design_workspace.h"
#include "ui/shell/main_window.h"
#include "ui/shell/project_templates.h"
#include "ui/theme/theme.h"
#include "ui/widgets/search_field.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QPushButton>
#include <QScrollArea>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace gradlens;

class TestShellTemplates : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
    int m_round = 0;

    QAbstractButton* card(const QString& name) const {
        return m_window->findChild<QAbstractButton*>("template-" + name);
    }
    QPushButton* button(const QString& text) const {
        for (auto* each : m_window->findChild<DesignWorkspace*>()->findChildren<QPushButton*>())
            if (each->text() == text) return each;
        return nullptr;
    }
    QString shownName() const { return QString::fromStdString(m_window->document().project().name); }
    void type(const QString& words) {
        QTRY_VERIFY(m_window->findChild<QWidget*>("commandPalette")->isVisible());
        auto* field = m_window->findChild<QWidget*>("commandPalette")->findChild<SearchField*>();
        QTest::keyClicks(field, words);
        QTest::keyClick(field, Qt::Key_Return);
    }

private slots:
    void init() {
        const QString folder = m_folder.filePath(QString::number(++m_round));
        QDir().mkpath(folder);
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        MainWindow::Options options;
        options.settingsFolder = folder;
        options.threads = 2;
        m_window = std::make_unique<MainWindow>(options);
        m_window->resize(1280, 800);
        static_cast<QWidget*>(m_window.get())->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    void cleanup() { m_window.reset(); }

    void everyTemplateHasACard() {
        const auto& templates = projectTemplates(m_window->document().catalogue());
        QCOMPARE(templates.size(), 11);
        for (const ProjectTemplate& each : templates) {
            QVERIFY2(card(each.name), qPrintable(each.name));
            QCOMPARE(card(each.name)->accessibleName(), QString::fromStdString(each.project.name));
        }
    }
    void anExampleThatIsATemplateIsShownOnce() {
        QVERIFY(card("char-gpt"));
        QVERIFY(!m_window->findChild<QAbstractButton*>("example-char-gpt"));
        QVERIFY(m_window->findChild<QAbstractButton*>("example-digits-mlp"));
    }
    void aCardBeginsAnUntitledProject() {
        QAbstractButton* siamese = card("siamese");
        m_window->findChild<QScrollArea*>()->ensureWidgetVisible(siamese);
        QTest::mouseClick(siamese, Qt::LeftButton);
        QCOMPARE(m_window->place(), Place::Design);
        QCOMPARE(shownName(), QString("Siamese network"));
        QVERIFY(m_window->document().path().isEmpty());
        QVERIFY(!m_window->document().isModified());
        QVERIFY(m_window->document().analysis().valid());
    }
    void theFileMenuOffersThemByName() {
        QAction* unet = m_window->action("file.template.u-net");
        QVERIFY(unet);
        QCOMPARE(unet->text(), QString("U-Net"));
        QVERIFY(!unet->toolTip().isEmpty());
        unet->trigger();
        QCOMPARE(shownName(), QString("U-Net"));
    }
    void aKeySearchesTheTemplates() {
        QTest::keyClick(m_window.get(), Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        type("lenet");
        QCOMPARE(shownName(), QString("LeNet-5"));
    }
    void theCommandPaletteFindsThemAmongEverything() {
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        type("new from template variational");
        QCOMPARE(shownName(), QString("Variational autoencoder"));
    }
    void anEmptyDrawingOffersThem() {
        m_window->action("file.new")->trigger();
        QCOMPARE(m_window->place(), Place::Design);
        QPushButton* offer = button("Start from a template…");
        QVERIFY(offer && offer->isVisible());
        QTest::mouseClick(offer, Qt::LeftButton);
        type("resnet-20");
        QCOMPARE(shownName(), QString("ResNet-20"));
        QVERIFY(!offer->isVisible());
    }
};

QTEST_MAIN(TestShellTemplates)
#include "test_shell_templates.moc"
