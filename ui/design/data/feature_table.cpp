// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/data/feature_table.h"

#include "ui/theme/theme.h"

#include <QAbstractTableModel>
#include <QHeaderView>

#include <algorithm>
#include <cmath>

namespace gradlens {

// Two rows an entry: as loaded, and scaled.
class FeatureTable::Model : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    void set(const Dataset& dataset, const DatasetFigures& figures) {
        beginResetModel();
        m_rows.clear();
        const bool image = dataset.featureShape.rank() >= 3;
        m_entry = dataset.featureShape.rank() == 1 ? FeatureTable::tr("Column") : FeatureTable::tr("Channel");
        for (std::size_t i = 0; i < figures.features.size(); ++i) {
            const FeatureRange& range = figures.features[i];
            QString name = figures.features.size() == 1 ? FeatureTable::tr("all") : QString::number(i + 1);
            if (image && figures.features.size() == 3) name = QStringList{"red", "green", "blue"}[static_cast<int>(i)];
            m_rows.push_back({name, false, {range.minimum, range.maximum, range.mean(), range.deviation()}});
            m_rows.push_back({FeatureTable::tr("scaled"), true, scaled(range, dataset.scaling, i)});
        }
        endResetModel();
    }

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 5; }

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal) return {};
        if (role == Qt::TextAlignmentRole)
            return QVariant::fromValue(Qt::AlignVCenter | (section < 1 ? Qt::AlignLeft : Qt::AlignRight));
        if (role != Qt::DisplayRole) return {};
        return QStringList{m_entry, FeatureTable::tr("Min"), FeatureTable::tr("Max"), FeatureTable::tr("Mean"),
                           FeatureTable::tr("Std")}[section];
    }

    QVariant data(const QModelIndex& index, int role) const override {
        const Row& row = m_rows[static_cast<std::size_t>(index.row())];
        const Theme& theme = Theme::instance();
        if (role == Qt::TextAlignmentRole)
            return QVariant::fromValue(Qt::AlignVCenter | (index.column() < 1 ? Qt::AlignLeft : Qt::AlignRight));
        if (role == Qt::ForegroundRole) return theme.color(row.isScaled ? ThemeColor::TextMuted : ThemeColor::Text);
        if (role == Qt::FontRole) return theme.small();
        if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
        if (index.column() == 0) return row.name;
        const double value = index.column() == 1   ? row.figures.minimum
                             : index.column() == 2 ? row.figures.maximum
                             : index.column() == 3 ? row.figures.mean
                                                   : row.figures.deviation;
        // What rounding leaves of a mean of zero is zero.
        const bool nothing = std::abs(value) < 1e-6 * std::max(row.figures.deviation, 1e-30);
        return QString::number(nothing ? 0.0 : value, 'g', 4);
    }

private:
    struct Row {
        QString name;
        bool isScaled;
        ScaledRange figures;
    };
    std::vector<Row> m_rows;
    QString m_entry;  // what the rows are of
};

FeatureTable::FeatureTable(QWidget* parent) : QTableView(parent), m_model(new Model(this)) {
    setObjectName("featureTable");
    setAccessibleName(tr("Figures of the features"));
    setModel(m_model);
    setShowGrid(false);
    setSelectionMode(NoSelection);
    setFocusPolicy(Qt::NoFocus);  // nothing to choose: it only scrolls
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(24);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setMinimumSectionSize(44);
    horizontalHeader()->setSectionsClickable(false);
}

void FeatureTable::setFigures(const Dataset& dataset, const DatasetFigures& figures) {
    m_model->set(dataset, figures);
}

}  // namespace gradlens
