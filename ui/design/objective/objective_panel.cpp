// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/objective/objective_panel.h"

#include "ui/design/attribute_form.h"
#include "ui/design/choice_form.h"
#include "ui/design/form_parts.h"
#include "ui/design/objective/loss_list.h"
#include "ui/design/objective/schedule_plot.h"
#include "ui/design/training_fields.h"
#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"
#include "ui/widgets/section.h"

#include <QFileInfo>
#include <QLabel>
#include <QVBoxLayout>

#include <vector>

namespace gradlens {

namespace {
template <class Definitions>
std::vector<ChoiceForm::Option> optionsOf(const Definitions& definitions) {
    std::vector<ChoiceForm::Option> options;
    for (const auto& definition : definitions)
        options.push_back({definition.name, definition.name, definition.summary, definition.attributes});
    return options;
}

Attributes valuesOf(std::span<const TrainingField> fields, const TrainingSpec& training) {
    Attributes values;
    for (const TrainingField& field : fields) values.set(field.spec.name, field.get(training));
    return values;
}

QString grouped(std::int64_t number) {
    return QString::fromStdString(groupedText(number));
}
}  // namespace

ObjectivePanel::ObjectivePanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent)
    : QScrollArea(parent), m_document(document), m_provider(provider) {
    setObjectName("objectivePanel");
    setAccessibleName(tr("Objective"));
    setProperty("look", "panel");
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(NoFrame);
    makeChoices();
    m_losses = new LossList(document);
    m_metrics = new MetricList(document);
    m_plot = new SchedulePlot;
    m_training = makeFieldsForm(trainingFields());
    m_updates = makeFieldsForm(updateFields());
    m_stopping = makeFieldsForm(stoppingFields());
    m_steps = summaryLabel();
    m_steps->setObjectName("plannedSteps");
    auto* content = new QWidget;
    content->setProperty("look", "panel");
    content->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, Theme::kSpace * 3 / 2);
    column->setSpacing(0);
    addPart(column, tr("Losses"), {m_losses});
    addPart(column, tr("Metrics of validation"), {m_metrics});
    addPart(column, tr("Optimizer"), {m_optimizer});
    addPart(column, tr("Learning-rate schedule"), {m_plot, m_schedule});
    addPart(column, tr("Training"), {m_steps, m_training});
    addPart(column, tr("Gradients and weights"), {m_updates});
    addPart(column, tr("Early stopping"), {m_stopping});
    column->addStretch();
    setWidget(content);

    connect(m_losses, &LossList::nodeChosen, this, &ObjectivePanel::nodeChosen);
    connect(&m_provider, &DatasetProvider::stateChanged, this, &ObjectivePanel::refreshPlan);
    connect(&m_document, &DesignDocument::projectChanged, this, &ObjectivePanel::refresh);
    connect(&m_document, &DesignDocument::pathChanged, this, &ObjectivePanel::request);
    connect(&m_document, &DesignDocument::reset, this, [this] {
        for (ChoiceForm* form : {m_optimizer, m_schedule}) form->forget();
        refresh();
    });
    refresh();
}

void ObjectivePanel::addPart(QVBoxLayout* column, const QString& title, std::initializer_list<QWidget*> contents,
                             bool open) {
    auto* part = new QWidget;
    QVBoxLayout* layout = partLayout(part);
    for (QWidget* content : contents) layout->addWidget(content);
    auto* section = new CollapsibleSection(title);
    section->setContent(part);
    section->setOpen(open);
    column->addWidget(section);
}

void ObjectivePanel::makeChoices() {
    const auto join = [this](ChoiceForm* form, const QString& noun, auto member) {
        connect(form, &ChoiceForm::chosen, this, [this, noun, member](const std::string& name) {
            changeTraining(tr("Choose the %1 %2").arg(noun, QString::fromStdString(name)), {},
                           [&](TrainingSpec& training) {
                               training.*member = {name, {}};
                           });
        });
        connect(form, &ChoiceForm::edited, this, [this, noun, member](const Attributes& attributes) {
            changeTraining(tr("Change the %1").arg(noun), noun,
                           [&](TrainingSpec& training) { (training.*member).attributes = attributes; });
        });
        connect(form, &ChoiceForm::editingFinished, this, [this] { m_document.endMerge(); });
    };
    m_optimizer = new ChoiceForm("optimizer", tr("Optimizer"), tr("There is no optimizer called '%1'."),
                                 optionsOf(optimizers()), this);
    m_schedule = new ChoiceForm("schedule", tr("Schedule"), tr("There is no schedule called '%1'."),
                                optionsOf(schedules()), this);
    join(m_optimizer, tr("optimizer"), &TrainingSpec::optimizer);
    join(m_schedule, tr("schedule"), &TrainingSpec::schedule);
}

AttributeForm* ObjectivePanel::makeFieldsForm(std::span<const TrainingField> fields) {
    auto* form = new AttributeForm(this);
    std::vector<AttributeSpec> specs;
    for (const TrainingField& field : fields) specs.push_back(field.spec);
    form->setSpecs(std::move(specs));
    const auto set = [this, fields](const std::string& name, const AttributeValue* value) {
        for (const TrainingField& field : fields)
            if (field.spec.name == name)
                changeTraining(tr("Set %1").arg(QString::fromStdString(field.spec.label).toLower()),
                               "training:" + QString::fromStdString(name), [&](TrainingSpec& training) {
                                   field.set(training, value != nullptr ? *value : field.spec.defaultValue);
                               });
    };
    connect(form, &AttributeForm::edited, this,
            [set](const std::string& name, const AttributeValue& value) { set(name, &value); });
    connect(form, &AttributeForm::resetAsked, this, [set](const std::string& name) { set(name, nullptr); });
    connect(form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
    return form;
}

void ObjectivePanel::changeTraining(const QString& step, const QString& mergeKey,
                                    const std::function<void(TrainingSpec&)>& change) {
    TrainingSpec training = m_document.project().training;
    change(training);
    m_document.setTraining(training, step, mergeKey);
}

void ObjectivePanel::showEvent(QShowEvent*) {
    request();
    refreshPlan();
}

void ObjectivePanel::request() {
    if (!isVisible() || m_provider.state() == DatasetProvider::State::Loading) return;
    const Project& project = m_document.project();
    const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    m_provider.request({project.data, folder, project.training.seed});
}

void ObjectivePanel::refresh() {
    const TrainingSpec& training = m_document.project().training;
    m_optimizer->setChoice(training.optimizer.name, training.optimizer.attributes);
    m_schedule->setChoice(training.schedule.name, training.schedule.attributes);
    m_training->setValues(valuesOf(trainingFields(), training));
    m_updates->setValues(valuesOf(updateFields(), training));
    m_stopping->setValues(valuesOf(stoppingFields(), training));
    request();
    refreshPlan();
}

std::optional<TrainingPlan> ObjectivePanel::plan() const {
    const auto dataset = m_provider.dataset();
    return dataset == nullptr ? std::nullopt : trainingPlan(m_document.project().training, dataset->train.size());
}

QString ObjectivePanel::reasonForNoPlan() const {
    switch (m_provider.state()) {
        case DatasetProvider::State::Loading:
            return tr("How many steps there are is known once the data has been loaded.");
        case DatasetProvider::State::Failed:
            return tr("How many steps there are is not known: the data cannot be loaded. See Data.");
        case DatasetProvider::State::Nothing:
            return tr("How many steps there are is not known: no data is loaded. See Data.");
        case DatasetProvider::State::Loaded:
            break;
    }
    return tr("The optimizer or the schedule is none of this version.");
}

void ObjectivePanel::refreshPlan() {
    if (!isVisible()) return;
    const auto dataset = m_provider.dataset();
    m_metrics->setValidation(
        dataset == nullptr ? 0 : dataset->validation.size() * std::max<std::int64_t>(dataset->labelShape.elements(), 1),
        dataset != nullptr && dataset->validation.size() == 0);
    const TrainingSpec& training = m_document.project().training;
    const std::optional<TrainingPlan> planned = plan();
    m_plot->setPlan(training, planned, reasonForNoPlan());
    if (!planned) {
        m_steps->setText(reasonForNoPlan());
        return;
    }
    QString text = tr("%1 samples, %2 steps an epoch, %3 steps in all.")
                       .arg(grouped(planned->samples), grouped(planned->stepsPerEpoch), grouped(planned->totalSteps));
    if (training.updates.accumulate > 1)
        text += ' ' +
                tr("A step updates the weights with the mean gradient of %1 batches.").arg(training.updates.accumulate);
    if (training.batchSize > planned->samples) text += ' ' + tr("All samples are one batch.");
    m_steps->setText(text);
}

QString ObjectivePanel::stepsText() const {
    return m_steps->text();
}

}  // namespace gradlens
