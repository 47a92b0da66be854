// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/layout_keeper.h"

#include <QMainWindow>
#include <QSplitter>

namespace gradlens {
namespace {

QString keyOf(const QWidget* root, const QWidget* part) {
    return root->objectName() + "-" + part->objectName();
}

template <class Visit>
void forEachPart(QWidget* root, Visit visit) {
    for (QSplitter* splitter : root->findChildren<QSplitter*>())
        if (!splitter->objectName().isEmpty()) visit(splitter);
    for (QMainWindow* window : root->findChildren<QMainWindow*>())
        if (!window->objectName().isEmpty()) visit(window);
    if (auto* window = qobject_cast<QMainWindow*>(root); window && !root->objectName().isEmpty()) visit(window);
}

}  // namespace

void LayoutKeeper::adopt(QWidget* root) {
    forEachPart(root, [this, root](auto* part) {
        const QString key = keyOf(root, part);
        m_built.insert(key, part->saveState());
        const QByteArray state = m_settings.layout(key);
        if (!state.isEmpty()) part->restoreState(state);
    });
}

void LayoutKeeper::save(QWidget* root) {
    forEachPart(root, [this, root](auto* part) { m_settings.setLayout(keyOf(root, part), part->saveState()); });
}

void LayoutKeeper::reset(QWidget* root) {
    forEachPart(root, [this, root](auto* part) {
        const QByteArray built = m_built.value(keyOf(root, part));
        if (!built.isEmpty()) part->restoreState(built);
    });
}

}  // namespace gradlens
