// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/readout_card.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace gradlens {

ReadoutCard::ReadoutCard(const QString& caption, QWidget* parent)
    : QFrame(parent),
      m_caption(new QLabel(caption, this)),
      m_value(new QLabel(QStringLiteral("–"), this)),
      m_detail(new QLabel(this)) {
    setProperty("look", "card");
    setAccessibleName(caption);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * Theme::kSpace, Theme::kSpace + 2, Theme::kSpace, Theme::kSpace + 2);
    layout->setSpacing(2);
    for (QLabel* label : {m_caption, m_value, m_detail}) {
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(0);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        layout->addWidget(label);
    }
    m_caption->setProperty("look", "muted");
    m_detail->setProperty("look", "muted");
    connect(&Theme::instance(), &Theme::changed, this, &ReadoutCard::applyTheme);
    applyTheme();
}

void ReadoutCard::applyTheme() {
    const Theme& theme = Theme::instance();
    m_caption->setFont(theme.small());
    m_value->setFont(theme.title());
    m_detail->setFont(theme.small());
}

void ReadoutCard::setReading(const QString& value, const QString& detail) {
    if (m_value->text() != value) m_value->setText(value);
    const QString line = detail.isEmpty() ? QStringLiteral(" ") : detail;  // the card keeps its height
    if (m_detail->text() != line) m_detail->setText(line);
}

void ReadoutCard::setAlarming(bool alarming) {
    if (alarming == m_alarming) return;
    m_alarming = alarming;
    m_value->setProperty("look", alarming ? "danger" : "");
    m_value->style()->unpolish(m_value);
    m_value->style()->polish(m_value);
}

QString ReadoutCard::value() const {
    return m_value->text();
}

QString ReadoutCard::detail() const {
    return m_detail->text().trimmed();
}

}  // namespace gradlens
