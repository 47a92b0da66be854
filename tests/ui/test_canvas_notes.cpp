// SPDX-License-Identifier: GPL-3.0-or-later
// Comments and frames on the canvas, worked by hand.
#include "canvas_driver.h"
#include "ui/design/canvas/note_editor.h"
#include "ui/models/arrange.h"

using namespace gradlens;

namespace {
NoteEditor* editor(CanvasDriver& hand) {
    for (NoteEditor* found : hand.view().viewport()->findChildren<NoteEditor*>())
        if (found->isVisible()) return found;
    return nullptr;
}

const Note& onlyNote(CanvasDriver& hand) {
    return hand.graph().notes().front();
}

// A comment that says "look here", at a point of the viewport.
void comment(CanvasDriver& hand, QPoint at, const QString& text = "look here") {
    QTest::mouseMove(hand.view().viewport(), at - QPoint(2, 2));
    QTest::mouseMove(hand.view().viewport(), at);
    hand.key(Qt::Key_C, Qt::ShiftModifier);
    QVERIFY(editor(hand) != nullptr);
    QTest::keyClicks(editor(hand), text);
    QTest::keyClick(editor(hand), Qt::Key_Return, Qt::ControlModifier);
    hand.settle();
}

// A frame "head" around dense1 and relu1.
void frame(CanvasDriver& hand) {
    hand.document.selection().set({hand.id("dense1"), hand.id("relu1")});
    hand.key(Qt::Key_F, Qt::ShiftModifier);
    QVERIFY(editor(hand) != nullptr);
    QTest::keyClicks(editor(hand), "head");
    QTest::keyClick(editor(hand), Qt::Key_Return);
    hand.settle();
}

QPoint titleOf(CanvasDriver& hand) {
    return hand.at(rectOf(onlyNote(hand)).topLeft() + QPointF(60, 14));
}
}  // namespace

class TestCanvasNotes : public QObject {
    Q_OBJECT

private slots:
    void aCommentIsWrittenWhereThePointerIs() {
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {60, 80});
        QCOMPARE(hand.graph().notes().size(), std::size_t{1});
        const Note& note = onlyNote(hand);
        QCOMPARE(note.text, std::string("look here"));
        QVERIFY(note.kind == Note::Kind::Comment);
        const QPointF wanted = hand.view().mapToScene(60, 80);
        QVERIFY(QLineF(wanted, {note.position.x, note.position.y}).length() < 2 * kCanvasGrid);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Add a comment"));
        QCOMPARE(hand.document.selection().notes(), (std::vector<NoteId>{note.id}));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph().notes().empty());
        QVERIFY(hand.scene().noteItem(NoteId{1}) == nullptr);
    }

    void escapeBeforeAWordLeavesNoComment() {
        CanvasDriver hand;
        hand.drawChain();
        const int steps = hand.document.undoStack().count();
        hand.key(Qt::Key_C, Qt::ShiftModifier);
        QTest::keyClicks(editor(hand), "no");
        QTest::keyClick(editor(hand), Qt::Key_Escape);
        QVERIFY(editor(hand) == nullptr);
        QVERIFY(hand.graph().notes().empty());
        QCOMPARE(hand.document.undoStack().count(), steps);
    }

    void doubleClickWritesInPlaceAndALongTextMakesRoom() {
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {60, 80});
        const double height = onlyNote(hand).height;
        QTest::mouseDClick(hand.view().viewport(), Qt::LeftButton, {}, hand.at(rectOf(onlyNote(hand)).center()));
        QVERIFY(editor(hand) != nullptr);
        QTest::keyClicks(editor(hand), QString("a long remark ").repeated(30));
        hand.click({600, 700});
        QVERIFY(onlyNote(hand).height > height);
        QVERIFY(onlyNote(hand).text.starts_with("a long remark"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Write on a comment"));
    }

    void aFrameGoesAroundTheSelectionAndTakesItsTitle() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        const Note& note = onlyNote(hand);
        QVERIFY(note.kind == Note::Kind::Frame);
        QCOMPARE(note.text, std::string("head"));
        QVERIFY(rectOf(note).contains(hand.item("dense1").cardRect() | hand.item("relu1").cardRect()));
        QVERIFY(!rectOf(note).intersects(hand.item("input1").cardRect()));
    }

    void movingAFrameMovesWhatIsInItInOneStep() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        const ModelGraph before = hand.graph();
        const QPoint title = titleOf(hand);
        hand.drag(title, title + QPoint(160, 40));
        QCOMPARE(hand.graph().findByName("dense1")->position, (Point{160, 200}));
        QCOMPARE(hand.graph().findByName("relu1")->position, (Point{160, 360}));
        QCOMPARE(hand.graph().findByName("input1")->position, (Point{0, 0}));
        QCOMPARE(onlyNote(hand).position.x, before.notes().front().position.x + 160);
        QCOMPARE(hand.scene().noteItem(onlyNote(hand).id)->pos().x(), onlyNote(hand).position.x);
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void nudgingAFrameMergesIntoOneStep() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        const ModelGraph before = hand.graph();
        const int steps = hand.document.undoStack().count();
        for (int i = 0; i < 3; ++i) QTest::keyPress(&hand.view(), Qt::Key_Right);
        QTest::keyRelease(&hand.view(), Qt::Key_Right);
        QCOMPARE(onlyNote(hand).position.x, before.notes().front().position.x + 3 * kCanvasGrid);
        QCOMPARE(hand.graph().findByName("relu1")->position.x, 3 * kCanvasGrid);
        QCOMPARE(hand.document.undoStack().count(), steps + 1);
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void aMarqueeCanBeDrawnInsideAFrame() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        const QRectF dense = hand.item("dense1").cardRect();
        hand.drag(hand.at(dense.bottomLeft() + QPointF(-4, 10)), hand.at(dense.topLeft() + QPointF(40, 40)));
        QCOMPARE(hand.document.selection().nodes(), (std::vector<NodeId>{hand.id("dense1")}));
        QVERIFY(hand.document.selection().notes().empty());
    }

    void handlesResizeANote_data() {
        QTest::addColumn<QPointF>("corner");  // 0..1 of the note
        QTest::addColumn<bool>("keepsLeft");
        QTest::newRow("bottom right") << QPointF(1, 1) << true;
        QTest::newRow("top left") << QPointF(0, 0) << false;
    }
    void handlesResizeANote() {
        QFETCH(QPointF, corner);
        QFETCH(bool, keepsLeft);
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {20, 560});
        const QRectF before = rectOf(onlyNote(hand));
        const QPoint handle =
            hand.at(before.topLeft() + QPointF(corner.x() * before.width(), corner.y() * before.height()));
        hand.drag(handle, handle + (keepsLeft ? QPoint(48, 40) : QPoint(-48, -40)));
        const QRectF after = rectOf(onlyNote(hand));
        QVERIFY(std::abs(after.width() - before.width() - 48) <= kCanvasGrid);
        QVERIFY(std::abs(after.height() - before.height() - 40) <= kCanvasGrid);
        QCOMPARE(after.left() == before.left(), keepsLeft);
        QCOMPARE(after.right() == before.right(), !keepsLeft);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Resize a comment"));
    }

    void aNoteKeepsALeastSize() {
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {20, 560});
        const QPoint handle = hand.at(rectOf(onlyNote(hand)).bottomRight());
        hand.drag(handle, handle - QPoint(500, 280));
        QCOMPARE(onlyNote(hand).width, NoteItem::kLeastWidth);
        QCOMPARE(onlyNote(hand).height, NoteItem::kLeastHeight);
    }

    void escapeWhileResizingPutsItBack() {
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {20, 560});
        const ModelGraph before = hand.graph();
        const QPoint handle = hand.at(rectOf(onlyNote(hand)).bottomRight());
        hand.press(handle);
        hand.moveTo(handle, handle + QPoint(90, 60));
        hand.key(Qt::Key_Escape);
        hand.release(handle + QPoint(90, 60));
        QVERIFY(hand.graph() == before);
        QCOMPARE(hand.scene().noteItem(onlyNote(hand).id)->rect(), rectOf(onlyNote(hand)));
    }

    void theColourOfANoteChangesAndIsPainted() {
        CanvasDriver hand;
        hand.drawChain();
        comment(hand, {60, 80});
        const QImage before = hand.view().grab().toImage();
        hand.key(Qt::Key_N, Qt::ShiftModifier);
        QCOMPARE(onlyNote(hand).color, 1);
        hand.settle();
        QVERIFY(hand.view().grab().toImage() != before);
        hand.document.undoStack().undo();
        QCOMPARE(onlyNote(hand).color, 0);
    }

    void deletingAFrameLeavesWhatWasInIt() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        hand.click(titleOf(hand));
        hand.key(Qt::Key_Delete);
        QVERIFY(hand.graph().notes().empty());
        QCOMPARE(hand.graph().nodes().size(), std::size_t{3});
        QCOMPARE(hand.document.undoStack().undoText(), QString("Delete 1 note"));
        hand.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(hand.graph().notes().size(), std::size_t{1});
        QVERIFY(hand.scene().noteItem(onlyNote(hand).id) != nullptr);
    }

    void notesAreCopiedWithLayersToAnotherProject() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        hand.key(Qt::Key_A, Qt::ControlModifier);
        hand.key(Qt::Key_C, Qt::ControlModifier);
        CanvasDriver other;
        other.key(Qt::Key_V, Qt::ControlModifier);
        QCOMPARE(other.graph().nodes().size(), std::size_t{3});
        QCOMPARE(other.graph().notes().size(), std::size_t{1});
        QCOMPARE(onlyNote(other).text, std::string("head"));
        const Point offset{other.graph().findByName("dense1")->position.x, 0};
        QCOMPARE(onlyNote(other).position.x - offset.x, onlyNote(hand).position.x);
        QCOMPARE(other.document.undoStack().undoText(), QString("Paste 3 layers and 1 note"));
        other.key(Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(other.graph().notes().size(), std::size_t{2});
    }

    void arrangingTakesAFrameAlongWithItsContent() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        hand.document.moveNodes({{hand.id("input1"), {900, 700}}});
        const ModelGraph before = hand.graph();
        const int steps = hand.document.undoStack().count();
        hand.key(Qt::Key_L, Qt::ControlModifier);
        QTRY_COMPARE(hand.document.undoStack().count(), steps + 1);
        const FrameContents contents = contentsOf(hand.graph(), onlyNote(hand));
        QCOMPARE(contents.nodes, (std::vector<NodeId>{hand.id("dense1"), hand.id("relu1")}));
        hand.document.undoStack().undo();
        QVERIFY(hand.graph() == before);
    }

    void aLayerInsertedInAFrameMakesItGrow() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.moveNodes({{hand.id("relu1"), {0, 160 + kCardHeight + kCardGap}}});
        frame(hand);
        const double height = onlyNote(hand).height;
        hand.document.insertOnEdge("Tanh", *hand.graph().edgeInto({hand.id("relu1"), 0}));
        QVERIFY(onlyNote(hand).height > height);
        QCOMPARE(contentsOf(hand.graph(), onlyNote(hand)).nodes.size(), std::size_t{3});
    }

    void aReadOnlyViewLeavesNotesAsTheyAre() {
        CanvasDriver hand;
        hand.drawChain();
        frame(hand);
        hand.view().setReadOnly(true);
        const ModelGraph before = hand.graph();
        const QPoint title = titleOf(hand);
        hand.drag(title, title + QPoint(80, 40));
        QTest::mouseDClick(hand.view().viewport(), Qt::LeftButton, {}, title);
        hand.key(Qt::Key_C, Qt::ShiftModifier);
        QVERIFY(editor(hand) == nullptr);
        QVERIFY(hand.graph() == before);
    }
};

QTEST_MAIN(TestCanvasNotes)
#include "test_canvas_notes.moc"
