// SPDX-License-Identifier: GPL-3.0-or-later
// The bar above the workspaces: run, step, stop, and where the run is. Reads the session's status at most ten times a
// second, so that figures can be read. GUI thread.
#pragma once
#include <QTimer>
#include <QWidget>

class QAction;
class QHBoxLayout;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace gradlens {

class ReadOut;
class RunController;
class Session;

class RunBar : public QWidget {
    Q_OBJECT
public:
    // The actions belong to the window; the bar shows them.
    struct Actions {
        QAction* toggle;
        QAction* stepInstruction;
        QAction* stepBatch;
        QAction* stepEpoch;
        QAction* stop;
        QAction* restart;
    };
    RunBar(const Actions& actions, RunController& controller, Session& session, QWidget* parent = nullptr);

    // Less than all of it: figures that can be missed go first when the window is narrow.
    QSize minimumSizeHint() const override;
    // Puts the cursor into the learning rate.
    void editLearningRate();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void addButtons(QHBoxLayout* row, const Actions& actions);
    void addReadOuts(QHBoxLayout* row);
    void addLearningRate(QHBoxLayout* row);
    void refresh();
    void refreshLearningRate();
    void applyLearningRate();

    RunController& m_controller;
    Session& m_session;
    QTimer m_throttle;
    QPushButton* m_run = nullptr;
    QToolButton* m_restart = nullptr;
    ReadOut *m_epoch = nullptr, *m_step = nullptr, *m_loss = nullptr, *m_accuracy = nullptr, *m_validation = nullptr,
            *m_rate = nullptr, *m_remaining = nullptr;
    QLineEdit* m_learningRate = nullptr;
    double m_shownLearningRate = -1;
    double m_lastRate = 0;  // at rest the last one stands
};

}  // namespace gradlens
