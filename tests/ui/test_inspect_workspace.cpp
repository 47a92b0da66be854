// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect workspace on a real session that trains two spirals.
#include "core/io/project.h"
#include "ui/inspect/heatmap_view.h"
#include "ui/inspect/inspect_workspace.h"
#include "ui/inspect/lens.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QtTest>

using namespace gradlens;

namespace {
constexpr int kPatience = 60'000;  // milliseconds; a machine may be busy

TrainerOptions options() {
    TrainerOptions made;
    made.threads = 1;
    made.resourcesFolder = std::filesystem::path(GRADLENS_SOURCE_DIR) / "resources";
    return made;
}

class Fixture {
public:
    Fixture()
        : project(loadProject(options().resourcesFolder / "examples" / "spirals.gradlens", opCatalogue())),
          session(options()),
          view(session) {
        view.resize(1000, 640);
        view.show();
    }
    bool prepare() {
        session.prepare(project, QString(), QString());
        return QTest::qWaitFor([this] { return session.isPrepared(); }, kPatience);
    }
    NodeId id(const char* name) const { return project.graph.findByName(name)->id; }
    bool waitForResult(int lens, const QString& value) {
        return QTest::qWaitFor(
            [this, lens, value] { return view.lens(lens).value() == value && view.lens(lens).result() != nullptr; },
            kPatience);
    }

    Project project;
    Session session;
    InspectWorkspace view;
};
}  // namespace

class TestInspectWorkspace : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::instance().apply(*qApp, Theme::Mode::Dark); }

    void aLayerWithWeightsShowsWeightGradientAndOutput() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense2"), "dense2");
        at.session.stepBatch();
        QVERIFY(at.waitForResult(0, "dense2.weight"));
        QVERIFY(at.waitForResult(1, "dense2.weight.grad"));
        QVERIFY(at.waitForResult(2, "dense2.output"));
        QCOMPARE(at.view.lens(0).result()->type.shape.elements(), 64 * 64);
        QVERIFY(at.view.lens(0).heatmap().picture().rows() > 0);
    }

    void ofTheBatchOnlyTheFirstSamplesAreCopied() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense2"), "dense2");
        at.session.stepBatch();
        QVERIFY(at.waitForResult(2, "dense2.output"));
        QCOMPARE(at.view.lens(2).result()->type.shape, (Shape{32, 64}));
        QCOMPARE(at.view.lens(2).result()->tensor.shape(), (Shape{InspectWorkspace::kMostSamples, 64}));
    }

    void aLayerWithoutWeightsShowsOutputItsGradientAndInput() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("relu1"), "relu1");
        QCOMPARE(at.view.lens(0).value(), "relu1.output");
        QCOMPARE(at.view.lens(1).value(), "relu1.output.grad");
        QCOMPARE(at.view.lens(2).value(), "dense1.output");
        at.session.stepBatch();
        QVERIFY(at.waitForResult(0, "relu1.output"));
        QVERIFY(at.waitForResult(2, "dense1.output"));
    }

    void theChosenValueIsKeptFromLayerToLayer() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense1"), "dense1");
        auto* choice = at.view.lens(0).findChild<QComboBox*>();
        const int bias = choice->findData("dense1.bias");
        QVERIFY(bias >= 0);
        choice->setCurrentIndex(bias);
        emit choice->activated(bias);
        at.view.showNode(at.id("dense3"), "dense3");
        QCOMPARE(at.view.lens(0).value(), "dense3.bias");
    }

    void aPinnedLensStaysWithItsLayer() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense1"), "dense1");
        at.view.lens(0).setPinned(true);
        at.view.showNode(at.id("dense3"), "dense3");
        QCOMPARE(at.view.lens(0).value(), "dense1.weight");
        QCOMPARE(at.view.lens(1).value(), "dense3.weight.grad");
        at.view.lens(0).setPinned(false);
        QCOMPARE(at.view.lens(0).value(), "dense3.weight");
    }

    void lensesKeepUpWhileItTrains() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense1"), "dense1");
        at.session.run();
        QVERIFY(at.waitForResult(0, "dense1.weight"));
        const std::int64_t seen = at.view.lens(0).result()->step;
        QTRY_VERIFY_WITH_TIMEOUT(at.view.lens(0).result()->step > seen + 5, kPatience);
        at.session.pause();
    }

    void inAPausedRunTheNextBatchIsComputedForALensAndNothingElseHappens() {
        Fixture at;
        QVERIFY(at.prepare());
        at.session.stepBatch();
        QTRY_COMPARE_WITH_TIMEOUT(at.session.status().step, 1, kPatience);
        at.view.showNode(at.id("relu2"), "relu2");
        QVERIFY(at.waitForResult(0, "relu2.output"));
        QVERIFY(at.waitForResult(1, "relu2.output.grad"));
        QCOMPARE(at.session.status().step, 1);
        QCOMPARE(at.session.status().phase, TrainerPhase::Paused);
    }

    void beforeARunItSaysWhatToDo() {
        Fixture at;
        auto* empty = at.view.findChild<EmptyState*>();
        QVERIFY(empty != nullptr && empty->isVisible());
        QVERIFY(at.prepare());
        QTRY_VERIFY(!empty->isVisible());
    }

    void whileHiddenNoResultsArrive() {
        Fixture at;
        QVERIFY(at.prepare());
        at.view.showNode(at.id("dense1"), "dense1");
        at.session.stepBatch();
        QVERIFY(at.waitForResult(0, "dense1.weight"));
        at.view.hide();
        QSignalSpy delivered(&at.session, &Session::probeChanged);
        at.session.stepBatch();
        QTRY_COMPARE_WITH_TIMEOUT(at.session.status().step, 2, kPatience);
        QCOMPARE(delivered.count(), 0);
        at.view.show();
        at.session.stepBatch();
        QTRY_VERIFY_WITH_TIMEOUT(at.view.lens(0).result() != nullptr && at.view.lens(0).result()->step >= 2, kPatience);
    }

    void choosingALayerInTheListTellsTheWindow() {
        Fixture at;
        QVERIFY(at.prepare());
        QSignalSpy chosen(&at.view, &InspectWorkspace::nodeChosen);
        QComboBox* nodes = nullptr;
        for (QComboBox* box : at.view.findChildren<QComboBox*>())
            if (box->accessibleName() == "Layer") nodes = box;
        QVERIFY(nodes != nullptr);
        const int index = nodes->findData(toInteger(at.id("dense3")));
        nodes->setCurrentIndex(index);
        emit nodes->activated(index);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(at.view.node(), at.id("dense3"));
        QCOMPARE(at.view.lens(0).value(), "dense3.weight");
    }
};

QTEST_MAIN(TestInspectWorkspace)
#include "test_inspect_workspace.moc"
