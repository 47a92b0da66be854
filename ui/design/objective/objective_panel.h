// SPDX-License-Identifier: GPL-3.0-or-later
// What training minimises and how: losses, metrics, batches and epochs, optimizer, schedule with its curve, what is
// done to gradients, when it ends. GUI thread.
#pragma once
#include "ui/design/objective/training_plan.h"
#include "ui/models/design_document.h"
#include "ui/session/dataset_provider.h"

#include <QScrollArea>

#include <functional>
#include <span>

class QLabel;
class QVBoxLayout;

namespace gradlens {

class AttributeForm;
class ChoiceForm;
class LossList;
class MetricList;
class SchedulePlot;
struct TrainingField;

class ObjectivePanel : public QScrollArea {
    Q_OBJECT
public:
    // Document and provider must outlive it. While it is visible it asks the provider for the project's data: how many
    // steps there are follows from its size.
    ObjectivePanel(DesignDocument& document, DatasetProvider& provider, QWidget* parent = nullptr);

    LossList* losses() const { return m_losses; }
    MetricList* metrics() const { return m_metrics; }
    ChoiceForm* optimizer() const { return m_optimizer; }
    ChoiceForm* schedule() const { return m_schedule; }
    SchedulePlot* schedulePlot() const { return m_plot; }
    AttributeForm* training() const { return m_training; }
    AttributeForm* updates() const { return m_updates; }
    AttributeForm* stopping() const { return m_stopping; }
    QString stepsText() const;
    std::optional<TrainingPlan> plan() const;

signals:
    void nodeChosen(gradlens::NodeId node);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void addPart(QVBoxLayout* column, const QString& title, std::initializer_list<QWidget*> contents, bool open = true);
    void makeChoices();
    AttributeForm* makeFieldsForm(std::span<const TrainingField> fields);
    void changeTraining(const QString& step, const QString& mergeKey, const std::function<void(TrainingSpec&)>& change);
    void request();
    void refresh();
    void refreshPlan();
    QString reasonForNoPlan() const;

    DesignDocument& m_document;
    DatasetProvider& m_provider;
    LossList* m_losses;
    MetricList* m_metrics;
    ChoiceForm *m_optimizer, *m_schedule;
    SchedulePlot* m_plot;
    AttributeForm *m_training, *m_updates, *m_stopping;
    QLabel* m_steps;
};

}  // namespace gradlens
