// SPDX-License-Identifier: GPL-3.0-or-later
// A line over a card's name. Return keeps the new name, Escape the old one; a name that may not be is told apart while
// typing. Deletes itself. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QLineEdit>

namespace gradlens {

class InlineRename : public QLineEdit {
    Q_OBJECT
public:
    // font: as large as the name appears.
    InlineRename(DesignDocument& document, NodeId node, const QFont& font, QWidget* parent);
    // Keeps the name if it may be, else the old one, and closes.
    void finish();

signals:
    void refused(const QString& reason);  // empty: fine again
    void finished();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QString fault() const;
    void leave();
    DesignDocument& m_document;
    NodeId m_node;
    bool m_done = false;
};

}  // namespace gradlens
