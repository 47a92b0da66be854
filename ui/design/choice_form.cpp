// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/choice_form.h"

#include "ui/design/attribute_form.h"
#include "ui/design/form_parts.h"

#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

ChoiceForm::ChoiceForm(const QString& objectName, const QString& caption, const QString& unknown,
                       std::vector<Option> options, QWidget* parent)
    : QWidget(parent), m_unknown(unknown), m_options(std::move(options)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kFormSpacing);
    m_box = new QComboBox;
    m_box->setObjectName(objectName);
    m_box->setAccessibleName(caption);
    for (const Option& option : m_options) {
        m_box->addItem(QString::fromStdString(option.label), QString::fromStdString(option.name));
        m_box->setItemData(m_box->count() - 1, QString::fromStdString(option.summary), Qt::ToolTipRole);
    }
    m_box->setFocusPolicy(Qt::StrongFocus);
    m_box->installEventFilter(this);
    column->addLayout(captioned(caption, m_box));
    m_summary = summaryLabel();
    column->addWidget(m_summary);
    m_form = new AttributeForm;
    column->addWidget(m_form);
    connect(m_box, &QComboBox::currentIndexChanged, this,
            [this] { emit chosen(m_box->currentData().toString().toStdString()); });
    connect(m_form, &AttributeForm::edited, this,
            [this](const std::string& name, const AttributeValue& value) { change(name, &value); });
    connect(m_form, &AttributeForm::resetAsked, this, [this](const std::string& name) { change(name, nullptr); });
    connect(m_form, &AttributeForm::editingFinished, this, &ChoiceForm::editingFinished);
}

void ChoiceForm::change(const std::string& name, const AttributeValue* value) {
    Attributes changed = m_attributes;
    changed.remove(name);
    for (const AttributeSpec& spec : m_form->specs())
        if (value != nullptr && spec.name == name && *value != spec.defaultValue) changed.set(name, *value);
    emit edited(changed);
}

void ChoiceForm::setChoice(const std::string& name, const Attributes& attributes, const QString& browseFolder) {
    if (name != m_shown) {
        m_shown = name;
        const auto found = std::ranges::find(m_options, name, &Option::name);
        const bool known = found != m_options.end();
        const QSignalBlocker quiet(m_box);
        m_box->setCurrentIndex(known ? static_cast<int>(found - m_options.begin()) : -1);
        m_summary->setText(known ? QString::fromStdString(found->summary)
                                 : m_unknown.arg(QString::fromStdString(name)));
        m_form->setSpecs(known ? found->attributes : std::vector<AttributeSpec>(), browseFolder);
    }
    m_attributes = attributes;
    m_form->setValues(attributes);
}

bool ChoiceForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) emit editingFinished();
    // The wheel scrolls the panel, not the choice under the pointer.
    if (event->type() == QEvent::Wheel && !m_box->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
