// SPDX-License-Identifier: GPL-3.0-or-later
// The edits of the drawing: each changes a copy, and edit() makes a step of the difference.
#include "ui/models/arrange.h"
#include "ui/models/card_places.h"
#include "ui/models/connection_check.h"
#include "ui/models/design_document.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

#include <algorithm>
#include <cassert>
#include <set>

namespace gradlens {

void DesignDocument::wire(ModelGraph& graph, NodeId node, const Attachment& attachment) const {
    const OpDefinition* op = m_offered.find(graph.find(node)->op);
    if (attachment.from) {
        // The first input of the kind that comes out there; ports of the new node are all free.
        const TensorType* type = analysis().typeOf(*attachment.from);
        for (std::size_t port = 0; port < op->inputs.size(); ++port) {
            if (type != nullptr && isReal(type->dtype) != (op->inputs[port].kind == PortKind::Real)) continue;
            graph.connect({*attachment.from, {node, static_cast<int>(port)}});
            break;
        }
    }
    if (attachment.to && !op->outputs.empty()) graph.connect({{node, 0}, *attachment.to});
}

NodeId DesignDocument::addNode(const QString& op, Point position, const Attachment& attachment) {
    const OpDefinition* definition = m_offered.find(op.toStdString());
    assert(definition != nullptr);
    NodeId id = NodeId::None;
    edit(tr("Add %1").arg(op), [&](ModelGraph& graph) {
        Node node;
        node.op = definition->name;
        node.name = graph.uniqueName(definition->baseName.empty() ? definition->name : definition->baseName);
        const Point off = CardPlaces(graph).nearestFree({{position}});
        node.position = {position.x + off.x, position.y + off.y};
        id = graph.add(std::move(node));
        wire(graph, id, attachment);
    });
    if (graph().find(id) == nullptr) return NodeId::None;  // refused
    m_selection.select(id);
    return id;
}

NodeId DesignDocument::insertOnEdge(const QString& op, Edge edge) {
    const OpDefinition* definition = m_offered.find(op.toStdString());
    assert(definition != nullptr);
    NodeId id = NodeId::None;
    edit(tr("Insert %1").arg(op), [&](ModelGraph& graph) {
        Node node;
        node.op = definition->name;
        node.name = graph.uniqueName(definition->baseName.empty() ? definition->name : definition->baseName);
        node.position = makeRoomOn(graph, edge, NodeId::None);
        id = graph.add(std::move(node));
        wire(graph, id, {edge.from, edge.to});
    });
    if (graph().find(id) == nullptr) return NodeId::None;  // refused
    m_selection.select(id);
    return id;
}

// Where a card in the middle of the edge goes; what is in its way there is pushed along the flow. `inserted` is that
// card where it is in the drawing already.
Point DesignDocument::makeRoomOn(ModelGraph& graph, const Edge& edge, NodeId inserted) {
    const DrawingStyle::Flow flow = graph.style().flow;
    const Point behind = placeBehind(graph.find(edge.from.node)->position, flow);
    const Point place = pointAt(along(behind, flow), across(graph.find(edge.to.node)->position, flow), flow);
    const ModelGraph before = graph;
    makeRoom(graph, place, edge.to.node, inserted);
    keepNotesAlong(graph, before);
    return place;
}

NodeId DesignDocument::appendNode(const QString& op) {
    const OpDefinition* definition = m_offered.find(op.toStdString());
    assert(definition != nullptr);
    const Node* current = graph().find(m_selection.current());
    const DrawingStyle::Flow flow = graph().style().flow;
    const CardPlaces places(graph());
    if (current != nullptr && outputPortCount(m_catalogue, *current) > 0 && !definition->inputs.empty()) {
        const PortRef output{current->id, 0};
        std::vector<Edge> followers;
        std::ranges::copy_if(graph().edges(), std::back_inserter(followers),
                             [&](const Edge& edge) { return edge.from == output; });
        // In the middle of a chain the new layer goes between; at its end, or where it forks, behind.
        if (followers.size() == 1 && !definition->outputs.empty() && !definition->isLoss)
            return insertOnEdge(op, followers.front());
        return addNode(op, places.freeBeside(placeBehind(current->position, flow), flow), {output, std::nullopt});
    }
    if (current != nullptr) return addNode(op, places.freeBeside(placeBeside(current->position, flow), flow));
    Point place;
    for (const Node& node : graph().nodes()) {
        const Point behind = placeBehind(node.position, flow);
        if (along(behind, flow) > along(place, flow)) place = behind;
    }
    return addNode(op, place);
}

bool DesignDocument::addEdge(PortRef from, PortRef to, QString* reason) {
    return rerouteEdge(to, from, to, reason);
}

bool DesignDocument::rerouteEdge(PortRef old, PortRef from, PortRef to, QString* reason) {
    // Judged without the edge that goes: taking it away may open the cycle that the new one would close.
    ModelGraph without = graph();
    without.disconnect(old);
    const ConnectionVerdict verdict = ConnectionCheck(without, m_catalogue, analysis()).verdict(from, to);
    if (reason != nullptr) *reason = QString::fromStdString(verdict.reason);
    if (verdict.kind == ConnectionVerdict::Kind::Refused) return false;
    const QString step = graph().edgeInto(to) ? tr("Replace edge") : tr("Connect");
    edit(old == to ? step : tr("Move edge"), [&](ModelGraph& graph) {
        graph.disconnect(old);
        graph.connect({from, to});
        compactInputs(graph, old.node);
        if (to.node != old.node) compactInputs(graph, to.node);
    });
    return true;
}

void DesignDocument::removeEdge(PortRef input) {
    edit(tr("Disconnect"), [&](ModelGraph& graph) {
        graph.disconnect(input);
        compactInputs(graph, input.node);
    });
}

// A variadic input keeps its edges without gaps, so that "inputs2" is the third.
void DesignDocument::compactInputs(ModelGraph& graph, NodeId id) const {
    const Node* node = graph.find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    if (op == nullptr || op->inputs.empty() || !op->inputs.back().variadic) return;
    int next = static_cast<int>(op->inputs.size()) - 1;
    const int end = connectedInputCount(graph, id);
    for (int port = next; port < end; ++port) {
        const auto edge = graph.edgeInto({id, port});
        if (!edge) continue;
        if (port != next) {
            graph.disconnect(edge->to);
            graph.connect({edge->from, {id, next}});
        }
        ++next;
    }
}

void DesignDocument::removeSelection() {
    const auto nodes = m_selection.nodes();
    const auto edges = m_selection.edges();
    const auto notes = m_selection.notes();
    if (m_selection.isEmpty()) return;
    QString what = counted(std::ssize(nodes), tr("layer"));
    if (nodes.size() == 1) what = QString::fromStdString(graph().find(nodes.front())->name);
    if (nodes.empty())
        what = edges.empty() ? counted(std::ssize(notes), tr("note")) : counted(std::ssize(edges), tr("edge"));
    edit(tr("Delete %1").arg(what), [&](ModelGraph& graph) {
        for (const NoteId note : notes) graph.removeNote(note);
        std::set<NodeId> affected;
        for (const PortRef& input : edges) {
            graph.disconnect(input);
            affected.insert(input.node);
        }
        for (const NodeId node : nodes) {
            for (const Edge& edge : graph.edgesOf(node)) affected.insert(edge.to.node);
            graph.remove(node);
        }
        for (const NodeId node : affected) compactInputs(graph, node);
    });
}

bool DesignDocument::setAttribute(NodeId id, std::string_view name, const AttributeValue& value, QString* reason) {
    const Node* node = graph().find(id);
    const OpDefinition* op = node == nullptr ? nullptr : m_catalogue.find(node->op);
    const auto refuse = [&](const QString& why) {
        if (reason != nullptr) *reason = why;
        return false;
    };
    if (op == nullptr) return refuse(tr("This layer is no longer in the drawing."));
    const auto spec = std::ranges::find(op->attributes, name, &AttributeSpec::name);
    if (spec == op->attributes.end())
        return refuse(tr("%1 has no such attribute.").arg(QString::fromStdString(op->name)));
    std::string message;
    const auto fitting = normalised(*spec, value, &message);
    if (!fitting) return refuse(QString::fromStdString(message));
    Attributes attributes = node->attributes;
    if (*fitting == spec->defaultValue) {
        attributes.remove(name);
    } else {
        attributes.set(name, *fitting);
    }
    edit(
        tr("Set %1 of %2").arg(QString::fromStdString(spec->label).toLower(), QString::fromStdString(node->name)),
        [&](ModelGraph& graph) { graph.setAttributes(id, attributes); },
        QString("attribute:%1:%2").arg(toInteger(id)).arg(QString::fromStdString(spec->name)));
    return true;
}

bool DesignDocument::resetAttribute(NodeId id, std::string_view name) {
    const Node* node = graph().find(id);
    if (node == nullptr || node->attributes.find(name) == nullptr) return false;
    Attributes attributes = node->attributes;
    attributes.remove(name);
    edit(tr("Reset %1 of %2")
             .arg(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size())),
                  QString::fromStdString(node->name)),
         [&](ModelGraph& graph) { graph.setAttributes(id, attributes); });
    return true;
}

bool DesignDocument::rename(NodeId id, const QString& name, QString* reason) {
    const Node* node = graph().find(id);
    if (node == nullptr) return false;
    const std::string wanted = name.trimmed().toStdString();
    if (wanted == node->name) return true;
    const auto refuse = [&](const QString& why) {
        if (reason != nullptr) *reason = why;
        return false;
    };
    if (wanted.empty()) return refuse(tr("A layer needs a name."));
    if (!ModelGraph::isName(wanted))
        return refuse(tr("A name is a letter followed by letters, digits and '_', at most 64 in all."));
    if (graph().findByName(wanted) != nullptr)
        return refuse(tr("There is another layer called %1.").arg(QString::fromStdString(wanted)));
    edit(
        tr("Rename %1 to %2").arg(QString::fromStdString(node->name), QString::fromStdString(wanted)),
        [&](ModelGraph& graph) { graph.rename(id, wanted); }, QString("rename:%1").arg(toInteger(id)));
    return true;
}

void DesignDocument::moveNodes(const std::vector<NodePosition>& positions, const QString& stepName) {
    const QString step =
        !stepName.isEmpty() ? stepName : tr("Move %1").arg(counted(std::ssize(positions), tr("layer")));
    edit(step, [&](ModelGraph& graph) {
        for (const auto& [id, position] : positions)
            if (graph.find(id) != nullptr) graph.move(id, position);
    });
}

void DesignDocument::nudgeSelection(double dx, double dy) {
    const SelectedItems items = selectedItems();
    edit(
        tr("Move %1").arg(items.nodes.empty() ? counted(std::ssize(items.notes), tr("note"))
                                              : counted(std::ssize(items.nodes), tr("layer"))),
        [&](ModelGraph& graph) {
            for (const NodeId id : items.nodes) {
                const Point at = graph.find(id)->position;
                graph.move(id, {at.x + dx, at.y + dy});
            }
            for (const NoteId id : items.notes) {
                Note note = *graph.findNote(id);
                note.position = {note.position.x + dx, note.position.y + dy};
                graph.replaceNote(std::move(note));
            }
        },
        "nudge");
}

void DesignDocument::arrange(const Arrangement& arrangement, const QString& stepName) {
    edit(stepName, [&](ModelGraph& graph) {
        graph.setStyle(arrangement.style);
        for (const auto& [id, position] : arrangement.nodes)
            if (graph.find(id) != nullptr) graph.move(id, position);
        keepNotesAlong(graph, this->graph());
        for (const Note& frame : arrangement.frames)
            if (graph.findNote(frame.id) != nullptr) graph.replaceNote(frame);
    });
}

void DesignDocument::setStyle(const DrawingStyle& style) {
    const bool flowOnly = style.edges == graph().style().edges;
    QString step = style.flow == DrawingStyle::Flow::Down ? tr("Flow down") : tr("Flow to the right");
    if (!flowOnly) step = style.edges == DrawingStyle::Edges::Curved ? tr("Curved edges") : tr("Right-angled edges");
    edit(step, [&](ModelGraph& graph) { graph.setStyle(style); });
}

void DesignDocument::placeNodes(const std::vector<NodePosition>& positions) {
    if (!isInside() && m_undo.count() > 0) return;
    std::vector<NodeId> moved;
    for (const auto& [id, position] : positions) {
        if (graph().find(id) == nullptr) continue;
        openGraph().move(id, position);
        moved.push_back(id);
    }
    if (!moved.empty()) emit nodesMoved(moved);
}

void DesignDocument::selectAll() {
    std::vector<NodeId> nodes;
    for (const Node& node : graph().nodes()) nodes.push_back(node.id);
    std::vector<NoteId> notes;
    for (const Note& note : graph().notes()) notes.push_back(note.id);
    m_selection.set(std::move(nodes), {}, NodeId::None, std::move(notes));
}

}  // namespace gradlens
