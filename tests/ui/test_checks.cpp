// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a drawing while it is drawn, and what can be done about it with hand and keys.
#include "canvas_driver.h"
#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/graph/graph_json.h"
#include "ui/design/problem_list.h"

#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>

using namespace gradlens;

namespace {
// Pictures of digits to ten classes, by way of a dropout of this rate.
Project digits(double rate = 0.8) {
    Project project;
    const auto add = [&](const char* name, const char* op, Attributes attributes, std::vector<const char*> from) {
        Node node;
        node.name = name;
        node.op = op;
        node.attributes = std::move(attributes);
        node.position = {0, 120.0 * static_cast<double>(project.graph.nodes().size())};
        const NodeId id = project.graph.add(std::move(node));
        for (std::size_t i = 0; i < from.size(); ++i)
            project.graph.connect({{project.graph.findByName(from[i])->id, 0}, {id, static_cast<int>(i)}});
    };
    add("image", "Input", {{"shape", IntegerList{1, 8, 8}}}, {});
    add("flat", "Flatten", {}, {"image"});
    add("hidden", "Dense", {{"units", std::int64_t{32}}}, {"flat"});
    add("relu", "ReLU", {}, {"hidden"});
    add("drop", "Dropout", {{"rate", rate}}, {"relu"});
    add("scores", "Dense", {{"units", std::int64_t{10}}}, {"drop"});
    add("label", "Input",
        {{"source", std::string("labels")}, {"shape", IntegerList{}}, {"values", std::string("class")}}, {});
    add("loss", "SoftmaxCrossEntropy", {}, {"scores", "label"});
    return project;
}

bool isSaid(const DesignDocument& document, const std::string& words) {
    return std::ranges::any_of(document.problems(), [&](const Problem& problem) {
        return problem.message.find(words) != std::string::npos || problem.rule == words;
    });
}

int rowOf(ProblemList& list, const std::string& words) {
    for (int row = 0; row < list.model().rowCount(); ++row)
        if (const Problem& problem = list.model().problemAt(row);
            problem.message.find(words) != std::string::npos || problem.rule == words)
            return row;
    return -1;
}

QMenu* openMenu() {
    return qobject_cast<QMenu*>(QApplication::activePopupWidget());
}

QAction* entry(const QMenu* menu, const QString& text) {
    for (QAction* action : menu == nullptr ? QList<QAction*>() : menu->actions())
        if (action->text().contains(text)) return action;
    return nullptr;
}
}  // namespace

class TestChecks : public QObject {
    Q_OBJECT

private slots:
    void adviceFollowsAMomentAfterTheEdit() {
        CanvasDriver hand;
        hand.document.adopt(digits(0.3));
        QSignalSpy checked(&hand.document, &DesignDocument::problemsChanged);
        QTRY_VERIFY(checked.count() > 0);
        QVERIFY(!isSaid(hand.document, "dropout-above-half"));
        hand.document.setAttribute(hand.id("drop"), "rate", 0.8);
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
    }

    void adviceIsQuietOnItsCard() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_COMPARE(hand.item("drop").card().trouble, NodeCard::Trouble::Advice);
        QVERIFY(hand.item("drop").card().troubleTip.contains("Srivastava"));
        QCOMPARE(hand.item("hidden").card().trouble, NodeCard::Trouble::None);
    }

    void errorsComeBeforeWarningsBeforeAdvice() {
        CanvasDriver hand;
        Project project = digits();
        project.graph.add({NodeId::None, "aside", "Input", {}, {400, 0}});
        project.graph.setAttributes(project.graph.findByName("hidden")->id, {{"units", std::int64_t{-1}}});
        hand.document.adopt(std::move(project));
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(list.model().count(ProblemModel::Kind::Warning) > 0);
        std::vector<int> kinds;
        for (int row = 0; row < list.model().rowCount(); ++row)
            kinds.push_back(list.model().index(row).data(ProblemModel::KindRole).toInt());
        QVERIFY(kinds.front() == static_cast<int>(ProblemModel::Kind::Error));
        QVERIFY(std::ranges::is_sorted(kinds));
    }

    void theButtonOfARowPutsItRight() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(rowOf(list, "dropout-above-half") >= 0);
        const int row = rowOf(list, "dropout-above-half");
        list.view()->scrollTo(list.model().index(row));
        const QRect button = list.fixButton(row);
        QVERIFY(!button.isEmpty());
        QTest::mouseClick(list.view()->viewport(), Qt::LeftButton, {}, button.center());
        QCOMPARE(hand.document.undoStack().undoText(), QString("Set the rate of drop to 0.5"));
        QCOMPARE(hand.graph().find(hand.id("drop"))->attributes.find("rate"), nullptr);  // the default
        QTRY_VERIFY(!isSaid(hand.document, "dropout-above-half"));
        hand.document.undoStack().undo();
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
    }

    void aClickBesideTheButtonGoesToTheLayer() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(rowOf(list, "dropout-above-half") >= 0);
        const QModelIndex index = list.model().index(rowOf(list, "dropout-above-half"));
        list.view()->scrollTo(index);
        QTest::mouseClick(list.view()->viewport(), Qt::LeftButton, {},
                          list.view()->visualRect(index).topLeft() + QPoint(40, 20));
        QCOMPARE(hand.document.selection().current(), hand.id("drop"));
        QCOMPARE(hand.document.undoStack().count(), 0);
    }

    void ctrlPeriodOffersTheFixesOfTheSelectedLayer() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
        hand.document.selection().select(hand.id("drop"));
        hand.key(Qt::Key_Period, Qt::ControlModifier);
        QTRY_VERIFY(openMenu() != nullptr);
        QVERIFY(entry(openMenu(), "Set the rate of drop to 0.5") != nullptr);
        QTest::keyClick(openMenu(), Qt::Key_Return);
        QTRY_COMPARE(hand.document.undoStack().undoText(), QString("Set the rate of drop to 0.5"));
    }

    void aClickOnTheBadgeOffersThem() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_COMPARE(hand.item("drop").card().trouble, NodeCard::Trouble::Advice);
        hand.view().setZoom(1);
        hand.view().reveal(hand.id("drop"));
        hand.click(hand.at(hand.item("drop").badgeRect().center()));
        QTRY_VERIFY(entry(openMenu(), "Set the rate of drop to 0.5") != nullptr);
        openMenu()->close();
        QCOMPARE(hand.document.undoStack().count(), 0);
    }

    void whereNothingIsWrongThereIsNothingToOffer() {
        CanvasDriver hand;
        hand.document.adopt(digits(0.3));
        hand.document.selection().select(hand.id("relu"));
        hand.key(Qt::Key_Period, Qt::ControlModifier);
        hand.settle();
        QVERIFY(openMenu() == nullptr);
    }

    void ctrlPeriodInTheListDoesToo() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(rowOf(list, "dropout-above-half") >= 0);
        list.view()->setFocus();
        list.view()->setCurrentIndex(list.model().index(rowOf(list, "dropout-above-half")));
        QTest::keyClick(list.view(), Qt::Key_Return, Qt::AltModifier);
        QTRY_VERIFY(openMenu() != nullptr);
        QVERIFY(entry(openMenu(), "Go to drop") != nullptr);
        QAction* silence = entry(openMenu(), "Do not tell me this again");
        QVERIFY(silence != nullptr);
        silence->trigger();
        openMenu()->close();
        QCOMPARE(hand.document.project().silenced, std::vector<std::string>{"dropout-above-half"});
    }

    void theMenuOfALayerBeginsWithItsFixes() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
        hand.document.selection().select(hand.id("drop"));
        hand.view().reveal(hand.id("drop"));
        QString first;
        QTimer::singleShot(0, &hand.view(), [&] {
            if (QMenu* menu = openMenu()) {
                first = menu->actions().front()->text();
                menu->close();
            }
        });
        QContextMenuEvent event(QContextMenuEvent::Mouse, hand.middleOf("drop"),
                                hand.view().viewport()->mapToGlobal(hand.middleOf("drop")));
        QApplication::sendEvent(hand.view().viewport(), &event);
        QCOMPARE(first, QString("Set the rate of drop to 0.5"));
    }

    void whatIsSilencedIsNotHeardOfUntilAsked() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
        hand.document.setSilenced("dropout-above-half", true);
        QTRY_VERIFY(!isSaid(hand.document, "dropout-above-half"));
        QTemporaryDir folder;
        hand.document.saveAs(folder.filePath("quiet.gradlens"));
        hand.document.load(folder.filePath("quiet.gradlens"));
        QCOMPARE(hand.document.project().silenced, std::vector<std::string>{"dropout-above-half"});
        auto* label = hand.workspace.findChild<QLabel*>("silencedAdvice");
        QVERIFY(label->isVisible());
        emit label->linkActivated("hear");
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
        QVERIFY(!label->isVisible());
        hand.document.undoStack().undo();
        QTRY_VERIFY(!isSaid(hand.document, "dropout-above-half"));
    }

    void anUnknownLayerIsMadeTheOneThatWasMeant() {
        CanvasDriver hand;
        Project project = digits(0.3);
        Node node = *project.graph.findByName("relu");
        const auto edges = project.graph.edgesOf(node.id);
        project.graph.remove(node.id);
        node.op = "RelU";
        project.graph.restore(node);
        for (const Edge& edge : edges) project.graph.connect(edge);
        hand.document.adopt(std::move(project));
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(rowOf(list, "there is no op called 'RelU'") >= 0);
        QTRY_VERIFY(!list.model().problemAt(rowOf(list, "there is no op called 'RelU'")).fixes.empty());
        hand.document.applyFix(list.model().problemAt(rowOf(list, "there is no op called 'RelU'")).fixes.front());
        QCOMPARE(hand.graph().findByName("relu")->op, std::string("ReLU"));
        QTRY_COMPARE(hand.item("relu").card().trouble, NodeCard::Trouble::None);
        QVERIFY(hand.document.analysis().valid());
        hand.document.undoStack().undo();
        QCOMPARE(hand.graph().findByName("relu")->op, std::string("RelU"));
        QCOMPARE(hand.graph().edges().size(), std::size_t{7});
    }

    void theDataIsLookedAtOnceTheDrawingIsSound() {
        CanvasDriver hand;
        Project project = digits(0.3);
        project.graph.setAttributes(project.graph.findByName("scores")->id, {{"units", std::int64_t{7}}});
        hand.document.adopt(std::move(project));
        QTRY_VERIFY(isSaid(hand.document, "gets scores for 7 classes, but Digits has 10"));
        const auto problems = hand.document.problems();
        const auto found = std::ranges::find_if(
            problems, [](const Problem& each) { return each.message.find("gets scores for 7") != std::string::npos; });
        QVERIFY(!found->fixes.empty());
        QVERIFY(hand.document.applyFix(found->fixes.front()));
        QTRY_VERIFY(!isSaid(hand.document, "gets scores for"));
        QVERIFY(hand.document.knownData().facts != nullptr);
    }

    void aFixOfTheTrainingIsOneStepToo() {
        CanvasDriver hand;
        Project project = digits(0.3);
        project.training.optimizer.attributes.set("learning_rate", 0.5);
        hand.document.adopt(std::move(project));
        ProblemList& list = hand.workspace.problems();
        QTRY_VERIFY(rowOf(list, "learning-rate") >= 0);
        const Fix fix = list.model().problemAt(rowOf(list, "learning-rate")).fixes.front();
        QVERIFY(hand.document.applyFix(fix));
        QTRY_VERIFY(!isSaid(hand.document, "learning-rate"));
        QCOMPARE(hand.document.undoStack().undoText(), QString("Set the learning rate to 0.001"));
        hand.document.undoStack().undo();
        QTRY_VERIFY(isSaid(hand.document, "learning-rate"));
    }

    void aFixThatNoLongerAppliesIsNoStep() {
        CanvasDriver hand;
        hand.document.adopt(digits());
        QTRY_VERIFY(isSaid(hand.document, "dropout-above-half"));
        QVERIFY(!hand.document.applyFix({Fix::Kind::Remove, "Remove nothing", static_cast<NodeId>(1000)}));
        QCOMPARE(hand.document.undoStack().count(), 0);
    }

    void aHundredThousandLayersAreRefusedPlainly() {
        CanvasDriver hand;
        hand.document.adopt(digits(0.3));
        hand.document.setName("kept");
        ModelGraph large;
        for (std::uint32_t i = 1; i <= 100'000; ++i)
            large.restore({static_cast<NodeId>(i), "n" + std::to_string(i), "ReLU", {}, {}});
        const auto json = toJson(large, drawingCatalogue());
        QString said;
        try {
            hand.document.pasteJson(QByteArray::fromStdString(json.dump()));
        } catch (const Error& error) {
            said = error.what();
        }
        QVERIFY2(said.contains("100,008 layers are more than the canvas can hold, which is 20,000"), qPrintable(said));
        QTemporaryDir folder;
        Project project;
        project.graph = large;
        saveProject(project, folder.filePath("large.gradlens").toStdString(), drawingCatalogue());
        said.clear();
        try {
            hand.document.load(folder.filePath("large.gradlens"));
        } catch (const Error& error) {
            said = error.what();
        }
        QVERIFY2(said.contains("100,000 layers are more than"), qPrintable(said));
        QCOMPARE(hand.graph().nodes().size(), std::size_t{8});
        QCOMPARE(hand.document.undoStack().count(), 1);
        hand.document.undoStack().undo();
        QVERIFY(hand.document.project().name.empty());
    }
};

QTEST_MAIN(TestChecks)
#include "test_checks.moc"
