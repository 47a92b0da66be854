// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/node_form.h"

#include "core/graph/block_parameters.h"
#include "ui/design/attribute_form.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/section.h"

#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kMargin = Theme::kSpace * 3 / 2;

QString row(const QString& caption, const QString& value) {
    const QString muted = Theme::instance().color(ThemeColor::TextMuted).name();
    return QString(
               "<tr><td style='color:%1;padding-right:16px;padding-bottom:4px'>%2</td><td "
               "style='padding-bottom:4px'>%3</td></tr>")
        .arg(muted, caption, value.toHtmlEscaped());
}
}  // namespace

NodeForm::NodeForm(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    const Theme& theme = Theme::instance();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, kMargin);
    column->setSpacing(0);

    auto* body = new QVBoxLayout;
    body->setContentsMargins(kMargin, kMargin, kMargin, Theme::kSpace);
    body->setSpacing(Theme::kSpace);
    column->addLayout(body);
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kSpace);
    m_chip = new QWidget(this);
    m_chip->setFixedSize(4, 18);
    m_chip->setAttribute(Qt::WA_StyledBackground);
    m_title = new QLabel(this);
    QFont large = theme.strong();
    large.setPixelSize(15);
    m_title->setFont(large);
    head->addWidget(m_chip);
    head->addWidget(m_title, 1);
    body->addLayout(head);
    m_summary = new QLabel(this);
    m_summary->setWordWrap(true);
    m_summary->setProperty("look", "muted");
    body->addWidget(m_summary);
    body->addSpacing(Theme::kSpace / 2);

    auto* nameLabel = new QLabel(tr("Name"), this);
    nameLabel->setProperty("look", "muted");
    nameLabel->setFont(theme.small());
    m_name = new QLineEdit(this);
    m_name->setObjectName("nodeName");
    m_name->setAccessibleName(tr("Name"));
    m_name->setToolTip(tr("What this layer is called on the canvas, in charts and in saved weights"));
    m_name->installEventFilter(this);
    nameLabel->setBuddy(m_name);
    m_nameFault = new QLabel(this);
    m_nameFault->setProperty("look", "danger");
    m_nameFault->setFont(theme.small());
    m_nameFault->setWordWrap(true);
    m_nameFault->hide();
    auto* nameGroup = new QVBoxLayout;
    nameGroup->setSpacing(4);
    nameGroup->addWidget(nameLabel);
    nameGroup->addWidget(m_name);
    nameGroup->addWidget(m_nameFault);
    body->addLayout(nameGroup);
    m_form = new AttributeForm(this);
    body->addWidget(m_form);
    m_link = new QPushButton(this);
    m_link->setObjectName("nodeLink");
    m_link->hide();
    body->addSpacing(Theme::kSpace / 2);
    body->addWidget(m_link, 0, Qt::AlignLeft);
    connect(m_link, &QPushButton::clicked, this, [this] {
        if (m_op == QLatin1String("Input"))
            emit dataAsked();
        else
            emit objectiveAsked();
    });

    auto* figures = new CollapsibleSection(tr("Result"), this);
    m_figures = new QLabel;
    m_figures->setTextFormat(Qt::RichText);
    m_figures->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_figures->setContentsMargins(kMargin, 0, kMargin, Theme::kSpace);
    figures->setContent(m_figures);
    column->addWidget(figures);
    m_mathsSection = new CollapsibleSection(tr("Formula"), this);
    m_maths = new QLabel;
    m_maths->setWordWrap(true);
    m_maths->setTextFormat(Qt::PlainText);
    m_maths->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_maths->setProperty("look", "muted");
    m_maths->setContentsMargins(kMargin, 0, kMargin, Theme::kSpace);
    m_mathsSection->setContent(m_maths);
    column->addWidget(m_mathsSection);
    column->addStretch();

    connect(m_name, &QLineEdit::textEdited, this, &NodeForm::nameTyped);
    connect(m_form, &AttributeForm::edited, this, [this](const std::string& name, const AttributeValue& value) {
        if (m_node != NodeId::None) m_document.setAttribute(m_node, name, value);
    });
    connect(m_form, &AttributeForm::resetAsked, this, [this](const std::string& name) {
        if (m_node != NodeId::None) m_document.resetAttribute(m_node, name);
    });
    connect(m_form, &AttributeForm::expressionEdited, this, [this](const std::string& name, const QString& text) {
        QString reason;
        m_document.setExpression(m_node, name, text, &reason);
        m_form->setError(name, reason);
    });
    connect(m_form, &AttributeForm::blockMenuAsked, this, &NodeForm::openBlockMenu);
    connect(&m_document, &DesignDocument::scopeChanged, this, [this] { m_op.clear(); });
    connect(&m_document, &DesignDocument::catalogueChanged, this, [this] {
        const Node* node = m_document.graph().find(m_node);
        if (node == nullptr || !m_document.isBlock(m_node)) return;
        m_op.clear();  // its parameters may be others now
        refresh();
    });
    connect(m_form, &AttributeForm::editingFinished, this, [this] { m_document.endMerge(); });
    connect(&m_document, &DesignDocument::nodeChanged, this, [this](NodeId node) {
        if (node == m_node) refresh();
    });
    connect(&m_document, &DesignDocument::analysisChanged, this, &NodeForm::refreshFigures);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_op.clear();
        refresh();
    });
}

void NodeForm::setNode(NodeId node) {
    if (node != m_node) {
        m_document.endMerge();
        showNameFault({});
        m_op.clear();
    }
    m_node = node;
    refresh();
}

void NodeForm::refresh() {
    const Node* node = m_document.graph().find(m_node);
    if (node == nullptr) return;
    const OpDefinition* op = m_document.catalogue().find(node->op);
    if (const QString name = QString::fromStdString(node->op); name != m_op) {
        m_op = name;
        m_title->setText(name);
        const QColor color = op != nullptr ? Theme::instance().category(QString::fromStdString(op->category))
                                           : Theme::instance().color(ThemeColor::TextFaint);
        m_chip->setStyleSheet(QString("background: %1; border-radius: 2px;").arg(color.name()));
        m_summary->setText(op != nullptr ? QString::fromStdString(op->summary)
                                         : tr("There is no op of this kind in this version."));
        m_maths->setText(op != nullptr ? QString::fromStdString(op->maths) : QString());
        m_mathsSection->setVisible(op != nullptr && !op->maths.empty());
        const bool isInput = node->op == "Input", isLoss = op != nullptr && op->isLoss;
        m_link->setVisible(isInput || isLoss);
        m_link->setText(isInput ? tr("Browse the data") : tr("Show the objective"));
        m_link->setIcon(Theme::instance().icon(isInput ? "data" : "sliders"));
        const QString folder = m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
        m_form->setInBlock(m_document.isInside() && !m_document.isReadOnly());
        m_form->setSpecs(op != nullptr ? op->attributes : std::vector<AttributeSpec>(), folder);
    }
    const QString name = QString::fromStdString(node->name);
    if (m_nameFault->isHidden() && m_name->text().trimmed() != name) m_name->setText(name);
    m_form->setValues(node->attributes);
    m_form->setEnabled(!m_document.isReadOnly());
    m_name->setReadOnly(m_document.isReadOnly());
    refreshFigures();
}

void NodeForm::expose(const std::string& attribute, const QString& parameter) {
    QString reason;
    m_document.exposeAttribute(m_node, attribute, parameter, &reason);
    m_form->setError(attribute, reason);
}

void NodeForm::openBlockMenu(const std::string& attribute, QToolButton* button) {
    const Node* node = m_document.graph().find(m_node);
    const Block* block = m_document.openBlock();
    if (node == nullptr || block == nullptr) return;
    const OpDefinition* op = m_document.catalogue().find(node->op);
    const auto spec = std::ranges::find(op->attributes, attribute, &AttributeSpec::name);
    if (spec == op->attributes.end()) return;
    auto* menu = new QMenu(this);
    menu->setObjectName("exposeMenu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const AttributeValue* value = node->attributes.find(attribute);
    const bool exposed = value != nullptr && isExpression(*value);
    if (exposed)
        menu->addAction(tr("Make it a plain value"), this,
                        [this, attribute] { m_document.makePlain(m_node, attribute); });
    QString fresh = QString::fromStdString(attribute);
    if (!m_document.faultOfParameterName(fresh).isEmpty())
        fresh = QString("%1_%2").arg(QString::fromStdString(node->name), fresh);
    if (!exposed && m_document.faultOfParameterName(fresh).isEmpty())
        menu->addAction(tr("Expose on the block as %1").arg(fresh), this,
                        [this, attribute, fresh] { expose(attribute, fresh); });
    menu->addSeparator();
    for (const AttributeSpec& parameter : block->parameters) {
        if (parameter.type != spec->type) continue;
        const QString name = QString::fromStdString(parameter.name);
        menu->addAction(tr("Use the parameter %1").arg(name), this,
                        [this, attribute, name] { expose(attribute, name); });
    }
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void NodeForm::refreshFigures() {
    const NodeAnalysis* analysis =
        m_document.graph().find(m_node) == nullptr ? nullptr : m_document.knownAnalysis().find(m_node);
    if (analysis == nullptr) {
        m_figures->setText(tr("Not known yet"));
        return;
    }
    QString rows;
    const auto& types = analysis->inputs;
    if (analysis->op != nullptr)
        for (std::size_t i = 0; i < types.size(); ++i)
            rows += row(QString::fromStdString(inputPortName(*analysis->op, static_cast<int>(i))),
                        shapeText(types[i].shape));
    if (!analysis->known) {
        m_figures->setText("<table>" + rows + row(tr("output"), tr("not known: see the problems")) + "</table>");
        return;
    }
    for (std::size_t i = 0; i < analysis->inference.outputs.size(); ++i) {
        const TensorType& type = analysis->inference.outputs[i];
        rows += row(QString::fromStdString(outputNameOf(*analysis->op, static_cast<int>(i))),
                    shapeText(type.shape) + "  " + QString::fromStdString(std::string(nameOf(type.dtype))));
    }
    for (const ParameterSpec& parameter : analysis->inference.parameters)
        rows += row(QString::fromStdString(parameter.name), shapeText(parameter.shape, false));
    const double batch = static_cast<double>(m_document.knownAnalysis().batchSize);
    rows += row(tr("parameters"), compactNumber(static_cast<double>(analysis->parameterCount())));
    if (analysis->cost.forward.flops > 0) {
        rows += row(tr("forward"), tr("%1 a sample").arg(flopsText(analysis->cost.forward.flops / batch)));
        rows += row(tr("backward"), tr("%1 a sample").arg(flopsText(analysis->cost.backward.flops / batch)));
    }
    double bytes = 0;
    for (const TensorType& type : analysis->inference.outputs)
        bytes += static_cast<double>(type.shape.elements()) * static_cast<double>(sizeOf(type.dtype));
    rows += row(tr("output memory"),
                tr("%1 a batch of %2").arg(bytesText(bytes)).arg(m_document.knownAnalysis().batchSize));
    m_figures->setText("<table>" + rows + "</table>");
}

void NodeForm::nameTyped(const QString& text) {
    QString fault;
    m_document.rename(m_node, text, &fault);
    showNameFault(fault);
}

void NodeForm::showNameFault(const QString& fault) {
    m_nameFault->setText(fault);
    m_nameFault->setVisible(!fault.isEmpty());
    m_name->setProperty("invalid", !fault.isEmpty());
    m_name->style()->unpolish(m_name);
    m_name->style()->polish(m_name);
}

bool NodeForm::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_name && event->type() == QEvent::FocusOut) {
        showNameFault({});
        if (const Node* node = m_document.graph().find(m_node)) m_name->setText(QString::fromStdString(node->name));
        m_document.endMerge();
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
