// SPDX-License-Identifier: GPL-3.0-or-later
// A Design workspace on screen and the hand that works it: real presses, moves, releases and keys on the real widgets.
#pragma once
#include "ui/design/design_workspace.h"
#include "ui/models/node_geometry.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QTest>

namespace gradlens {

class CanvasDriver {
public:
    explicit CanvasDriver(const OpCatalogue& catalogue = opCatalogue())
        : document(catalogue), session({.threads = 1, .resourcesFolder = {}}), workspace(document, session) {
        Theme::instance().apply(*qApp, Theme::Mode::Dark);
        workspace.resize(1280, 900);
        workspace.show();
        [[maybe_unused]] const bool exposed = QTest::qWaitForWindowExposed(&workspace);
        workspace.activateWindow();
        view().setFocus();
    }

    CanvasView& view() { return workspace.canvas(); }
    CanvasScene& scene() { return workspace.scene(); }
    const ModelGraph& graph() const { return document.graph(); }

    // Input -> Dense -> ReLU in a column, in sight at 100 %.
    void drawChain() {
        const NodeId input = document.addNode("Input", {0, 0});
        document.setAttribute(input, "shape", IntegerList{4});
        const NodeId dense = document.addNode("Dense", {0, 160}, {PortRef{input, 0}, {}});
        document.addNode("ReLU", {0, 320}, {PortRef{dense, 0}, {}});
        document.selection().clear();
        settle();
        view().setZoom(1);
        view().centerOn(kCardWidth / 2, 200);
        settle();
    }

    NodeId id(const char* name) const {
        const Node* node = graph().findByName(name);
        return node == nullptr ? NodeId::None : node->id;
    }
    NodeItem& item(const char* name) { return *scene().nodeItem(id(name)); }

    QPoint at(QPointF scenePoint) { return view().mapFromScene(scenePoint); }
    QPoint middleOf(const char* name) { return at(item(name).cardRect().center()); }
    QPoint inputOf(const char* name, int port = 0) { return at(item(name).inputPort(port)); }
    QPoint outputOf(const char* name, int port = 0) { return at(item(name).outputPort(port)); }
    QPoint middleOfEdgeInto(const char* name, int port = 0) { return at(scene().edgeItem({id(name), port})->middle()); }

    void click(QPoint point, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(view().viewport(), Qt::LeftButton, modifiers, point);
    }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButton button = Qt::LeftButton) {
        press(from, modifiers, button);
        moveTo(from, to);
        release(to, modifiers, button);
    }
    void press(QPoint at, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButton button = Qt::LeftButton) {
        QTest::mousePress(view().viewport(), button, modifiers, at);
    }
    void moveTo(QPoint from, QPoint to) {
        constexpr int kSteps = 6;
        for (int step = 1; step <= kSteps; ++step)
            QTest::mouseMove(view().viewport(), from + (to - from) * step / kSteps);
    }
    void release(QPoint at, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButton button = Qt::LeftButton) {
        QTest::mouseRelease(view().viewport(), button, modifiers, at);
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        view().setFocus();
        QTest::keyClick(&view(), key, modifiers);
    }
    // Deferred work: the analysis, what was posted.
    void settle() {
        for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
    }

    DesignDocument document;
    Session session;
    DesignWorkspace workspace;
};

}  // namespace gradlens
