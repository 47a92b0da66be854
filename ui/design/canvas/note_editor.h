// SPDX-License-Identifier: GPL-3.0-or-later
// Text being written over a note. Ctrl+Return or a click elsewhere keeps it, Escape keeps the old; in a frame's title
// Return keeps it too. Deletes itself. GUI thread.
#pragma once
#include "core/graph/model_graph.h"

#include <QPlainTextEdit>

namespace gradlens {

struct CanvasStyle;

class NoteEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    NoteEditor(const Note& note, const CanvasStyle& style, double zoom, QWidget* parent);
    void finish();  // keeps what is written, and closes

signals:
    void written(const QString& text);  // when it differs
    void finished();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void leave();
    QString m_before;
    bool m_title;
    bool m_done = false;
};

}  // namespace gradlens
