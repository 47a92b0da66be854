// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/transform_list.h"

#include "ui/design/attribute_form.h"
#include "ui/design/form_parts.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
QString labelOf(const std::string& name) {
    const TransformDefinition* definition = findTransform(name);
    return QString::fromStdString(definition != nullptr ? definition->label : name);
}

QToolButton* rowButton(const QString& icon, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(Theme::instance().icon(icon));
    button->setIconSize({14, 14});
    button->setFixedSize(24, 24);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}
}  // namespace

TransformList::TransformList(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    m_column = partLayout(this);
    m_column->setSpacing(Theme::kSpace);
    m_none = summaryLabel();
    m_none->setText(
        tr("None: samples reach the network as the source scales them. Flips, crops and the like make "
           "more of few images."));
    m_column->addWidget(m_none);
    m_add = new QToolButton(this);
    m_add->setObjectName("addTransform");
    m_add->setIcon(Theme::instance().icon("plus"));
    m_add->setIconSize({14, 14});
    m_add->setFixedHeight(24);
    m_add->setToolTip(tr("Add a transform"));
    m_add->setAccessibleName(tr("Add a transform"));
    m_add->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_add);
    menu->setToolTipsVisible(true);
    fillMenu(*menu);
    m_add->setMenu(menu);
    m_add->setStyleSheet("QToolButton::menu-indicator { image: none; }");
    connect(&m_document, &DesignDocument::projectChanged, this, &TransformList::refresh);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_add->setIcon(Theme::instance().icon("plus"));
        m_names.assign(1, {});  // icons are made anew with the rows
        refresh();
    });
    refresh();
}

void TransformList::fillMenu(QMenu& menu) {
    for (const TransformDefinition& definition : transforms()) {
        QAction* action = menu.addAction(QString::fromStdString(definition.label), this,
                                         [this, name = definition.name] { add(name); });
        action->setObjectName(QString::fromStdString(definition.name));
        action->setToolTip(QString::fromStdString(definition.summary));
    }
}

AttributeForm* TransformList::formOf(int row) const {
    return m_rows[static_cast<std::size_t>(row)].form;
}

void TransformList::change(const std::vector<TransformSpec>& changed, const QString& step, const QString& mergeKey) {
    DatasetSpec spec = m_document.project().data;
    spec.transforms = changed;
    m_document.setData(spec, step, mergeKey);
}

void TransformList::add(const std::string& name) {
    std::vector<TransformSpec> changed = m_document.project().data.transforms;
    changed.push_back({name, {}});
    change(changed, tr("Add transform %1").arg(labelOf(name)));
}

void TransformList::remove(int row) {
    std::vector<TransformSpec> changed = m_document.project().data.transforms;
    const QString label = labelOf(changed[static_cast<std::size_t>(row)].name);
    changed.erase(changed.begin() + row);
    change(changed, tr("Remove transform %1").arg(label));
}

void TransformList::move(int row, int by) {
    std::vector<TransformSpec> changed = m_document.project().data.transforms;
    const QString label = labelOf(changed[static_cast<std::size_t>(row)].name);
    std::swap(changed[static_cast<std::size_t>(row)], changed[static_cast<std::size_t>(row + by)]);
    change(changed, tr("Move transform %1").arg(label));
    // The rows are new: the one that moved keeps the focus, so that it can be moved on.
    const Row& moved = m_rows[static_cast<std::size_t>(row + by)];
    QToolButton* on = by < 0 ? moved.up : moved.down;
    (on->isEnabled() ? on : by < 0 ? moved.down : moved.up)->setFocus();
}

void TransformList::setAttribute(int row, const std::string& name, const AttributeValue* value) {
    std::vector<TransformSpec> changed = m_document.project().data.transforms;
    TransformSpec& spec = changed[static_cast<std::size_t>(row)];
    const TransformDefinition* definition = findTransform(spec.name);
    const auto attribute = std::ranges::find(definition->attributes, name, &AttributeSpec::name);
    spec.attributes.remove(name);
    if (value != nullptr && *value != attribute->defaultValue) spec.attributes.set(name, *value);
    change(changed, tr("Set %1 of %2").arg(QString::fromStdString(attribute->label).toLower(), labelOf(spec.name)),
           QString("transform:%1:%2").arg(row).arg(QString::fromStdString(name)));
}

TransformList::Row TransformList::makeRow(int row, const TransformSpec& spec) {
    const TransformDefinition* definition = findTransform(spec.name);
    const auto count = static_cast<int>(m_document.project().data.transforms.size());
    const QString label = labelOf(spec.name);
    auto* frame = new QFrame(this);
    frame->setProperty("look", "card");
    auto* column = new QVBoxLayout(frame);
    column->setContentsMargins(Theme::kSpace * 5 / 4, Theme::kSpace / 2, Theme::kSpace / 2, Theme::kSpace);
    column->setSpacing(Theme::kSpace / 2);
    auto* head = new QHBoxLayout;
    head->setSpacing(0);
    auto* title = new QLabel(QString("%1  %2").arg(row + 1).arg(label), frame);
    title->setFont(Theme::instance().strong());
    head->addWidget(title, 1);
    Row made;
    made.frame = frame;
    made.up = rowButton("arrow-up", tr("Move %1 up").arg(label), frame);
    made.down = rowButton("arrow-down", tr("Move %1 down").arg(label), frame);
    made.remove = rowButton("close", tr("Remove %1").arg(label), frame);
    made.up->setEnabled(row > 0);
    made.down->setEnabled(row + 1 < count);
    connect(made.up, &QToolButton::clicked, this, [this, row] { move(row, -1); });
    connect(made.down, &QToolButton::clicked, this, [this, row] { move(row, 1); });
    connect(made.remove, &QToolButton::clicked, this, [this, row] { remove(row); });
    for (QToolButton* button : {made.up, made.down, made.remove}) head->addWidget(button);
    column->addLayout(head);
    QLabel* summary = summaryLabel();
    summary->setText(definition != nullptr ? QString::fromStdString(definition->summary)
                                           : tr("There is no transform of this name in this version: remove it."));
    column->addWidget(summary);
    made.form = new AttributeForm(frame);
    made.form->setSpecs(definition != nullptr ? definition->attributes : std::vector<AttributeSpec>());
    column->addWidget(made.form);
    connect(made.form, &AttributeForm::edited, this,
            [this, row](const std::string& name, const AttributeValue& value) { setAttribute(row, name, &value); });
    connect(made.form, &AttributeForm::resetAsked, this,
            [this, row](const std::string& name) { setAttribute(row, name, nullptr); });
    connect(made.form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
    return made;
}

void TransformList::refresh() {
    const std::vector<TransformSpec>& specs = m_document.project().data.transforms;
    std::vector<std::string> names;
    for (const TransformSpec& spec : specs) names.push_back(spec.name);
    if (names != m_names) {
        // Whoever is being clicked is still needed until the click is over.
        for (const Row& row : m_rows) {
            row.frame->hide();
            row.frame->setParent(nullptr);
            row.frame->deleteLater();
        }
        m_rows.clear();
        m_names = names;
        for (std::size_t i = 0; i < specs.size(); ++i) {
            m_rows.push_back(makeRow(static_cast<int>(i), specs[i]));
            m_column->addWidget(m_rows.back().frame);
        }
        m_none->setVisible(specs.empty());
    }
    for (std::size_t i = 0; i < specs.size(); ++i) m_rows[i].form->setValues(specs[i].attributes);
}

}  // namespace gradlens
