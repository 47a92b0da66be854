// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/project_form.h"

#include "core/data/dataset_source.h"
#include "core/plan/optimizer.h"
#include "core/plan/schedule.h"
#include "ui/design/attribute_form.h"
#include "ui/design/choice_form.h"
#include "ui/design/form_parts.h"
#include "ui/design/training_fields.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <utility>
#include <vector>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;

template <class Definitions>
std::vector<ChoiceForm::Option> optionsOf(const Definitions& definitions) {
    std::vector<ChoiceForm::Option> options;
    for (const auto& definition : definitions)
        options.push_back({definition.name, definition.name, definition.summary, definition.attributes});
    return options;
}

std::vector<ChoiceForm::Option> sourceOptions() {
    std::vector<ChoiceForm::Option> options;
    for (const DatasetSource& source : datasetSources())
        options.push_back({source.name, source.label, source.summary, source.attributes});
    return options;
}

Attributes valuesOf(std::span<const TrainingField> fields, const TrainingSpec& training) {
    Attributes values;
    for (const TrainingField& field : fields) values.set(field.spec.name, field.get(training));
    return values;
}

// The content of a section.
QWidget* partOf(QWidget* form) {
    auto* part = new QWidget;
    partLayout(part)->addWidget(form);
    return part;
}
}  // namespace

ProjectForm::ProjectForm(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kMargin);
    column->setSpacing(0);
    makeDataPart();
    makeTrainingParts();
    const auto addPart = [&](const QString& title, QWidget* part, bool open) {
        auto* section = new CollapsibleSection(title, this);
        section->setContent(part);
        section->setOpen(open);
        column->addWidget(section);
    };
    addPart(tr("Project"), makeProjectPart(), true);
    addPart(tr("Data"), partOf(m_data), true);
    addPart(tr("Training"), partOf(m_training), true);
    addPart(tr("Optimizer"), partOf(m_optimizer), true);
    addPart(tr("Learning-rate schedule"), partOf(m_schedule), true);
    // What is rarely touched stays folded.
    addPart(tr("Gradients and weights"), partOf(m_updates), false);
    addPart(tr("Early stopping"), partOf(m_stopping), false);
    column->addStretch();
    connect(&m_document, &DesignDocument::projectChanged, this, &ProjectForm::refresh);
    connect(&m_document, &DesignDocument::analysisChanged, this, &ProjectForm::refreshFigures);
    connect(&m_document, &DesignDocument::reset, this, [this] {
        for (ChoiceForm* form : {m_data, m_optimizer, m_schedule}) form->forget();
    });
    refresh();
}

QWidget* ProjectForm::makeProjectPart() {
    auto* part = new QWidget;
    auto* column = partLayout(part);
    m_name = new QLineEdit;
    m_name->setObjectName("projectName");
    m_name->setAccessibleName(tr("Project name"));
    m_name->setPlaceholderText(tr("Untitled"));
    m_name->installEventFilter(this);
    column->addLayout(captioned(tr("Name"), m_name));
    m_description = new QPlainTextEdit;
    m_description->setObjectName("projectDescription");
    m_description->setAccessibleName(tr("Project description"));
    m_description->setPlaceholderText(tr("What it is for, what to look out for"));
    m_description->setTabChangesFocus(true);
    m_description->setFixedHeight(96);
    m_description->document()->setDocumentMargin(6);
    const auto frame = [this] {
        const Theme& theme = Theme::instance();
        m_description->setStyleSheet(
            QString("QPlainTextEdit { border: 1px solid %1; border-radius: 6px; } QPlainTextEdit:focus { border-color: "
                    "%2; }")
                .arg(theme.color(ThemeColor::Border).name(), theme.color(ThemeColor::Accent).name()));
    };
    connect(&Theme::instance(), &Theme::changed, this, frame);
    frame();
    m_description->installEventFilter(this);
    column->addLayout(captioned(tr("Description"), m_description));
    m_figures = summaryLabel();
    column->addWidget(m_figures);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) { m_document.setName(text); });
    connect(m_description, &QPlainTextEdit::textChanged, this,
            [this] { m_document.setDescription(m_description->toPlainText()); });
    return part;
}

void ProjectForm::makeDataPart() {
    m_data =
        new ChoiceForm("dataSource", tr("Source"), tr("There is no data source called '%1'."), sourceOptions(), this);
    connect(m_data, &ChoiceForm::chosen, this, [this](const std::string& name) { m_document.setData({name, {}}); });
    connect(m_data, &ChoiceForm::edited, this, [this](const Attributes& attributes) {
        DatasetSpec changed = m_document.project().data;
        changed.attributes = attributes;
        m_document.setData(changed);
    });
    connect(m_data, &ChoiceForm::editingFinished, this, [this] { m_document.endMerge(); });
}

void ProjectForm::makeTrainingParts() {
    m_optimizer = new ChoiceForm("optimizer", tr("Optimizer"), tr("There is no optimizer called '%1'."),
                                 optionsOf(optimizers()), this);
    connect(m_optimizer, &ChoiceForm::chosen, this, [this](const std::string& name) {
        changeTraining([&](TrainingSpec& training) { training.optimizer = {name, {}}; });
    });
    connect(m_optimizer, &ChoiceForm::edited, this, [this](const Attributes& attributes) {
        changeTraining([&](TrainingSpec& training) { training.optimizer.attributes = attributes; });
    });
    m_schedule = new ChoiceForm("schedule", tr("Schedule"), tr("There is no schedule called '%1'."),
                                optionsOf(schedules()), this);
    connect(m_schedule, &ChoiceForm::chosen, this, [this](const std::string& name) {
        changeTraining([&](TrainingSpec& training) { training.schedule = {name, {}}; });
    });
    connect(m_schedule, &ChoiceForm::edited, this, [this](const Attributes& attributes) {
        changeTraining([&](TrainingSpec& training) { training.schedule.attributes = attributes; });
    });
    for (ChoiceForm* form : {m_optimizer, m_schedule})
        connect(form, &ChoiceForm::editingFinished, this, [this] { m_document.endMerge(); });
    m_training = makeFieldsForm(trainingFields());
    m_updates = makeFieldsForm(updateFields());
    m_stopping = makeFieldsForm(stoppingFields());
}

AttributeForm* ProjectForm::makeFieldsForm(std::span<const TrainingField> fields) {
    auto* form = new AttributeForm(this);
    std::vector<AttributeSpec> specs;
    for (const TrainingField& field : fields) specs.push_back(field.spec);
    form->setSpecs(std::move(specs));
    const auto set = [this, fields](const std::string& name, const AttributeValue* value) {
        for (const TrainingField& field : fields)
            if (field.spec.name == name)
                changeTraining([&](TrainingSpec& training) {
                    field.set(training, value != nullptr ? *value : field.spec.defaultValue);
                });
    };
    connect(form, &AttributeForm::edited, this,
            [set](const std::string& name, const AttributeValue& value) { set(name, &value); });
    connect(form, &AttributeForm::resetAsked, this, [set](const std::string& name) { set(name, nullptr); });
    connect(form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
    return form;
}

void ProjectForm::changeTraining(const std::function<void(TrainingSpec&)>& change) {
    TrainingSpec training = m_document.project().training;
    change(training);
    m_document.setTraining(training);
}

void ProjectForm::refresh() {
    const Project& project = m_document.project();
    const QString name = QString::fromStdString(project.name);
    if (m_name->text() != name) m_name->setText(name);
    const QString description = QString::fromStdString(project.description);
    if (m_description->toPlainText() != description) {
        const QSignalBlocker quiet(m_description);
        m_description->setPlainText(description);
    }
    const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    const TrainingSpec& training = project.training;
    m_data->setChoice(project.data.source, project.data.attributes, folder);
    m_optimizer->setChoice(training.optimizer.name, training.optimizer.attributes);
    m_schedule->setChoice(training.schedule.name, training.schedule.attributes);
    m_training->setValues(valuesOf(trainingFields(), training));
    m_updates->setValues(valuesOf(updateFields(), training));
    m_stopping->setValues(valuesOf(stoppingFields(), training));
    refreshFigures();
}

void ProjectForm::refreshFigures() {
    const GraphAnalysis& analysis = m_document.knownAnalysis();
    const QString layers = counted(std::ssize(m_document.graph().nodes()), tr("layer"));
    const QString flops = flopsText(analysis.forwardFlops / static_cast<double>(analysis.batchSize));
    m_figures->setText(tr("%1, %2%3")
                           .arg(layers, compactNumber(static_cast<double>(analysis.parameters)) + tr(" parameters"),
                                flops.isEmpty() ? QString() : tr(", %1 forward a sample").arg(flops)));
}

bool ProjectForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) m_document.endMerge();
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
