// SPDX-License-Identifier: GPL-3.0-or-later
// How the numbers of samples spread, by channel or column: as loaded, and as the network sees them. GUI thread.
#pragma once
#include "core/data/dataset_figures.h"

#include <QTableView>

namespace gradlens {

class FeatureTable : public QTableView {
    Q_OBJECT
public:
    explicit FeatureTable(QWidget* parent = nullptr);
    void setFigures(const Dataset& dataset, const DatasetFigures& figures);

private:
    class Model;
    Model* m_model;
};

}  // namespace gradlens
