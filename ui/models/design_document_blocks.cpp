// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks: which drawing is looked at, and the edits that make, dissolve and copy them.
#include "core/graph/block_library.h"
#include "core/graph/block_making.h"
#include "core/graph/block_use.h"
#include "core/graph/replace_op.h"
#include "ui/models/design_commands.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/user_blocks.h"
#include "ui/models/words.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

namespace {
const CardStep kStep{kCardWidth + kCardGap, kCardHeight + kCardGap};

bool refuse(QString* reason, const QString& why) {
    if (reason != nullptr) *reason = why;
    return false;
}

// A drawing in which the ports of nodes of `block` are these instead: edges keep to the port they went to, or go.
ModelGraph withPorts(const ModelGraph& drawing, const std::string& block, const Block& before, const Block& after) {
    ModelGraph changed = drawing;
    const auto placeNow = [](const std::vector<NodeId>& old, const std::vector<NodeId>& now, int port) {
        if (port < 0 || static_cast<std::size_t>(port) >= old.size()) return -1;
        const auto found = std::ranges::find(now, old[static_cast<std::size_t>(port)]);
        return found == now.end() ? -1 : static_cast<int>(found - now.begin());
    };
    const auto isUse = [&](NodeId id) { return drawing.find(id)->op == block; };
    for (const Edge& edge : drawing.edges())
        if (isUse(edge.to.node) || isUse(edge.from.node)) changed.disconnect(edge.to);
    for (Edge edge : drawing.edges()) {
        if (!isUse(edge.to.node) && !isUse(edge.from.node)) continue;
        if (isUse(edge.to.node)) edge.to.port = placeNow(before.inputs(), after.inputs(), edge.to.port);
        if (isUse(edge.from.node)) edge.from.port = placeNow(before.outputs(), after.outputs(), edge.from.port);
        if (edge.to.port >= 0 && edge.from.port >= 0) changed.connect(edge);
    }
    return changed;
}
}  // namespace

// --- Where one is

const ModelGraph& DesignDocument::graph() const {
    if (!isInside()) return m_project.graph;
    return m_own ? m_project.blocks[*m_own].graph : m_builtIn->graph;
}

const Block* DesignDocument::openBlock() const {
    if (!isInside()) return nullptr;
    return m_own ? &m_project.blocks[*m_own] : m_builtIn.get();
}

ModelGraph& DesignDocument::openGraph() {
    if (!isInside()) return m_project.graph;
    return m_own ? m_project.blocks[*m_own].graph : m_builtIn->graph;
}

ModelGraph* DesignDocument::drawingOf(const std::string& block) {
    if (block.empty()) return &m_project.graph;
    const auto found = std::ranges::find(m_project.blocks, block, &Block::name);
    return found == m_project.blocks.end() ? nullptr : &found->graph;
}

void DesignDocument::resolveScope() {
    m_own.reset();
    m_builtIn.reset();
    if (!isInside()) return;
    const auto found = std::ranges::find(m_project.blocks, m_scope.back().block, &Block::name);
    if (found != m_project.blocks.end()) {
        m_own = static_cast<std::size_t>(found - m_project.blocks.begin());
        return;
    }
    const OpDefinition* op = m_base.find(m_scope.back().block);
    assert(op != nullptr && op->block != nullptr);
    m_builtIn = std::make_unique<Block>(*op->block);
}

bool DesignDocument::isBlock(NodeId id) const {
    const Node* node = graph().find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    return op != nullptr && op->block != nullptr;
}

bool DesignDocument::open(NodeId id) {
    if (!isBlock(id)) return false;
    DrawingScope inside = m_scope;
    inside.push_back({id, graph().find(id)->op});
    goTo(inside);
    return true;
}

void DesignDocument::goOut() {
    if (!isInside()) return;
    DrawingScope around = m_scope;
    const NodeId from = around.back().node;
    around.pop_back();
    goTo(around);
    if (graph().find(from) != nullptr) m_selection.select(from);
}

void DesignDocument::goTo(const DrawingScope& scope) {
    if (scope == m_scope) return;
    m_selection.clear();
    m_scope = scope;
    resolveScope();
    m_stale = true;
    m_analysisTimer.start();
    emit scopeChanged();
}

NodeId DesignDocument::rootNodeOf(NodeId node) const {
    return isInside() ? m_scope.front().node : node;
}

int DesignDocument::useCount(const std::string& block) const {
    const auto usesIn = [&](const ModelGraph& drawing) {
        return static_cast<int>(std::ranges::count(drawing.nodes(), block, &Node::op));
    };
    int count = usesIn(m_project.graph);
    for (const Block& each : m_project.blocks) count += usesIn(each.graph);
    return count;
}

std::string DesignDocument::namePrefix() const {
    std::string prefix;
    const ModelGraph* graph = &m_project.graph;
    for (const OpenBlock& open : m_scope) {
        const Node& node = *graph->find(open.node);
        const AttributeValue* repeat = node.attributes.find(kBlockRepeat);
        const auto* times = repeat == nullptr ? nullptr : std::get_if<std::int64_t>(repeat);
        prefix += node.name + (times != nullptr && *times > 1 ? "/1/" : "/");
        graph = &m_catalogue.find(open.block)->block->graph;
    }
    return prefix;
}

void DesignDocument::refreshCatalogue() {
    // What was found refers to the one before.
    m_analysis = m_rootAnalysis = {};
    m_stale = m_rootStale = true;
    m_catalogue = catalogueOf(m_project, m_base);
    refreshOffered();
}

void DesignDocument::refreshOffered() {
    std::vector<OpDefinition> listed;
    const auto list = [&](const Block& block, const QString& category) {
        listed.push_back(definitionOf(std::make_shared<const Block>(block)));
        listed.back().category = category.toStdString();
    };
    for (const Block& block : m_project.blocks) list(block, tr("This project"));
    if (m_library != nullptr)
        for (const UserBlocks::Entry& entry : m_library->entries())
            if (std::ranges::find(m_project.blocks, entry.block.name, &Block::name) == m_project.blocks.end())
                list(entry.block, tr("My blocks"));
    m_offered = m_catalogue.withBlocks(std::move(listed));
    emit catalogueChanged();
}

void DesignDocument::setUserBlocks(UserBlocks* library) {
    if (m_library != nullptr) disconnect(m_library, nullptr, this, nullptr);
    m_library = library;
    if (library != nullptr) connect(library, &UserBlocks::changed, this, &DesignDocument::refreshOffered);
    refreshOffered();
}

// What is drawn of the user's library goes into the project in the same step.
void DesignDocument::bringBlocks(DesignStep& step) const {
    if (m_library == nullptr) return;
    std::vector<Block> blocks = m_project.blocks;
    for (const Node& node : step.delta.added) {
        const UserBlocks::Entry* entry = m_library->find(node.op);
        if (entry == nullptr || m_catalogue.find(node.op) != nullptr) continue;
        for (const Block& needed : entry->needed)
            if (std::ranges::find(blocks, needed.name, &Block::name) == blocks.end()) blocks.push_back(needed);
    }
    if (blocks.size() > m_project.blocks.size()) step.blocks = {m_project.blocks, std::move(blocks)};
}

// --- Steps

void DesignDocument::Drawings::forEach(const DesignDocument& document, const std::function<void(ModelGraph&)>& change) {
    change(open);
    if (document.isInside()) change(root);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        if (document.m_own != i) change(blocks[i].graph);
}

void DesignDocument::editDrawings(const QString& stepName, const std::function<void(Drawings&)>& change,
                                  const QString& mergeKey) {
    Drawings changed{graph(), m_project.graph, m_project.blocks};
    change(changed);
    DesignStep step{m_scope, difference(graph(), changed.open)};
    if (isInside())
        if (GraphDelta delta = difference(m_project.graph, changed.root); !delta.empty())
            step.elsewhere.emplace_back("", std::move(delta));
    // The drawings of blocks that stay change by what is different in them; all else of the list is a value.
    for (Block& block : changed.blocks) {
        const ModelGraph* before = drawingOf(block.name);
        if (before == nullptr || before == &graph()) continue;
        if (GraphDelta delta = difference(*before, block.graph); !delta.empty())
            step.elsewhere.emplace_back(block.name, std::move(delta));
        block.graph = *before;
    }
    if (changed.blocks != m_project.blocks) step.blocks = {m_project.blocks, std::move(changed.blocks)};
    if (step.empty() || !mayPush(step, changed.open)) return;
    followPorts(step, changed.open);
    push(stepName, std::move(step), mergeKey);
}

// Said here, once for every way to draw: what comes with the program stays as it is, and no block goes into itself.
bool DesignDocument::mayPush(const DesignStep& step, const ModelGraph& changed) {
    if (isReadOnly() && !step.delta.empty()) {
        emit refused(tr("%1 comes with the program and cannot be changed. Make your own copy to edit it.")
                         .arg(QString::fromStdString(m_scope.back().block)));
        return false;
    }
    if (!isInside()) return true;
    Block open = *openBlock();
    open.graph = changed;
    if (!step.delta.removed.empty() && open.outputs().empty()) {
        emit refused(tr("A block gives something: %1 keeps its last output.").arg(QString::fromStdString(open.name)));
        return false;
    }
    if (step.delta.added.empty()) return true;
    std::vector<Block> blocks = step.blocks ? step.blocks->second : m_project.blocks;
    std::ranges::replace_if(
        blocks, [&](const Block& block) { return block.name == open.name; }, open);
    const std::vector<std::string> chain = wayBackTo(open.name, withBlocks(m_base, blocks));
    if (chain.empty()) return true;
    emit refused(tr("%1 cannot stand inside itself: %2.")
                     .arg(QString::fromStdString(open.name), QString::fromStdString(toText(chain))));
    return false;
}

// Where ports of the open block came or went, edges of its uses go on to the ports they went to.
void DesignDocument::followPorts(DesignStep& step, const ModelGraph& changed) const {
    if (!isInside() || (step.delta.added.empty() && step.delta.removed.empty())) return;
    const Block& before = *openBlock();
    Block after;
    after.graph = changed;
    if (before.inputs() == after.inputs() && before.outputs() == after.outputs()) return;
    const auto follow = [&](const std::string& name, const ModelGraph& drawing) {
        GraphDelta delta = difference(drawing, withPorts(drawing, before.name, before, after));
        if (!delta.empty()) step.elsewhere.emplace_back(name, std::move(delta));
    };
    follow("", m_project.graph);
    for (const Block& block : m_project.blocks)
        if (block.name != before.name) follow(block.name, block.graph);
}

// --- Making, dissolving, copying

QString DesignDocument::faultOfBlockName(const QString& name) const {
    const std::string wanted = name.trimmed().toStdString();
    if (wanted.empty()) return tr("A block needs a name.");
    if (!ModelGraph::isName(wanted))
        return tr("A name is a letter followed by letters, digits and '_', at most 64 in all.");
    const OpDefinition* op = m_catalogue.find(wanted);
    if (op == nullptr) return {};
    return op->block != nullptr ? tr("There is a block called %1.").arg(name.trimmed())
                                : tr("%1 is the name of a layer.").arg(name.trimmed());
}

QString DesignDocument::freeBlockName(const QString& wanted) const {
    if (faultOfBlockName(wanted).isEmpty()) return wanted;
    QString stem = wanted;
    while (stem.size() > 1 && stem.back().isDigit()) stem.chop(1);
    for (int number = 2;; ++number)
        if (const QString name = stem + QString::number(number); faultOfBlockName(name).isEmpty()) return name;
}

bool DesignDocument::makeBlock(const QString& name, QString* reason) {
    if (const QString fault = faultOfBlockName(name); !fault.isEmpty()) return refuse(reason, fault);
    const std::vector<NodeId> nodes = m_selection.nodes();
    if (const std::string why = whyNoBlock(graph(), m_catalogue, nodes); !why.empty())
        return refuse(reason, QString::fromStdString(why));
    const auto around =
        isInside() ? std::span<const AttributeSpec>(openBlock()->parameters) : std::span<const AttributeSpec>();
    MadeBlock made = madeBlock(graph(), m_catalogue, nodes, name.trimmed().toStdString(), around, kStep);
    editDrawings(tr("Make block %1").arg(name.trimmed()), [&](Drawings& drawings) {
        drawings.open = made.graph;
        drawings.blocks.push_back(made.block);
    });
    if (graph().find(made.node) == nullptr) return refuse(reason, {});
    m_selection.select(made.node);
    return true;
}

bool DesignDocument::dissolveBlock(NodeId node, QString* reason) {
    if (!isBlock(node)) return refuse(reason, tr("Select a block to dissolve it."));
    const QString step = tr("Dissolve %1").arg(QString::fromStdString(graph().find(node)->name));
    const DissolvedBlock result = dissolved(graph(), m_catalogue, node, kStep);
    if (!result.refusal.empty()) return refuse(reason, QString::fromStdString(result.refusal));
    edit(step, [&](ModelGraph& graph) { graph = result.graph; });
    if (graph().find(node) != nullptr) return refuse(reason, {});
    m_selection.set(result.nodes);
    return true;
}

bool DesignDocument::renameBlock(const std::string& block, const QString& name, QString* reason) {
    const std::string wanted = name.trimmed().toStdString();
    if (wanted == block) return true;
    if (const QString fault = faultOfBlockName(name); !fault.isEmpty()) return refuse(reason, fault);
    const auto opened = std::ranges::find(m_scope, block, &OpenBlock::block);
    if (opened != m_scope.end()) goTo({m_scope.begin(), opened});
    editDrawings(tr("Rename %1 to %2").arg(QString::fromStdString(block), name.trimmed()), [&](Drawings& drawings) {
        for (Block& each : drawings.blocks)
            if (each.name == block) each.name = wanted;
        drawings.forEach(*this, [&](ModelGraph& drawing) {
            for (const Node& node : std::vector<Node>(drawing.nodes().begin(), drawing.nodes().end()))
                if (node.op == block) replaceOp(drawing, node.id, wanted, node.attributes);
        });
    });
    return true;
}

bool DesignDocument::removeBlock(const std::string& block, QString* reason) {
    if (const int uses = useCount(block); uses > 0)
        return refuse(reason,
                      tr("%1 is used %2. Delete or dissolve those first.")
                          .arg(QString::fromStdString(block), uses == 1 ? tr("once") : tr("%1 times").arg(uses)));
    const auto opened = std::ranges::find(m_scope, block, &OpenBlock::block);
    if (opened != m_scope.end()) goTo({m_scope.begin(), opened});
    editDrawings(tr("Delete the block %1").arg(QString::fromStdString(block)), [&](Drawings& drawings) {
        std::erase_if(drawings.blocks, [&](const Block& each) { return each.name == block; });
    });
    return true;
}

void DesignDocument::addBlockPort(bool input) {
    if (!isInside()) return;
    NodeId id = NodeId::None;
    edit(input ? tr("Add an input") : tr("Add an output"), [&](ModelGraph& graph) {
        const std::vector<NodeId> ports = input ? openBlock()->inputs() : openBlock()->outputs();
        Node node;
        node.op = input ? kBlockInput : kBlockOutput;
        node.name = graph.uniqueName(input ? "input" : "output");
        if (!ports.empty()) {
            node.position = graph.find(ports.back())->position;
            node.position.x += kStep.across;
        }
        id = graph.add(std::move(node));
    });
    if (graph().find(id) != nullptr) m_selection.select(id);
}

void DesignDocument::copyOpenBlock(bool forAllUses) {
    if (!isReadOnly()) return;
    // What stands around may be read-only as well: the copy begins with the outermost block that comes with the
    // program.
    const DrawingScope opened = m_scope;
    const auto isOwn = [&](const OpenBlock& open) {
        return std::ranges::find(m_project.blocks, open.block, &Block::name) != m_project.blocks.end();
    };
    const auto first = std::ranges::find_if_not(opened, isOwn);
    goTo({opened.begin(), first});
    m_undo.beginMacro(tr("Copy %1").arg(QString::fromStdString(opened.back().block)));
    for (auto level = first; level != opened.end(); ++level) {
        Block copy = *m_base.find(level->block)->block;
        copy.name = freeBlockName(tr("My%1").arg(QString::fromStdString(copy.name))).toStdString();
        editDrawings(tr("Copy %1").arg(QString::fromStdString(level->block)), [&](Drawings& drawings) {
            drawings.blocks.push_back(copy);
            const auto isUse = [&](const Node& node) {
                return node.op == level->block && (forAllUses || node.id == level->node);
            };
            std::vector<Node> uses;
            std::ranges::copy_if(drawings.open.nodes(), std::back_inserter(uses), isUse);
            for (const Node& use : uses) replaceOp(drawings.open, use.id, copy.name, use.attributes);
        });
        open(level->node);
    }
    m_undo.endMacro();
}

}  // namespace gradlens
