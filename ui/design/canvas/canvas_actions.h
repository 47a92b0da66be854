// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done on a canvas, as actions with their keys, valid while the canvas has the focus; for context menu,
// menu bar, tool bar and command palette. Owned by its view; GUI thread only.
//
// A letter alone always searches for a layer to insert, so commands sit on Shift+letter, Ctrl+letter and named keys.
#pragma once
#include "ui/models/design_document.h"

#include <QAction>
#include <QObject>

#include <functional>

class QMenu;

namespace gradlens {

class CanvasView;

class CanvasActions : public QObject {
    Q_OBJECT
public:
    explicit CanvasActions(CanvasView& view);

    // Enables what can be done now.
    void refresh();
    void setIcons();  // of the theme
    // For what is selected.
    void fillMenu(QMenu& menu) const;

    QAction *cut, *copy, *paste, *duplicate, *remove, *rename, *selectAll, *addLayer, *arrange;
    QAction *arrangeSelection, *flowRight, *rightAngles;
    QAction *removeAndHeal, *pullOut, *bypass, *chain;
    QAction *alignLeft, *alignCentre, *alignRight, *alignTop, *alignMiddle, *alignBottom, *distributeAcross,
        *distributeDown;
    QAction *comment, *frame, *nextColor;
    QAction *fit, *fitSelection, *resetZoom, *zoomIn, *zoomOut, *minimap, *find, *findNext, *findPrevious;

private:
    using Keys = QList<QKeySequence>;
    QAction* make(const QString& text, const QString& icon, const Keys& keys, std::function<void()> run);
    QAction* makeAlign(const QString& text, const QString& icon, const QKeySequence& key, Alignment alignment);
    void makeEditing();
    void makePlacing();
    void makeNotes();
    void makeLooking();
    // Runs an edit that may be refused; the reason is said beside what is selected.
    void attempt(const std::function<bool(QString*)>& edit);
    void addColors(QMenu& menu) const;
    DesignDocument& document() const;

    CanvasView& m_view;
};

}  // namespace gradlens
