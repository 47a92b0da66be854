// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_bar.h"

#include "ui/shell/number_text.h"
#include "ui/shell/run_controller.h"
#include "ui/theme/theme.h"
#include "ui/widgets/read_out.h"

#include <QAction>
#include <QDoubleValidator>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace gradlens {
namespace {

constexpr int kRefreshMilliseconds = 100;
constexpr int kHeight = 56;

QWidget* separator() {
    auto* line = new QWidget;
    line->setFixedSize(1, 28);
    line->setAttribute(Qt::WA_StyledBackground);
    line->setStyleSheet(QStringLiteral("background: palette(mid)"));
    return line;
}

QToolButton* buttonFor(QAction* action) {
    auto* button = new QToolButton;
    button->setDefaultAction(action);
    button->setIconSize({20, 20});
    button->setFixedSize(34, 34);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text().remove('&'));
    return button;
}

QString learningRateText(double rate) {
    return QString::number(rate, 'g', 4);
}

}  // namespace

RunBar::RunBar(const Actions& actions, RunController& controller, Session& session, QWidget* parent)
    : QWidget(parent), m_controller(controller), m_session(session) {
    setFixedHeight(kHeight);
    setObjectName("runBar");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::kSpace * 3 / 2, 0, Theme::kSpace * 2, 2);
    row->setSpacing(2);
    addButtons(row, actions);
    row->addSpacing(Theme::kSpace);
    row->addWidget(separator());
    row->addSpacing(Theme::kSpace * 2);
    addReadOuts(row);
    row->addStretch(1);
    addLearningRate(row);

    m_throttle.setSingleShot(true);
    m_throttle.setInterval(kRefreshMilliseconds);
    connect(&m_throttle, &QTimer::timeout, this, &RunBar::refresh);
    const auto soon = [this] {
        if (!m_throttle.isActive()) m_throttle.start();
    };
    connect(&m_session, &Session::statusChanged, this, soon);
    connect(&m_controller, &RunController::stateChanged, this, &RunBar::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &RunBar::refresh);
    refresh();
}

void RunBar::addButtons(QHBoxLayout* row, const Actions& actions) {
    m_run = new QPushButton;
    m_run->setObjectName("runButton");
    m_run->setProperty("look", "primary");
    m_run->setFixedSize(96, 34);
    m_run->setIconSize({18, 18});
    m_run->setCursor(Qt::PointingHandCursor);
    connect(m_run, &QPushButton::clicked, actions.toggle, &QAction::trigger);
    const auto follow = [this, toggle = actions.toggle] {
        m_run->setText(toggle->text().remove('&'));
        m_run->setToolTip(toggle->toolTip());
        m_run->setEnabled(toggle->isEnabled());
    };
    connect(actions.toggle, &QAction::changed, m_run, follow);
    follow();
    row->addWidget(m_run);
    row->addSpacing(Theme::kSpace);
    for (QAction* action : {actions.stepInstruction, actions.stepBatch, actions.stepEpoch, actions.stop})
        row->addWidget(buttonFor(action));
    m_restart = buttonFor(actions.restart);
    row->addWidget(m_restart);
}

void RunBar::addReadOuts(QHBoxLayout* row) {
    const auto add = [this, row](const QString& caption, const QString& widest, const QString& toolTip) {
        auto* readOut = new ReadOut(caption, widest, this);
        readOut->setToolTip(toolTip);
        row->addWidget(readOut);
        row->addSpacing(Theme::kSpace * 2);
        return readOut;
    };
    m_epoch = add(tr("Epoch"), "10 / 10", tr("The pass over the training data that is under way, of those planned"));
    m_step = add(tr("Step"), "12,345 / 12,345", tr("Updates of the weights so far, of those planned"));
    m_loss = add(tr("Loss"), "0.00000", tr("Training loss of the last batch"));
    m_accuracy = add(tr("Accuracy"), "100.0 %", tr("Training accuracy of the last batch"));
    m_validation = add(tr("Validation"), "100.0 %", tr("Accuracy on the validation data, after the last epoch"));
    m_rate = add(tr("Speed"), "123.4 k/s", tr("Training samples per second"));
    m_remaining = add(tr("Time left"), "10 min 00 s", tr("Until all planned epochs are done, at the speed so far"));
}

void RunBar::addLearningRate(QHBoxLayout* row) {
    auto* label = new QLabel(tr("Learning rate"));
    label->setObjectName("learningRateLabel");
    label->setProperty("look", "muted");
    label->setFont(Theme::instance().small());
    m_learningRate = new QLineEdit;
    m_learningRate->setObjectName("learningRate");
    m_learningRate->setFixedWidth(84);
    m_learningRate->setFont(Theme::instance().mono());
    m_learningRate->setAlignment(Qt::AlignRight);
    m_learningRate->setPlaceholderText(QStringLiteral("–"));
    m_learningRate->setAccessibleName(tr("Learning rate"));
    m_learningRate->setToolTip(
        tr("Learning rate from the next step on. Return applies it; the change is noted in the run's journal."));
    auto* validator = new QDoubleValidator(0, 1e6, 12, m_learningRate);
    validator->setLocale(QLocale::c());
    m_learningRate->setValidator(validator);
    label->setBuddy(m_learningRate);
    connect(m_learningRate, &QLineEdit::returnPressed, this, &RunBar::applyLearningRate);
    connect(m_learningRate, &QLineEdit::editingFinished, this, [this] {
        m_shownLearningRate = -1;  // what was typed and not applied goes
        refreshLearningRate();
    });
    row->addWidget(label);
    row->addSpacing(Theme::kSpace);
    row->addWidget(m_learningRate);
}

void RunBar::editLearningRate() {
    m_learningRate->setFocus(Qt::ShortcutFocusReason);
    m_learningRate->selectAll();
}

void RunBar::applyLearningRate() {
    bool ok = false;
    const double rate = m_learningRate->text().toDouble(&ok);
    if (!ok || !(rate >= 0)) return;
    m_session.setLearningRate(rate);
    m_learningRate->clearFocus();
}

void RunBar::refreshLearningRate() {
    const bool can = m_session.isPrepared();
    m_learningRate->setEnabled(can);
    if (m_learningRate->hasFocus()) return;
    const double rate = can ? m_session.status().learningRate : -2;
    if (rate == m_shownLearningRate) return;
    m_shownLearningRate = rate;
    m_learningRate->setText(can ? learningRateText(rate) : QString());
}

void RunBar::refresh() {
    const TrainerStatus& status = m_session.status();
    const QString none = QStringLiteral("–");
    const bool begun = status.totalSteps > 0;
    const std::int64_t epochs =
        status.stepsPerEpoch > 0 ? (status.totalSteps + status.stepsPerEpoch - 1) / status.stepsPerEpoch : 0;
    m_epoch->setValue(begun ? QStringLiteral("%1 / %2").arg(epochOf(status)).arg(epochs) : none);
    m_step->setValue(begun ? groupedText(status.step) + " / " + groupedText(status.totalSteps) : none);
    // Before the first step there is no loss; afterwards NaN is a finding.
    m_loss->setValue(begun && status.step > 0 ? lossText(status.trainLoss) : none);
    m_accuracy->setValue(begun && status.step > 0 ? percentText(status.trainAccuracy) : none);
    m_validation->setValue(begun ? percentText(status.validationAccuracy) : none);
    if (status.samplesPerSecond > 0) m_lastRate = status.samplesPerSecond;
    m_rate->setValue(begun && status.step > 0 ? rateText(m_lastRate) : none);
    m_remaining->setValue(m_controller.isBusy() ? durationText(remainingSeconds(status)) : none);
    m_run->setIcon(Theme::instance().icon(m_controller.isBusy() ? "pause" : "play", ThemeColor::AccentText));
    refreshLearningRate();
    update();
}

void RunBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // What can be missed goes first. Widths are those of the widest values, so that nothing comes and goes while it
    // trains.
    const QList<QWidget*> optional{m_epoch, m_accuracy, m_rate, m_remaining};
    for (QWidget* part : optional) part->hide();
    int room = width() - layout()->minimumSize().width();
    for (QWidget* part : optional) {
        room -= part->minimumSizeHint().width() + layout()->spacing();
        part->setVisible(room >= 0);
    }
}

QSize RunBar::minimumSizeHint() const {
    return {680, kHeight};
}

void RunBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(ThemeColor::Panel));
    const TrainerStatus& status = m_session.status();
    const bool preparing = status.phase == TrainerPhase::Preparing;
    const QRectF groove(0, height() - 2, width(), 2);
    painter.fillRect(groove, theme.color(ThemeColor::Border));
    const double share = preparing ? status.progress : epochProgress(status);
    if (share > 0)
        painter.fillRect(QRectF(0, groove.top(), groove.width() * share, 2),
                         theme.color(preparing ? ThemeColor::TextFaint : ThemeColor::Accent));
}

}  // namespace gradlens
