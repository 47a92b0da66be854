// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/figures_model.h"

#include "ui/models/words.h"

#include <algorithm>

namespace gradlens {

namespace {
double amountOf(const LayerCost& layer, FiguresModel::Column column) {
    switch (column) {
        case FiguresModel::Parameters:
            return static_cast<double>(layer.parameters);
        case FiguresModel::MultiplyAdds:
            return layer.multiplyAdds;
        case FiguresModel::Activations:
            return layer.activationBytes;
        default:
            return layer.timeShare;
    }
}

bool isAmount(FiguresModel::Column column) {
    return column >= FiguresModel::Parameters && column != FiguresModel::ReceptiveField;
}

QString textOf(const LayerCost& layer, FiguresModel::Column column) {
    const QString none = QStringLiteral("–");
    if (column == FiguresModel::Layer) return QString::fromStdString(layer.name);
    if (column == FiguresModel::Op) return QString::fromStdString(layer.op);
    if (!layer.known) return none;
    switch (column) {
        case FiguresModel::Output:
            return shapeText(layer.output);
        case FiguresModel::Parameters:
            return layer.parameters == 0 ? none : QString::number(layer.parameters);
        case FiguresModel::MultiplyAdds:
            return layer.multiplyAdds == 0 ? none : compactNumber(layer.multiplyAdds);
        case FiguresModel::Activations:
            return bytesText(layer.activationBytes);
        case FiguresModel::ReceptiveField:
            return layer.receptiveField.empty() ? none : QString::fromStdString(layer.receptiveField);
        default:
            return QStringLiteral("%1 %").arg(100 * layer.timeShare, 0, 'f', 1);
    }
}
}  // namespace

FiguresModel::FiguresModel(DesignDocument& document, QObject* parent)
    : QAbstractTableModel(parent), m_document(document) {}

void FiguresModel::refresh() {
    beginResetModel();
    m_table = costTable(m_document.graph(), m_document.catalogue(), m_document.analysis());
    endResetModel();
}

std::optional<double> FiguresModel::shareOf(const LayerCost& layer, Column column) const {
    if (!layer.known || !isAmount(column)) return std::nullopt;
    double largest = 0;
    for (const LayerCost& each : m_table.layers) largest = std::max(largest, amountOf(each, column));
    return largest > 0 ? amountOf(layer, column) / largest : 0;
}

int FiguresModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.layers.size());
}

int FiguresModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumns;
}

QVariant FiguresModel::data(const QModelIndex& index, int role) const {
    const LayerCost& layer = m_table.layers[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return textOf(layer, column);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (isAmount(column) ? Qt::AlignRight : Qt::AlignLeft));
        case NodeRole:
            return toInteger(layer.node);
        case SortRole:
            if (isAmount(column)) return layer.known ? amountOf(layer, column) : -1.0;
            if (column == Output) return layer.known ? static_cast<double>(layer.output.elements()) : -1.0;
            return textOf(layer, column);
        default:
            return {};
    }
}

QVariant FiguresModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (isAmount(column) ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::DisplayRole) {
        const QStringList names{tr("Layer"),         tr("Kind"),        tr("Output"),          tr("Parameters"),
                                tr("Multiply-adds"), tr("Activations"), tr("Receptive field"), tr("Time")};
        return names[section];
    }
    if (role != Qt::ToolTipRole) return {};
    const QStringList tips{tr("In the order they run"),
                           {},
                           tr("The shape that comes out, N the batch"),
                           tr("Trainable numbers; shared ones count where they belong"),
                           tr("Of the forward pass for one sample: half its operations"),
                           tr("Memory of what comes out, for a batch"),
                           tr("How much of the input one element of the output sees"),
                           tr("Estimated share of a training step: computing or moving bytes, whichever takes longer")};
    return tips[section];
}

}  // namespace gradlens
