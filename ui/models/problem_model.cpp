// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/problem_model.h"

#include "ui/models/problem_text.h"

#include <algorithm>

namespace gradlens {

ProblemModel::ProblemModel(DesignDocument& document, QObject* parent)
    : QAbstractListModel(parent), m_document(document) {
    connect(&document, &DesignDocument::analysisChanged, this, &ProblemModel::refresh);
    connect(&document, &DesignDocument::problemsChanged, this, &ProblemModel::refresh);
    connect(&document, &DesignDocument::reset, this, &ProblemModel::refresh);
    refresh();
}

void ProblemModel::refresh() {
    std::vector<Problem> problems = m_document.problems();
    if (problems == m_problems) return;
    beginResetModel();
    m_problems = std::move(problems);
    endResetModel();
    emit countsChanged();
}

int ProblemModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_problems.size());
}

ProblemModel::Kind ProblemModel::kindOf(const Problem& problem) {
    return problem.severity == Severity::Error ? Kind::Error : problem.rule.empty() ? Kind::Warning : Kind::Advice;
}

int ProblemModel::count(Kind kind) const {
    return static_cast<int>(std::ranges::count(m_problems, kind, kindOf));
}

QVariant ProblemModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Problem& problem = problemAt(index.row());
    const Node* node = m_document.graph().find(problem.node);
    switch (role) {
        case Qt::DisplayRole:
            return QString::fromStdString(problem.message);
        case Qt::ToolTipRole:
            return problemTip(problem);
        case Qt::AccessibleDescriptionRole:
        case HintRole:
            return QString::fromStdString(problem.hint);
        case KindRole:
            return static_cast<int>(kindOf(problem));
        case FixTitleRole:
            return problem.fixes.empty() ? QString() : QString::fromStdString(problem.fixes.front().title);
        case NodeRole:
            return toInteger(problem.node);
        case NodeNameRole:
            return node == nullptr ? QString() : QString::fromStdString(node->name);
        default:
            return {};
    }
}

}  // namespace gradlens
