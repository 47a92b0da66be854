// SPDX-License-Identifier: GPL-3.0-or-later
// The Design workspace: palette, canvas with a slim bar above it, problems below, properties beside. GUI thread only.
#pragma once
#include "ui/design/auto_layout.h"
#include "ui/design/canvas/canvas_life.h"
#include "ui/design/canvas/canvas_scene.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/design/preview/preview_actions.h"
#include "ui/design/side_panel.h"
#include "ui/session/dataset_provider.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QToolButton;

namespace gradlens {

class BlockActions;
class EmptyState;
class DrawingPreview;
class OpPalette;
class PreviewBar;
class FiguresPanel;
class LowerPanel;
class ProblemList;
class PropertyPanel;
class ScopeBar;

class DesignWorkspace : public QWidget {
    Q_OBJECT
public:
    // Document and session must outlive it.
    DesignWorkspace(DesignDocument& document, Session& session, QWidget* parent = nullptr);
    ~DesignWorkspace() override;

    // Shared: other workspaces may show it in views of their own (see makeNavigator).
    CanvasScene& scene() { return *m_scene; }
    CanvasView& canvas() { return *m_canvas; }
    OpPalette& palette() { return *m_palette; }
    PropertyPanel& properties();
    SidePanel& side() { return *m_side; }
    DatasetProvider& data() { return m_data; }
    BlockActions& blockActions() { return *m_blocks; }
    ScopeBar& scopeBar() { return *m_scopeBar; }
    ProblemList& problems();
    FiguresPanel& figures();
    void showFigures();
    DrawingPreview& preview() { return *m_preview; }
    PreviewBar& previewBar() { return *m_previewBar; }

    // A read-only view of the same drawing: pan, zoom, select. Lives as long as its parent, at most as long as this.
    CanvasView* makeNavigator(QWidget* parent);
    // Undo, redo and the canvas's own, in menu order; a separator is a null pointer.
    QList<QAction*> editActions() const;
    QList<QAction*> viewActions() const;
    const PreviewActions& previewActions() const { return m_previewActions; }
    void arrange();
    void arrangeSelection();
    void letFlow(DrawingStyle::Flow flow);  // and arranges, in the same step
    void showSide(SidePanel::Page page);    // with the focus
    void showProblem(NodeId node);          // selects and brings into sight

    QByteArray saveState() const;
    bool restoreState(const QByteArray& state);

signals:
    void templatesRequested();            // to begin with a network that is there already
    void failed(const QString& message);  // an edit could not be done: why

private:
    QWidget* makeBar();
    void makePreview(Session& session);
    QWidget* makePreviewChoice(QWidget* parent);
    void setIcons();
    void updateBar();
    void showEmptyState();
    void untangle();
    void rememberLook();
    void restoreLook();
    void keepWays();
    // What a layout is for, once it is there.
    enum class Purpose { Arrange, ArrangeSelection, Flow, Place, Ways };
    void startLayout(Purpose purpose, AutoLayout::Request request);
    void applyLayout(const Arrangement& arrangement);

    DesignDocument& m_document;
    CanvasScene* m_scene;
    CanvasLife* m_life;
    AutoLayout m_layout;
    DatasetProvider m_data;
    Purpose m_purpose = Purpose::Arrange;
    CanvasView* m_canvas = nullptr;
    BlockActions* m_blocks;
    ScopeBar* m_scopeBar;
    // Where one looked in each drawing on the way to the one in scope.
    struct Look {
        QPointF middle;
        double zoom = 1;
    };
    std::vector<Look> m_looks;
    DrawingPreview* m_preview;
    PreviewActions m_previewActions;
    PreviewBar* m_previewBar;
    OpPalette* m_palette;
    SidePanel* m_side;
    LowerPanel* m_lower;
    EmptyState* m_empty;
    QSplitter* m_across;
    QSplitter* m_down;
    QLabel* m_summary;
    QToolButton* m_zoom;
    QToolButton* m_stopLayout;
};

}  // namespace gradlens
