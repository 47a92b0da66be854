// SPDX-License-Identifier: GPL-3.0-or-later
#include "canvas_driver.h"
#include "ui/design/attribute_form.h"
#include "ui/design/choice_form.h"
#include "ui/design/node_form.h"
#include "ui/design/objective/loss_list.h"
#include "ui/design/objective/objective_panel.h"
#include "ui/design/objective/schedule_plot.h"
#include "ui/design/property_panel.h"
#include "ui/design/side_panel.h"
#include "ui/widgets/curve_plot.h"
#include "ui/widgets/segmented_control.h"

#include <QComboBox>
#include <QPushButton>
#include <QTabBar>

using namespace gradlens;

class TestObjectivePanel : public QObject {
    Q_OBJECT

private:
    static void type(QWidget* field, const QString& text) {
        field->setFocus();
        QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }

    // The panel, opened by a click on its tab.
    static ObjectivePanel& opened(CanvasDriver& hand) {
        QTabBar& tabs = hand.workspace.side().tabs();
        QTest::mouseClick(&tabs, Qt::LeftButton, {}, tabs.tabRect(SidePanel::Objective).center());
        return hand.workspace.side().objective();
    }

    // ... with data of 400 points, 80 % of them to train on.
    static ObjectivePanel& openedWithData(CanvasDriver& hand, std::int64_t batchSize = 32, std::int64_t epochs = 10) {
        hand.document.setData({"moons", {{"samples", std::int64_t{400}}, {"validation", 0.2}}, {}});
        TrainingSpec training;
        training.batchSize = batchSize;
        training.epochs = epochs;
        hand.document.setTraining(training);
        return opened(hand);
    }

    // Input and labels into a loss, over two classes.
    static void drawClassifier(CanvasDriver& hand, const char* lossOp = "SoftmaxCrossEntropy") {
        const NodeId input = hand.document.addNode("Input", {0, 0});
        hand.document.setAttribute(input, "shape", IntegerList{2});
        const NodeId dense = hand.document.addNode("Dense", {0, 160}, {PortRef{input, 0}, {}});
        hand.document.setAttribute(dense, "units", std::int64_t{2});
        const NodeId labels = hand.document.addNode("Input", {300, 0});
        hand.document.setAttribute(labels, "source", std::string("labels"));
        hand.document.setAttribute(labels, "shape", IntegerList{});
        hand.document.setAttribute(labels, "values", std::string("class"));
        const NodeId loss = hand.document.addNode(lossOp, {0, 320});
        hand.document.addEdge({dense, 0}, {loss, 0});
        hand.document.addEdge({labels, 0}, {loss, 1});
        hand.document.selection().clear();
        hand.settle();
    }

private slots:
    void stepsFollowFromTheSizeOfTheData() {
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        QCOMPARE(panel.plan()->stepsPerEpoch, std::int64_t{10});
        QCOMPARE(panel.plan()->totalSteps, std::int64_t{100});
        QVERIFY2(panel.stepsText().contains("10 steps an epoch, 100 steps in all"), qPrintable(panel.stepsText()));
        type(panel.training()->fieldOf("batch_size"), "100");
        QCOMPARE(panel.plan()->stepsPerEpoch, std::int64_t{4});
        type(panel.updates()->fieldOf("accumulate"), "3");
        QCOMPARE(panel.plan()->stepsPerEpoch, std::int64_t{2});
        QVERIFY2(panel.stepsText().contains("20 steps in all"), qPrintable(panel.stepsText()));
    }

    void theCurveIsTheScheduleOfTraining_data() {
        QTest::addColumn<QString>("name");
        for (const ScheduleDefinition& schedule : schedules())
            QTest::newRow(schedule.name.c_str()) << QString::fromStdString(schedule.name);
    }

    void theCurveIsTheScheduleOfTraining() {
        QFETCH(QString, name);
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        panel.schedule()->field()->setCurrentText(name);
        type(panel.schedule()->form()->fieldOf("warmup_steps"), "20");
        const ScheduleDefinition* schedule = findSchedule(name.toStdString());
        const TrainingSpec& training = hand.document.project().training;
        const Attributes attributes = completed(schedule->attributes, training.schedule.attributes, nullptr);
        const double base = panel.plan()->baseRate;
        for (const std::int64_t step : {0, 7, 19, 20, 21, 55, 99}) {
            const double expected = base * scheduleFactor(*schedule, attributes, step, 10, 100);
            panel.schedulePlot()->plot()->setPlace(step);
            const QString said = panel.schedulePlot()->plot()->readOut();
            const QString wanted = QString::number(expected, 'g', 4);
            QVERIFY2(said.endsWith(": " + wanted), qPrintable(said + " but " + wanted));
            QVERIFY2(said.startsWith(QString("step %1, epoch %2").arg(step + 1).arg(step / 10 + 1)), qPrintable(said));
        }
    }

    void pointingAtTheCurveReadsIt() {
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        panel.schedule()->field()->setCurrentText("Cosine");
        hand.settle();
        CurvePlot& plot = *panel.schedulePlot()->plot();
        panel.ensureWidgetVisible(&plot);
        hand.settle();
        QTest::mouseMove(&plot, plot.pointOf(50, 0).toPoint());
        QTRY_VERIFY(plot.place().has_value());
        QVERIFY(std::abs(*plot.place() - 50) <= 1);
        plot.setFocus();
        const std::int64_t before = *plot.place();
        QTest::keyClick(&plot, Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(*plot.place(), before + 1);
    }

    void theScaleOfTheCurveCanBeLogarithmic() {
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        panel.schedule()->field()->setCurrentText("Exponential");
        CurvePlot& plot = *panel.schedulePlot()->plot();
        const QPointF start = plot.pointOf(0, 1e-3), middle = plot.pointOf(50, 1e-4), end = plot.pointOf(99, 1e-5);
        QVERIFY(std::abs((start.y() - middle.y()) - (middle.y() - end.y())) > 5);
        SegmentedControl& scale = *panel.schedulePlot()->scale();
        scale.setFocus();
        QTest::keyClick(&scale, Qt::Key_Right);
        QVERIFY(plot.isLogarithmic());
        const double upper = plot.pointOf(0, 1e-3).y(), half = plot.pointOf(0, 8e-4).y(),
                     lower = plot.pointOf(0, 6.4e-4).y();
        QVERIFY(std::abs((upper - half) - (half - lower)) < 0.5);
    }

    void aPlateauIsSaidToDependOnResults() {
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        QVERIFY(!panel.schedulePlot()->noteText().contains("depends on results"));
        panel.schedule()->field()->setCurrentText("Plateau");
        QVERIFY2(panel.schedulePlot()->noteText().contains("depends on results"),
                 qPrintable(panel.schedulePlot()->noteText()));
    }

    void aWarmUpLongerThanTheRunIsSaid() {
        CanvasDriver hand;
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        type(panel.schedule()->form()->fieldOf("warmup_steps"), "500");
        QVERIFY2(panel.schedulePlot()->noteText().contains("never reaches"),
                 qPrintable(panel.schedulePlot()->noteText()));
    }

    void withoutDataTheCurveSaysWhy() {
        CanvasDriver hand;
        hand.document.setData({"csv", {{"path", std::string("/no/such/table.csv")}}, {}});
        ObjectivePanel& panel = opened(hand);
        QTRY_COMPARE(hand.workspace.data().state(), DatasetProvider::State::Failed);
        QVERIFY(!panel.plan().has_value());
        QVERIFY2(panel.schedulePlot()->plot()->message().contains("cannot be loaded"),
                 qPrintable(panel.schedulePlot()->plot()->message()));
    }

    void lossesAreListedAndAClickSelectsOne() {
        CanvasDriver hand;
        drawClassifier(hand);
        ObjectivePanel& panel = opened(hand);
        QCOMPARE(panel.losses()->count(), 1);
        const QString name = panel.losses()->row(0)->text().section(' ', 0, 0);
        QVERIFY2(panel.losses()->row(0)->text().contains("SoftmaxCrossEntropy"),
                 qPrintable(panel.losses()->row(0)->text()));
        QTest::mouseClick(panel.losses()->row(0), Qt::LeftButton);
        QCOMPARE(hand.document.selection().current(), hand.id(qPrintable(name)));
        QCOMPARE(hand.workspace.side().page(), SidePanel::Objective);
        hand.document.removeSelection();
        hand.settle();
        QCOMPARE(panel.losses()->count(), 0);
    }

    void aLossLeadsToTheObjective() {
        CanvasDriver hand;
        drawClassifier(hand);
        hand.view().fit();
        hand.settle();
        const char* loss = "loss1";
        QVERIFY(hand.id(loss) != NodeId::None);
        hand.click(hand.middleOf(loss));
        QPushButton* link = hand.workspace.properties().nodeForm()->linkButton();
        QTRY_VERIFY(link->isVisible());
        QTest::mouseClick(link, Qt::LeftButton);
        QCOMPARE(hand.workspace.side().page(), SidePanel::Objective);
    }

    void metricsAreToldWithTheirReason() {
        CanvasDriver hand;
        drawClassifier(hand);
        ObjectivePanel& panel = openedWithData(hand);
        QTRY_VERIFY(panel.plan().has_value());
        const QString reported = panel.metrics()->reportedText(), others = panel.metrics()->otherText();
        QVERIFY2(reported.contains("Accuracy") && reported.contains("F1") && reported.contains("Perplexity"),
                 qPrintable(reported));
        QVERIFY2(!reported.contains("Top-5") && others.contains("Top-5 accuracy"), qPrintable(others));
        QVERIFY2(others.contains("no loss compares real numbers"), qPrintable(others));
    }

    void theOptimizerIsChosenAndUndone() {
        CanvasDriver hand;
        ObjectivePanel& panel = opened(hand);
        QVERIFY(panel.optimizer()->form()->fieldOf("beta1") != nullptr);
        panel.optimizer()->field()->setCurrentText("SGD");
        QCOMPARE(hand.document.project().training.optimizer.name, std::string("SGD"));
        QVERIFY(panel.optimizer()->form()->fieldOf("beta1") == nullptr);
        QVERIFY(panel.optimizer()->form()->fieldOf("momentum") != nullptr);
        QCOMPARE(hand.document.undoStack().undoText(), QString("Choose the optimizer SGD"));
        hand.document.undoStack().undo();
        QCOMPARE(panel.optimizer()->field()->currentText(), QString("Adam"));
        type(panel.optimizer()->form()->fieldOf("learning_rate"), "0.05");
        QCOMPARE(hand.document.project().training.optimizer.attributes.real("learning_rate"), 0.05);
    }

    void aScheduleIsChosenAndItsAttributesAreTyped() {
        CanvasDriver hand;
        ObjectivePanel& panel = opened(hand);
        panel.schedule()->field()->setCurrentText("Cosine");
        QCOMPARE(hand.document.project().training.schedule.name, std::string("Cosine"));
        type(panel.schedule()->form()->fieldOf("warmup_steps"), "100");
        QCOMPARE(hand.document.project().training.schedule.attributes.integer("warmup_steps"), std::int64_t{100});
        hand.document.undoStack().undo();
        QCOMPARE(panel.schedule()->field()->currentText(), QString("Cosine"));
        hand.document.undoStack().undo();
        QCOMPARE(panel.schedule()->field()->currentText(), QString("Constant"));
    }

    void gradientsAreClippedAndTrainingStopsEarlyAsTyped() {
        CanvasDriver hand;
        ObjectivePanel& panel = opened(hand);
        type(panel.updates()->fieldOf("clip_norm"), "1.5");
        type(panel.updates()->fieldOf("accumulate"), "4");
        type(panel.stopping()->fieldOf("patience"), "3");
        const TrainingSpec& training = hand.document.project().training;
        QCOMPARE(training.updates.clipNorm, 1.5);
        QCOMPARE(training.updates.accumulate, std::int64_t{4});
        QCOMPARE(training.earlyStopping.patience, std::int64_t{3});
        QCOMPARE(hand.document.undoStack().undoText(), QString("Set patience"));
        type(panel.updates()->fieldOf("ema"), "1.5");
        QVERIFY(!panel.updates()->errorOf("ema").isEmpty());
        QCOMPARE(hand.document.project().training.updates.averageDecay, 0.0);
    }

    void nonsenseIsToldInPlace() {
        CanvasDriver hand;
        ObjectivePanel& panel = opened(hand);
        type(panel.training()->fieldOf("epochs"), "0");
        QVERIFY(!panel.training()->errorOf("epochs").isEmpty());
        QVERIFY(hand.document.project().training.epochs > 0);
        type(panel.training()->fieldOf("batch_size"), "64");
        QCOMPARE(hand.document.analysis().batchSize, std::int64_t{64});
    }
};

QTEST_MAIN(TestObjectivePanel)
#include "test_objective_panel.moc"
