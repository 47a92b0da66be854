// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/search_field.h"

#include "ui/theme/theme.h"

#include <QKeyEvent>

namespace gradlens {

SearchField::SearchField(const QString& placeholder, QWidget* parent) : QLineEdit(parent) {
    setPlaceholderText(placeholder);
    setAccessibleName(placeholder);
    setClearButtonEnabled(true);
    addAction(Theme::instance().icon("search", ThemeColor::TextFaint), QLineEdit::LeadingPosition);
}

void SearchField::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            emit moved(-1);
            return;
        case Qt::Key_Down:
            emit moved(1);
            return;
        case Qt::Key_PageUp:
            emit moved(-8);
            return;
        case Qt::Key_PageDown:
            emit moved(8);
            return;
        case Qt::Key_Escape:
            if (text().isEmpty() || !m_escapeClears)
                emit escaped();
            else
                clear();
            return;
        default:
            QLineEdit::keyPressEvent(event);
    }
}

}  // namespace gradlens
