// SPDX-License-Identifier: GPL-3.0-or-later
// What each layer costs, as a table that can be sorted. GUI thread.
#pragma once
#include "core/graph/cost_table.h"
#include "ui/models/design_document.h"

#include <QAbstractTableModel>

namespace gradlens {

class FiguresModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Layer, Op, Output, Parameters, MultiplyAdds, Activations, ReceptiveField, Time, kColumns };
    enum Role { NodeRole = Qt::UserRole + 1, SortRole };

    // The document must outlive the model. Computes nothing until refresh().
    explicit FiguresModel(DesignDocument& document, QObject* parent = nullptr);
    void refresh();
    const CostTable& table() const { return m_table; }
    // What a column says of a layer, as part of the largest of all; nothing for those that are no amounts.
    std::optional<double> shareOf(const LayerCost& layer, Column column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    DesignDocument& m_document;
    CostTable m_table;
};

}  // namespace gradlens
