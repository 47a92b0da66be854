// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/section.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace gradlens {

SectionHeader::SectionHeader(const QString& title, QWidget* parent)
    : QWidget(parent), m_row(new QHBoxLayout(this)), m_title(new QLabel(title)), m_note(new QLabel) {
    const Theme& theme = Theme::instance();
    m_title->setFont(theme.strong());
    m_note->setFont(theme.small());
    m_note->setProperty("look", "faint");
    m_row->setContentsMargins(Theme::kSpace * 3 / 2, 0, Theme::kSpace, 0);
    m_row->setSpacing(Theme::kSpace / 2);
    m_row->addWidget(m_title);
    m_row->addSpacing(Theme::kSpace / 2);
    m_row->addWidget(m_note);
    m_row->addStretch();
    setFixedHeight(36);
}

void SectionHeader::setTitle(const QString& title) {
    m_title->setText(title);
}

void SectionHeader::setNote(const QString& note) {
    m_note->setText(note);
}

void SectionHeader::addTool(QWidget* tool) {
    m_row->addWidget(tool);
}

CollapsibleSection::CollapsibleSection(const QString& title, QWidget* parent)
    : QWidget(parent), m_header(new SectionHeader(title)), m_arrow(new QToolButton) {
    m_arrow->setAutoRaise(true);
    m_arrow->setIconSize({14, 14});
    m_arrow->setFixedSize(22, 22);
    m_arrow->setAccessibleName(title);
    m_header->m_row->setContentsMargins(Theme::kSpace / 2, 0, Theme::kSpace, 0);
    m_header->m_row->insertWidget(0, m_arrow);
    m_header->installEventFilter(this);
    m_header->setCursor(Qt::PointingHandCursor);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    connect(m_arrow, &QToolButton::clicked, this, [this] { setOpen(!m_open); });
    setOpen(true);
}

void CollapsibleSection::setContent(QWidget* content) {
    delete m_content;
    m_content = content;
    layout()->addWidget(content);
    content->setVisible(m_open);
}

void CollapsibleSection::setOpen(bool open) {
    const bool told = m_open != open;
    m_open = open;
    m_arrow->setIcon(Theme::instance().icon(open ? "chevron-down" : "chevron-right"));
    m_arrow->setToolTip(open ? tr("Fold") : tr("Unfold"));
    if (m_content) m_content->setVisible(open);
    if (told) emit toggled(open);
}

bool CollapsibleSection::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_header && event->type() == QEvent::MouseButtonRelease &&
        static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) {
        setOpen(!m_open);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace gradlens
