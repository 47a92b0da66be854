// SPDX-License-Identifier: GPL-3.0-or-later
#include "canvas_driver.h"
#include "ui/design/op_delegate.h"
#include "ui/design/op_search.h"
#include "ui/design/palette.h"
#include "ui/widgets/search_field.h"

#include <QDropEvent>
#include <QMimeData>

#include <memory>

using namespace gradlens;

class TestPalette : public QObject {
    Q_OBJECT

private:
    static QPoint rowOf(OpPalette& palette, const QString& op) {
        QListWidgetItem* item = palette.itemOf(op);
        if (item == nullptr) return {};
        palette.list()->scrollToItem(item);
        return palette.list()->visualItemRect(item).center();
    }

private slots:
    void everyOpIsThereUnderItsCategory() {
        CanvasDriver hand;
        OpPalette& palette = hand.workspace.palette();
        for (const OpDefinition& op : opCatalogue().ops())
            QVERIFY2(palette.itemOf(QString::fromStdString(op.name)) != nullptr, op.name.c_str());
        for (const std::string& category : opCatalogue().categories())
            QCOMPARE(palette.list()->findItems(QString::fromStdString(category), Qt::MatchExactly).isEmpty(), false);
    }

    void withoutASearchEveryCategoryIsOneList() {
        CanvasDriver hand;
        QStringList headings;
        for (int row = 0; row < hand.workspace.palette().list()->count(); ++row) {
            const QListWidgetItem* item = hand.workspace.palette().list()->item(row);
            if (!(item->flags() & Qt::ItemIsSelectable)) headings << item->text();
        }
        QCOMPARE(headings.size(), QSet<QString>(headings.begin(), headings.end()).size());
        QVERIFY(headings.size() > 5);
    }

    void searchPutsTheBestFirst_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("op");
        QTest::newRow("whole name") << "relu"
                                    << "ReLU";
        QTest::newRow("part of a name") << "pool"
                                        << "AvgPool2D";
        QTest::newRow("beginning") << "soft"
                                   << "Softmax";
        QTest::newRow("two words") << "max pool"
                                   << "MaxPool2D";
        QTest::newRow("category") << "loss"
                                  << "BinaryCrossEntropy";
    }

    void searchPutsTheBestFirst() {
        QFETCH(QString, text);
        QFETCH(QString, op);
        const auto found = searchOps(opCatalogue(), text);
        QVERIFY(!found.empty());
        QCOMPARE(QString::fromStdString(found.front()->name), op);
    }

    void searchingForNothingThereSaysSo() {
        CanvasDriver hand;
        OpPalette& palette = hand.workspace.palette();
        QTest::keyClicks(palette.searchField(), "xyzzy");
        QCOMPARE(palette.list()->count(), 0);
        QVERIFY(!palette.list()->isVisible());
        QTest::keyClick(palette.searchField(), Qt::Key_Escape);
        QVERIFY(palette.list()->isVisible());
    }

    void returnInTheSearchAddsTheBest() {
        CanvasDriver hand;
        OpPalette& palette = hand.workspace.palette();
        QTest::keyClicks(palette.searchField(), "dense");
        QTest::keyClick(palette.searchField(), Qt::Key_Return);
        QVERIFY(hand.id("dense1") != NodeId::None);
    }

    void doubleClickAppendsToTheSelectionAndConnects() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selection().select(hand.id("relu1"));
        OpPalette& palette = hand.workspace.palette();
        const QPoint row = rowOf(palette, "Tanh");
        QTest::mouseClick(palette.list()->viewport(), Qt::LeftButton, {}, row);
        QTest::mouseDClick(palette.list()->viewport(), Qt::LeftButton, {}, row);
        QVERIFY(hand.id("tanh1") != NodeId::None);
        const auto edge = hand.graph().edgeInto({hand.id("tanh1"), 0});
        QVERIFY(edge.has_value());
        QCOMPARE(edge->from.node, hand.id("relu1"));
        QCOMPARE(hand.document.selection().current(), hand.id("tanh1"));
        const QRectF sight = hand.view().mapToScene(hand.view().viewport()->rect()).boundingRect();
        QVERIFY(sight.contains(hand.item("tanh1").cardRect()));
    }

    void enterOnARowAddsToo() {
        CanvasDriver hand;
        OpPalette& palette = hand.workspace.palette();
        palette.list()->setFocus();
        palette.list()->setCurrentItem(palette.itemOf("Flatten"));
        QTest::keyClick(palette.list(), Qt::Key_Return);
        QVERIFY(hand.id("flatten1") != NodeId::None);
    }

    // The offscreen platform carries no drags (QOffscreenDrag refuses them): what the row gives to a drag is handed to
    // the canvas.
    void aRowDraggedOntoTheCanvasBecomesALayer() {
        CanvasDriver hand;
        OpPalette& palette = hand.workspace.palette();
        QVERIFY(palette.list()->dragEnabled());
        const QModelIndex row = palette.list()->indexAt(rowOf(palette, "Dense"));
        QVERIFY(row.flags().testFlag(Qt::ItemIsDragEnabled));
        const std::unique_ptr<QMimeData> data(palette.list()->model()->mimeData({row}));
        QVERIFY(data != nullptr);
        QDragEnterEvent enter({320, 260}, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(hand.view().viewport(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop({320, 260}, Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(hand.view().viewport(), &drop);
        QVERIFY(hand.id("dense1") != NodeId::None);
        QVERIFY(hand.item("dense1").cardRect().contains(hand.view().mapToScene(320, 260)));
    }

    void aHeadingCannotBeDragged() {
        CanvasDriver hand;
        OpList* list = hand.workspace.palette().list();
        QVERIFY(!list->item(0)->flags().testFlag(Qt::ItemIsDragEnabled));
    }
};

QTEST_MAIN(TestPalette)
#include "test_palette.moc"
