// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/blocks/block_actions.h"

#include "core/base/error.h"
#include "core/graph/block_making.h"
#include "ui/design/blocks/name_form.h"
#include "ui/design/canvas/canvas_view.h"
#include "ui/design/canvas/hint_bubble.h"
#include "ui/models/user_blocks.h"
#include "ui/models/words.h"
#include "ui/theme/theme.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QMenu>
#include <QUrl>

#include <algorithm>

namespace gradlens {

BlockActions::BlockActions(CanvasView& view) : QObject(&view), m_view(view) {
    make = add(tr("Make block..."), "layers", {QKeySequence(Qt::CTRL | Qt::Key_G)}, [this] { askForMaking(); });
    dissolve = add(tr("Dissolve block"), "grid", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G)}, [this] {
        attempt([this](QString* reason) { return document().dissolveBlock(document().selection().current(), reason); });
    });
    open = add(tr("Open block"), "arrow-down",
               {QKeySequence(Qt::Key_Return), QKeySequence(Qt::Key_Enter), QKeySequence(Qt::ALT | Qt::Key_Down)},
               [this] { document().open(document().selection().current()); });
    leave = add(tr("Go out of the block"), "arrow-up", {QKeySequence(Qt::ALT | Qt::Key_Up)},
                [this] { document().goOut(); });
    copy = add(tr("Make my own copy"), "copy", {}, [this] { document().copyOpenBlock(false); });
    copyForAll = add(tr("Make my own copy for all uses"), "copy", {}, [this] { document().copyOpenBlock(true); });
    save = add(tr("Save to my library"), "save", {}, [this] {
        const Node* node = document().graph().find(document().selection().current());
        const Block* block =
            node != nullptr && document().isBlock(node->id) ? ownBlock(node->op) : document().openBlock();
        if (block != nullptr) saveToLibrary(*block);
    });
    make->setToolTip(tr("The selected layers become one, which can be used again"));
    dissolve->setToolTip(tr("The layers of the block take its place"));
    open->setToolTip(tr("Look at what is inside the selected block"));
    save->setToolTip(tr("Keep the block for other projects"));
    setIcons();
    connect(&Theme::instance(), &Theme::changed, this, &BlockActions::setIcons);
    connect(&document().selection(), &SelectionModel::changed, this, &BlockActions::refresh);
    connect(&document(), &DesignDocument::graphChanged, this, &BlockActions::refresh);
    connect(&document(), &DesignDocument::scopeChanged, this, &BlockActions::refresh);
    connect(&document(), &DesignDocument::reset, this, &BlockActions::refresh);
    connect(&m_view, &CanvasView::menuAsked, this, &BlockActions::fillMenu);
    refresh();
}

DesignDocument& BlockActions::document() const {
    return m_view.document();
}

NameForm* BlockActions::nameForm() const {
    return m_name;
}

QAction* BlockActions::add(const QString& text, const QString& icon, const QList<QKeySequence>& keys,
                           std::function<void()> run) {
    auto* action = new QAction(text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    action->setProperty("themeIcon", icon);
    connect(action, &QAction::triggered, this, std::move(run));
    m_view.addAction(action);
    return action;
}

void BlockActions::setIcons() {
    for (QAction* action : {make, dissolve, open, leave, copy, copyForAll, save})
        action->setIcon(Theme::instance().icon(action->property("themeIcon").toString()));
}

void BlockActions::refresh() {
    const auto& nodes = document().selection().nodes();
    const NodeId current = nodes.size() == 1 ? nodes.front() : NodeId::None;
    const bool block = document().isBlock(current);
    const bool edits = !m_view.isReadOnly();
    make->setEnabled(edits && !nodes.empty());
    dissolve->setEnabled(edits && block);
    open->setEnabled(block);
    leave->setEnabled(document().isInside());
    copy->setEnabled(document().isReadOnly());
    copyForAll->setEnabled(document().isReadOnly());
    const Block* own = block ? ownBlock(document().graph().find(current)->op) : document().openBlock();
    save->setEnabled(own != nullptr && document().userBlocks() != nullptr);
}

void BlockActions::fillMenu(QMenu& menu) const {
    menu.addSeparator();
    for (QAction* action : {make, dissolve, open, leave, copy, save})
        if (action->isEnabled()) menu.addAction(action);
}

const Block* BlockActions::ownBlock(const std::string& name) const {
    const auto& blocks = document().project().blocks;
    const auto found = std::ranges::find(blocks, name, &Block::name);
    return found == blocks.end() ? nullptr : &*found;
}

void BlockActions::attempt(const std::function<bool(QString*)>& edit) {
    QString reason;
    try {
        edit(&reason);
    } catch (const Error& error) {
        reason = QString::fromUtf8(error.what());
    }
    const NodeItem* item = m_view.canvas().nodeItem(document().selection().current());
    const QPointF at = item != nullptr ? QPointF(item->cardRect().bottomLeft())
                                       : m_view.mapToScene(m_view.viewport()->rect().center());
    m_view.say(reason, m_view.mapFromScene(at), static_cast<int>(HintBubble::Tone::Refusal));
}

void BlockActions::askForName(const QString& title, const QString& name, std::function<QString(const QString&)> fault,
                              std::function<void(const QString&)> take) {
    delete m_name;
    const bool making = title == tr("Make a block");
    const QString hint = making ? tr("%1 become one, which can be repeated, opened and used again.")
                                      .arg(counted(std::ssize(document().selection().nodes()), tr("layer")))
                                : QString();
    m_name = new NameForm({title, hint, making ? tr("Make block") : tr("Rename")}, name, std::move(fault), &m_view);
    connect(m_name, &NameForm::accepted, this, std::move(take));
}

void BlockActions::askForMaking() {
    const std::string why = whyNoBlock(document().graph(), document().catalogue(), document().selection().nodes());
    if (!why.empty()) {
        attempt([&](QString* reason) {
            *reason = QString::fromStdString(why);
            return false;
        });
        return;
    }
    askForName(
        tr("Make a block"), document().freeBlockName(tr("Block")),
        [this](const QString& name) { return document().faultOfBlockName(name); },
        [this](const QString& name) { attempt([&](QString* reason) { return document().makeBlock(name, reason); }); });
}

void BlockActions::saveToLibrary(const Block& block) {
    attempt([&](QString*) {
        const Block saved = block;
        document().userBlocks()->save(saved, document().project().blocks);
        return true;
    });
    m_view.say(tr("%1 is in your library.").arg(QString::fromStdString(block.name)),
               m_view.viewport()->rect().center() - QPoint(80, 0), static_cast<int>(HintBubble::Tone::Plain));
}

QMenu* BlockActions::paletteMenu(const QString& block, QWidget* parent) {
    const std::string name = block.toStdString();
    UserBlocks* library = document().userBlocks();
    auto* menu = new QMenu(parent);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (const Block* own = ownBlock(name)) {
        menu->addAction(tr("Rename..."), this, [this, name, block] {
            askForName(
                tr("Rename %1").arg(block), block,
                [this, block](const QString& to) {
                    return to.trimmed() == block ? QString() : document().faultOfBlockName(to);
                },
                [this, name](const QString& to) {
                    attempt([&](QString* reason) { return document().renameBlock(name, to, reason); });
                });
        });
        if (library != nullptr)
            menu->addAction(tr("Save to my library"), this, [this, kept = *own] { saveToLibrary(kept); });
        menu->addAction(tr("Delete from the project"), this, [this, name] {
            attempt([&](QString* reason) { return document().removeBlock(name, reason); });
        });
        return menu;
    }
    const UserBlocks::Entry* entry = library == nullptr ? nullptr : library->find(name);
    if (entry == nullptr) {
        delete menu;
        return nullptr;
    }
    menu->addAction(tr("Rename..."), this, [this, library, name, block] {
        askForName(
            tr("Rename %1").arg(block), block,
            [this, block](const QString& to) {
                return to.trimmed() == block ? QString() : document().faultOfBlockName(to);
            },
            [this, library, name](const QString& to) {
                attempt([&](QString*) {
                    library->rename(name, to);
                    return true;
                });
            });
    });
    menu->addAction(tr("Delete from my library"), this, [this, library, name] {
        attempt([&](QString*) {
            library->remove(name);
            return true;
        });
    });
    menu->addAction(tr("Show the file"), this, [path = entry->path] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath()));
    });
    return menu;
}

}  // namespace gradlens
