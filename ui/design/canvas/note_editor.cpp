// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/note_editor.h"

#include "ui/design/canvas/canvas_style.h"
#include "ui/models/design_document.h"

#include <QKeyEvent>
#include <QTextDocument>

#include <algorithm>

namespace gradlens {

NoteEditor::NoteEditor(const Note& note, const CanvasStyle& style, double zoom, QWidget* parent)
    : QPlainTextEdit(QString::fromStdString(note.text), parent),
      m_before(QString::fromStdString(note.text)),
      m_title(note.kind == Note::Kind::Frame) {
    setObjectName("noteEditor");
    setAccessibleName(m_title ? tr("Title of the frame") : tr("Comment"));
    setPlaceholderText(m_title ? tr("Title") : tr("Write a comment"));
    constexpr double kSmallest = 11;
    constexpr int kLeastWidth = 120, kLeastTitle = 28, kLeastText = 56;
    QFont font = m_title ? style.name : style.detail;
    font.setPixelSize(static_cast<int>(std::max(kSmallest, font.pixelSize() * zoom)));
    setFont(font);
    setStyleSheet("QPlainTextEdit { padding: 0 4px; border-radius: 6px; }");
    setMinimumSize(kLeastWidth, m_title ? kLeastTitle : kLeastText);
    setTabChangesFocus(true);
    setVerticalScrollBarPolicy(m_title ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    if (m_title) document()->setDocumentMargin(2);
    selectAll();
    // What is longer could not be kept.
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        if (toPlainText().size() > DesignDocument::kLongestNote) textCursor().deletePreviousChar();
    });
}

void NoteEditor::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        leave();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && (m_title || (event->modifiers() & Qt::ControlModifier) != 0)) {
        finish();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void NoteEditor::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason) finish();
}

void NoteEditor::finish() {
    if (m_done) return;
    const QString text = toPlainText().trimmed();
    m_done = true;
    if (text != m_before) emit written(text);
    m_done = false;
    leave();
}

void NoteEditor::leave() {
    if (m_done) return;
    m_done = true;
    hide();
    emit finished();
    deleteLater();
}

}  // namespace gradlens
