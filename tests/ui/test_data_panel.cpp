// SPDX-License-Identifier: GPL-3.0-or-later
#include "canvas_driver.h"
#include "ui/design/attribute_form.h"
#include "ui/design/choice_form.h"
#include "ui/design/data/class_bars.h"
#include "ui/design/data/data_panel.h"
#include "ui/design/data/feature_table.h"
#include "ui/design/data/sample_browser.h"
#include "ui/design/data/scatter_view.h"
#include "ui/design/data/transform_list.h"
#include "ui/design/node_form.h"
#include "ui/design/property_panel.h"
#include "ui/design/side_panel.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/segmented_control.h"

#include <QAbstractItemModel>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSpinBox>
#include <QTabBar>
#include <QTemporaryDir>
#include <QToolButton>

using namespace gradlens;

class TestDataPanel : public QObject {
    Q_OBJECT

private:
    static void type(QWidget* field, const QString& text) {
        field->setFocus();
        QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }

    static void choose(SegmentedControl* control, int index) {
        control->setFocus();
        while (control->currentIndex() < index) QTest::keyClick(control, Qt::Key_Right);
        while (control->currentIndex() > index) QTest::keyClick(control, Qt::Key_Left);
    }

    // The panel, opened by a click on its tab.
    static DataPanel& opened(CanvasDriver& hand) {
        QTabBar& tabs = hand.workspace.side().tabs();
        QTest::mouseClick(&tabs, Qt::LeftButton, {}, tabs.tabRect(SidePanel::Data).center());
        return hand.workspace.side().data();
    }

    // ... on the handwritten digits that are shipped, loaded and counted.
    static DataPanel& openedOnDigits(CanvasDriver& hand) {
        hand.document.setData({"digits", {}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        return panel;
    }

    static void waitFor(CanvasDriver& hand, DataPanel& panel) {
        QTRY_COMPARE(hand.workspace.data().state(), DatasetProvider::State::Loaded);
        QTRY_VERIFY(panel.browser()->figures().figures() != nullptr);
        QTRY_VERIFY(panel.browser()->reader().isIdle());
    }

    static QImage pictureOf(SampleBrowser& browser, std::int64_t sample) {
        const Sample* found = browser.reader().find(sample);
        return found == nullptr ? QImage() : found->picture;
    }

    static QString hintOf(const EmptyState& state) {
        QStringList texts;
        for (const QLabel* label : state.findChildren<QLabel*>()) texts << label->text();
        return texts.join('\n');
    }

private slots:
    void nothingIsLoadedBeforeTheDataIsLookedAt() {
        CanvasDriver hand;
        hand.settle();
        QCOMPARE(hand.workspace.data().state(), DatasetProvider::State::Nothing);
        DataPanel& panel = openedOnDigits(hand);
        QVERIFY2(panel.browser()->sizesText().contains(QString::fromUtf8("1×8×8")),
                 qPrintable(panel.browser()->sizesText()));
    }

    void anotherSourceBringsItsAttributesAndItsSamples() {
        CanvasDriver hand;
        DataPanel& panel = openedOnDigits(hand);
        const int spirals = panel.source()->field()->findData("spirals");
        QVERIFY(spirals >= 0);
        panel.source()->field()->setCurrentIndex(spirals);
        QCOMPARE(hand.document.project().data.source, std::string("spirals"));
        type(panel.source()->form()->fieldOf("noise"), "0.3");
        QCOMPARE(hand.document.project().data.attributes.real("noise"), 0.3);
        QTRY_VERIFY(hand.workspace.data().dataset() != nullptr &&
                    hand.workspace.data().dataset()->featureShape == Shape{2});
        waitFor(hand, panel);
        QTRY_VERIFY(panel.browser()->scatter().isVisible());
        QTRY_VERIFY(panel.browser()->scatter().pointsShown() > 100);
        hand.document.undoStack().undo();
        hand.document.undoStack().undo();
        QCOMPARE(hand.document.project().data.source, std::string("digits"));
        QTRY_VERIFY(hand.workspace.data().dataset() != nullptr &&
                    hand.workspace.data().dataset()->featureShape == (Shape{1, 8, 8}));
    }

    void theInputLeadsToTheData() {
        CanvasDriver hand;
        hand.drawChain();
        hand.click(hand.middleOf("input1"));
        QPushButton* link = hand.workspace.properties().nodeForm()->linkButton();
        QTRY_VERIFY(link->isVisible());
        QTest::mouseClick(link, Qt::LeftButton);
        QCOMPARE(hand.workspace.side().page(), SidePanel::Data);
        hand.click(hand.middleOf("dense1"));
        QCOMPARE(hand.workspace.side().page(), SidePanel::Properties);
    }

    void aTransformIsAddedFromTheMenuMovedAndRemovedEachAStep() {
        CanvasDriver hand;
        DataPanel& panel = openedOnDigits(hand);
        TransformList& list = *panel.transforms();
        const auto names = [&] {
            QStringList all;
            for (const TransformSpec& spec : hand.document.project().data.transforms)
                all << QString::fromStdString(spec.name);
            return all.join(' ');
        };
        for (const char* name : {"flip", "crop"}) {
            auto* action = list.addButton()->menu()->findChild<QAction*>(name);
            QVERIFY(action != nullptr);
            action->trigger();
        }
        QCOMPARE(names(), QString("flip crop"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Add transform Random crop"));
        QTest::mouseClick(list.upButton(1), Qt::LeftButton);
        QCOMPARE(names(), QString("crop flip"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Move transform Random crop"));
        type(list.formOf(0)->fieldOf("padding"), "2");
        QCOMPARE(hand.document.project().data.transforms[0].attributes.integer("padding"), std::int64_t{2});
        QCOMPARE(hand.document.undoStack().undoText(), QString("Set padding of Random crop"));
        QTest::mouseClick(list.removeButton(1), Qt::LeftButton);
        QCOMPARE(names(), QString("crop"));
        hand.document.undoStack().undo();
        QCOMPARE(names(), QString("crop flip"));
        QCOMPARE(list.count(), 2);
        while (hand.document.undoStack().canUndo() && !names().isEmpty()) hand.document.undoStack().undo();
        QCOMPARE(list.count(), 0);
    }

    void aTransformShowsInTheSamplesAsTrained() {
        CanvasDriver hand;
        DataPanel& panel = openedOnDigits(hand);
        SampleBrowser& browser = *panel.browser();
        const QImage loaded = pictureOf(browser, 0);
        QVERIFY(!loaded.isNull());
        choose(browser.preparation(), 1);
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        QCOMPARE(pictureOf(browser, 0), loaded);  // scaling alone changes no picture
        QVERIFY(!browser.epoch()->isVisible());
        hand.document.setData({"digits", {}, {{"flip", {{"probability", 1.0}}}}});
        QTRY_VERIFY(hand.workspace.data().dataset() != nullptr && !hand.workspace.data().dataset()->transforms.empty());
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        QCOMPARE(pictureOf(browser, 0), loaded.mirrored(true, false));
        QVERIFY(browser.epoch()->isVisible());
        choose(browser.preparation(), 0);
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        QCOMPARE(pictureOf(browser, 0), loaded);
    }

    void anotherEpochDrawsTransformsAnew() {
        CanvasDriver hand;
        hand.document.setData({"digits", {}, {{"rotate", {{"degrees", 90.0}}}}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        SampleBrowser& browser = *panel.browser();
        choose(browser.preparation(), 1);
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        const QImage first = pictureOf(browser, 0);
        browser.epoch()->setFocus();
        QTest::keyClick(browser.epoch(), Qt::Key_Up);
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        QVERIFY(pictureOf(browser, 0) != first);
        QTest::keyClick(browser.epoch(), Qt::Key_Down);
        QTRY_VERIFY(!pictureOf(browser, 0).isNull());
        QCOMPARE(pictureOf(browser, 0), first);
    }

    void keysWalkThroughTheSamples() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        SampleSheet& sheet = browser.sheet();
        sheet.setFocus();
        QCOMPARE(sheet.current(), std::int64_t{0});
        QTest::keyClick(&sheet, Qt::Key_Right);
        QCOMPARE(sheet.current(), std::int64_t{1});
        QTest::keyClick(&sheet, Qt::Key_Down);
        QCOMPARE(sheet.current(), std::int64_t{1} + sheet.columns());
        QTest::keyClick(&sheet, Qt::Key_PageDown);
        QVERIFY(sheet.current() > 1 + sheet.columns());
        QVERIFY(sheet.viewport()->rect().contains(sheet.cellOf(sheet.current())));
        QTest::keyClick(&sheet, Qt::Key_End);
        QCOMPARE(sheet.current(), sheet.choice().size() - 1);
        QVERIFY2(browser.sightText().contains("of " + QLocale(QLocale::English).toString(sheet.choice().size())),
                 qPrintable(browser.sightText()));
        QTest::keyClick(&sheet, Qt::Key_Home);
        QCOMPARE(sheet.firstInSight(), std::int64_t{0});
    }

    void pagesAreTurnedWithTheButtons() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        QVERIFY(!browser.pageUp()->isEnabled());
        const std::int64_t last = browser.sheet().lastInSight();
        QTest::mouseClick(browser.pageDown(), Qt::LeftButton);
        QVERIFY(browser.sheet().firstInSight() > 0);
        QVERIFY(browser.sheet().firstInSight() <= last);
        QTest::mouseClick(browser.pageUp(), Qt::LeftButton);
        QCOMPARE(browser.sheet().firstInSight(), std::int64_t{0});
    }

    void aClickTellsOfASample() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        QTest::mouseClick(browser.sheet().viewport(), Qt::LeftButton, {}, browser.sheet().cellOf(2).center());
        QCOMPARE(browser.sheet().current(), std::int64_t{2});
        QVERIFY2(browser.sampleText().startsWith("#3 ") && browser.sampleText().contains("mean"),
                 qPrintable(browser.sampleText()));
    }

    void aNumberGoesToItsSample() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        type(browser.goTo(), "1000");
        QTest::keyClick(browser.goTo(), Qt::Key_Return);
        QCOMPARE(browser.sheet().current(), std::int64_t{999});
        QTRY_VERIFY2(browser.sampleText().startsWith("#1,000"), qPrintable(browser.sampleText()));
        type(browser.goTo(), "99999999");
        QTest::keyClick(browser.goTo(), Qt::Key_Return);
        QCOMPARE(browser.sheet().current(), std::int64_t{999});
        QVERIFY(browser.goTo()->property("invalid").toBool());
    }

    void samplesOfOneClassAreShownAlone() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        QVERIFY(browser.classFilter()->isEnabled());
        QCOMPARE(browser.classFilter()->count(), 11);
        browser.classFilter()->setFocus();
        for (int i = 0; i < 4; ++i) QTest::keyClick(browser.classFilter(), Qt::Key_Down);
        QTRY_VERIFY(browser.reader().isIdle());
        const SampleChoice& choice = browser.sheet().choice();
        QCOMPARE(choice.size(), browser.figures().figures()->train.classCounts[3]);
        for (std::int64_t i = 0; i <= browser.sheet().lastInSight(); ++i)
            QCOMPARE(browser.reader().find(choice.at(i))->classNumber, 3);
        choose(browser.part(), 1);
        QCOMPARE(browser.sheet().choice().size(), browser.figures().figures()->validation.classCounts[3]);
    }

    void classesAreCountedAndABarShowsItsSamples() {
        CanvasDriver hand;
        SampleBrowser& browser = *openedOnDigits(hand).browser();
        const Dataset& dataset = *hand.workspace.data().dataset();
        std::vector<std::int64_t> expected(10);
        for (const std::int32_t label : dataset.train.labels.as<const std::int32_t>())
            ++expected[static_cast<std::size_t>(label)];
        QVERIFY(browser.figures().figures()->train.classCounts == expected);
        choose(browser.pages(), SampleBrowser::Classes);
        ClassBars& bars = browser.classBars();
        QCOMPARE(bars.count(), 10);
        QVERIFY2(browser.balanceText().contains("times the smallest") || browser.balanceText().contains("equally"),
                 qPrintable(browser.balanceText()));
        QTest::mouseClick(bars.widget(), Qt::LeftButton, {}, bars.rowOf(2).center());
        QCOMPARE(browser.pages()->currentIndex(), int(SampleBrowser::Samples));
        QCOMPARE(browser.sheet().choice().size(), expected[2]);
    }

    void figuresAreToldAsLoadedAndAsScaled() {
        CanvasDriver hand;
        hand.document.setData({"digits", {{"normalise", std::string("standardise")}}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        const QAbstractItemModel& model = *panel.browser()->features().model();
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 2).data().toDouble(), 16.0);
        QVERIFY(std::abs(model.index(1, 3).data().toDouble()) < 1e-3);
        QVERIFY(std::abs(model.index(1, 4).data().toDouble() - 1) < 1e-3);
    }

    void aMissingFileIsToldInPlaceWithItsPathAndTriedAgain() {
        CanvasDriver hand;
        QTemporaryDir folder;
        const QString path = folder.filePath("table.csv");
        hand.document.setData({"csv", {{"path", path.toStdString()}}, {}});
        DataPanel& panel = opened(hand);
        QTRY_VERIFY(panel.trouble()->isVisible());
        QVERIFY2(hintOf(*panel.trouble()).contains(path), qPrintable(hintOf(*panel.trouble())));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("height,width,kind\n1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,1,a\n");
        file.close();
        QTest::mouseClick(panel.trouble()->findChild<QPushButton*>(), Qt::LeftButton);
        waitFor(hand, panel);
        QVERIFY(panel.browser()->isVisible());
        QCOMPARE(hand.workspace.data().dataset()->featureShape.elements(), std::int64_t{2});
    }

    void aTransformThatDoesNotFitIsToldInPlace() {
        CanvasDriver hand;
        hand.document.setData({"text", {}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        panel.transforms()->add("crop");
        QTRY_VERIFY(panel.trouble()->isVisible());
        QVERIFY2(hintOf(*panel.trouble()).contains("images"), qPrintable(hintOf(*panel.trouble())));
        QTest::mouseClick(panel.transforms()->removeButton(0), Qt::LeftButton);
        QTRY_VERIFY(panel.browser()->isVisible());
    }

    void tokensAreShownAsText() {
        CanvasDriver hand;
        hand.document.setData({"arithmetic", {}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        SampleBrowser& browser = *panel.browser();
        const Sample* sample = browser.reader().find(0);
        QVERIFY(sample != nullptr);
        QVERIFY2(sample->text.contains('+') && sample->text.contains('='), qPrintable(sample->text));
        QVERIFY(!browser.preparation()->isVisible());
        QVERIFY(!browser.classFilter()->isEnabled());
    }

    void tablesAreShownAsRowsOfNumbers() {
        CanvasDriver hand;
        hand.document.setData({"csv",
                               {{"path", std::string(GRADLENS_SOURCE_DIR "/resources/datasets/iris.csv")},
                                {"normalise", std::string("standardise")}},
                               {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        SampleBrowser& browser = *panel.browser();
        QVERIFY(!browser.scatter().isVisible());
        const Sample* sample = browser.reader().find(0);
        QVERIFY(sample != nullptr);
        QCOMPARE(sample->values.size(), std::size_t{4});
        QVERIFY(sample->values[0] > 4);  // centimetres, as loaded
        choose(browser.preparation(), 1);
        QTRY_VERIFY(browser.reader().find(0) != nullptr);
        QVERIFY(browser.reader().find(0)->values[0] < 4);
    }

    void aPointIsChosenWithAClick() {
        CanvasDriver hand;
        hand.document.setData({"moons", {}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        ScatterView& scatter = panel.browser()->scatter();
        QTRY_VERIFY(scatter.pointsShown() > 10);
        QTRY_VERIFY(panel.browser()->reader().isIdle());
        QTest::mouseClick(&scatter, Qt::LeftButton, {}, scatter.placeOf(5).toPoint());
        QVERIFY(scatter.current() >= 0);
        const QPointF away = scatter.placeOf(scatter.current()) - scatter.placeOf(5);
        QVERIFY(std::hypot(away.x(), away.y()) < 2);
        QCOMPARE(panel.browser()->sheet().current(), scatter.current());
        choose(panel.browser()->form(), 1);
        QVERIFY(panel.browser()->sheet().isVisible());
        QTRY_VERIFY(panel.browser()->reader().find(0) != nullptr);
    }

    void aLargeDatasetScrollsReadingOnlyWhatIsSeen() {
        CanvasDriver hand;
        hand.document.setData({"blobs", {{"samples", std::int64_t{200000}}}, {}});
        DataPanel& panel = opened(hand);
        waitFor(hand, panel);
        SampleBrowser& browser = *panel.browser();
        choose(browser.form(), 1);
        SampleSheet& sheet = browser.sheet();
        sheet.setFocus();
        QTest::keyClick(&sheet, Qt::Key_End);
        const std::int64_t last = sheet.choice().size() - 1;
        QVERIFY(last > 100000);
        QTRY_VERIFY(browser.reader().find(last) != nullptr);
        QVERIFY(browser.reader().find(last / 2) == nullptr);
        QCOMPARE(sheet.lastInSight(), last);
    }
};

QTEST_MAIN(TestDataPanel)
#include "test_data_panel.moc"
