// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace gradlens {

EmptyState::EmptyState(const QString& icon, const QString& title, const QString& hint, QWidget* parent)
    : QWidget(parent),
      m_icon(icon),
      m_picture(new QLabel),
      m_title(new QLabel(title)),
      m_hint(new QLabel(hint)),
      m_button(new QPushButton),
      m_second(new QPushButton) {
    const Theme& theme = Theme::instance();
    m_title->setFont(theme.strong());
    m_title->setAlignment(Qt::AlignCenter);
    m_hint->setProperty("look", "muted");
    m_hint->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_hint->setWordWrap(true);
    m_hint->setMaximumWidth(360);
    m_hint->setMinimumWidth(180);
    m_picture->setAlignment(Qt::AlignCenter);
    for (QPushButton* button : {m_button, m_second}) {
        button->setVisible(false);
        button->setCursor(Qt::PointingHandCursor);
    }
    connect(m_button, &QPushButton::clicked, this, &EmptyState::actionTriggered);
    connect(m_second, &QPushButton::clicked, this, &EmptyState::secondActionTriggered);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::kSpace * 3, Theme::kSpace * 3, Theme::kSpace * 3, Theme::kSpace * 3);
    column->setSpacing(Theme::kSpace);
    column->addStretch(2);
    column->addWidget(m_picture);
    column->addSpacing(Theme::kSpace / 2);
    column->addWidget(m_title);
    auto* hintRow = new QHBoxLayout;
    hintRow->addStretch();
    hintRow->addWidget(m_hint, 1);
    hintRow->addStretch();
    column->addLayout(hintRow);
    column->addSpacing(Theme::kSpace);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(Theme::kSpace);
    buttons->addStretch();
    buttons->addWidget(m_button);
    buttons->addWidget(m_second);
    buttons->addStretch();
    column->addLayout(buttons);
    column->addStretch(3);

    const auto paintIcon = [this] {
        m_picture->setPixmap(
            Theme::instance().icon(m_icon, ThemeColor::TextFaint).pixmap(QSize(32, 32), devicePixelRatioF()));
    };
    paintIcon();
    connect(&theme, &Theme::changed, this, paintIcon);
    setAccessibleName(title);
    setAccessibleDescription(hint);
}

void EmptyState::setTitle(const QString& title) {
    m_title->setText(title);
    setAccessibleName(title);
}

void EmptyState::setHint(const QString& hint) {
    m_hint->setText(hint);
    setAccessibleDescription(hint);
}

void EmptyState::setActionText(const QString& text, const QString& icon) {
    setButton(m_button, text, icon);
}

void EmptyState::setSecondActionText(const QString& text, const QString& icon) {
    setButton(m_second, text, icon);
}

void EmptyState::setButton(QPushButton* button, const QString& text, const QString& icon) {
    button->setText(text);
    button->setIcon(icon.isEmpty() ? QIcon() : Theme::instance().icon(icon, ThemeColor::Text));
    button->setVisible(!text.isEmpty());
}

}  // namespace gradlens
