// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say of the document, as a list: errors first, then warnings, then advice. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QAbstractListModel>

#include <vector>

namespace gradlens {

class ProblemModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Kind { Error, Warning, Advice };
    enum Role { KindRole = Qt::UserRole + 1, NodeRole, NodeNameRole, HintRole, FixTitleRole };

    // The document must outlive the model.
    explicit ProblemModel(DesignDocument& document, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const Problem& problemAt(int row) const { return m_problems[static_cast<std::size_t>(row)]; }
    static Kind kindOf(const Problem& problem);
    int count(Kind kind) const;
    int errors() const { return count(Kind::Error); }
    int warnings() const { return count(Kind::Warning); }

signals:
    void countsChanged();

private:
    void refresh();
    DesignDocument& m_document;
    std::vector<Problem> m_problems;
};

}  // namespace gradlens
