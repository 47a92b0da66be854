// SPDX-License-Identifier: GPL-3.0-or-later
#include "canvas_driver.h"
#include "ui/design/attribute_form.h"
#include "ui/design/node_form.h"
#include "ui/design/number_field.h"
#include "ui/design/project_form.h"
#include "ui/design/property_panel.h"
#include "ui/design/training_fields.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>

using namespace gradlens;

class TestPropertyForm : public QObject {
    Q_OBJECT

private:
    static void type(QWidget* field, const QString& text) {
        field->setFocus();
        QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }

    static NodeForm& selected(CanvasDriver& hand, const char* name) {
        hand.document.selection().select(hand.id(name));
        hand.settle();
        return *hand.workspace.properties().nodeForm();
    }

private slots:
    void typingAnAttributeChangesTheLayer() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        type(form.attributes()->fieldOf("units"), "37");
        QCOMPARE(hand.graph().findByName("dense1")->attributes.integer("units"), std::int64_t{37});
        hand.settle();
        QVERIFY2(hand.item("dense1").card().detail.contains("37"), qPrintable(hand.item("dense1").card().detail));
        QVERIFY2(hand.item("dense1").card().figures.contains("185"), qPrintable(hand.item("dense1").card().figures));
    }

    void nonsenseIsToldInPlaceAndNotApplied_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"abc", "-4", "0", "1.5", "99999999999999999999", "12 apples"})
            QTest::newRow(text) << QString(text);
    }

    void nonsenseIsToldInPlaceAndNotApplied() {
        QFETCH(QString, text);
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        auto* field = qobject_cast<NumberField*>(form.attributes()->fieldOf("units"));
        QVERIFY(field != nullptr);
        const ModelGraph before = hand.graph();
        // As one paste: on the way to nonsense a typed text may make sense.
        field->setFocus();
        field->setNumberText(text);
        emit field->edited(text);
        QVERIFY(hand.graph() == before);
        QVERIFY2(!form.attributes()->errorOf("units").isEmpty(), qPrintable(text));
        QVERIFY(field->property("invalid").toBool());
    }

    void whatDoesNotFitGoesWithTheFocus() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        auto* field = qobject_cast<NumberField*>(form.attributes()->fieldOf("units"));
        const QString before = field->numberText();
        type(field, "x");
        QVERIFY(!form.attributes()->errorOf("units").isEmpty());
        hand.view().setFocus();
        QTRY_COMPARE(field->numberText(), before);
        QCOMPARE(form.attributes()->errorOf("units"), QString());
    }

    void listsAreTypedAsNumbersWithCommas() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "input1");
        type(form.attributes()->fieldOf("shape"), "3, 32, 32");
        QCOMPARE(hand.graph().findByName("input1")->attributes.list("shape"), (IntegerList{3, 32, 32}));
        type(form.attributes()->fieldOf("shape"), "3, oops");
        QVERIFY(!form.attributes()->errorOf("shape").isEmpty());
        QCOMPARE(hand.graph().findByName("input1")->attributes.list("shape"), (IntegerList{3}));
    }

    void aChoiceIsMadeFromAList() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "input1");
        auto* box = qobject_cast<QComboBox*>(form.attributes()->fieldOf("source"));
        QVERIFY(box != nullptr);
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Down);
        QCOMPARE(hand.graph().findByName("input1")->attributes.choice("source"), std::string("labels"));
    }

    void resetGoesBackToTheDefault() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        QWidget* field = form.attributes()->fieldOf("units");
        type(field, "37");
        auto* reset = field->parentWidget()->findChild<QToolButton*>();
        QVERIFY(reset->isVisible());
        QTest::mouseClick(reset, Qt::LeftButton);
        QVERIFY(hand.graph().findByName("dense1")->attributes.find("units") == nullptr);
        QVERIFY(!reset->isVisible());
    }

    void steppingUsesSensibleSteps() {
        QCOMPARE(nextStep(0.001, true, 0, 1000), 0.002);
        QCOMPARE(nextStep(0.002, true, 0, 1000), 0.005);
        QCOMPARE(nextStep(0.001, false, 0, 1000), 0.0005);
        QCOMPARE(nextStep(0.5, true, 0, 1), 0.55);
        NumberField field(integerAttribute("n", "N", 3, 1, 5, ""));
        field.setNumberText("5");
        field.stepBy(1);
        QCOMPARE(field.numberText(), QString("5"));
        field.stepBy(-2);
        QCOMPARE(field.numberText(), QString("3"));
    }

    void renamingFromTheFormIsOneStepAndRefusesATakenName() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        const int steps = hand.document.undoStack().count();
        type(form.nameField(), "classifier");
        QVERIFY(hand.id("classifier") != NodeId::None);
        QCOMPARE(hand.document.undoStack().count(), steps + 1);
        type(form.nameField(), "relu1");
        QVERIFY(form.nameField()->property("invalid").toBool());
        hand.document.undoStack().undo();
    }

    void undoShowsInTheForm() {
        CanvasDriver hand;
        hand.drawChain();
        NodeForm& form = selected(hand, "dense1");
        auto* field = qobject_cast<NumberField*>(form.attributes()->fieldOf("units"));
        const QString before = field->numberText();
        type(field, "37");
        hand.document.undoAction()->trigger();
        QCOMPARE(field->numberText(), before);
    }

    void withNothingSelectedTheProjectIsShown() {
        CanvasDriver hand;
        hand.drawChain();
        ProjectForm& form = *hand.workspace.properties().projectForm();
        QVERIFY(form.isVisible());
        type(form.nameField(), "Mine");
        QCOMPARE(hand.document.project().name, std::string("Mine"));
        type(form.descriptionField(), "What for");
        QCOMPARE(hand.document.project().description, std::string("What for"));
    }

    void everySettingOfTrainingSurvivesItsField() {
        TrainingSpec changed;
        for (const auto fields : {trainingFields(), updateFields(), stoppingFields()})
            for (const TrainingField& field : fields) {
                AttributeValue value = field.get(changed);
                QVERIFY2(value == field.spec.defaultValue, field.spec.name.c_str());
                if (auto* whole = std::get_if<std::int64_t>(&value)) *whole += 2;
                if (auto* real = std::get_if<double>(&value)) *real += 0.5;
                if (auto* flag = std::get_if<bool>(&value)) *flag = !*flag;
                if (auto* choice = std::get_if<std::string>(&value)) *choice = field.spec.choices.back();
                field.set(changed, value);
                QVERIFY2(field.get(changed) == value, field.spec.name.c_str());
            }
    }

    void severalLayersAreSummedUp() {
        CanvasDriver hand;
        hand.drawChain();
        hand.document.selectAll();
        hand.settle();
        const QString text = hand.workspace.properties().summaryText();
        QVERIFY2(text.contains("3 layers") && text.contains("Dense") && text.contains("640"), qPrintable(text));
        QVERIFY(!hand.workspace.properties().nodeForm()->isVisible());
    }

    void everyOpOfTheCatalogueHasAForm() {
        CanvasDriver hand;
        for (const OpDefinition& op : opCatalogue().ops()) {
            const NodeId node = hand.document.addNode(QString::fromStdString(op.name), {0, 0});
            hand.document.selection().select(node);
            for (const AttributeSpec& spec : op.attributes) {
                QWidget* field = hand.workspace.properties().nodeForm()->attributes()->fieldOf(spec.name);
                QVERIFY2(field != nullptr, spec.name.c_str());
                QVERIFY2(!field->accessibleName().isEmpty() && !field->toolTip().isEmpty(),
                         (op.name + "." + spec.name).c_str());
            }
        }
    }
};

QTEST_MAIN(TestPropertyForm)
#include "test_property_form.moc"
