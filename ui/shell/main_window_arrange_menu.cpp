// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of what places, connects, frames and takes out layers, and how menus speak to the canvas.
#include "ui/design/canvas/canvas_actions.h"
#include "ui/shell/main_window.h"

#include <QMenu>
#include <QMenuBar>

namespace gradlens {

// On the canvas of the place one is at; what arranges can only be done in the Design workspace.
void MainWindow::askCanvas(QAction* CanvasActions::*asked, bool arranges) {
    if (m_place == Place::Start || arranges) show(Place::Design);
    m_workspaces.perform(m_place, asked);
}

// An action of the canvas. The key is the canvas's own, which holds while it has the focus; the menu only shows it.
QAction* MainWindow::addCanvas(QMenu* menu, ActionSpec spec, QAction* CanvasActions::*asked, const char* textSlot) {
    const QString keys = spec.keys.isEmpty() ? QString() : spec.keys.front().toString(QKeySequence::NativeText);
    spec.keys.clear();
    const bool arranges = QByteArrayView(spec.name).startsWith("arrange.");
    QAction* made = add(menu, spec, [this, asked, textSlot, arranges] {
        if (textSlot == nullptr || !editText(textSlot)) askCanvas(asked, arranges);
    });
    made->setProperty("keys", keys);
    if (!keys.isEmpty()) made->setText(made->text() + '\t' + keys);
    return made;
}

void MainWindow::makeArrangeMenu() {
    using Canvas = CanvasActions;
    QMenu* menu = menuBar()->addMenu(tr("&Arrange"));
    addCanvas(menu,
              {"arrange.drawing",
               tr("&Arrange drawing"),
               "layout",
               {QKeySequence(Qt::CTRL | Qt::Key_L)},
               tr("Put the layers in order along the flow")},
              &Canvas::arrange);
    addCanvas(menu,
              {"arrange.selection",
               tr("Arrange &selection"),
               "layout-selection",
               {QKeySequence(Qt::ALT | Qt::Key_L)},
               tr("Put the selected layers in order, the others stay")},
              &Canvas::arrangeSelection);
    addCanvas(menu,
              {"arrange.flow",
               tr("Flo&w to the right or down"),
               "flow-right",
               {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)},
               tr("Turn the drawing: from top to bottom, or from left to right")},
              &Canvas::flowRight);
    addCanvas(menu,
              {"arrange.edges",
               tr("Right-angled or curved &edges"),
               "right-angles",
               {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)},
               tr("Draw edges with corners, or as curves")},
              &Canvas::rightAngles);
    menu->addSeparator();
    constexpr auto kAlign = Qt::CTRL | Qt::SHIFT, kDistribute = Qt::CTRL | Qt::ALT;
    const auto place = [&](const char* name, const QString& text, const QString& icon, const QKeySequence& key,
                           QAction* CanvasActions::*asked) {
        addCanvas(menu, {name, text, icon, {key}, {}}, asked);
    };
    place("arrange.left", tr("Align &left"), "align-left", kAlign | Qt::Key_Left, &Canvas::alignLeft);
    place("arrange.centre", tr("Align &centres"), "align-centre", kAlign | Qt::Key_H, &Canvas::alignCentre);
    place("arrange.right", tr("Align &right"), "align-right", kAlign | Qt::Key_Right, &Canvas::alignRight);
    place("arrange.top", tr("Align &top"), "align-top", kAlign | Qt::Key_Up, &Canvas::alignTop);
    place("arrange.middle", tr("Align &middles"), "align-middle", kAlign | Qt::Key_M, &Canvas::alignMiddle);
    place("arrange.bottom", tr("Align &bottom"), "align-bottom", kAlign | Qt::Key_Down, &Canvas::alignBottom);
    place("arrange.across", tr("Distribute &horizontally"), "distribute-across", kDistribute | Qt::Key_H,
          &Canvas::distributeAcross);
    place("arrange.down", tr("Distribute &vertically"), "distribute-down", kDistribute | Qt::Key_V,
          &Canvas::distributeDown);
    menu->addSeparator();
    addCanvas(menu,
              {"arrange.chain",
               tr("Connect in &sequence"),
               "link",
               {QKeySequence(Qt::SHIFT | Qt::Key_L)},
               tr("Connect the selected layers one after the other, as they are placed")},
              &Canvas::chain);
    addCanvas(menu,
              {"arrange.pullOut",
               tr("&Pull out"),
               "arrow-right",
               {QKeySequence(Qt::SHIFT | Qt::Key_X)},
               tr("Set the selected layers aside and join what was before and after them")},
              &Canvas::pullOut);
    addCanvas(menu,
              {"arrange.bypass",
               tr("B&ypass"),
               "eye-off",
               {QKeySequence(Qt::CTRL | Qt::Key_B)},
               tr("Leave the selected layers out of the network for the moment, or put them back")},
              &Canvas::bypass);
    menu->addSeparator();
    place("arrange.comment", tr("Add a c&omment"), "comment", Qt::SHIFT | Qt::Key_C, &Canvas::comment);
    place("arrange.frame", tr("&Frame the selection"), "frame", Qt::SHIFT | Qt::Key_F, &Canvas::frame);
    place("arrange.color", tr("&Next colour of a note"), "palette", Qt::SHIFT | Qt::Key_N, &Canvas::nextColor);
}

}  // namespace gradlens
