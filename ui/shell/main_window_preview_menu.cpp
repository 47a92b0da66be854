// SPDX-License-Identifier: GPL-3.0-or-later
// The entries of the view menu that are about the preview of the drawing.
#include "ui/design/preview/preview_actions.h"
#include "ui/shell/main_window.h"

#include <QMenu>

namespace gradlens {

void MainWindow::addPreview(QMenu* menu) {
    // The keys are the canvas's own, which hold while it has the focus; the menu only shows them.
    const auto entry = [this, menu](ActionSpec spec, QAction* PreviewActions::*action) {
        const QString keys = spec.keys.isEmpty() ? QString() : spec.keys.front().toString(QKeySequence::NativeText);
        spec.keys.clear();
        QAction* made = add(menu, spec, [this, action] {
            show(Place::Design);
            m_workspaces.perform(action);
        });
        made->setProperty("keys", keys);
        if (!keys.isEmpty()) made->setText(made->text() + '\t' + keys);
    };
    entry({"view.preview",
           tr("Pre&view: off, output, gradient"),
           "eye",
           {QKeySequence(Qt::Key_P)},
           tr("Show what each layer makes of a sample, then the gradient that comes to it")},
          &PreviewActions::cycle);
    entry({"view.previousSample",
           tr("Preview previous sample"),
           "chevron-left",
           {QKeySequence(Qt::Key_BracketLeft)},
           tr("The sample before, of the same part of the data")},
          &PreviewActions::previousSample);
    entry({"view.nextSample",
           tr("Preview next sample"),
           "chevron-right",
           {QKeySequence(Qt::Key_BracketRight)},
           tr("The sample after, of the same part of the data")},
          &PreviewActions::nextSample);
    entry({"view.randomSample",
           tr("Preview any sample"),
           "shuffle",
           {},
           tr("One by chance, of the same part of the data")},
          &PreviewActions::randomSample);
}

}  // namespace gradlens
