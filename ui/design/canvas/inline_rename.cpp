// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/inline_rename.h"

#include <QKeyEvent>
#include <QStyle>

namespace gradlens {

InlineRename::InlineRename(DesignDocument& document, NodeId node, const QFont& font, QWidget* parent)
    : QLineEdit(QString::fromStdString(document.graph().find(node)->name), parent), m_document(document), m_node(node) {
    setObjectName("inlineRename");
    setAccessibleName(tr("Name of the layer"));
    setFont(font);
    setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; border-radius: 4px; }");
    selectAll();
    connect(this, &QLineEdit::textEdited, this, [this] {
        const QString reason = fault();
        setProperty("invalid", !reason.isEmpty());
        style()->unpolish(this);
        style()->polish(this);
        emit refused(reason);
    });
}

QString InlineRename::fault() const {
    const std::string name = text().trimmed().toStdString();
    const Node* node = m_document.graph().find(m_node);
    if (node == nullptr || name == node->name) return {};
    if (name.empty()) return tr("A layer needs a name.");
    if (!ModelGraph::isName(name))
        return tr("A name is a letter followed by letters, digits and '_', at most 64 in all.");
    if (m_document.graph().findByName(name) != nullptr)
        return tr("There is another layer called %1.").arg(text().trimmed());
    return {};
}

void InlineRename::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        leave();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        const QString reason = fault();
        emit refused(reason);
        if (reason.isEmpty()) finish();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void InlineRename::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) finish();
}

void InlineRename::finish() {
    if (m_done) return;
    if (fault().isEmpty()) m_document.rename(m_node, text());
    m_document.endMerge();
    leave();
}

void InlineRename::leave() {
    if (m_done) return;
    m_done = true;
    emit refused({});
    hide();
    emit finished();
    deleteLater();
}

}  // namespace gradlens
