// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace_rail.h"

#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QFocusEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace gradlens {
namespace {

constexpr int kWidth = 72;

class RailButton : public QAbstractButton {
public:
    RailButton(QAction* action, const QString& label, QWidget* parent) : QAbstractButton(parent), m_action(action) {
        setText(label);
        setCheckable(action->isCheckable());
        setFixedSize(kWidth, label.isEmpty() ? 40 : 58);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
        setAccessibleName(action->text().remove('&'));
        setObjectName("rail-" + action->objectName());
        connect(this, &QAbstractButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, this, &RailButton::follow);
        follow();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        const bool current = m_action->isCheckable() && m_action->isChecked();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF pill = QRectF(rect()).adjusted(8, 2, -8, -2);
        if (current || underMouse() || m_ring) {
            painter.setPen(m_ring ? QPen(theme.color(ThemeColor::Accent)) : QPen(Qt::NoPen));
            painter.setBrush(current        ? theme.color(ThemeColor::Selection)
                             : underMouse() ? theme.color(ThemeColor::Hover)
                                            : QColor(Qt::transparent));
            painter.drawRoundedRect(pill, 8, 8);
        }
        const ThemeColor ink = !isEnabled()               ? ThemeColor::TextFaint
                               : current                  ? ThemeColor::Accent
                               : underMouse() || isDown() ? ThemeColor::Text
                                                          : ThemeColor::TextMuted;
        const int side = text().isEmpty() ? 20 : 22;
        const QRect iconPlace((width() - side) / 2, text().isEmpty() ? (height() - side) / 2 : 9, side, side);
        painter.setOpacity(isEnabled() ? 1.0 : 0.45);
        theme.icon(m_action->property("railIcon").toString(), ink).paint(&painter, iconPlace);
        if (text().isEmpty()) return;
        QFont font = theme.small();
        font.setPixelSize(11);
        font.setWeight(current ? QFont::DemiBold : QFont::Medium);
        painter.setFont(font);
        painter.setPen(theme.color(current ? ThemeColor::Text : ink));
        painter.drawText(QRect(0, 34, width(), 18), Qt::AlignCenter, text());
    }

    // The ring is for those who walk by keyboard.
    void focusInEvent(QFocusEvent* event) override {
        m_ring = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
        QAbstractButton::focusInEvent(event);
    }
    void focusOutEvent(QFocusEvent* event) override {
        m_ring = false;
        QAbstractButton::focusOutEvent(event);
    }

private:
    void follow() {
        setEnabled(m_action->isEnabled());
        setToolTip(m_action->toolTip());
        setChecked(m_action->isChecked());
        update();
    }
    QAction* m_action;
    bool m_ring = false;
};

}  // namespace

WorkspaceRail::WorkspaceRail(QWidget* parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    setFixedWidth(kWidth);
    setObjectName("workspaceRail");
    m_column->setContentsMargins(0, Theme::kSpace, 0, Theme::kSpace);
    m_column->setSpacing(2);
    m_column->addStretch(1);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void WorkspaceRail::addPlace(QAction* action, const QString& label) {
    int stretchAt = 0;
    while (m_column->itemAt(stretchAt)->widget()) ++stretchAt;
    m_column->insertWidget(stretchAt, new RailButton(action, label, this));
}

void WorkspaceRail::addTool(QAction* action) {
    m_column->addWidget(new RailButton(action, {}, this));
}

void WorkspaceRail::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(ThemeColor::Window));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.color(ThemeColor::Border));
}

}  // namespace gradlens
