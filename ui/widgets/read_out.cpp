// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/read_out.h"

#include "ui/theme/theme.h"

#include <QFontMetrics>
#include <QLabel>
#include <QVBoxLayout>

namespace gradlens {

ReadOut::ReadOut(const QString& caption, const QString& widest, QWidget* parent)
    : QWidget(parent), m_caption(new QLabel(caption)), m_value(new QLabel(QStringLiteral("–"))) {
    const Theme& theme = Theme::instance();
    QFont captionFont = theme.small();
    captionFont.setPixelSize(11);
    m_caption->setFont(captionFont);
    m_caption->setProperty("look", "faint");
    QFont valueFont = theme.mono();
    valueFont.setPixelSize(13);
    valueFont.setWeight(QFont::Medium);
    m_value->setFont(valueFont);
    m_value->setTextFormat(Qt::PlainText);
    m_value->setMinimumWidth(QFontMetrics(valueFont).horizontalAdvance(widest));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    column->addStretch();
    column->addWidget(m_caption);
    column->addWidget(m_value);
    column->addStretch();
    setAccessibleName(caption);
}

void ReadOut::setValue(const QString& value) {
    if (m_value->text() == value) return;
    m_value->setText(value);
    setAccessibleDescription(value);
}

QString ReadOut::value() const {
    return m_value->text();
}

}  // namespace gradlens
