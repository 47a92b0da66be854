// SPDX-License-Identifier: GPL-3.0-or-later
// The figures below the canvas, with real clicks.
#include "core/base/error.h"
#include "canvas_driver.h"
#include "ui/design/figures_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>

using namespace gradlens;

class TestFigures : public QObject {
    Q_OBJECT

private:
    static FiguresPanel& opened(CanvasDriver& hand) {
        hand.document.load(GRADLENS_SOURCE_DIR "/resources/examples/fashion-mnist-cnn.gradlens");
        hand.settle();
        auto* tabs = hand.workspace.findChild<QTabBar*>("lowerTabs");
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
        hand.settle();
        return hand.workspace.figures();
    }
    static QString cell(FiguresPanel& panel, int row, FiguresModel::Column column) {
        return panel.view()->model()->index(row, column).data().toString();
    }
    static void clickHeading(FiguresPanel& panel, FiguresModel::Column column) {
        QHeaderView* header = panel.view()->horizontalHeader();
        const QPoint middle(header->sectionViewportPosition(column) + header->sectionSize(column) / 2,
                            header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, middle);
    }

private slots:
    void everyLayerHasARow() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        QVERIFY(panel.isVisible());
        QCOMPARE(panel.view()->model()->rowCount(), static_cast<int>(hand.graph().nodes().size()));
        QVERIFY2(panel.totalsText().contains("to train a batch of 128"), qPrintable(panel.totalsText()));
        QVERIFY(!panel.totalsText().contains(QString::fromUtf8("–")));
    }
    void aClickOnAHeadingSorts() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        clickHeading(panel, FiguresModel::Parameters);
        clickHeading(panel, FiguresModel::Parameters);
        const auto parameters = [&](int row) {
            return panel.view()->model()->index(row, FiguresModel::Parameters).data(FiguresModel::SortRole).toDouble();
        };
        const int rows = panel.view()->model()->rowCount();
        const bool down = parameters(0) > parameters(rows - 1);
        for (int row = 1; row < rows; ++row)
            QVERIFY(down ? parameters(row - 1) >= parameters(row) : parameters(row - 1) <= parameters(row));
        QVERIFY(parameters(0) != parameters(rows - 1));
    }
    void aClickOnARowSelectsItsLayer() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        const QString name = cell(panel, 2, FiguresModel::Layer);
        QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, {},
                          panel.view()->visualRect(panel.view()->model()->index(2, 0)).center());
        QCOMPARE(hand.document.selection().current(), hand.id(qPrintable(name)));
    }
    void theTableIsCopiedAsItIsSorted() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        clickHeading(panel, FiguresModel::MultiplyAdds);
        panel.view()->setFocus();
        panel.copy();
        const QStringList lines = QGuiApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), panel.view()->model()->rowCount() + 1);
        QCOMPARE(lines[1].section('\t', 0, 0), cell(panel, 0, FiguresModel::Layer));
    }
    void theTableIsSavedAsCsv() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        const QTemporaryDir folder;
        panel.saveCsv(folder.filePath("figures.csv"));
        QFile file(folder.filePath("figures.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().toStdString(), csvOf(panel.model().table()));
        QVERIFY_THROWS_EXCEPTION(Error, panel.saveCsv("/proc/nowhere/figures.csv"));
    }
    void figuresFollowTheDrawing() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        const QString before = panel.totalsText();
        hand.document.setAttribute(hand.id("conv1"), "filters", std::int64_t{48});
        QTRY_VERIFY(panel.totalsText() != before);
        hand.document.undoStack().undo();
        QTRY_COMPARE(panel.totalsText(), before);
    }
    void costsColourTheCanvas() {
        CanvasDriver hand;
        FiguresPanel& panel = opened(hand);
        QVERIFY(!hand.item("conv1").heat().has_value());
        panel.coloring()->setFocus();
        QTest::keyClick(panel.coloring(), Qt::Key_Down);
        QCOMPARE(panel.coloring()->currentData().toInt(), static_cast<int>(FiguresModel::Parameters));
        double hottest = 0;
        for (const Node& node : hand.graph().nodes())
            hottest = std::max(hottest, hand.scene().nodeItem(node.id)->heat().value_or(0));
        QCOMPARE(hottest, 1.0);
        QTest::keyClick(panel.coloring(), Qt::Key_Up);
        QVERIFY(!hand.item("conv1").heat().has_value());
    }
};

QTEST_MAIN(TestFigures)
#include "test_figures.moc"
