// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/project_form.h"

#include "core/data/dataset_source.h"
#include "core/plan/optimizer.h"
#include "ui/design/attribute_form.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QComboBox>
#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;
constexpr double kLargestBatch = 1 << 20, kMostEpochs = 1'000'000, kLargestSeed = 9.0e15;

std::vector<AttributeSpec> trainingSpecs() {
    const TrainingSpec defaults;
    return {
        integerAttribute(
            "batch_size", "Batch size", defaults.batchSize, 1, kLargestBatch,
            "How many samples make one step. Larger batches give steadier gradients and better use of the processor"),
        integerAttribute("epochs", "Epochs", defaults.epochs, 1, kMostEpochs,
                         "How many times training passes over all samples"),
        integerAttribute("seed", "Seed", static_cast<std::int64_t>(defaults.seed), 0, kLargestSeed,
                         "Where every random number comes from: the same seed gives the same run, bit for bit")};
}

QLabel* caption(const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text);
    label->setProperty("look", "muted");
    label->setFont(Theme::instance().small());
    label->setBuddy(buddy);
    return label;
}

QVBoxLayout* group(const QString& text, QWidget* field) {
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(caption(text, field));
    column->addWidget(field);
    return column;
}

QLabel* summaryLabel() {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setProperty("look", "faint");
    label->setFont(Theme::instance().small());
    return label;
}

QVBoxLayout* partLayout(QWidget* part) {
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(kMargin, Theme::kSpace / 2, kMargin, Theme::kSpace);
    column->setSpacing(10);
    return column;
}
}  // namespace

ProjectForm::ProjectForm(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kMargin);
    column->setSpacing(0);
    const auto addPart = [&](const QString& title, QWidget* part) {
        auto* section = new CollapsibleSection(title, this);
        section->setContent(part);
        column->addWidget(section);
    };
    addPart(tr("Project"), makeProjectPart());
    addPart(tr("Data"), makeDataPart());
    addPart(tr("Training"), makeTrainingPart());
    column->addStretch();
    connect(&m_document, &DesignDocument::projectChanged, this, &ProjectForm::refresh);
    connect(&m_document, &DesignDocument::analysisChanged, this, &ProjectForm::refreshFigures);
    connect(&m_document, &DesignDocument::reset, this, [this] {
        m_shownSource.clear();
        m_shownOptimizer.clear();
    });
    for (AttributeForm* form : {m_data, m_optimizerForm, m_training})
        connect(form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
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
    column->addLayout(group(tr("Name"), m_name));
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
    column->addLayout(group(tr("Description"), m_description));
    m_figures = summaryLabel();
    column->addWidget(m_figures);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) { m_document.setName(text); });
    connect(m_description, &QPlainTextEdit::textChanged, this,
            [this] { m_document.setDescription(m_description->toPlainText()); });
    return part;
}

QWidget* ProjectForm::makeDataPart() {
    auto* part = new QWidget;
    auto* column = partLayout(part);
    m_source = new QComboBox;
    m_source->setObjectName("dataSource");
    m_source->setAccessibleName(tr("Data source"));
    for (const DatasetSource& source : datasetSources()) {
        m_source->addItem(QString::fromStdString(source.label), QString::fromStdString(source.name));
        m_source->setItemData(m_source->count() - 1, QString::fromStdString(source.summary), Qt::ToolTipRole);
    }
    m_source->setFocusPolicy(Qt::StrongFocus);
    m_source->installEventFilter(this);
    column->addLayout(group(tr("Source"), m_source));
    m_sourceSummary = summaryLabel();
    column->addWidget(m_sourceSummary);
    m_data = new AttributeForm;
    column->addWidget(m_data);
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        m_document.setData({m_source->currentData().toString().toStdString(), {}});
    });
    const auto change = [this](const std::string& name, const AttributeValue* value) {
        DatasetSpec changed = m_document.project().data;
        changed.attributes.remove(name);
        const DatasetSource* source = findDatasetSource(changed.source);
        if (source == nullptr) return;
        for (const AttributeSpec& spec : source->attributes)
            if (value != nullptr && spec.name == name && *value != spec.defaultValue)
                changed.attributes.set(name, *value);
        m_document.setData(changed);
    };
    connect(m_data, &AttributeForm::edited, this,
            [change](const std::string& name, const AttributeValue& value) { change(name, &value); });
    connect(m_data, &AttributeForm::resetAsked, this, [change](const std::string& name) { change(name, nullptr); });
    return part;
}

QWidget* ProjectForm::makeTrainingPart() {
    auto* part = new QWidget;
    auto* column = partLayout(part);
    m_training = new AttributeForm;
    m_training->setSpecs(trainingSpecs());
    m_optimizer = new QComboBox;
    m_optimizer->setObjectName("optimizer");
    m_optimizer->setAccessibleName(tr("Optimizer"));
    for (const OptimizerDefinition& optimizer : optimizers()) {
        m_optimizer->addItem(QString::fromStdString(optimizer.name));
        m_optimizer->setItemData(m_optimizer->count() - 1, QString::fromStdString(optimizer.summary), Qt::ToolTipRole);
    }
    m_optimizer->setFocusPolicy(Qt::StrongFocus);
    m_optimizer->installEventFilter(this);
    column->addWidget(m_training);
    column->addLayout(group(tr("Optimizer"), m_optimizer));
    m_optimizerSummary = summaryLabel();
    column->addWidget(m_optimizerSummary);
    m_optimizerForm = new AttributeForm;
    column->addWidget(m_optimizerForm);
    connect(m_training, &AttributeForm::edited, this, &ProjectForm::trainingEdited);
    connect(m_training, &AttributeForm::resetAsked, this, [this](const std::string& name) {
        for (const AttributeSpec& spec : m_training->specs())
            if (spec.name == name) trainingEdited(name, spec.defaultValue);
    });
    connect(m_optimizer, &QComboBox::currentTextChanged, this, [this](const QString& name) {
        TrainingSpec training = m_document.project().training;
        training.optimizer = {name.toStdString(), {}};
        m_document.setTraining(training);
    });
    const auto change = [this](const std::string& name, const AttributeValue* value) {
        TrainingSpec training = m_document.project().training;
        training.optimizer.attributes.remove(name);
        for (const AttributeSpec& spec : m_optimizerForm->specs())
            if (value != nullptr && spec.name == name && *value != spec.defaultValue)
                training.optimizer.attributes.set(name, *value);
        m_document.setTraining(training);
    };
    connect(m_optimizerForm, &AttributeForm::edited, this,
            [change](const std::string& name, const AttributeValue& value) { change(name, &value); });
    connect(m_optimizerForm, &AttributeForm::resetAsked, this,
            [change](const std::string& name) { change(name, nullptr); });
    return part;
}

void ProjectForm::trainingEdited(const std::string& name, const AttributeValue& value) {
    TrainingSpec training = m_document.project().training;
    const std::int64_t number = std::get<std::int64_t>(value);
    if (name == "batch_size") training.batchSize = number;
    if (name == "epochs") training.epochs = number;
    if (name == "seed") training.seed = static_cast<std::uint64_t>(number);
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
    const QString source = QString::fromStdString(project.data.source);
    if (source != m_shownSource) {
        m_shownSource = source;
        const DatasetSource* found = findDatasetSource(project.data.source);
        const QSignalBlocker quiet(m_source);
        m_source->setCurrentIndex(m_source->findData(source));
        m_sourceSummary->setText(found != nullptr ? QString::fromStdString(found->summary)
                                                  : tr("There is no data source called '%1'.").arg(source));
        const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
        m_data->setSpecs(found != nullptr ? found->attributes : std::vector<AttributeSpec>(), folder);
    }
    m_data->setValues(project.data.attributes);
    m_training->setValues({{"batch_size", project.training.batchSize},
                           {"epochs", project.training.epochs},
                           {"seed", static_cast<std::int64_t>(project.training.seed)}});
    const QString optimizer = QString::fromStdString(project.training.optimizer.name);
    if (optimizer != m_shownOptimizer) {
        m_shownOptimizer = optimizer;
        const OptimizerDefinition* found = findOptimizer(project.training.optimizer.name);
        const QSignalBlocker quiet(m_optimizer);
        m_optimizer->setCurrentIndex(m_optimizer->findText(optimizer));
        m_optimizerSummary->setText(found != nullptr ? QString::fromStdString(found->summary)
                                                     : tr("There is no optimizer called '%1'.").arg(optimizer));
        m_optimizerForm->setSpecs(found != nullptr ? found->attributes : std::vector<AttributeSpec>());
    }
    m_optimizerForm->setValues(project.training.optimizer.attributes);
    refreshFigures();
}

void ProjectForm::refreshFigures() {
    const GraphAnalysis& analysis = m_document.analysis();
    const QString layers = counted(std::ssize(m_document.graph().nodes()), tr("layer"));
    const QString flops = flopsText(analysis.forwardFlops / static_cast<double>(analysis.batchSize));
    m_figures->setText(tr("%1, %2%3")
                           .arg(layers, compactNumber(static_cast<double>(analysis.parameters)) + tr(" parameters"),
                                flops.isEmpty() ? QString() : tr(", %1 forward a sample").arg(flops)));
}

bool ProjectForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) m_document.endMerge();
    if (event->type() == QEvent::Wheel) {
        auto* box = qobject_cast<QComboBox*>(watched);
        if (box != nullptr && !box->hasFocus()) {
            event->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
