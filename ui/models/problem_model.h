// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with the document, as a list: errors first. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QAbstractListModel>

#include <vector>

namespace gradlens {

class ProblemModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { IsErrorRole = Qt::UserRole + 1, NodeRole, NodeNameRole, HintRole };

    // The document must outlive the model.
    explicit ProblemModel(DesignDocument& document, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const Problem& problemAt(int row) const { return m_problems[static_cast<std::size_t>(row)]; }
    int errors() const;
    int warnings() const { return rowCount() - errors(); }

signals:
    void countsChanged();

private:
    void refresh();
    DesignDocument& m_document;
    std::vector<Problem> m_problems;
};

}  // namespace gradlens
