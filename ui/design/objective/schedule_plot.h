// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate over the steps that are planned, drawn as the settings change. GUI thread.
#pragma once
#include "ui/design/objective/training_plan.h"

#include <QWidget>

class QLabel;

namespace gradlens {

class CurvePlot;
class SegmentedControl;

class SchedulePlot : public QWidget {
    Q_OBJECT
public:
    explicit SchedulePlot(QWidget* parent = nullptr);
    // Without a plan the reason is shown instead.
    void setPlan(const TrainingSpec& training, const std::optional<TrainingPlan>& plan, const QString& reason);
    CurvePlot* plot() const { return m_plot; }
    SegmentedControl* scale() const { return m_scale; }
    QString noteText() const;

private:
    CurvePlot* m_plot;
    SegmentedControl* m_scale;
    QLabel* m_note;
};

}  // namespace gradlens
