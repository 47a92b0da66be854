// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/form_parts.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace gradlens {

QVBoxLayout* partLayout(QWidget* part) {
    constexpr int kMargin = Theme::kSpace * 3 / 2;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(kMargin, Theme::kSpace / 2, kMargin, Theme::kSpace);
    column->setSpacing(kFormSpacing);
    return column;
}

QVBoxLayout* captioned(const QString& text, QWidget* field) {
    auto* label = new QLabel(text);
    label->setProperty("look", "muted");
    label->setFont(Theme::instance().small());
    label->setBuddy(field);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(label);
    column->addWidget(field);
    return column;
}

QLabel* summaryLabel() {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setProperty("look", "faint");
    label->setFont(Theme::instance().small());
    return label;
}

}  // namespace gradlens
