// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with blocks on a canvas, as actions with their keys, valid while the canvas has the focus; for
// context menu, menu bar and command palette. Owned by its view; GUI thread.
#pragma once
#include "ui/models/design_document.h"

#include <QAction>
#include <QObject>
#include <QPointer>

#include <functional>

class QMenu;

namespace gradlens {

class CanvasView;
class NameForm;

class BlockActions : public QObject {
    Q_OBJECT
public:
    explicit BlockActions(CanvasView& view);

    QAction *make, *dissolve, *open, *leave, *copy, *copyForAll, *save;

    // Of a row of the palette; null when nothing can be done with it.
    QMenu* paletteMenu(const QString& block, QWidget* parent);
    NameForm* nameForm() const;  // while it is open

private:
    QAction* add(const QString& text, const QString& icon, const QList<QKeySequence>& keys, std::function<void()> run);
    void refresh();
    void setIcons();
    void fillMenu(QMenu& menu) const;
    void askForMaking();
    void askForName(const QString& title, const QString& name, std::function<QString(const QString&)> fault,
                    std::function<void(const QString&)> take);
    void saveToLibrary(const Block& block);
    // Runs what may be refused, or fail on a file; the reason is said beside what is selected.
    void attempt(const std::function<bool(QString*)>& edit);
    DesignDocument& document() const;
    const Block* ownBlock(const std::string& name) const;

    CanvasView& m_view;
    QPointer<NameForm> m_name;
};

}  // namespace gradlens
