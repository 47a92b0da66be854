// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/segmented_control.h"

#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>

namespace gradlens {
namespace {

class Segment : public QAbstractButton {
public:
    Segment(const QString& text, const QString& icon, QWidget* parent) : QAbstractButton(parent), m_icon(icon) {
        setText(text);
        setCheckable(true);
        setFont(Theme::instance().small());
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::NoFocus);  // the control has it
        setAttribute(Qt::WA_Hover);
    }

    QSize sizeHint() const override {
        const int icon = m_icon.isEmpty() ? 0 : kIcon;
        const int gap = m_icon.isEmpty() || text().isEmpty() ? 0 : 5;
        return {fontMetrics().horizontalAdvance(text()) + icon + gap + (text().isEmpty() ? 12 : 20), 24};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        if (isChecked() || underMouse()) {
            painter.setPen(isChecked() ? QPen(theme.color(ThemeColor::Border)) : QPen(Qt::NoPen));
            painter.setBrush(isChecked() && theme.isDark() ? theme.color(ThemeColor::Hover)
                                                           : theme.color(ThemeColor::Raised));
            painter.drawRoundedRect(body, 4, 4);
        }
        const ThemeColor ink = !isEnabled()  ? ThemeColor::TextFaint
                               : isChecked() ? ThemeColor::Text
                                             : ThemeColor::TextMuted;
        int x = (width() - (sizeHint().width() - (text().isEmpty() ? 12 : 20))) / 2;
        if (!m_icon.isEmpty()) {
            const QRect place(x, (height() - kIcon) / 2, kIcon, kIcon);
            theme.icon(m_icon, ink)
                .paint(&painter, place, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
            x += kIcon + 5;
        }
        painter.setPen(theme.color(ink));
        painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignLeft | Qt::AlignVCenter, text());
    }

private:
    static constexpr int kIcon = 16;
    QString m_icon;
};

}  // namespace

SegmentedControl::SegmentedControl(QWidget* parent)
    : QWidget(parent), m_group(new QButtonGroup(this)), m_row(new QHBoxLayout(this)) {
    m_row->setContentsMargins(2, 2, 2, 2);
    m_row->setSpacing(1);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int index, bool on) {
        if (on) emit currentChanged(index);
    });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

int SegmentedControl::addSegment(const QString& text, const QString& icon, const QString& toolTip) {
    const int index = count();
    auto* segment = new Segment(text, icon, this);
    segment->setToolTip(toolTip);
    segment->setAccessibleName(text.isEmpty() ? toolTip : text);
    m_row->addWidget(segment);
    m_group->addButton(segment, index);
    if (index == 0) {
        const QSignalBlocker quiet(m_group);
        segment->setChecked(true);
    }
    return index;
}

int SegmentedControl::count() const {
    return static_cast<int>(m_group->buttons().size());
}

int SegmentedControl::currentIndex() const {
    return m_group->checkedId();
}

void SegmentedControl::setCurrentIndex(int index) {
    if (QAbstractButton* segment = m_group->button(index)) segment->setChecked(true);
}

void SegmentedControl::setSegmentEnabled(int index, bool enabled) {
    if (QAbstractButton* segment = m_group->button(index)) segment->setEnabled(enabled);
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(hasFocus() ? ThemeColor::Accent : ThemeColor::Border));
    painter.setBrush(theme.color(theme.isDark() ? ThemeColor::Field : ThemeColor::Window));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
}

void SegmentedControl::keyPressEvent(QKeyEvent* event) {
    const int direction = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (direction == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    for (int i = currentIndex() + direction; i >= 0 && i < count(); i += direction) {
        if (!m_group->button(i)->isEnabled()) continue;
        setCurrentIndex(i);
        break;
    }
}

}  // namespace gradlens
