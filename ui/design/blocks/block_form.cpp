// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/blocks/block_form.h"

#include "ui/design/attribute_form.h"
#include "ui/design/form_parts.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gradlens {

namespace {
constexpr const char *kName = "parameter_name", *kLabel = "label", *kDefault = "default", *kLeast = "least",
                     *kMost = "most", *kHelp = "help";

bool isNumeric(AttributeType type) {
    return type == AttributeType::Integer || type == AttributeType::Real || type == AttributeType::List ||
           type == AttributeType::RealList;
}

QString boundText(double bound) {
    return std::isfinite(bound) ? QString::number(bound, 'g', 12) : QString();
}

// What can be said of a parameter, as a form of its own.
std::vector<AttributeSpec> fieldsOf(const AttributeSpec& parameter) {
    AttributeSpec value = parameter;
    value.name = kDefault;
    value.label = AttributeForm::tr("Default").toStdString();
    value.help = AttributeForm::tr("The value where a use says nothing").toStdString();
    std::vector<AttributeSpec> fields{
        textAttribute(
            kName, AttributeForm::tr("Name").toStdString(), "",
            AttributeForm::tr("In expressions: $%1").arg(QString::fromStdString(parameter.name)).toStdString()),
        textAttribute(kLabel, AttributeForm::tr("Label").toStdString(), "",
                      AttributeForm::tr("In the form of the block").toStdString()),
        value};
    if (isNumeric(parameter.type)) {
        fields.push_back(textAttribute(kLeast, AttributeForm::tr("At least").toStdString(), "",
                                       AttributeForm::tr("Empty: no bound").toStdString()));
        fields.push_back(textAttribute(kMost, AttributeForm::tr("At most").toStdString(), "",
                                       AttributeForm::tr("Empty: no bound").toStdString()));
    }
    fields.push_back(textAttribute(kHelp, AttributeForm::tr("Help").toStdString(), "",
                                   AttributeForm::tr("What the tip of the field says").toStdString()));
    return fields;
}

Attributes valuesOf(const AttributeSpec& parameter) {
    Attributes values{{kName, parameter.name},
                      {kLabel, parameter.label},
                      {kDefault, parameter.defaultValue},
                      {kHelp, parameter.help}};
    if (isNumeric(parameter.type)) {
        values.set(kLeast, boundText(parameter.minimum).toStdString());
        values.set(kMost, boundText(parameter.maximum).toStdString());
    }
    return values;
}
}  // namespace

BlockForm::BlockForm(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    setObjectName("blockForm");
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    auto* about = new QWidget(this);
    QVBoxLayout* column = partLayout(about);
    column->setContentsMargins(column->contentsMargins() + QMargins(0, Theme::kSpace, 0, 0));
    m_title = new QLabel;
    QFont large = Theme::instance().strong();
    large.setPixelSize(15);
    m_title->setFont(large);
    column->addWidget(m_title);
    m_uses = summaryLabel();
    column->addWidget(m_uses);
    m_summary = new QLineEdit;
    m_summary->setObjectName("blockSummary");
    m_summary->setAccessibleName(tr("What it is"));
    m_summary->setToolTip(tr("One sentence for the palette"));
    column->addLayout(captioned(tr("What it is"), m_summary));
    auto* ports = new QHBoxLayout;
    ports->setSpacing(Theme::kSpace);
    m_addInput = new QPushButton(tr("Add input"));
    m_addInput->setToolTip(tr("One more port through which something comes into the block"));
    m_addOutput = new QPushButton(tr("Add output"));
    m_addOutput->setToolTip(tr("One more port through which the block gives something"));
    ports->addWidget(m_addInput);
    ports->addWidget(m_addOutput);
    column->addLayout(ports);
    whole->addWidget(about);
    auto* parameters = new CollapsibleSection(tr("Parameters"), this);
    auto* list = new QWidget;
    m_column = partLayout(list);
    m_none = summaryLabel();
    m_none->setText(
        tr("None yet. Select a layer and choose \"Expose on the block\" beside one of its fields: every use "
           "of the block can then set it."));
    m_column->addWidget(m_none);
    parameters->setContent(list);
    whole->addWidget(parameters);
    whole->addStretch();
    connect(m_addInput, &QPushButton::clicked, this, [this] { m_document.addBlockPort(true); });
    connect(m_addOutput, &QPushButton::clicked, this, [this] { m_document.addBlockPort(false); });
    connect(m_summary, &QLineEdit::textEdited, this, [this](const QString& text) {
        if (const Block* block = m_document.openBlock())
            m_document.setBlockTexts(text, QString::fromStdString(block->description));
    });
    connect(m_summary, &QLineEdit::editingFinished, this, [this] { m_document.endMerge(); });
    connect(&m_document, &DesignDocument::projectChanged, this, &BlockForm::refresh);
    connect(&m_document, &DesignDocument::scopeChanged, this, &BlockForm::refresh);
    refresh();
}

AttributeForm* BlockForm::parameterForm(const std::string& parameter) const {
    const auto part = std::ranges::find(m_parts, parameter, &Part::name);
    return part == m_parts.end() ? nullptr : part->form;
}

QToolButton* BlockForm::removeButton(const std::string& parameter) const {
    const auto part = std::ranges::find(m_parts, parameter, &Part::name);
    return part == m_parts.end() ? nullptr : part->remove;
}

void BlockForm::refresh() {
    const Block* block = m_document.openBlock();
    if (block == nullptr) return;
    const bool edits = !m_document.isReadOnly();
    m_title->setText(QString::fromStdString(block->name));
    const int uses = m_document.useCount(block->name);
    m_uses->setText(!edits     ? tr("Comes with Gradlens. Make your own copy to change it.")
                    : uses > 1 ? tr("Used %1 times: an edit changes all of them.").arg(uses)
                               : tr("Used once."));
    if (!m_summary->hasFocus()) m_summary->setText(QString::fromStdString(block->summary));
    m_summary->setReadOnly(!edits);
    m_addInput->setVisible(edits);
    m_addOutput->setVisible(edits);
    const bool same = std::ranges::equal(m_parts, block->parameters, [](const Part& part, const AttributeSpec& spec) {
        return part.name == spec.name && part.type == spec.type;
    });
    if (!same) rebuild();
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        m_parts[i].form->setEnabled(edits);
        m_parts[i].remove->setVisible(edits);
        m_parts[i].form->setValues(valuesOf(block->parameters[i]));
    }
    m_none->setVisible(m_parts.empty());
}

void BlockForm::rebuild() {
    for (const Part& part : m_parts) {
        // A field of it may be what is being typed in: what it says when it loses the focus is of the past.
        part.form->disconnect(this);
        part.form->fieldOf(kName)->disconnect(this);
        part.widget->hide();
        part.widget->deleteLater();
    }
    m_parts.clear();
    for (const AttributeSpec& parameter : m_document.openBlock()->parameters) addPart(parameter);
}

void BlockForm::addPart(const AttributeSpec& parameter) {
    Part part{parameter.name, parameter.type};
    part.widget = new QWidget(this);
    auto* column = new QVBoxLayout(part.widget);
    column->setContentsMargins(0, 0, 0, Theme::kSpace);
    column->setSpacing(Theme::kSpace / 2);
    auto* head = new QHBoxLayout;
    part.title = new QLabel('$' + QString::fromStdString(parameter.name));
    part.title->setFont(Theme::instance().mono());
    part.remove = new QToolButton;
    part.remove->setIcon(Theme::instance().icon("delete"));
    part.remove->setIconSize({14, 14});
    part.remove->setAutoRaise(true);
    part.remove->setFixedSize(22, 22);
    part.remove->setToolTip(tr("Remove the parameter; layers that use it get its default"));
    part.remove->setAccessibleName(tr("Remove %1").arg(QString::fromStdString(parameter.name)));
    head->addWidget(part.title, 1);
    head->addWidget(part.remove);
    column->addLayout(head);
    part.form = new AttributeForm;
    part.form->setSpecs(fieldsOf(parameter));
    column->addWidget(part.form);
    m_column->addWidget(part.widget);
    const std::size_t index = m_parts.size();
    connect(part.remove, &QToolButton::clicked, this, [this, index] {
        const std::string gone = m_parts[index].name;
        m_document.removeParameter(gone);
    });
    connect(part.form, &AttributeForm::edited, this,
            [this, index](const std::string& field, const AttributeValue& value) { edited(index, field, value); });
    // A name counts once it is whole: on the way to "width" it is not to be called "w".
    auto* line = qobject_cast<QLineEdit*>(part.form->fieldOf(kName));
    connect(line, &QLineEdit::editingFinished, this, [this, index, line] { rename(index, line->text()); });
    connect(part.form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
    m_parts.push_back(part);
}

void BlockForm::rename(std::size_t index, const QString& name) {
    if (index >= m_parts.size() || m_document.openBlock() == nullptr) return;
    Part& part = m_parts[index];
    const std::string before = std::exchange(part.name, name.trimmed().toStdString());
    // Known under the new name already, its form stays, and the focus in it.
    QString reason;
    if (!m_document.renameParameter(before, name, &reason)) part.name = before;
    part.title->setText('$' + QString::fromStdString(part.name));
    part.form->setError(kName, reason);
}

void BlockForm::edited(std::size_t index, const std::string& field, const AttributeValue& value) {
    const Block* block = m_document.openBlock();
    if (block == nullptr || index >= m_parts.size()) return;
    const std::string parameter = m_parts[index].name;
    const auto found = std::ranges::find(block->parameters, parameter, &AttributeSpec::name);
    if (found == block->parameters.end()) return;
    AttributeSpec changed = *found;
    QString reason;
    const auto bound = [&](double unbounded) {
        const QString text = QString::fromStdString(std::get<std::string>(value)).trimmed();
        bool fits = true;
        const double number = text.isEmpty() ? unbounded : text.toDouble(&fits);
        if (!fits) reason = tr("Must be a number, or empty.");
        return number;
    };
    if (field == kName) {
        const QString name = QString::fromStdString(std::get<std::string>(value));
        if (name.trimmed().toStdString() != parameter) reason = m_document.faultOfParameterName(name);
    } else {
        if (field == kLabel) changed.label = std::get<std::string>(value);
        if (field == kHelp) changed.help = std::get<std::string>(value);
        if (field == kDefault) changed.defaultValue = value;
        if (field == kLeast) changed.minimum = bound(-std::numeric_limits<double>::infinity());
        if (field == kMost) changed.maximum = bound(std::numeric_limits<double>::infinity());
        if (reason.isEmpty()) m_document.setParameter(changed, &reason);
    }
    if (AttributeForm* form = parameterForm(parameter)) form->setError(field, reason);
}

}  // namespace gradlens
