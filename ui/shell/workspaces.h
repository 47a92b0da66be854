// SPDX-License-Identifier: GPL-3.0-or-later
// Composes the panels into the workspaces and speaks to their canvases. Each workspace is made when first asked for;
// the caller owns it, and deletes Design last: the others show its drawing. GUI thread.
#pragma once
#include "core/graph/model_graph.h"
#include "ui/design/side_panel.h"
#include "ui/widgets/banner.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>

class QAction;
class QWidget;

namespace gradlens {

class BlockActions;
class CanvasActions;
class CanvasView;
class DesignDocument;
class DesignWorkspace;
struct PreviewActions;
class Session;

enum class Place { Start, Design, Train, Inspect };

class Workspaces : public QObject {
    Q_OBJECT
public:
    // Document and session must outlive it; it must outlive the widgets it made.
    Workspaces(DesignDocument& document, Session& session);
    ~Workspaces() override;

    QWidget* make(Place place);
    void shown(Place place);  // gives its canvas the focus

    // What the menus ask of the canvas: one of CanvasActions' members.
    void perform(Place place, QAction* CanvasActions::*action);
    void perform(QAction* BlockActions::*action);  // of the Design workspace
    void perform(QAction* PreviewActions::*action);  // on the Design workspace
    void showFromTop(Place place);
    void reveal(NodeId node);  // on every canvas there is

    void showSide(SidePanel::Page page);  // of the Design workspace, with the focus
    void showFigures();                   // likewise
    // The panels of the Design workspace; empty while it is not made.
    QByteArray saveDesign() const;
    void restoreDesign(const QByteArray& state);

signals:
    void inspectRequested(gradlens::NodeId node);
    void message(const gradlens::BannerMessage& message);
    void templatesRequested();
    void toggleRequested();  // Space was tapped on a canvas

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    DesignWorkspace& design();
    QWidget* makeTrain();
    QWidget* makeInspect();
    QWidget* wrapped(QWidget* content, const QString& name);
    CanvasView* canvasOf(Place place) const;
    CanvasView* makeNavigator();
    void watchSpace(CanvasView& canvas);

    DesignDocument& m_document;
    Session& m_session;
    QPointer<DesignWorkspace> m_design;
    QPointer<CanvasView> m_trainNavigator, m_inspectNavigator;
    QElapsedTimer m_space;  // since Space went down on a canvas; invalid when it went on to pan
};

}  // namespace gradlens
