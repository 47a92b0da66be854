// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/canvas_actions.h"

#include "core/base/error.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/theme/theme.h"

#include <QMenu>
#include <QPainter>
#include <QPixmap>

#include <algorithm>

namespace gradlens {

namespace {
QIcon colorDot(const QColor& color, qreal ratio) {
    constexpr int kSide = 16;
    QPixmap pixmap(QSize(kSide, kSide) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(2, 2, kSide - 4, kSide - 4));
    return pixmap;
}
}  // namespace

CanvasActions::CanvasActions(CanvasView& view) : QObject(&view), m_view(view) {
    makeEditing();
    makePlacing();
    makeNotes();
    makeLooking();
    setIcons();
}

DesignDocument& CanvasActions::document() const {
    return m_view.document();
}

QAction* CanvasActions::make(const QString& text, const QString& icon, const Keys& keys, std::function<void()> run) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setProperty("themeIcon", icon);
    connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
        try {
            run();
        } catch (const Error& error) {
            emit m_view.failed(QString::fromUtf8(error.what()));
        }
    });
    m_view.addAction(action);
    return action;
}

void CanvasActions::attempt(const std::function<bool(QString*)>& edit) {
    QString reason;
    edit(&reason);
    m_view.sayAtSelection(reason);
}

void CanvasActions::makeEditing() {
    const auto keys = [](QKeySequence::StandardKey key) { return QKeySequence::keyBindings(key); };
    cut = make(tr("Cut"), "cut", keys(QKeySequence::Cut), [this] { document().cut(); });
    copy = make(tr("Copy"), "copy", keys(QKeySequence::Copy), [this] { document().copy(); });
    paste = make(tr("Paste"), "paste", keys(QKeySequence::Paste), [this] { document().paste(); });
    duplicate = make(tr("Duplicate"), "copy", {QKeySequence(Qt::CTRL | Qt::Key_D)}, [this] { document().duplicate(); });
    remove = make(tr("Delete"), "delete", {QKeySequence(Qt::Key_Delete), QKeySequence(Qt::Key_Backspace)},
                  [this] { document().removeSelection(); });
    removeAndHeal = make(tr("Delete and close the gap"), "delete",
                         {QKeySequence(Qt::CTRL | Qt::Key_Delete), QKeySequence(Qt::CTRL | Qt::Key_Backspace)},
                         [this] { document().removeSelectionAndHeal(); });
    pullOut = make(tr("Pull out"), "arrow-right", {QKeySequence(Qt::SHIFT | Qt::Key_X)},
                   [this] { document().pullOutSelection(); });
    bypass = make(tr("Bypass"), "eye-off", {QKeySequence(Qt::CTRL | Qt::Key_B)},
                  [this] { attempt([this](QString* reason) { return document().toggleBypass(reason); }); });
    rename = make(tr("Rename"), "rename", {QKeySequence(Qt::Key_F2)}, [this] { m_view.renameSelected(); });
    selectAll = make(tr("Select all"), "select-all", keys(QKeySequence::SelectAll), [this] { document().selectAll(); });
    addLayer = make(tr("Add layer..."), "plus", {QKeySequence(Qt::Key_Insert)}, [this] { m_view.quickInsert({}); });
}

QAction* CanvasActions::makeAlign(const QString& text, const QString& icon, const QKeySequence& key,
                                  Alignment alignment) {
    return make(text, icon, {key}, [this, alignment] { document().alignSelection(alignment); });
}

void CanvasActions::makePlacing() {
    constexpr auto kAlign = Qt::CTRL | Qt::SHIFT, kDistribute = Qt::CTRL | Qt::ALT;
    arrange =
        make(tr("Arrange"), "layout", {QKeySequence(Qt::CTRL | Qt::Key_L)}, [this] { emit m_view.arrangeRequested(); });
    arrangeSelection = make(tr("Arrange selection"), "layout-selection", {QKeySequence(Qt::ALT | Qt::Key_L)},
                            [this] { emit m_view.arrangeSelectionRequested(); });
    using Flow = DrawingStyle::Flow;
    using Edges = DrawingStyle::Edges;
    flowRight = make(tr("Flow to the right"), "flow-right", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F)}, [this] {
        emit m_view.flowRequested(document().graph().style().flow == Flow::Down ? Flow::Right : Flow::Down);
        refresh();  // checked only once it does flow there
    });
    flowRight->setCheckable(true);
    rightAngles =
        make(tr("Right-angled edges"), "right-angles", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E)}, [this] {
            DrawingStyle style = document().graph().style();
            style.edges = style.edges == Edges::Curved ? Edges::Orthogonal : Edges::Curved;
            document().setStyle(style);
        });
    rightAngles->setCheckable(true);
    chain = make(tr("Connect in sequence"), "link", {QKeySequence(Qt::SHIFT | Qt::Key_L)},
                 [this] { attempt([this](QString* reason) { return document().chainSelection(reason); }); });
    alignLeft = makeAlign(tr("Align left"), "align-left", QKeySequence(kAlign | Qt::Key_Left), Alignment::Left);
    alignCentre = makeAlign(tr("Align centres"), "align-centre", QKeySequence(kAlign | Qt::Key_H), Alignment::Centre);
    alignRight = makeAlign(tr("Align right"), "align-right", QKeySequence(kAlign | Qt::Key_Right), Alignment::Right);
    alignTop = makeAlign(tr("Align top"), "align-top", QKeySequence(kAlign | Qt::Key_Up), Alignment::Top);
    alignMiddle = makeAlign(tr("Align middles"), "align-middle", QKeySequence(kAlign | Qt::Key_M), Alignment::Middle);
    alignBottom = makeAlign(tr("Align bottom"), "align-bottom", QKeySequence(kAlign | Qt::Key_Down), Alignment::Bottom);
    distributeAcross = make(tr("Distribute horizontally"), "distribute-across", {QKeySequence(kDistribute | Qt::Key_H)},
                            [this] { document().distributeSelection(Qt::Horizontal); });
    distributeDown = make(tr("Distribute vertically"), "distribute-down", {QKeySequence(kDistribute | Qt::Key_V)},
                          [this] { document().distributeSelection(Qt::Vertical); });
}

void CanvasActions::makeNotes() {
    comment =
        make(tr("Add a comment"), "comment", {QKeySequence(Qt::SHIFT | Qt::Key_C)}, [this] { m_view.writeComment(); });
    frame = make(tr("Frame the selection"), "frame", {QKeySequence(Qt::SHIFT | Qt::Key_F)},
                 [this] { m_view.writeNote(document().frameSelection()); });
    nextColor = make(tr("Next colour of a note"), "palette", {QKeySequence(Qt::SHIFT | Qt::Key_N)}, [this] {
        const auto& notes = document().selection().notes();
        if (!notes.empty())
            document().colorSelectedNotes((document().graph().findNote(notes.front())->color + 1) % kNoteColors);
    });
}

void CanvasActions::makeLooking() {
    fit = make(tr("Fit"), "fit", {QKeySequence(Qt::Key_Home)}, [this] { m_view.fit(); });
    fitSelection = make(tr("Zoom to the selection"), "lens", {QKeySequence(Qt::SHIFT | Qt::Key_Home)},
                        [this] { m_view.fitSelection(); });
    resetZoom = make(tr("Zoom to 100 %"), "", {QKeySequence(Qt::CTRL | Qt::Key_0)}, [this] { m_view.resetZoom(); });
    zoomIn = make(
        tr("Zoom in"), "zoom-in",
        {QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal), QKeySequence(Qt::Key_Plus)},
        [this] { m_view.zoomIn(); });
    zoomOut = make(tr("Zoom out"), "zoom-out", {QKeySequence(Qt::CTRL | Qt::Key_Minus), QKeySequence(Qt::Key_Minus)},
                   [this] { m_view.zoomOut(); });
    minimap = make(tr("Minimap"), "minimap", {QKeySequence(Qt::SHIFT | Qt::Key_M)},
                   [this] { m_view.setMinimapShown(minimap->isChecked()); });
    minimap->setCheckable(true);
    find = make(tr("Find layer..."), "search", {}, [this] { m_view.openFind(); });
    findNext = make(tr("Find next"), "arrow-down", {QKeySequence(Qt::Key_F3)}, [this] { m_view.findStep(1); });
    findPrevious =
        make(tr("Find previous"), "arrow-up", {QKeySequence(Qt::SHIFT | Qt::Key_F3)}, [this] { m_view.findStep(-1); });
}

void CanvasActions::setIcons() {
    for (QObject* child : children()) {
        auto* action = qobject_cast<QAction*>(child);
        const QString icon = action == nullptr ? QString() : action->property("themeIcon").toString();
        if (!icon.isEmpty()) action->setIcon(Theme::instance().icon(icon));
    }
}

void CanvasActions::refresh() {
    const SelectionModel& selection = document().selection();
    const bool edit = !m_view.isReadOnly();
    const std::size_t nodes = selection.nodes().size();
    const bool notes = !selection.notes().empty(), items = nodes > 0 || notes;
    cut->setEnabled(edit && items);
    copy->setEnabled(items);
    paste->setEnabled(edit && DesignDocument::canPaste());
    duplicate->setEnabled(edit && items);
    remove->setEnabled(edit && !selection.isEmpty());
    for (QAction* action : {removeAndHeal, pullOut, bypass, frame}) action->setEnabled(edit && nodes > 0);
    for (QAction* action : {chain, alignLeft, alignCentre, alignRight, alignTop, alignMiddle, alignBottom})
        action->setEnabled(edit && nodes > 1);
    for (QAction* action : {distributeAcross, distributeDown}) action->setEnabled(edit && nodes > 2);
    const auto& graph = document().graph();
    bypass->setText(nodes > 0 && std::ranges::all_of(selection.nodes(),
                                                     [&](NodeId id) {
                                                         const Node* node = graph.find(id);
                                                         return node != nullptr && node->bypassed;
                                                     })
                        ? tr("Stop bypassing")
                        : tr("Bypass"));
    rename->setEnabled(edit && (selection.current() != NodeId::None || selection.notes().size() == 1));
    selectAll->setEnabled(!graph.nodes().empty() || !graph.notes().empty());
    addLayer->setEnabled(edit);
    comment->setEnabled(edit);
    nextColor->setEnabled(edit && notes);
    arrange->setEnabled(edit && !graph.nodes().empty());
    arrangeSelection->setEnabled(edit && nodes > 1);
    flowRight->setEnabled(edit);
    flowRight->setChecked(graph.style().flow == DrawingStyle::Flow::Right);
    rightAngles->setEnabled(edit);
    rightAngles->setChecked(graph.style().edges == DrawingStyle::Edges::Orthogonal);
    fitSelection->setEnabled(!selection.isEmpty());
    for (QAction* action : {find, findNext, findPrevious}) action->setEnabled(!graph.nodes().empty());
}

void CanvasActions::addColors(QMenu& menu) const {
    QMenu* colors = menu.addMenu(Theme::instance().icon("palette"), tr("Colour"));
    const std::array<QString, kNoteColors> names{tr("Colour 1"), tr("Colour 2"), tr("Colour 3"), tr("Colour 4"),
                                                 tr("Colour 5"), tr("Colour 6"), tr("Colour 7"), tr("Colour 8")};
    for (int color = 0; color < kNoteColors; ++color) {
        const auto index = static_cast<std::size_t>(color);
        colors->addAction(colorDot(m_view.canvas().style().notes[index], m_view.devicePixelRatioF()), names[index],
                          this, [this, color] { document().colorSelectedNotes(color); });
    }
}

void CanvasActions::fillMenu(QMenu& menu) const {
    const SelectionModel& selection = document().selection();
    const bool edit = !m_view.isReadOnly();
    if (!selection.nodes().empty() || !selection.notes().empty()) {
        menu.addActions({rename, duplicate});
        menu.addSeparator();
        menu.addActions({cut, copy});
    }
    if (selection.isEmpty()) menu.addActions({addLayer, comment, paste, selectAll});
    if (!selection.isEmpty()) menu.addAction(remove);
    if (!selection.nodes().empty()) {
        menu.addActions({removeAndHeal, pullOut, bypass});
        menu.addSeparator();
        menu.addAction(frame);
    }
    if (edit && !selection.notes().empty()) addColors(menu);
    if (edit && selection.nodes().size() > 1) {
        menu.addAction(chain);
        QMenu* align = menu.addMenu(Theme::instance().icon("align-left"), tr("Align"));
        align->addActions({alignLeft, alignCentre, alignRight});
        align->addSeparator();
        align->addActions({alignTop, alignMiddle, alignBottom});
        align->addSeparator();
        align->addActions({distributeAcross, distributeDown});
    }
    menu.addSeparator();
    if (edit && selection.nodes().size() > 1) menu.addAction(arrangeSelection);
    menu.addActions({arrange, flowRight, rightAngles, fit});
    if (!selection.isEmpty()) menu.addAction(fitSelection);
}

}  // namespace gradlens
