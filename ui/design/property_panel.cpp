// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/property_panel.h"

#include "ui/design/blocks/block_form.h"
#include "ui/design/node_form.h"
#include "ui/design/project_form.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

#include <map>

namespace gradlens {

PropertyPanel::PropertyPanel(DesignDocument& document, QWidget* parent) : QScrollArea(parent), m_document(document) {
    setObjectName("properties");
    setAccessibleName(tr("Properties"));
    setProperty("look", "panel");
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(NoFrame);
    auto* content = new QWidget;
    content->setProperty("look", "panel");
    content->setAttribute(Qt::WA_StyledBackground);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_node = new NodeForm(document, content);
    m_project = new ProjectForm(document, content);
    m_block = new BlockForm(document, content);
    m_several = new QLabel(content);
    m_several->setWordWrap(true);
    m_several->setTextFormat(Qt::RichText);
    m_several->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    constexpr int kMargin = Theme::kSpace * 3 / 2;
    m_several->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    m_column->addWidget(m_node);
    m_column->addWidget(m_project);
    m_column->addWidget(m_block);
    m_column->addWidget(m_several);
    setWidget(content);
    connect(&document.selection(), &SelectionModel::changed, this, &PropertyPanel::refresh);
    connect(&document, &DesignDocument::analysisChanged, this, &PropertyPanel::refresh);
    connect(&document, &DesignDocument::reset, this, &PropertyPanel::refresh);
    connect(&document, &DesignDocument::scopeChanged, this, &PropertyPanel::refresh);
    refresh();
}

void PropertyPanel::addAtTop(QWidget* section) {
    m_column->insertWidget(0, section);
}

void PropertyPanel::refresh() {
    const auto& nodes = m_document.selection().nodes();
    const NodeId shown = nodes.size() == 1 ? nodes.front() : NodeId::None;
    m_node->setNode(shown);
    m_node->setVisible(shown != NodeId::None);
    m_project->setVisible(nodes.empty() && !m_document.isInside());
    m_block->setVisible(nodes.empty() && m_document.isInside());
    m_several->setVisible(nodes.size() > 1);
    m_several->setText(nodes.size() > 1 ? several() : QString());
}

QString PropertyPanel::summaryText() const {
    return m_several->text();
}

QString PropertyPanel::several() const {
    const auto& nodes = m_document.selection().nodes();
    std::map<std::string, int> kinds;
    std::int64_t parameters = 0;
    double flops = 0;
    for (const NodeId id : nodes) {
        ++kinds[m_document.graph().find(id)->op];
        const NodeAnalysis* analysis = m_document.knownAnalysis().find(id);
        if (analysis == nullptr || !analysis->known) continue;
        parameters += analysis->parameterCount();
        flops += analysis->cost.forward.flops / static_cast<double>(m_document.knownAnalysis().batchSize);
    }
    const QString muted = Theme::instance().color(ThemeColor::TextMuted).name();
    QString rows;
    for (const auto& [kind, count] : kinds)
        rows += QString("<tr><td style='padding-right:16px'>%1</td><td align='right'>%2</td></tr>")
                    .arg(QString::fromStdString(kind))
                    .arg(count);
    return QString(
               "<p style='font-size:15px;font-weight:600'>%1</p><table>%2</table><p style='color:%3'>%4 "
               "parameters%5</p><p style='color:%3'>%6</p>")
        .arg(counted(std::ssize(nodes), tr("layer")), rows, muted, compactNumber(static_cast<double>(parameters)),
             flops > 0 ? tr(", %1 forward a sample").arg(flopsText(flops)) : QString(),
             tr("Drag to move them together. Ctrl+D duplicates, Delete removes."));
}

}  // namespace gradlens
