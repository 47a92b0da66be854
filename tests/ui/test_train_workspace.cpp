// SPDX-License-Identifier: GPL-3.0-or-later
// The Train workspace on a real session that trains two spirals.
#include "core/io/project.h"
#include "ui/theme/theme.h"
#include "ui/train/readout_card.h"
#include "ui/train/scalar_chart.h"
#include "ui/train/train_workspace.h"

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

Project spirals(std::int64_t epochs) {
    Project project = loadProject(options().resourcesFolder / "examples" / "spirals.gradlens", opCatalogue());
    project.training.epochs = epochs;
    return project;
}

QString valueOf(const QWidget& view, const QString& caption) {
    for (const ReadoutCard* card : view.findChildren<ReadoutCard*>())
        if (card->accessibleName() == caption) return card->value();
    return {};
}
}  // namespace

class TestTrainWorkspace : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { Theme::instance().apply(*qApp, Theme::Mode::Dark); }

    void curvesAndCardsFollowARun() {
        Session session(options());
        TrainWorkspace view(session);
        view.resize(1000, 600);
        view.show();
        QCOMPARE(valueOf(view, "Loss"), "–");
        session.prepare(spirals(2), QString(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(session.isPrepared(), kPatience);
        session.run();
        QTRY_VERIFY_WITH_TIMEOUT(session.status().step > 0 && session.status().step == session.status().totalSteps &&
                                     session.status().phase == TrainerPhase::Paused,
                                 kPatience);
        QTRY_COMPARE(view.lossChart().curve(0).size(), session.status().step);
        QTRY_COMPARE(view.lossChart().curve(1).size(), 2);
        QVERIFY(view.accuracyChart().curve(0).size() > 0);
        QTRY_VERIFY(valueOf(view, "Loss") != "–");
        QTRY_VERIFY(valueOf(view, "Best so far").endsWith("%"));
    }

    void whileHiddenNothingIsDrawnAndShowingCatchesUp() {
        Session session(options());
        TrainWorkspace view(session);
        session.prepare(spirals(1), QString(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(session.isPrepared(), kPatience);
        session.stepBatch();
        QTRY_COMPARE_WITH_TIMEOUT(session.status().step, 1, kPatience);
        QCOMPARE(view.lossChart().curve(0).size(), 0);
        view.show();
        QTRY_COMPARE(view.lossChart().curve(0).size(), 1);
    }

    void anotherRunStartsTheCurvesAnew() {
        Session session(options());
        TrainWorkspace view(session);
        view.resize(1000, 600);
        view.show();
        session.prepare(spirals(1), QString(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(session.isPrepared(), kPatience);
        session.stepBatch();
        QTRY_COMPARE_WITH_TIMEOUT(view.lossChart().curve(0).size(), 1, kPatience);
        session.prepare(spirals(1), QString(), QString());
        QTRY_COMPARE_WITH_TIMEOUT(view.lossChart().curve(0).size(), 0, kPatience);
    }
};

QTEST_MAIN(TestTrainWorkspace)
#include "test_train_workspace.moc"
