// SPDX-License-Identifier: GPL-3.0-or-later
// The losses of the drawing, with what each counts, and the metrics that an evaluation will report of them. A click on
// a loss selects it. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace gradlens {

class LossList : public QWidget {
    Q_OBJECT
public:
    explicit LossList(DesignDocument& document, QWidget* parent = nullptr);
    int count() const { return static_cast<int>(m_rows.size()); }
    QPushButton* row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }

signals:
    void nodeChosen(gradlens::NodeId node);

private:
    void refresh();

    DesignDocument& m_document;
    QVBoxLayout* m_column;
    QLabel* m_none;
    std::vector<QPushButton*> m_rows;
};

class MetricList : public QWidget {
    Q_OBJECT
public:
    explicit MetricList(DesignDocument& document, QWidget* parent = nullptr);
    // How many labels an evaluation counts; 0: not known. Without validation samples nothing is reported.
    void setValidation(std::int64_t labels, bool none);
    QString reportedText() const;
    QString otherText() const;

private:
    void refresh();

    DesignDocument& m_document;
    std::int64_t m_labels = 0;
    bool m_noValidation = false;
    QLabel *m_reported, *m_others;
};

}  // namespace gradlens
