// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/objective/schedule_plot.h"

#include "ui/design/form_parts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/curve_plot.h"
#include "ui/widgets/segmented_control.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
constexpr std::int64_t kMostMarks = 40;  // epochs that get a line

QString grouped(std::int64_t number) {
    return QString::fromStdString(groupedText(number));
}
QString rate(double value) {
    return QString::number(value, 'g', 4);
}
}  // namespace

SchedulePlot::SchedulePlot(QWidget* parent) : QWidget(parent) {
    auto* title = new QLabel(tr("Learning rate by step"));
    title->setProperty("look", "muted");
    title->setFont(Theme::instance().small());
    m_scale = new SegmentedControl;
    m_scale->addSegment(tr("Linear"));
    m_scale->addSegment(tr("Log"));
    m_scale->setAccessibleName(tr("Scale of the learning rate"));
    m_plot = new CurvePlot;
    m_plot->setAccessibleName(tr("Learning rate by step"));
    m_plot->setToolTip(tr("Point at it, or use the arrow keys, to read the rate of a step"));
    m_note = summaryLabel();
    auto* head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(m_scale);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace * 3 / 4);
    column->addLayout(head);
    column->addWidget(m_plot);
    column->addWidget(m_note);
    connect(m_scale, &SegmentedControl::currentChanged, this,
            [this](int index) { m_plot->setLogarithmic(index == 1); });
    connect(m_plot, &CurvePlot::placeChanged, this, [this] { m_plot->setAccessibleDescription(m_plot->readOut()); });
}

void SchedulePlot::setPlan(const TrainingSpec& training, const std::optional<TrainingPlan>& plan,
                           const QString& reason) {
    m_plot->setMessage(plan ? QString() : reason);
    if (!plan) {
        m_plot->setFunction({}, 0);
        m_note->clear();
        return;
    }
    m_plot->setPlaceText([plan](std::int64_t step) {
        return tr("step %1, epoch %2").arg(grouped(step + 1), grouped(step / plan->stepsPerEpoch + 1));
    });
    std::vector<std::int64_t> epochs;
    if (training.epochs <= kMostMarks)
        for (std::int64_t epoch = 1; epoch < training.epochs; ++epoch) epochs.push_back(epoch * plan->stepsPerEpoch);
    m_plot->setMarks(std::move(epochs));
    m_plot->setFunction([training, plan](std::int64_t step) { return plannedRate(training, *plan, step); },
                        plan->totalSteps);
    const double first = plannedRate(training, *plan, 0), last = plannedRate(training, *plan, plan->totalSteps - 1);
    QString note = tr("From %1 to %2 in %3 steps.").arg(rate(first), rate(last), grouped(plan->totalSteps));
    const std::int64_t warmUp =
        completed(findSchedule(training.schedule.name)->attributes, training.schedule.attributes, nullptr)
            .integer("warmup_steps");
    if (warmUp >= plan->totalSteps)
        note = tr("The warm-up is as long as the run: the rate never reaches %1.").arg(rate(plan->baseRate));
    if (findSchedule(training.schedule.name)->followsEvaluation)
        note =
            tr("Lowered when validation stops getting better: what comes of it depends on results and cannot be "
               "drawn ahead.");
    m_note->setText(note);
}

QString SchedulePlot::noteText() const {
    return m_note->text();
}

}  // namespace gradlens
