// SPDX-License-Identifier: GPL-3.0-or-later
// The properties of the project: what it is called, where its data comes from, how it trains. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QWidget>

#include <functional>
#include <span>

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace gradlens {

class AttributeForm;
class ChoiceForm;
struct TrainingField;

class ProjectForm : public QWidget {
    Q_OBJECT
public:
    explicit ProjectForm(DesignDocument& document, QWidget* parent = nullptr);

    QLineEdit* nameField() const { return m_name; }
    ChoiceForm* data() const { return m_data; }
    ChoiceForm* optimizer() const { return m_optimizer; }
    ChoiceForm* schedule() const { return m_schedule; }
    AttributeForm* training() const { return m_training; }
    AttributeForm* updates() const { return m_updates; }
    AttributeForm* stopping() const { return m_stopping; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeProjectPart();
    void makeDataPart();
    void makeTrainingParts();
    AttributeForm* makeFieldsForm(std::span<const TrainingField> fields);
    void changeTraining(const std::function<void(TrainingSpec&)>& change);
    void refresh();
    void refreshFigures();

    DesignDocument& m_document;
    QLineEdit* m_name;
    QPlainTextEdit* m_description;
    QLabel* m_figures;
    ChoiceForm* m_data;
    ChoiceForm* m_optimizer;
    ChoiceForm* m_schedule;
    AttributeForm* m_training;
    AttributeForm* m_updates;
    AttributeForm* m_stopping;
};

}  // namespace gradlens
