// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks by hand: made, opened, edited inside, dissolved, copied; with real clicks and keys on the real canvas.
#include "canvas_driver.h"
#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "ui/design/attribute_form.h"
#include "ui/design/blocks/block_actions.h"
#include "ui/design/blocks/block_form.h"
#include "ui/design/blocks/name_form.h"
#include "ui/design/blocks/scope_bar.h"
#include "ui/design/node_form.h"
#include "ui/design/number_field.h"
#include "ui/design/palette.h"
#include "ui/design/property_panel.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <memory>

using namespace gradlens;

namespace {
// A canvas whose document knows the built-in blocks.
class BlockDriver : public CanvasDriver {
public:
    BlockDriver() : CanvasDriver(drawingCatalogue()) {}

    // The chain of CanvasDriver, its Dense and ReLU as a block made by hand.
    void makeBlock(const QString& name) {
        document.selection().set({id("dense1"), id("relu1")});
        key(Qt::Key_G, Qt::ControlModifier);
        NameForm* form = workspace.blockActions().nameForm();
        QVERIFY(form != nullptr);
        form->field()->selectAll();
        QTest::keyClicks(form->field(), name);
        QTest::keyClick(form->field(), Qt::Key_Return);
        settle();
    }
    NodeId use() const {
        const auto found = std::ranges::find_if(
            graph().nodes(), [&](const Node& node) { return document.catalogue().find(node.op)->block != nullptr; });
        return found == graph().nodes().end() ? NodeId::None : found->id;
    }
    void selectOnly(NodeId node) {
        document.selection().select(node);
        settle();
    }
};
}  // namespace

class TestBlockEditing : public QObject {
    Q_OBJECT

    std::unique_ptr<BlockDriver> m_driver;
    BlockDriver& driver() { return *m_driver; }

private slots:
    void init() {
        m_driver = std::make_unique<BlockDriver>();
        driver().drawChain();
    }
    void cleanup() { m_driver.reset(); }

    void controlGAsksForANameAndMakesABlockInOneStep() {
        const ModelGraph before = driver().graph();
        const int steps = driver().document.undoStack().count();
        driver().makeBlock("Stage");
        QCOMPARE(driver().graph().nodes().size(), std::size_t{2});
        QCOMPARE(driver().graph().find(driver().use())->op, std::string("Stage"));
        QCOMPARE(driver().document.project().blocks.size(), std::size_t{1});
        QCOMPARE(driver().document.undoStack().count(), steps + 1);
        QCOMPARE(driver().document.undoStack().undoText(), QString("Make block Stage"));
        driver().document.undoStack().undo();
        QVERIFY(driver().graph() == before);
        QVERIFY(driver().document.project().blocks.empty());
        driver().document.undoStack().redo();
        QCOMPARE(driver().graph().nodes().size(), std::size_t{2});
    }

    void aNameThatIsTakenIsToldWhileTyping() {
        driver().document.selection().set({driver().id("dense1")});
        driver().key(Qt::Key_G, Qt::ControlModifier);
        NameForm* form = driver().workspace.blockActions().nameForm();
        QVERIFY(form->faultText().isEmpty());
        form->field()->selectAll();
        QTest::keyClicks(form->field(), "Dense");
        QVERIFY(form->faultText().contains("Dense"));
        QVERIFY(!form->button()->isEnabled());
        QTest::keyClick(form->field(), Qt::Key_Return);
        QVERIFY(driver().document.project().blocks.empty());
        QTest::keyClick(form->field(), Qt::Key_Escape);
        QTRY_VERIFY(driver().workspace.blockActions().nameForm() == nullptr);
    }

    void controlShiftGDissolvesTheBlockAgain() {
        driver().makeBlock("Stage");
        driver().selectOnly(driver().use());
        driver().key(Qt::Key_G, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(driver().id("dense1") != NodeId::None);
        QVERIFY(driver().graph().edgeInto({driver().id("relu1"), 0}).has_value());
        QCOMPARE(driver().document.selection().nodes().size(), std::size_t{2});
        driver().document.undoStack().undo();
        QVERIFY(driver().use() != NodeId::None);
    }

    void aDoubleClickOpensABlockAndEscapeGoesBack() {
        driver().makeBlock("Stage");
        const NodeId use = driver().use();
        driver().view().reveal(use);
        const QPoint middle = driver().at(driver().scene().nodeItem(use)->cardRect().center());
        QTest::mouseDClick(driver().view().viewport(), Qt::LeftButton, {}, middle);
        QVERIFY(driver().document.isInside());
        QVERIFY(driver().scene().nodeItem(driver().id("dense1")) != nullptr);
        QVERIFY(driver().workspace.scopeBar().isVisible());
        driver().key(Qt::Key_Escape);
        QVERIFY(!driver().document.isInside());
        QCOMPARE(driver().document.selection().current(), use);
        QVERIFY(!driver().workspace.scopeBar().isVisible());
    }

    void enterGoesInAndAltUpGoesOut() {
        driver().makeBlock("Stage");
        driver().selectOnly(driver().use());
        driver().key(Qt::Key_Return);
        QVERIFY(driver().document.isInside());
        driver().key(Qt::Key_Up, Qt::AltModifier);
        QVERIFY(!driver().document.isInside());
        driver().key(Qt::Key_Down, Qt::AltModifier);
        QVERIFY(driver().document.isInside());
    }

    void aCrumbLeadsBackFromADeepBlock() {
        driver().makeBlock("Stage");
        driver().selectOnly(driver().use());
        driver().document.makeBlock("Outer");
        driver().selectOnly(driver().use());
        driver().key(Qt::Key_Return);
        driver().selectOnly(driver().use());
        driver().key(Qt::Key_Return);
        QCOMPARE(driver().document.scope().size(), std::size_t{2});
        QCOMPARE(driver().workspace.scopeBar().crumbs().size(), 3);
        QCOMPARE(driver().workspace.scopeBar().crumbs()[1]->text(), QString("outer1"));
        QTest::mouseClick(driver().workspace.scopeBar().crumbs()[0], Qt::LeftButton);
        QVERIFY(!driver().document.isInside());
    }

    void theInsideShowsTheShapesOfTheUse() {
        driver().document.setAttribute(driver().id("dense1"), "units", std::int64_t{7});
        driver().makeBlock("Stage");
        driver().document.open(driver().use());
        driver().settle();
        const TensorType* type = driver().document.analysis().typeOf({driver().id("dense1"), 0});
        QVERIFY(type != nullptr);
        QCOMPARE(type->shape[1], 7);
        QVERIFY(driver().item("relu1").card().shape.contains("7"));
    }

    void anEditInsideChangesAllUsesAndUndoGoesThere() {
        driver().makeBlock("Stage");
        const NodeId first = driver().use();
        const NodeId second = driver().document.addNode("Stage", {400, 0}, {PortRef{first, 0}, {}});
        driver().document.open(first);
        QVERIFY(driver().workspace.scopeBar().noteText().contains("2 uses"));
        driver().document.setAttribute(driver().id("dense1"), "units", std::int64_t{9});
        driver().document.goOut();
        const GraphAnalysis& analysis = driver().document.analysis();
        QCOMPARE(analysis.typeOf({first, 0})->shape[1], 9);
        QCOMPARE(analysis.typeOf({second, 0})->shape[1], 9);
        driver().document.undoStack().undo();
        QVERIFY(driver().document.isInside());
        QVERIFY(driver().graph().find(driver().id("dense1"))->attributes.find("units") == nullptr);
        driver().document.undoStack().undo();
        QVERIFY(!driver().document.isInside());
    }

    void aBlockThatComesWithTheProgramIsReadOnlyUntilItIsCopied() {
        const NodeId mlp = driver().document.addNode("MLP", {300, 0}, {PortRef{driver().id("relu1"), 0}, {}});
        driver().key(Qt::Key_Return);
        QVERIFY(driver().document.isReadOnly());
        const ModelGraph before = driver().graph();
        QSignalSpy refused(&driver().document, &DesignDocument::refused);
        driver().document.selection().select(driver().id("dense"));
        driver().key(Qt::Key_Delete);
        driver().document.removeSelection();
        QCOMPARE(refused.count(), 1);
        QVERIFY(driver().graph() == before);
        QVERIFY(driver().workspace.scopeBar().copyButton()->isVisible());
        QTest::mouseClick(driver().workspace.scopeBar().copyButton(), Qt::LeftButton);
        QVERIFY(driver().document.isInside());
        QVERIFY(!driver().document.isReadOnly());
        QCOMPARE(driver().document.rootGraph().find(mlp)->op, std::string("MyMLP"));
        QVERIFY(driver().document.setAttribute(driver().id("dropout"), "rate", 0.25));
        driver().document.undoStack().undo();
        driver().document.undoStack().undo();
        QCOMPARE(driver().document.rootGraph().find(mlp)->op, std::string("MLP"));
        QVERIFY(driver().document.project().blocks.empty());
    }

    void aBlockCannotBeDrawnIntoItself() {
        driver().makeBlock("Stage");
        driver().document.open(driver().use());
        const ModelGraph before = driver().graph();
        QSignalSpy refused(&driver().document, &DesignDocument::refused);
        QCOMPARE(driver().document.addNode("Stage", {0, 0}), NodeId::None);
        QCOMPARE(refused.count(), 1);
        QVERIFY(refused[0][0].toString().contains("Stage uses Stage"));
        QVERIFY(driver().graph() == before);
    }

    void aBlockCannotBeDrawnIntoWhatStandsInIt() {
        driver().makeBlock("Inner");
        driver().selectOnly(driver().use());
        driver().document.makeBlock("Outer");
        driver().document.open(driver().use());
        driver().document.open(driver().use());
        QCOMPARE(driver().document.openBlock()->name, std::string("Inner"));
        QSignalSpy refused(&driver().document, &DesignDocument::refused);
        QCOMPARE(driver().document.addNode("Outer", {0, 0}), NodeId::None);
        QVERIFY(refused[0][0].toString().contains("Inner uses Outer, which uses Inner"));
    }

    void removingAnInputOfTheBlockKeepsTheOtherEdgesOfItsUses() {
        // Two inputs: the chain, and an Input beside it.
        const NodeId beside = driver().document.addNode("Input", {300, 0});
        const NodeId add = driver().document.addNode("Add", {0, 480}, {PortRef{driver().id("relu1"), 0}, {}});
        driver().document.addEdge({beside, 0}, {add, 1});
        driver().document.selection().set({driver().id("relu1"), add});
        QVERIFY(driver().document.makeBlock("Joined"));
        const NodeId use = driver().use();
        QCOMPARE(driver().graph().edgeInto({use, 1})->from.node, beside);
        driver().document.open(use);
        driver().document.selection().select(driver().document.openBlock()->inputs()[0]);
        driver().document.removeSelection();
        driver().document.goOut();
        QCOMPARE(driver().graph().edgeInto({use, 0})->from.node, beside);
        QVERIFY(!driver().graph().edgeInto({use, 1}).has_value());
        driver().document.undoStack().undo();
        QCOMPARE(driver().document.rootGraph().edgeInto({use, 1})->from.node, beside);
    }

    void theLastOutputOfABlockStays() {
        driver().makeBlock("Stage");
        driver().document.open(driver().use());
        QSignalSpy refused(&driver().document, &DesignDocument::refused);
        driver().document.selection().select(driver().document.openBlock()->outputs()[0]);
        driver().document.removeSelection();
        QCOMPARE(refused.count(), 1);
        QCOMPARE(driver().document.openBlock()->outputs().size(), std::size_t{1});
    }

    void aRepeatedBlockSaysHowOften() {
        driver().makeBlock("Stage");
        driver().document.setAttribute(driver().use(), "repeat", std::int64_t{4});
        driver().settle();
        QCOMPARE(driver().scene().nodeItem(driver().use())->card().copies, 4);
        QCOMPARE(driver().item("input1").card().copies, 0);
    }

    void anAttributeIsExposedFromItsFieldAndSetInTheUse() {
        driver().makeBlock("Stage");
        const NodeId use = driver().use();
        driver().document.open(use);
        driver().selectOnly(driver().id("dense1"));
        AttributeForm* form = driver().workspace.properties().nodeForm()->attributes();
        QTest::mouseClick(form->blockMenuOf("units"), Qt::LeftButton);
        auto* menu = driver().workspace.properties().nodeForm()->findChild<QMenu*>("exposeMenu");
        QVERIFY(menu != nullptr);
        menu->actions().front()->trigger();
        menu->close();
        QCOMPARE(driver().document.openBlock()->parameters.front().name, std::string("units"));
        QCOMPARE(driver().graph().find(driver().id("dense1"))->attributes.text("units"), std::string("$units"));
        driver().settle();
        QVERIFY(form->expressionOf("units")->isVisible());
        QVERIFY(!form->fieldOf("units")->isVisible());
        driver().document.goOut();
        QVERIFY(driver().document.setAttribute(use, "units", std::int64_t{11}));
        QCOMPARE(driver().document.analysis().typeOf({use, 0})->shape[1], 11);
    }

    void anExpressionIsEditedAndMadePlainAgain() {
        driver().makeBlock("Stage");
        const NodeId use = driver().use();
        driver().document.open(use);
        const NodeId dense = driver().id("dense1");
        QVERIFY(driver().document.exposeAttribute(dense, "units", "width"));
        driver().selectOnly(dense);
        AttributeForm* form = driver().workspace.properties().nodeForm()->attributes();
        QLineEdit* line = form->expressionOf("units");
        line->selectAll();
        QTest::keyClicks(line, "$width * nothing");
        QVERIFY(form->errorOf("units").contains("nothing"));
        line->selectAll();
        QTest::keyClicks(line, "$width * 2");
        QVERIFY(form->errorOf("units").isEmpty());
        driver().document.goOut();
        driver().document.setAttribute(use, "width", std::int64_t{3});
        QCOMPARE(driver().document.analysis().typeOf({use, 0})->shape[1], 6);
        driver().document.open(use);
        QVERIFY(driver().document.makePlain(dense, "units"));
        QCOMPARE(driver().graph().find(dense)->attributes.integer("units"), 6);
    }

    void parametersAreRenamedAndRemovedWithAllThatSaysThem() {
        driver().makeBlock("Stage");
        const NodeId use = driver().use();
        driver().document.open(use);
        const NodeId dense = driver().id("dense1");
        driver().document.exposeAttribute(dense, "units", "width");
        driver().document.goOut();
        driver().document.setAttribute(use, "width", std::int64_t{5});
        driver().document.open(use);
        driver().document.selection().clear();
        driver().settle();
        BlockForm* form = driver().workspace.properties().blockForm();
        QVERIFY(form->isVisible());
        auto* name = qobject_cast<QLineEdit*>(form->parameterForm("width")->fieldOf("parameter_name"));
        name->setFocus();
        name->selectAll();
        QTest::keyClicks(name, "n");
        QCOMPARE(driver().document.openBlock()->parameters.front().name, std::string("width"));
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(driver().document.openBlock()->parameters.front().name, std::string("n"));
        QCOMPARE(driver().graph().find(dense)->attributes.text("units"), std::string("$n"));
        QCOMPARE(driver().document.rootGraph().find(use)->attributes.integer("n"), 5);
        driver().settle();
        QTest::mouseClick(form->removeButton("n"), Qt::LeftButton);
        QVERIFY(driver().document.openBlock()->parameters.empty());
        QVERIFY(driver().document.rootGraph().find(use)->attributes.find("n") == nullptr);
        driver().document.undoStack().undo();
        QCOMPARE(driver().document.rootGraph().find(use)->attributes.integer("n"), 5);
    }

    void aBlockIsRenamedEverywhereAndGoesOnlyWhenNothingUsesIt() {
        driver().makeBlock("Stage");
        const NodeId use = driver().use();
        QString reason;
        QVERIFY(!driver().document.removeBlock("Stage", &reason));
        QVERIFY2(reason.contains("once"), qPrintable(reason));
        QVERIFY(driver().document.renameBlock("Stage", "Level"));
        QCOMPARE(driver().graph().find(use)->op, std::string("Level"));
        QVERIFY(driver().graph().edgeInto({use, 0}).has_value());
        driver().selectOnly(use);
        driver().document.removeSelection();
        QVERIFY(driver().document.removeBlock("Level"));
        QVERIFY(driver().document.project().blocks.empty());
        for (int step = 0; step < 3; ++step) driver().document.undoStack().undo();
        QCOMPARE(driver().graph().find(use)->op, std::string("Stage"));
    }

    void theProjectWithItsBlocksSurvivesTheFile() {
        driver().makeBlock("Stage");
        driver().selectOnly(driver().use());
        driver().document.makeBlock("Outer");
        // Outer was made later but the list may be in any order.
        const Project project = driver().document.project();
        const auto json = toJson(project, drawingCatalogue());
        QVERIFY(projectFromJson(json, drawingCatalogue(), "test") == project);
    }
};

QTEST_MAIN(TestBlockEditing)
#include "test_block_editing.moc"
