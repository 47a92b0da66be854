// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train workspace shows of a run: read-outs, the toolbar the charts share, and the charts of loss and accuracy
// with one cursor and one window for both. Knows scalars and a status, not where they come from. GUI thread.
#pragma once
#include "core/train/trainer.h"
#include "ui/train/chart_canvas.h"

#include <QWidget>

#include <memory>

class QSlider;
class QSplitter;
class QLabel;
class QToolButton;

namespace gradlens {

class ReadoutCard;
class ScalarChart;
class SegmentedControl;

class TrainView : public QWidget {
    Q_OBJECT
public:
    explicit TrainView(QWidget* parent = nullptr);

    void setLog(std::shared_ptr<const ScalarLog> log);
    void setStatus(const TrainerStatus& status);
    // Takes new points and shows them and the status.
    void refresh();

    double smoothing() const;
    void setSmoothing(double weight);
    void setLogScale(bool on);
    void setAxis(CurveAxis axis);

    ScalarChart& lossChart() { return *m_loss; }
    ScalarChart& accuracyChart() { return *m_accuracy; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeToolbar();
    void makeCharts();
    void applyIcons();
    void linkCharts();
    void refreshCards();
    void updateAxis();
    bool hasAccuracy() const;

    std::shared_ptr<const ScalarLog> m_log;
    TrainerStatus m_status;
    ReadoutCard *m_lossCard, *m_accuracyCard, *m_validationLossCard, *m_validationAccuracyCard, *m_bestCard,
        *m_throughputCard;
    ScalarChart *m_loss = nullptr, *m_accuracy = nullptr;
    QSplitter* m_splitter = nullptr;
    QSlider* m_smoothing = nullptr;
    QLabel* m_smoothingText = nullptr;
    QToolButton* m_logScale = nullptr;
    QToolButton* m_reset = nullptr;
    SegmentedControl* m_axes = nullptr;
};

}  // namespace gradlens
