// SPDX-License-Identifier: GPL-3.0-or-later
// The properties of the project: what it is called, where its data comes from, how it trains. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace gradlens {

class AttributeForm;

class ProjectForm : public QWidget {
    Q_OBJECT
public:
    explicit ProjectForm(DesignDocument& document, QWidget* parent = nullptr);

    QLineEdit* nameField() const { return m_name; }
    QComboBox* sourceField() const { return m_source; }
    QComboBox* optimizerField() const { return m_optimizer; }
    AttributeForm* dataForm() const { return m_data; }
    AttributeForm* optimizerForm() const { return m_optimizerForm; }
    AttributeForm* trainingForm() const { return m_training; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeProjectPart();
    QWidget* makeDataPart();
    QWidget* makeTrainingPart();
    void refresh();
    void refreshFigures();
    void trainingEdited(const std::string& name, const AttributeValue& value);

    DesignDocument& m_document;
    QLineEdit* m_name;
    QPlainTextEdit* m_description;
    QLabel* m_figures;
    QComboBox* m_source;
    QLabel* m_sourceSummary;
    AttributeForm* m_data;
    QComboBox* m_optimizer;
    QLabel* m_optimizerSummary;
    AttributeForm* m_optimizerForm;
    AttributeForm* m_training;
    QString m_shownSource, m_shownOptimizer;
};

}  // namespace gradlens
