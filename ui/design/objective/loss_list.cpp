// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/objective/loss_list.h"

#include "core/train/metric_forecast.h"
#include "ui/design/form_parts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/axis_ticks.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace gradlens {

namespace {
struct Loss {
    NodeId node;
    QString name, kind, weight;
    bool trains;
};

std::vector<Loss> lossesOf(const DesignDocument& document) {
    std::vector<Loss> losses;
    for (const Node& node : document.rootGraph().nodes()) {
        const OpDefinition* op = document.catalogue().find(node.op);
        if (op == nullptr || !op->isLoss) continue;
        const NodeAnalysis* analysis = document.rootAnalysis().find(node.id);
        const Attributes attributes = completed(op->attributes, node.attributes, nullptr);
        const auto* weight = attributes.find("weight");
        losses.push_back({node.id, QString::fromStdString(node.name), QString::fromStdString(node.op),
                          weight == nullptr
                              ? QString("1")
                              : QString::fromStdString(valueText(std::get<double>(*weight), AxisUnit::Number)),
                          analysis != nullptr && analysis->known});
    }
    return losses;
}

QString withoutTrailingZeros(QString text) {
    if (!text.contains('.') || text.contains('e')) return text;
    while (text.endsWith('0')) text.chop(1);
    if (text.endsWith('.')) text.chop(1);
    return text;
}
}  // namespace

LossList::LossList(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(Theme::kSpace / 2);
    m_none = summaryLabel();
    m_none->setText(
        tr("None yet. Add one from the palette, under Loss, and lead into it what the network says and what "
           "it should have said."));
    m_column->addWidget(m_none);
    connect(&m_document, &DesignDocument::analysisChanged, this, &LossList::refresh);
    connect(&m_document, &DesignDocument::reset, this, &LossList::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &LossList::refresh);
    refresh();
}

void LossList::refresh() {
    for (QPushButton* row : m_rows) {
        row->hide();
        row->deleteLater();
    }
    m_rows.clear();
    const std::vector<Loss> losses = lossesOf(m_document);
    for (const Loss& loss : losses) {
        auto* row = new QPushButton(this);
        row->setFlat(true);
        row->setCursor(Qt::PointingHandCursor);
        row->setIcon(Theme::instance().icon("node", loss.trains ? ThemeColor::Accent : ThemeColor::Warning));
        QString text = QString::fromUtf8("%1  ·  %2").arg(loss.name, loss.kind);
        const QString weight = withoutTrailingZeros(loss.weight);
        if (losses.size() > 1 || weight != "1") text += QString::fromUtf8("  ·  %1 %2").arg(QChar(0xd7)).arg(weight);
        if (!loss.trains) text += QString::fromUtf8("  ·  ") + tr("not sound yet");
        row->setText(text);
        row->setToolTip(tr("Select %1: its properties say how it counts").arg(loss.name));
        row->setStyleSheet("text-align: left; padding: 5px 8px;");
        connect(row, &QPushButton::clicked, this, [this, node = loss.node] {
            m_document.selection().select(node);
            emit nodeChosen(node);
        });
        m_column->addWidget(row);
        m_rows.push_back(row);
    }
    m_none->setVisible(losses.empty());
}

MetricList::MetricList(DesignDocument& document, QWidget* parent) : QWidget(parent), m_document(document) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSpace / 2);
    m_reported = new QLabel;
    m_reported->setWordWrap(true);
    m_reported->setTextFormat(Qt::RichText);
    m_others = summaryLabel();
    column->addWidget(m_reported);
    column->addWidget(m_others);
    connect(&m_document, &DesignDocument::analysisChanged, this, &MetricList::refresh);
    connect(&m_document, &DesignDocument::reset, this, &MetricList::refresh);
    refresh();
}

void MetricList::setValidation(std::int64_t labels, bool none) {
    m_labels = labels;
    m_noValidation = none;
    refresh();
}

void MetricList::refresh() {
    QStringList reported, tips;
    QString why;
    std::map<QString, QStringList> others;  // by reason
    for (const MetricForecast& forecast : metricForecast(m_document.rootGraph(), m_document.rootAnalysis(), m_labels)) {
        const QString label = QString::fromStdString(forecast.metric->label);
        const QString reason = QString::fromStdString(forecast.reason);
        if (forecast.reported) {
            reported << label;
            tips << QString("<p><b>%1</b><br>%2</p>")
                        .arg(label.toHtmlEscaped(), QString::fromStdString(forecast.metric->summary).toHtmlEscaped());
            why = reason;
        } else {
            others[reason] << label;
        }
    }
    QStringList unreported;
    for (const auto& [reason, labels] : others)
        unreported << tr("Without %1: %2").arg(labels.join(", "), reason.left(1).toLower() + reason.mid(1));
    if (m_noValidation) {
        m_reported->setText(tr("Nothing is validated: there are no validation samples."));
        m_others->clear();
        return;
    }
    m_reported->setText(reported.isEmpty() ? tr("Only the loss.") : tr("Loss, %1.").arg(reported.join(", ")));
    m_reported->setToolTip(tips.join(QString()));
    m_others->setText((why.isEmpty() ? QString() : why + "\n") + unreported.join('\n'));
}

QString MetricList::reportedText() const {
    return m_reported->text();
}
QString MetricList::otherText() const {
    return m_others->text();
}

}  // namespace gradlens
