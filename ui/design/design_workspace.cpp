// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/design_workspace.h"

#include "ui/design/blocks/block_actions.h"
#include "ui/design/blocks/scope_bar.h"
#include "ui/design/figures_panel.h"
#include "ui/design/lower_panel.h"
#include "ui/design/palette.h"
#include "ui/design/preview/drawing_preview.h"
#include "ui/design/preview/node_preview_view.h"
#include "ui/design/preview/preview_bar.h"
#include "ui/design/preview/preview_cards.h"
#include "ui/design/problem_list.h"
#include "ui/design/property_panel.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/section.h"
#include "ui/widgets/segmented_control.h"

#include <QAction>
#include <QDataStream>
#include <QHBoxLayout>
#include <QIODevice>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kPaletteWidth = 220, kSideWidth = 320, kProblemsHeight = 136, kFiguresHeight = 260;
constexpr qint32 kStateVersion = 3;
constexpr std::size_t kLayOutAtOnce = 500;  // layers; takes a few milliseconds

QFrame* divider(QWidget* parent) {
    auto* line = new QFrame(parent);
    line->setFixedWidth(1);
    line->setFixedHeight(18);
    line->setStyleSheet(
        QString("background: %1; border: none;").arg(Theme::instance().color(ThemeColor::Border).name()));
    return line;
}
}  // namespace

DesignWorkspace::DesignWorkspace(DesignDocument& document, Session& session, QWidget* parent)
    : QWidget(parent), m_document(document), m_layout(document) {
    setObjectName("designWorkspace");
    // Before the scene hears of a reset: it then starts with the cards in place.
    connect(&document, &DesignDocument::reset, this, &DesignWorkspace::untangle);
    connect(&document, &DesignDocument::scopeChanged, this, [this] {
        rememberLook();
        untangle();
    });
    untangle();
    m_scene = new CanvasScene(document, this);
    m_canvas = new CanvasView(*m_scene, this);
    m_life = new CanvasLife(*m_scene, session, this);
    m_life->watch(*m_canvas);
    m_blocks = new BlockActions(*m_canvas);
    m_scopeBar = new ScopeBar(document, *m_blocks, this);
    makePreview(session);
    m_palette = new OpPalette(document.offered(), this);
    m_side = new SidePanel(document, m_data, this);
    properties().addAtTop(new NodePreviewView(*m_preview, document.selection()));
    m_lower = new LowerPanel(document, this);
    m_empty = new EmptyState("graph", tr("Draw your first network"),
                             tr("Drag an Input from the palette to begin, then layers below it, and a loss at the end. "
                                "Type a letter over the canvas to search."),
                             this);
    m_empty->setActionText(tr("Add an Input"), "plus");
    m_empty->setSecondActionText(tr("Start from a template…"), "layers");
    m_canvas->setOverlay(m_empty);
    m_canvas->setMinimapShown(true);
    setFocusProxy(m_canvas);

    auto* middle = new QWidget(this);
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(m_scopeBar);
    column->addWidget(m_previewBar);
    column->addWidget(m_canvas, 1);
    m_down = new QSplitter(Qt::Vertical, this);
    m_down->addWidget(middle);
    m_down->addWidget(m_lower);
    m_down->setStretchFactor(0, 1);
    m_down->setStretchFactor(1, 0);
    m_down->setCollapsible(0, false);
    m_down->setSizes({600, kProblemsHeight});
    m_across = new QSplitter(Qt::Horizontal, this);
    m_across->addWidget(m_palette);
    m_across->addWidget(m_down);
    m_across->addWidget(m_side);
    m_across->setStretchFactor(0, 0);
    m_across->setStretchFactor(1, 1);
    m_across->setStretchFactor(2, 0);
    m_across->setCollapsible(1, false);
    m_across->setSizes({kPaletteWidth, 800, kSideWidth});
    m_palette->setMinimumWidth(160);
    m_side->setMinimumWidth(260);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_across);

    connect(m_palette, &OpPalette::opChosen, this, [this](const QString& op) {
        const NodeId added = m_document.appendNode(op);
        if (added != NodeId::None) m_canvas->reveal(added);
    });
    connect(&problems(), &ProblemList::nodeChosen, m_canvas, &CanvasView::reveal);
    connect(&figures(), &FiguresPanel::nodeChosen, m_canvas, &CanvasView::reveal);
    connect(&figures(), &FiguresPanel::colored, m_scene, &CanvasScene::setHeat);
    connect(&figures(), &FiguresPanel::failed, this, &DesignWorkspace::failed);
    connect(m_side, &SidePanel::nodeChosen, m_canvas, &CanvasView::reveal);
    connect(m_canvas, &CanvasView::failed, this, &DesignWorkspace::failed);
    connect(m_canvas, &CanvasView::arrangeRequested, this, &DesignWorkspace::arrange);
    connect(m_canvas, &CanvasView::arrangeSelectionRequested, this, &DesignWorkspace::arrangeSelection);
    connect(m_canvas, &CanvasView::flowRequested, this, &DesignWorkspace::letFlow);
    connect(m_scene, &CanvasScene::itemsRebuilt, this, &DesignWorkspace::keepWays);
    connect(m_canvas, &CanvasView::zoomChanged, this, &DesignWorkspace::updateBar);
    connect(&m_layout, &AutoLayout::finished, this, &DesignWorkspace::applyLayout);
    connect(m_empty, &EmptyState::actionTriggered, this, [this] {
        m_document.addNode("Input", m_canvas->middleInSight());
        m_canvas->setFocus();
    });
    connect(m_empty, &EmptyState::secondActionTriggered, this, &DesignWorkspace::templatesRequested);
    connect(&m_document, &DesignDocument::analysisChanged, this, &DesignWorkspace::updateBar);
    connect(&m_document, &DesignDocument::graphChanged, this, &DesignWorkspace::showEmptyState);
    connect(&m_document, &DesignDocument::reset, this, &DesignWorkspace::showEmptyState);
    connect(&m_document, &DesignDocument::scopeChanged, this, &DesignWorkspace::showEmptyState);
    connect(&m_document, &DesignDocument::scopeChanged, this, &DesignWorkspace::restoreLook);
    connect(&m_document, &DesignDocument::reset, this, [this] { m_looks.clear(); });
    connect(m_palette, &OpPalette::menuAsked, this, [this](const QString& op, QPoint at) {
        if (QMenu* menu = m_blocks->paletteMenu(op, this)) menu->popup(at);
    });
    connect(&m_document, &DesignDocument::catalogueChanged, m_palette, &OpPalette::refill);
    connect(&m_document, &DesignDocument::refused, this, &DesignWorkspace::failed);
    connect(&Theme::instance(), &Theme::changed, this, &DesignWorkspace::setIcons);
    keepWays();
    updateBar();
    showEmptyState();
    m_canvas->setFocus();
}

DesignWorkspace::~DesignWorkspace() {
    // Panels go before the data they look at, views before the scene they show.
    delete m_side;
    delete m_canvas;
}

void DesignWorkspace::makePreview(Session& session) {
    m_preview = new DrawingPreview(m_document, session, m_data, this);
    new PreviewCards(*m_scene, *m_preview, this);
    const auto action = [this](const QString& text, const QString& icon, const QKeySequence& key, auto run) {
        auto* made = new QAction(text, m_canvas);
        if (!key.isEmpty()) made->setShortcut(key);
        made->setShortcutContext(Qt::WidgetShortcut);
        made->setProperty("themeIcon", icon);
        made->setIcon(Theme::instance().icon(icon));
        connect(made, &QAction::triggered, m_preview, run);
        m_canvas->addAction(made);
        return made;
    };
    // Asking for another sample asks to see it.
    const auto sample = [this](auto choose) {
        return [this, choose] {
            if (m_preview->isOn())
                choose(*m_preview);
            else
                m_preview->setMode(DrawingPreview::Mode::Output);
        };
    };
    m_previewActions = {
        action(tr("Preview"), "eye", Qt::Key_P, [this] { m_preview->cycleMode(); }),
        action(tr("Previous sample"), "chevron-left", Qt::Key_BracketLeft,
               sample([](DrawingPreview& preview) { preview.stepSample(-1); })),
        action(tr("Next sample"), "chevron-right", Qt::Key_BracketRight,
               sample([](DrawingPreview& preview) { preview.stepSample(1); })),
        action(tr("Any sample"), "shuffle", {}, sample([](DrawingPreview& preview) { preview.randomSample(); }))};
    m_previewBar = new PreviewBar(*m_preview, m_previewActions, this);
}

QWidget* DesignWorkspace::makePreviewChoice(QWidget* parent) {
    auto* choice = new SegmentedControl(parent);
    choice->setObjectName("previewChoice");
    choice->setAccessibleName(tr("Preview"));
    choice->addSegment({}, "eye-off", tr("No preview  (P)"));
    choice->addSegment({}, "image", tr("Show what each layer makes of a sample  (P)"));
    choice->addSegment({}, "gradient", tr("Show the gradient that comes to each layer for a sample  (P)"));
    choice->setCurrentIndex(static_cast<int>(m_preview->mode()));
    connect(choice, &SegmentedControl::currentChanged, m_preview,
            [this](int index) { m_preview->setMode(static_cast<DrawingPreview::Mode>(index)); });
    connect(m_preview, &DrawingPreview::modeChanged, choice,
            [this, choice] { choice->setCurrentIndex(static_cast<int>(m_preview->mode())); });
    return choice;
}

PropertyPanel& DesignWorkspace::properties() {
    return m_side->properties();
}

QWidget* DesignWorkspace::makeBar() {
    auto* bar = new QWidget(this);
    bar->setObjectName("canvasBar");
    bar->setProperty("look", "panel");
    bar->setAttribute(Qt::WA_StyledBackground);
    bar->setFixedHeight(36);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(Theme::kSpace / 2, 0, Theme::kSpace / 2, 0);
    row->setSpacing(2);
    const auto button = [&](QAction* action) {
        auto* made = new QToolButton(bar);
        made->setDefaultAction(action);
        made->setIconSize({16, 16});
        made->setFixedSize(28, 28);
        made->setFocusPolicy(Qt::TabFocus);
        made->setAccessibleName(action->text());
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        if (action != m_document.undoAction() && action != m_document.redoAction())
            made->setToolTip(keys.isEmpty() ? action->text() : QString("%1  (%2)").arg(action->text(), keys));
        row->addWidget(made);
        return made;
    };
    const CanvasActions& actions = m_canvas->canvasActions();
    button(m_document.undoAction());
    button(m_document.redoAction());
    row->addSpacing(4);
    row->addWidget(divider(bar));
    row->addSpacing(4);
    button(actions.addLayer);
    button(actions.arrange);
    button(actions.flowRight);
    button(actions.rightAngles);
    row->addSpacing(4);
    row->addWidget(divider(bar));
    row->addSpacing(4);
    row->addWidget(makePreviewChoice(bar));
    row->addSpacing(8);
    m_stopLayout = new QToolButton(bar);
    m_stopLayout->setObjectName("stopLayout");
    m_stopLayout->setText(tr("Stop arranging"));
    m_stopLayout->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_stopLayout->setFont(Theme::instance().small());
    m_stopLayout->setToolTip(tr("Leave the layers where they are"));
    m_stopLayout->hide();
    connect(m_stopLayout, &QToolButton::clicked, this, [this] {
        m_layout.cancel();
        m_stopLayout->hide();
    });
    row->addWidget(m_stopLayout);
    m_summary = new ElidedLabel({}, bar);
    m_summary->setProperty("look", "muted");
    m_summary->setFont(Theme::instance().small());
    row->addWidget(m_summary, 1);
    button(actions.find)->setToolTip(tr("Find layer  (Ctrl+F)"));
    button(actions.minimap);
    row->addSpacing(4);
    row->addWidget(divider(bar));
    row->addSpacing(4);
    button(actions.zoomOut);
    m_zoom = new QToolButton(bar);
    m_zoom->setFixedSize(52, 28);
    m_zoom->setFont(Theme::instance().small());
    m_zoom->setToolTip(tr("Zoom to 100 %  (Ctrl+0)"));
    m_zoom->setAccessibleName(tr("Zoom"));
    connect(m_zoom, &QToolButton::clicked, m_canvas, &CanvasView::resetZoom);
    row->addWidget(m_zoom);
    button(actions.zoomIn);
    button(actions.fit);
    setIcons();
    return bar;
}

void DesignWorkspace::setIcons() {
    m_document.undoAction()->setIcon(Theme::instance().icon("undo"));
    m_document.redoAction()->setIcon(Theme::instance().icon("redo"));
    m_stopLayout->setIcon(Theme::instance().icon("stop"));
}

void DesignWorkspace::updateBar() {
    m_zoom->setText(QString::number(qRound(m_canvas->zoom() * 100)) + " %");
    const GraphAnalysis& analysis = m_document.knownAnalysis();
    const auto layers = std::ssize(m_document.graph().nodes());
    QStringList parts{counted(layers, tr("layer"))};
    if (analysis.parameters > 0) parts << compactNumber(static_cast<double>(analysis.parameters)) + tr(" parameters");
    if (analysis.forwardFlops > 0)
        parts << tr("%1 a sample").arg(flopsText(analysis.forwardFlops / static_cast<double>(analysis.batchSize)));
    m_summary->setText(layers == 0 ? QString() : parts.join(QString::fromUtf8("  ·  ")));
}

void DesignWorkspace::showEmptyState() {
    m_empty->setVisible(m_document.graph().nodes().empty());
}

CanvasView* DesignWorkspace::makeNavigator(QWidget* parent) {
    auto* view = new CanvasView(*m_scene, parent);
    view->setReadOnly(true);
    view->setObjectName("navigator");
    m_life->watch(*view);
    return view;
}

QList<QAction*> DesignWorkspace::editActions() const {
    const CanvasActions& all = m_canvas->canvasActions();
    return {m_document.undoAction(),
            m_document.redoAction(),
            nullptr,
            all.cut,
            all.copy,
            all.paste,
            all.duplicate,
            all.remove,
            all.removeAndHeal,
            nullptr,
            all.selectAll,
            all.rename,
            all.addLayer,
            all.arrange,
            all.arrangeSelection};
}

QList<QAction*> DesignWorkspace::viewActions() const {
    const CanvasActions& all = m_canvas->canvasActions();
    return {all.zoomIn, all.zoomOut, all.resetZoom, all.fit, nullptr, all.flowRight, all.rightAngles};
}

// --- Layout

void DesignWorkspace::arrange() {
    startLayout(Purpose::Arrange, {m_document.graph().style()});
}

void DesignWorkspace::arrangeSelection() {
    if (m_document.selection().nodes().empty()) return;
    startLayout(Purpose::ArrangeSelection, {m_document.graph().style(), m_document.selection().nodes()});
}

void DesignWorkspace::letFlow(DrawingStyle::Flow flow) {
    DrawingStyle style = m_document.graph().style();
    style.flow = flow;
    if (m_document.graph().nodes().empty()) {
        m_document.setStyle(style);
    } else {
        startLayout(Purpose::Flow, {style});
    }
}

void DesignWorkspace::startLayout(Purpose purpose, AutoLayout::Request request) {
    m_purpose = purpose;
    m_layout.start(std::move(request));
    const bool takesLong = m_document.graph().nodes().size() > kLayOutAtOnce;
    m_stopLayout->setVisible(takesLong && purpose != Purpose::Ways);
}

void DesignWorkspace::applyLayout(const Arrangement& arrangement) {
    m_stopLayout->hide();
    const auto step = [&] {
        if (m_purpose == Purpose::Arrange) return tr("Arrange");
        if (m_purpose == Purpose::ArrangeSelection) return tr("Arrange the selection");
        return arrangement.style.flow == DrawingStyle::Flow::Down ? tr("Flow down") : tr("Flow to the right");
    };
    if (m_purpose == Purpose::Place) m_document.placeNodes(arrangement.nodes);
    if (m_purpose != Purpose::Place && m_purpose != Purpose::Ways) {
        m_scene->animateNextMove();
        m_document.arrange(arrangement, step());
    }
    m_scene->setArrangedEdges(arrangement.edges);
    if (m_purpose == Purpose::Flow || m_purpose == Purpose::Place) m_canvas->showFromTop();
}

void DesignWorkspace::untangle() {
    if (!AutoLayout::isTangled(m_document.graph()) || m_document.graph().nodes().size() > kLayOutAtOnce) return;
    m_document.placeNodes(
        AutoLayout::arranged(m_document.graph(), m_document.catalogue(), {m_document.graph().style()}).nodes);
}

// A drawing that comes as a layout left it gets the ways back that the layout kept free; one that comes tangled, and is
// too large to be laid out while one waits, its places.
void DesignWorkspace::keepWays() {
    const ModelGraph& graph = m_document.graph();
    constexpr std::size_t kMostWays = 3000;
    if (graph.nodes().size() <= kLayOutAtOnce) {
        m_scene->setArrangedEdges(AutoLayout::arranged(graph, m_document.catalogue(), {graph.style()}).edges);
    } else if (AutoLayout::isTangled(graph)) {
        startLayout(Purpose::Place, {graph.style()});
    } else if (graph.nodes().size() <= kMostWays) {
        startLayout(Purpose::Ways, {graph.style()});
    }
}

void DesignWorkspace::rememberLook() {
    if (m_canvas == nullptr) return;
    const Look look{m_canvas->mapToScene(m_canvas->viewport()->rect().center()), m_canvas->zoom()};
    while (m_looks.size() < m_document.scope().size()) m_looks.push_back(look);
}

// Going out one is where one was; what was not seen before is shown from the top.
void DesignWorkspace::restoreLook() {
    const std::size_t depth = m_document.scope().size();
    if (depth < m_looks.size()) {
        m_canvas->setZoom(m_looks[depth].zoom);
        m_canvas->centerOn(m_looks[depth].middle);
        m_looks.resize(depth);
    }
    updateBar();
    m_canvas->setFocus();
}

void DesignWorkspace::showSide(SidePanel::Page page) {
    QList<int> sizes = m_across->sizes();
    if (sizes.back() == 0) {
        sizes.back() = kSideWidth;
        m_across->setSizes(sizes);
    }
    m_side->show(page);
    m_side->takeFocus();
}

ProblemList& DesignWorkspace::problems() {
    return m_lower->problems();
}

FiguresPanel& DesignWorkspace::figures() {
    return m_lower->figures();
}

void DesignWorkspace::showFigures() {
    QList<int> sizes = m_down->sizes();
    if (sizes.back() < kFiguresHeight) {
        sizes.front() -= kFiguresHeight - sizes.back();
        sizes.back() = kFiguresHeight;
        m_down->setSizes(sizes);
    }
    m_lower->show(LowerPanel::Figures);
    figures().view()->setFocus(Qt::ShortcutFocusReason);
}

void DesignWorkspace::showProblem(NodeId node) {
    m_document.selection().select(node);
    m_canvas->reveal(node);
}

QByteArray DesignWorkspace::saveState() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << kStateVersion << m_across->saveState() << m_down->saveState() << m_canvas->isMinimapShown();
    return state;
}

bool DesignWorkspace::restoreState(const QByteArray& state) {
    QDataStream stream(state);
    qint32 version = 0;
    QByteArray across, down;
    bool minimap = true;
    stream >> version >> across >> down >> minimap;
    if (stream.status() != QDataStream::Ok || version != kStateVersion) return false;
    m_canvas->setMinimapShown(minimap);
    return m_across->restoreState(across) && m_down->restoreState(down);
}

}  // namespace gradlens
