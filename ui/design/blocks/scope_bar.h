// SPDX-License-Identifier: GPL-3.0-or-later
// The way into the block that is open, above the canvas: "LeNet / residual1 / conv", each a button that goes back
// there, and how many uses an edit changes, or that the block comes with the program. Hidden in the project's own
// drawing. GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QList>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace gradlens {

class BlockActions;

class ScopeBar : public QWidget {
    Q_OBJECT
public:
    ScopeBar(DesignDocument& document, BlockActions& actions, QWidget* parent = nullptr);

    const QList<QToolButton*>& crumbs() const { return m_crumbs; }  // from the outside in
    QString noteText() const;
    QToolButton* copyButton() const { return m_copy; }

private:
    void refill();
    void refreshNote();
    void addCrumb(const QString& text, const QString& tip, const DrawingScope& target, bool here);

    DesignDocument& m_document;
    QHBoxLayout* m_row;
    QList<QToolButton*> m_crumbs;
    QLabel* m_note;
    QToolButton* m_copy;
};

}  // namespace gradlens
