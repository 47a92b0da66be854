// SPDX-License-Identifier: GPL-3.0-or-later
// What the project is called and what it is for. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace gradlens {

class ProjectForm : public QWidget {
    Q_OBJECT
public:
    explicit ProjectForm(DesignDocument& document, QWidget* parent = nullptr);

    QLineEdit* nameField() const { return m_name; }
    QPlainTextEdit* descriptionField() const { return m_description; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeProjectPart();
    void refresh();
    void refreshFigures();

    DesignDocument& m_document;
    QLineEdit* m_name;
    QPlainTextEdit* m_description;
    QLabel* m_figures;
};

}  // namespace gradlens
