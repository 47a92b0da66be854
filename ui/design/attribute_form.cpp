// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/attribute_form.h"

#include "core/graph/block_parameters.h"
#include "ui/design/number_field.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
// A text that reads as another type than asked for still gets its reason from normalised().
std::optional<AttributeValue> looselyParsed(const AttributeSpec& spec, const QString& text) {
    AttributeSpec unbounded = spec;
    unbounded.minimum = -std::numeric_limits<double>::infinity();
    unbounded.maximum = std::numeric_limits<double>::infinity();
    unbounded.minLength = 0;
    unbounded.maxLength = 64;
    return fromText(unbounded, text.toStdString());
}

QString textOf(const QWidget* field) {
    if (const auto* number = qobject_cast<const NumberField*>(field)) return number->numberText();
    if (const auto* line = qobject_cast<const QLineEdit*>(field)) return line->text();
    return {};
}

void setInvalid(QWidget* field, bool invalid) {
    if (field->property("invalid").toBool() == invalid) return;
    field->setProperty("invalid", invalid);
    field->style()->unpolish(field);
    field->style()->polish(field);
}
}  // namespace

QString faultOf(const AttributeSpec& spec, const QString& text) {
    const auto sentence = [](QString message) {
        if (!message.isEmpty()) message[0] = message[0].toUpper();
        return message + '.';
    };
    if (const auto value = looselyParsed(spec, text)) {
        std::string message;
        if (normalised(spec, *value, &message)) return {};
        return sentence(QString::fromStdString(message));
    }
    const QString got = text.trimmed().isEmpty() ? AttributeForm::tr("nothing") : '\'' + text.trimmed() + '\'';
    switch (spec.type) {
        case AttributeType::Integer:
            return AttributeForm::tr("Must be a whole number, got %1.").arg(got);
        case AttributeType::Real:
            return AttributeForm::tr("Must be a number, got %1.").arg(got);
        case AttributeType::List:
            return AttributeForm::tr("Must be whole numbers such as \"3, 3\", got %1.").arg(got);
        case AttributeType::RealList:
            return AttributeForm::tr("Must be numbers such as \"1, 0.5\", got %1.").arg(got);
        default:
            return AttributeForm::tr("Does not fit: %1.").arg(got);
    }
}

AttributeForm::AttributeForm(QWidget* parent) : QWidget(parent) {
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(10);
}

void AttributeForm::setSpecs(std::vector<AttributeSpec> specs, const QString& browseFolder) {
    m_browseFolder = browseFolder;
    while (QLayoutItem* item = m_column->takeAt(0)) {
        // Hidden at once: a field must not be seen, or take the focus, until it is gone.
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->setParent(nullptr);
            widget->deleteLater();
        }
        delete item;
    }
    m_specs = std::move(specs);
    m_rows.assign(m_specs.size(), {});
    for (std::size_t index = 0; index < m_specs.size(); ++index) addRow(index);
    m_values = completed(m_specs, {}, nullptr);
    setValues({});
}

void AttributeForm::addRow(std::size_t index) {
    const AttributeSpec& spec = m_specs[index];
    auto* group = new QWidget(this);
    auto* column = new QVBoxLayout(group);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* label = new QLabel(QString::fromStdString(spec.label), group);
    label->setProperty("look", "muted");
    label->setFont(Theme::instance().small());
    Row& row = m_rows[index];
    row.reset = new QToolButton(group);
    row.reset->setIcon(Theme::instance().icon("reset"));
    row.reset->setIconSize({12, 12});
    row.reset->setAutoRaise(true);
    row.reset->setFixedSize(20, 20);
    row.reset->setToolTip(tr("Back to the default, %1").arg(valueText(spec.defaultValue)));
    row.reset->setAccessibleName(tr("Reset %1").arg(QString::fromStdString(spec.label)));
    QSizePolicy keep = row.reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    row.reset->setSizePolicy(keep);
    connect(row.reset, &QToolButton::clicked, this, [this, index] {
        m_rows[index].rejected.clear();
        showError(index, {});
        emit resetAsked(m_specs[index].name);
    });
    auto* head = new QHBoxLayout;
    head->setContentsMargins(0, 0, 0, 0);
    head->setSpacing(4);
    head->addWidget(label, 1);
    head->addWidget(row.reset);
    row.field = makeField(index);
    row.field->setObjectName(QString::fromStdString(spec.name));
    row.field->setAccessibleName(QString::fromStdString(spec.label));
    row.field->setAccessibleDescription(QString::fromStdString(spec.help));
    const QString help = QString::fromStdString(spec.help);
    row.field->setToolTip(help);
    label->setToolTip(help);
    label->setBuddy(row.field);
    row.field->installEventFilter(this);
    row.error = new QLabel(group);
    row.error->setProperty("look", "danger");
    row.error->setFont(Theme::instance().small());
    row.error->setWordWrap(true);
    row.error->hide();
    if (qobject_cast<QCheckBox*>(row.field) != nullptr) {
        // A check box is its own label.
        label->hide();
        head->insertWidget(0, row.field, 1);
        column->addLayout(head);
    } else {
        column->addLayout(head);
        column->addWidget(row.field);
    }
    if (m_inBlock) addExpression(index, head, column);
    column->addWidget(row.error);
    m_column->addWidget(group);
}

void AttributeForm::addExpression(std::size_t index, QHBoxLayout* head, QVBoxLayout* column) {
    const AttributeSpec& spec = m_specs[index];
    Row& row = m_rows[index];
    row.expression = new QLineEdit(row.error->parentWidget());
    row.expression->setObjectName(QString::fromStdString(spec.name) + ".expression");
    row.expression->setAccessibleName(tr("Expression of %1").arg(QString::fromStdString(spec.label)));
    row.expression->setToolTip(tr("Of the block's parameters: $units, or $units * 2"));
    row.expression->setFont(Theme::instance().mono());
    row.expression->hide();
    connect(row.expression, &QLineEdit::textEdited, this,
            [this, name = spec.name](const QString& text) { emit expressionEdited(name, text); });
    row.menu = new QToolButton(row.error->parentWidget());
    row.menu->setIcon(Theme::instance().icon("more"));
    row.menu->setIconSize({14, 14});
    row.menu->setAutoRaise(true);
    row.menu->setFixedSize(20, 20);
    row.menu->setToolTip(tr("Expose on the block"));
    row.menu->setAccessibleName(tr("Expose %1").arg(QString::fromStdString(spec.label)));
    connect(row.menu, &QToolButton::clicked, this,
            [this, index] { emit blockMenuAsked(m_specs[index].name, m_rows[index].menu); });
    head->addWidget(row.menu);
    column->addWidget(row.expression);
}

// In place of the field while there is one.
void AttributeForm::showExpression(std::size_t index, const AttributeValue* value) {
    Row& row = m_rows[index];
    if (row.expression == nullptr) return;
    const bool isOne = value != nullptr && isExpression(*value);
    const QString text = isOne ? QString::fromStdString(std::get<std::string>(*value)) : QString();
    row.field->setVisible(!isOne);
    row.expression->setVisible(isOne);
    if (row.expression->text() != text && !(isOne && row.expression->hasFocus())) {
        row.expression->setText(text);
        showError(index, {});
    }
}

QWidget* AttributeForm::makeField(std::size_t index) {
    const AttributeSpec& spec = m_specs[index];
    switch (spec.type) {
        case AttributeType::Boolean: {
            auto* box = new QCheckBox(QString::fromStdString(spec.label), this);
            connect(box, &QCheckBox::toggled, this, [this, index](bool on) { accept(index, on); });
            return box;
        }
        case AttributeType::Choice: {
            auto* box = new QComboBox(this);
            for (const std::string& choice : spec.choices) box->addItem(QString::fromStdString(choice));
            box->setFocusPolicy(Qt::StrongFocus);
            connect(box, &QComboBox::currentTextChanged, this,
                    [this, index](const QString& text) { accept(index, text.toStdString()); });
            return box;
        }
        case AttributeType::Integer:
        case AttributeType::Real: {
            auto* field = new NumberField(spec, this);
            connect(field, &NumberField::edited, this,
                    [this, index](const QString& text) { textEntered(index, text); });
            return field;
        }
        case AttributeType::List:
        case AttributeType::RealList:
        case AttributeType::Text:
        case AttributeType::Path:
            break;
    }
    auto* line = new QLineEdit(this);
    if (spec.type == AttributeType::RealList) line->setPlaceholderText(tr("none"));
    if (spec.type == AttributeType::List) line->setPlaceholderText(spec.minLength == 2 ? tr("3, 3") : tr("none"));
    connect(line, &QLineEdit::textEdited, this, [this, index](const QString& text) { textEntered(index, text); });
    if (spec.type == AttributeType::Path) {
        QAction* browse = line->addAction(Theme::instance().icon("folder"), QLineEdit::TrailingPosition);
        browse->setToolTip(spec.name.ends_with("folder") ? tr("Choose a folder") : tr("Choose a file"));
        connect(browse, &QAction::triggered, this, [this, index, line] {
            const QString start = line->text().isEmpty()
                                      ? m_browseFolder
                                      : QFileInfo(QDir(m_browseFolder), line->text()).absoluteFilePath();
            const QString title = QString::fromStdString(m_specs[index].label);
            const bool folder = m_specs[index].name.ends_with("folder");
            QString file = folder ? QFileDialog::getExistingDirectory(this, title, start)
                                  : QFileDialog::getOpenFileName(this, title, start);
            if (file.isEmpty()) return;
            // Beside the project a path stays short, and the project can move.
            const QString relative = m_browseFolder.isEmpty() ? file : QDir(m_browseFolder).relativeFilePath(file);
            if (!relative.startsWith("..")) file = relative;
            line->setText(file);
            textEntered(index, file);
        });
    }
    return line;
}

void AttributeForm::textEntered(std::size_t index, const QString& text) {
    const QString fault = faultOf(m_specs[index], text);
    if (!fault.isEmpty()) {
        m_rows[index].rejected = text;
        showError(index, fault);
        return;
    }
    accept(index, *fromText(m_specs[index], text.toStdString()));
}

void AttributeForm::accept(std::size_t index, AttributeValue value) {
    m_rows[index].rejected.clear();
    showError(index, {});
    emit edited(m_specs[index].name, value);
}

void AttributeForm::showError(std::size_t index, const QString& message) {
    Row& row = m_rows[index];
    row.error->setText(message);
    row.error->setVisible(!message.isEmpty());
    setInvalid(row.field, !message.isEmpty());
}

void AttributeForm::setValues(const Attributes& values) {
    m_values = completed(m_specs, values, nullptr);
    for (std::size_t index = 0; index < m_specs.size(); ++index) {
        showValue(index, *m_values.find(m_specs[index].name));
        showExpression(index, values.find(m_specs[index].name));
    }
}

void AttributeForm::showValue(std::size_t index, const AttributeValue& value) {
    Row& row = m_rows[index];
    const AttributeSpec& spec = m_specs[index];
    row.reset->setVisible(value != spec.defaultValue);
    const QSignalBlocker quiet(row.field);
    if (auto* box = qobject_cast<QCheckBox*>(row.field)) {
        box->setChecked(std::get<bool>(value));
        return;
    }
    if (auto* box = qobject_cast<QComboBox*>(row.field)) {
        box->setCurrentText(QString::fromStdString(std::get<std::string>(value)));
        return;
    }
    const QString typed = textOf(row.field);
    if (!row.rejected.isEmpty() && row.rejected == typed) return;
    const auto meant = fromText(spec, typed.toStdString());
    if (!typed.isEmpty() && meant && *meant == value) return;
    const QString text = QString::fromStdString(toText(value));
    if (auto* number = qobject_cast<NumberField*>(row.field)) number->setNumberText(text);
    if (auto* line = qobject_cast<QLineEdit*>(row.field)) line->setText(text);
}

bool AttributeForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusOut) {
        const auto row = std::ranges::find(m_rows, watched, &Row::field);
        if (row != m_rows.end()) {
            const auto index = static_cast<std::size_t>(row - m_rows.begin());
            // What does not fit goes with the focus: the field shows what holds.
            if (!row->rejected.isEmpty()) {
                row->rejected.clear();
                showError(index, {});
                const QString text = QString::fromStdString(toText(*m_values.find(m_specs[index].name)));
                if (auto* number = qobject_cast<NumberField*>(row->field)) number->setNumberText(text);
                if (auto* line = qobject_cast<QLineEdit*>(row->field)) line->setText(text);
            }
            emit editingFinished();
        }
    }
    if (event->type() == QEvent::Wheel) {
        auto* box = qobject_cast<QComboBox*>(watched);
        if (box != nullptr && !box->hasFocus()) {
            event->ignore();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

QWidget* AttributeForm::fieldOf(const std::string& name) const {
    const auto spec = std::ranges::find(m_specs, name, &AttributeSpec::name);
    return spec == m_specs.end() ? nullptr : m_rows[static_cast<std::size_t>(spec - m_specs.begin())].field;
}

QLineEdit* AttributeForm::expressionOf(const std::string& name) const {
    const auto spec = std::ranges::find(m_specs, name, &AttributeSpec::name);
    return spec == m_specs.end() ? nullptr : m_rows[static_cast<std::size_t>(spec - m_specs.begin())].expression;
}

QToolButton* AttributeForm::blockMenuOf(const std::string& name) const {
    const auto spec = std::ranges::find(m_specs, name, &AttributeSpec::name);
    return spec == m_specs.end() ? nullptr : m_rows[static_cast<std::size_t>(spec - m_specs.begin())].menu;
}

void AttributeForm::setError(const std::string& name, const QString& message) {
    const auto spec = std::ranges::find(m_specs, name, &AttributeSpec::name);
    if (spec == m_specs.end()) return;
    const auto index = static_cast<std::size_t>(spec - m_specs.begin());
    showError(index, message);
    if (m_rows[index].expression != nullptr) setInvalid(m_rows[index].expression, !message.isEmpty());
}

QString AttributeForm::errorOf(const std::string& name) const {
    const auto spec = std::ranges::find(m_specs, name, &AttributeSpec::name);
    return spec == m_specs.end() ? QString() : m_rows[static_cast<std::size_t>(spec - m_specs.begin())].error->text();
}

}  // namespace gradlens
