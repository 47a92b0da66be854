// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/model_graph.h"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace gradlens {

namespace {
constexpr std::size_t kLongestName = 64;

// By hand: <cctype> would go by the user's locale.
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
}  // namespace

const Node* ModelGraph::find(NodeId id) const {
    const auto found = std::ranges::lower_bound(m_nodes, id, {}, &Node::id);
    return found != m_nodes.end() && found->id == id ? &*found : nullptr;
}

Node* ModelGraph::findMutable(NodeId id) {
    const auto found = std::ranges::lower_bound(m_nodes, id, {}, &Node::id);
    return found != m_nodes.end() && found->id == id ? &*found : nullptr;
}

const Node* ModelGraph::findByName(std::string_view name) const {
    const auto found = std::ranges::find(m_nodes, name, &Node::name);
    return found == m_nodes.end() ? nullptr : &*found;
}

std::optional<Edge> ModelGraph::edgeInto(PortRef input) const {
    const auto found = std::ranges::lower_bound(m_edges, input, {}, &Edge::to);
    if (found == m_edges.end() || found->to != input) return std::nullopt;
    return *found;
}

std::vector<Edge> ModelGraph::edgesOf(NodeId node) const {
    std::vector<Edge> result;
    for (const Edge& edge : m_edges)
        if (edge.from.node == node || edge.to.node == node) result.push_back(edge);
    return result;
}

NodeId ModelGraph::add(Node node) {
    node.id = static_cast<NodeId>(m_lastId + 1);
    if (!isName(node.name) || findByName(node.name) != nullptr)
        node.name = uniqueName(node.name.empty() ? node.op : node.name);
    restore(std::move(node));
    return static_cast<NodeId>(m_lastId);
}

void ModelGraph::restore(Node node) {
    assert(node.id != NodeId::None && find(node.id) == nullptr);
    m_lastId = std::max(m_lastId, toInteger(node.id));
    m_nodes.insert(std::ranges::lower_bound(m_nodes, node.id, {}, &Node::id), std::move(node));
}

void ModelGraph::remove(NodeId id) {
    std::erase_if(m_edges, [&](const Edge& edge) { return edge.from.node == id || edge.to.node == id; });
    std::erase_if(m_nodes, [&](const Node& node) { return node.id == id; });
    for (Node& node : m_nodes)
        if (node.sharesWith == id) node.sharesWith = NodeId::None;
}

void ModelGraph::connect(Edge edge) {
    assert(find(edge.from.node) != nullptr && find(edge.to.node) != nullptr);
    const auto place = std::ranges::lower_bound(m_edges, edge.to, {}, &Edge::to);
    if (place != m_edges.end() && place->to == edge.to) {
        *place = edge;
    } else {
        m_edges.insert(place, edge);
    }
}

void ModelGraph::disconnect(PortRef input) {
    std::erase_if(m_edges, [&](const Edge& edge) { return edge.to == input; });
}

void ModelGraph::setAttributes(NodeId id, Attributes attributes) {
    Node* node = findMutable(id);
    assert(node != nullptr);
    node->attributes = std::move(attributes);
}

void ModelGraph::share(NodeId id, NodeId with) {
    Node* node = findMutable(id);
    assert(node != nullptr && with != id);
    node->sharesWith = with;
}

void ModelGraph::bypass(NodeId id, bool bypassed) {
    Node* node = findMutable(id);
    assert(node != nullptr);
    node->bypassed = bypassed;
}

void ModelGraph::move(NodeId id, Point position) {
    Node* node = findMutable(id);
    assert(node != nullptr);
    node->position = position;
}

bool ModelGraph::rename(NodeId id, std::string name) {
    Node* node = findMutable(id);
    assert(node != nullptr);
    if (node->name == name) return true;
    if (!isName(name) || findByName(name) != nullptr) return false;
    node->name = std::move(name);
    return true;
}

const Note* ModelGraph::findNote(NoteId id) const {
    const auto found = std::ranges::lower_bound(m_notes, id, {}, &Note::id);
    return found != m_notes.end() && found->id == id ? &*found : nullptr;
}

NoteId ModelGraph::addNote(Note note) {
    note.id = static_cast<NoteId>(m_lastNoteId + 1);
    restoreNote(std::move(note));
    return static_cast<NoteId>(m_lastNoteId);
}

void ModelGraph::restoreNote(Note note) {
    assert(note.id != NoteId::None && findNote(note.id) == nullptr);
    m_lastNoteId = std::max(m_lastNoteId, static_cast<std::uint32_t>(note.id));
    m_notes.insert(std::ranges::lower_bound(m_notes, note.id, {}, &Note::id), std::move(note));
}

void ModelGraph::replaceNote(Note note) {
    const auto found = std::ranges::lower_bound(m_notes, note.id, {}, &Note::id);
    assert(found != m_notes.end() && found->id == note.id);
    *found = std::move(note);
}

void ModelGraph::removeNote(NoteId id) {
    std::erase_if(m_notes, [&](const Note& note) { return note.id == id; });
}

std::string ModelGraph::uniqueName(std::string_view base) const {
    constexpr std::size_t kLongestStem = kLongestName - 20;  // leaves room for any number
    // "conv3" and "conv" both continue at the first free "convN".
    std::string stem;
    for (const char c : base) stem += isLetter(c) || isDigit(c) ? c : '_';
    stem.resize(std::min(stem.size(), kLongestStem));
    while (!stem.empty() && isDigit(stem.back())) stem.pop_back();
    if (stem.empty() || !isLetter(stem[0])) stem = "node" + stem;
    // One pass for the numbers that are taken: of as many numbers as there are nodes, and one more, one is free.
    std::vector<bool> taken(m_nodes.size() + 2, false);
    for (const Node& node : m_nodes) {
        if (!node.name.starts_with(stem)) continue;
        const std::string_view digits = std::string_view(node.name).substr(stem.size());
        std::size_t number = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (result.ec == std::errc() && result.ptr == digits.data() + digits.size() && number < taken.size())
            taken[number] = true;
    }
    const auto free = std::find(taken.begin() + 1, taken.end(), false);
    return stem + std::to_string(free - taken.begin());
}

bool ModelGraph::isName(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && isLetter(text[0]) &&
           std::ranges::all_of(text, [](char c) { return isLetter(c) || isDigit(c); });
}

}  // namespace gradlens
