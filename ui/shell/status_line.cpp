// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include "ui/models/words.h"
#include "ui/session/session.h"
#include "ui/shell/number_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

namespace gradlens {
namespace {

// A dot in the colour of the phase, then its name.
class PhaseLabel : public QLabel {
public:
    explicit PhaseLabel(Session& session) : m_session(session) {
        setContentsMargins(16, 0, 0, 0);
        setMinimumWidth(84);
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        QLabel::paintEvent(event);
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(Theme::instance().color(color()));
        painter.drawEllipse(QPointF(7, height() / 2.0 + 0.5), 3.5, 3.5);
    }

private:
    ThemeColor color() const {
        switch (m_session.status().phase) {
            case TrainerPhase::Running:
            case TrainerPhase::Evaluating:
                return ThemeColor::Good;
            case TrainerPhase::Preparing:
                return ThemeColor::Accent;
            case TrainerPhase::Paused:
                return ThemeColor::Warning;
            case TrainerPhase::Failed:
                return ThemeColor::Danger;
            case TrainerPhase::Empty:
                return ThemeColor::Border;
        }
        return ThemeColor::Border;
    }
    Session& m_session;
};

}  // namespace

StatusLine::StatusLine(Session& session, int threads, QWidget* parent)
    : QStatusBar(parent),
      m_session(session),
      m_stale(new QLabel(tr("Drawing changed since this run began"))),
      m_dataset(new ElidedLabel),
      m_saved(new QLabel),
      m_phase(new PhaseLabel(session)) {
    setSizeGripEnabled(false);
    setFixedHeight(28);
    setFont(Theme::instance().small());
    m_stale->setProperty("look", "warning");
    m_stale->setToolTip(
        tr("The run goes on with the drawing it was started with. New run starts with the present one."));
    m_stale->hide();
    auto* device = new QLabel(tr("CPU · %1").arg(counted(threads, tr("thread"))));
    device->setToolTip(tr("Where the network is computed, and on how many threads"));
    m_saved->setToolTip(tr("Training is saved after every epoch, when it stops, and when the window closes"));
    for (QLabel* label : {m_stale, static_cast<QLabel*>(m_dataset), m_saved, device, m_phase}) {
        label->setFont(Theme::instance().small());
        if (label != m_stale) label->setProperty("look", "muted");
        label->setContentsMargins(label == m_phase ? 16 : 8, 0, 8, 0);
        addPermanentWidget(label);
    }
    connect(&m_session, &Session::statusChanged, this, &StatusLine::refresh);
    refresh();
}

void StatusLine::setDataset(const QString& text) {
    m_dataset->setText(text);
}

void StatusLine::setStale(bool stale) {
    m_stale->setVisible(stale);
}

void StatusLine::refresh() {
    const TrainerStatus& status = m_session.status();
    const QString phase = phaseText(status.phase);
    if (m_phase->text() != phase) m_phase->setText(phase);
    const QString saved = status.savedStep >= 0 ? tr("Saved at step %1").arg(groupedText(status.savedStep)) : QString();
    if (m_saved->text() != saved) m_saved->setText(saved);
    m_saved->setVisible(!saved.isEmpty());
}

}  // namespace gradlens
