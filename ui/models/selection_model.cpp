// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/selection_model.h"

#include <algorithm>

namespace gradlens {

namespace {
template <class T>
void makeSet(std::vector<T>& values) {
    std::ranges::sort(values);
    const auto [first, last] = std::ranges::unique(values);
    values.erase(first, last);
}
}  // namespace

bool SelectionModel::isSelected(NodeId node) const {
    return std::ranges::binary_search(m_nodes, node);
}

bool SelectionModel::isEdgeSelected(PortRef input) const {
    return std::ranges::binary_search(m_edges, input);
}

bool SelectionModel::isNoteSelected(NoteId note) const {
    return std::ranges::binary_search(m_notes, note);
}

void SelectionModel::toggle(NodeId node) {
    std::vector<NodeId> nodes = m_nodes;
    if (isSelected(node)) {
        std::erase(nodes, node);
        set(std::move(nodes), m_edges, m_current == node ? NodeId::None : m_current, m_notes);
    } else {
        nodes.push_back(node);
        set(std::move(nodes), m_edges, node, m_notes);
    }
}

void SelectionModel::toggleEdge(PortRef input) {
    std::vector<PortRef> edges = m_edges;
    if (isEdgeSelected(input)) {
        std::erase(edges, input);
    } else {
        edges.push_back(input);
    }
    set(m_nodes, std::move(edges), m_current, m_notes);
}

void SelectionModel::toggleNote(NoteId note) {
    std::vector<NoteId> notes = m_notes;
    if (isNoteSelected(note)) {
        std::erase(notes, note);
    } else {
        notes.push_back(note);
    }
    set(m_nodes, m_edges, m_current, std::move(notes));
}

void SelectionModel::set(std::vector<NodeId> nodes, std::vector<PortRef> edges, NodeId current,
                         std::vector<NoteId> notes) {
    makeSet(nodes);
    makeSet(edges);
    makeSet(notes);
    if (!std::ranges::binary_search(nodes, current)) current = nodes.size() == 1 ? nodes.front() : NodeId::None;
    if (nodes == m_nodes && edges == m_edges && notes == m_notes && current == m_current) return;
    m_nodes = std::move(nodes);
    m_edges = std::move(edges);
    m_notes = std::move(notes);
    m_current = current;
    emit changed();
}

void SelectionModel::prune(const ModelGraph& graph) {
    std::vector<NodeId> nodes = m_nodes;
    std::vector<PortRef> edges = m_edges;
    std::erase_if(nodes, [&](NodeId id) { return graph.find(id) == nullptr; });
    std::vector<NoteId> notes = m_notes;
    std::erase_if(edges, [&](PortRef input) { return !graph.edgeInto(input); });
    std::erase_if(notes, [&](NoteId id) { return graph.findNote(id) == nullptr; });
    set(std::move(nodes), std::move(edges), m_current, std::move(notes));
}

}  // namespace gradlens
