// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspaces.h"

#include "ui/design/blocks/block_actions.h"
#include "ui/design/design_workspace.h"
#include "ui/inspect/inspect_workspace.h"
#include "ui/models/design_document.h"
#include "ui/session/session.h"
#include "ui/theme/theme.h"
#include "ui/train/train_workspace.h"

#include <QAction>
#include <QKeyEvent>
#include <QSplitter>
#include <QVBoxLayout>

namespace gradlens {
namespace {

constexpr int kTrainNavigatorWidth = 240, kInspectNavigatorWidth = 280;
constexpr int kTapMilliseconds = 300;

QSplitter* beside(QWidget* left, QWidget* right, const QString& name) {
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->setObjectName(name);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setStretchFactor(0, 0);
    splitter->setStretchFactor(1, 1);
    return splitter;
}

}  // namespace

Workspaces::Workspaces(DesignDocument& document, Session& session) : m_document(document), m_session(session) {}

Workspaces::~Workspaces() {
    // Not handed out when only its scene was needed.
    if (m_design && !m_design->parent()) delete m_design;
}

QWidget* Workspaces::make(Place place) {
    switch (place) {
        case Place::Design:
            return &design();
        case Place::Train:
            return makeTrain();
        case Place::Inspect:
            return makeInspect();
        case Place::Start:
            break;  // the window's own
    }
    return nullptr;
}

DesignWorkspace& Workspaces::design() {
    if (m_design) return *m_design;
    m_design = new DesignWorkspace(m_document, m_session);
    m_design->setObjectName("design");
    connect(m_design, &DesignWorkspace::templatesRequested, this, &Workspaces::templatesRequested);
    connect(m_design, &DesignWorkspace::failed, this, [this](const QString& text) {
        emit message({BannerMessage::Kind::Warning, text, {}, {}, {}, QStringLiteral("edit")});
    });
    watchSpace(m_design->canvas());
    return *m_design;
}

CanvasView* Workspaces::makeNavigator() {
    CanvasView* view = design().makeNavigator(nullptr);
    view->setMinimumWidth(160);
    view->setAccessibleName(tr("Drawing, to select layers in"));
    connect(view, &CanvasView::nodeActivated, this, &Workspaces::inspectRequested);
    watchSpace(*view);
    return view;
}

QWidget* Workspaces::makeTrain() {
    m_trainNavigator = makeNavigator();
    QSplitter* splitter = beside(m_trainNavigator, new TrainWorkspace(m_session), "trainSplit");
    splitter->setSizes({kTrainNavigatorWidth, 4 * kTrainNavigatorWidth});
    return wrapped(splitter, "train");
}

QWidget* Workspaces::makeInspect() {
    m_inspectNavigator = makeNavigator();
    auto* inspect = new InspectWorkspace(m_session);
    SelectionModel& selection = m_document.selection();
    const auto follow = [this, inspect, &selection] {
        // What runs is known by the nodes of the project's own drawing: an open block's is shown for what is inside.
        const NodeId current =
            selection.current() == NodeId::None ? NodeId::None : m_document.rootNodeOf(selection.current());
        const Node* node = m_document.rootGraph().find(current);
        inspect->showNode(current, node ? QString::fromStdString(node->name) : QString());
    };
    connect(&selection, &SelectionModel::changed, inspect, follow);
    connect(&m_document, &DesignDocument::nodeChanged, inspect, follow);
    connect(inspect, &InspectWorkspace::nodeChosen, this, [this](NodeId node) {
        m_document.goTo({});
        m_document.selection().select(node);
        reveal(node);
    });
    follow();
    QSplitter* splitter = beside(m_inspectNavigator, inspect, "inspectSplit");
    splitter->setSizes({kInspectNavigatorWidth, 4 * kInspectNavigatorWidth});
    return wrapped(splitter, "inspect");
}

QWidget* Workspaces::wrapped(QWidget* content, const QString& name) {
    auto* place = new QWidget;
    place->setObjectName(name);
    auto* column = new QVBoxLayout(place);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(content);
    return place;
}

void Workspaces::watchSpace(CanvasView& canvas) {
    canvas.installEventFilter(this);
    canvas.viewport()->installEventFilter(this);
}

bool Workspaces::eventFilter(QObject* watched, QEvent* event) {
    // Space held pans the canvas; tapped it runs and pauses, as everywhere.
    if (event->type() == QEvent::MouseButtonPress) m_space.invalidate();
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::KeyRelease)
        return QObject::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->isAutoRepeat() || !qobject_cast<CanvasView*>(watched)) return false;
    if (key->key() != Qt::Key_Space || key->modifiers() != Qt::NoModifier) {
        m_space.invalidate();
    } else if (event->type() == QEvent::KeyPress) {
        m_space.start();
    } else if (m_space.isValid()) {
        const bool tapped = m_space.elapsed() < kTapMilliseconds;
        m_space.invalidate();
        if (tapped) emit toggleRequested();
    }
    return false;
}

CanvasView* Workspaces::canvasOf(Place place) const {
    switch (place) {
        case Place::Design:
            return m_design ? &m_design->canvas() : nullptr;
        case Place::Train:
            return m_trainNavigator;
        case Place::Inspect:
            return m_inspectNavigator;
        case Place::Start:
            break;
    }
    return nullptr;
}

void Workspaces::shown(Place place) {
    if (CanvasView* canvas = canvasOf(place)) canvas->setFocus(Qt::OtherFocusReason);
}

void Workspaces::perform(Place place, QAction* CanvasActions::*action) {
    if (CanvasView* canvas = canvasOf(place)) (canvas->canvasActions().*action)->trigger();
}

void Workspaces::perform(QAction* BlockActions::*action) {
    (design().blockActions().*action)->trigger();
}

void Workspaces::perform(QAction* PreviewActions::*action) {
    (design().previewActions().*action)->trigger();
}

void Workspaces::showSide(SidePanel::Page page) {
    design().showSide(page);
}

void Workspaces::showFigures() {
    design().showFigures();
}

QByteArray Workspaces::saveDesign() const {
    return m_design ? m_design->saveState() : QByteArray();
}

void Workspaces::restoreDesign(const QByteArray& state) {
    if (m_design && !state.isEmpty()) m_design->restoreState(state);
}

void Workspaces::showFromTop(Place place) {
    if (CanvasView* canvas = canvasOf(place)) canvas->showFromTop();
}

void Workspaces::reveal(NodeId node) {
    for (Place place : {Place::Design, Place::Train, Place::Inspect})
        if (CanvasView* canvas = canvasOf(place)) canvas->reveal(node);
}

}  // namespace gradlens
