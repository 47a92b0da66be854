// SPDX-License-Identifier: GPL-3.0-or-later
// Putting layers into edges and taking them out again: what is before and after them is joined. Bypassing is the same
// for the moment.
#include "ui/models/arrange.h"
#include "ui/models/connection_check.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace gradlens {

namespace {
bool contains(const std::vector<NodeId>& sorted, NodeId id) {
    return std::ranges::binary_search(sorted, id);
}

// What comes into the first connected input of `node`, followed through all of `taken`. A cycle leads nowhere.
std::optional<PortRef> sourceBefore(const ModelGraph& graph, NodeId node, const std::vector<NodeId>& taken) {
    std::unordered_set<std::uint32_t> seen;
    while (seen.insert(toInteger(node)).second) {
        const auto edge = std::ranges::lower_bound(graph.edges(), PortRef{node, 0}, {}, &Edge::to);
        if (edge == graph.edges().end() || edge->to.node != node) return std::nullopt;
        if (!contains(taken, edge->from.node)) return edge->from;
        node = edge->from.node;
    }
    return std::nullopt;
}

QString named(const ModelGraph& graph, const std::vector<NodeId>& nodes) {
    return nodes.size() == 1 ? QString::fromStdString(graph.find(nodes.front())->name)
                             : counted(std::ssize(nodes), DesignDocument::tr("layer"));
}
}  // namespace

// Cuts what connects `nodes` (ascending) with the rest, and joins what was before them to what was after.
void DesignDocument::detach(ModelGraph& graph, const std::vector<NodeId>& nodes) const {
    std::vector<Edge> cut, joined;
    std::set<NodeId> affected;
    for (const Edge& edge : graph.edges()) {
        const bool from = contains(nodes, edge.from.node), to = contains(nodes, edge.to.node);
        if (from == to) continue;
        cut.push_back(edge);
        affected.insert(edge.to.node);
        if (!from) continue;
        if (const auto source = sourceBefore(graph, edge.from.node, nodes)) joined.push_back({*source, edge.to});
    }
    for (const Edge& edge : cut) graph.disconnect(edge.to);
    for (const Edge& edge : joined) graph.connect(edge);
    for (const NodeId node : affected) compactInputs(graph, node);
}

void DesignDocument::removeSelectionAndHeal() {
    const std::vector<NodeId> nodes = m_selection.nodes();
    if (nodes.empty()) return;
    edit(tr("Delete %1 and close the gap").arg(named(graph(), nodes)), [&](ModelGraph& graph) {
        detach(graph, nodes);
        for (const NodeId node : nodes) graph.remove(node);
    });
}

void DesignDocument::pullOutSelection() {
    const std::vector<NodeId> nodes = m_selection.nodes();
    if (nodes.empty()) return;
    // Together to the right, to the first place where none of them lies on a card that stays.
    QRectF around;
    for (const NodeId id : nodes) around |= cardOf(*graph().find(id));
    QRectF place = around;
    const auto taken = [&](const Node& node) { return !contains(nodes, node.id) && cardOf(node).intersects(place); };
    do {
        place.translate(kCardWidth + kCardGap, 0);
    } while (std::ranges::any_of(graph().nodes(), taken));
    std::vector<NodePosition> positions;
    for (const NodeId id : nodes) {
        const Point at = graph().find(id)->position;
        positions.emplace_back(id, Point{at.x + place.left() - around.left(), at.y});
    }
    pullOut(positions);
}

void DesignDocument::pullOut(const std::vector<NodePosition>& positions, std::optional<Edge> edge) {
    std::vector<NodeId> nodes;
    for (const auto& [id, position] : positions)
        if (graph().find(id) != nullptr) nodes.push_back(id);
    if (nodes.empty()) return;
    std::ranges::sort(nodes);
    const bool inserts = edge && nodes.size() == 1 && fitsOnEdge(nodes.front()) && edge->from.node != nodes.front() &&
                         edge->to.node != nodes.front();
    const QString step = inserts ? tr("Move %1 to another edge") : tr("Pull out %1");
    edit(step.arg(named(graph(), nodes)), [&](ModelGraph& graph) {
        detach(graph, nodes);
        for (const auto& [id, position] : positions)
            if (graph.find(id) != nullptr) graph.move(id, position);
        if (!inserts || graph.edgeInto(edge->to) != edge) return;
        graph.move(nodes.front(), makeRoomOn(graph, *edge, nodes.front()));
        wire(graph, nodes.front(), {edge->from, edge->to});
    });
}

bool DesignDocument::fitsOnEdge(NodeId id) const {
    const Node* node = graph().find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    return op != nullptr && !op->inputs.empty() && outputPortCount(m_catalogue, *node) > 0;
}

bool DesignDocument::insertOnEdge(NodeId node, Edge edge, QString* reason) {
    if (!fitsOnEdge(node) || edge.from.node == node || edge.to.node == node) return false;
    ModelGraph without = graph();
    without.disconnect(edge.to);
    const ConnectionCheck check(without, m_catalogue, analysis());
    for (const ConnectionVerdict& verdict : {check.verdict(edge.from, {node, 0}), check.verdict({node, 0}, edge.to)}) {
        if (verdict.kind != ConnectionVerdict::Kind::Refused) continue;
        if (reason != nullptr) *reason = QString::fromStdString(verdict.reason);
        return false;
    }
    edit(tr("Insert %1").arg(QString::fromStdString(graph().find(node)->name)), [&](ModelGraph& graph) {
        graph.move(node, makeRoomOn(graph, edge, node));
        wire(graph, node, {edge.from, edge.to});
    });
    m_selection.select(node);
    return true;
}

bool DesignDocument::toggleBypass(QString* reason) {
    const std::vector<NodeId>& nodes = m_selection.nodes();
    if (nodes.empty()) return false;
    const bool bypass = std::ranges::any_of(nodes, [&](NodeId id) { return !graph().find(id)->bypassed; });
    for (const NodeId id : nodes) {
        const Node& node = *graph().find(id);
        const OpDefinition* op = m_catalogue.find(node.op);
        if (!bypass || op == nullptr) continue;
        QString why;
        const QString name = QString::fromStdString(node.name);
        if (op->inputs.empty()) {
            why = tr("%1 cannot be bypassed: nothing goes into it that could be handed on.").arg(name);
        } else if (op->isLoss) {
            why = tr("%1 cannot be bypassed: a loss is what training minimises. Delete it to train without it.")
                      .arg(name);
        } else if (outputPortCount(m_catalogue, node) == 0) {
            why = tr("%1 cannot be bypassed: nothing comes out of it.").arg(name);
        } else if (op->inputs.front().kind != op->outputs.front().kind) {
            why = tr("%1 cannot be bypassed: it makes real numbers of class numbers, and what follows needs those.")
                      .arg(name);
        }
        if (why.isEmpty()) continue;
        if (reason != nullptr) *reason = why;
        return false;
    }
    const QString step = bypass ? tr("Bypass %1") : tr("Stop bypassing %1");
    edit(step.arg(named(graph(), nodes)), [&](ModelGraph& graph) {
        for (const NodeId id : nodes) graph.bypass(id, bypass);
    });
    return true;
}

}  // namespace gradlens
