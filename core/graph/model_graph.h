// SPDX-License-Identifier: GPL-3.0-or-later
// What the user draws: nodes with stable ids, and edges from output ports to input ports. A plain value: copy it,
// compare it, edit it on any one thread. It may be wrong (unknown ops, cycles, shapes that do not fit): analyse() says
// how.
#pragma once
#include "core/ops/catalogue/attributes.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

// Never reused within a drawing. 0 is no node.
enum class NodeId : std::uint32_t { None = 0 };
constexpr std::uint32_t toInteger(NodeId id) {
    return static_cast<std::uint32_t>(id);
}

struct Point {
    double x = 0, y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

struct Node {
    NodeId id = NodeId::None;
    std::string name;       // unique in the drawing; letters, digits, '_'
    std::string op;         // name in the catalogue
    Attributes attributes;  // only what differs from the defaults need be there
    Point position;         // top-left corner on the canvas, in its units
    // The node whose parameters this one uses, as far as names and shapes agree (a siamese network, tied embeddings).
    NodeId sharesWith = NodeId::None;
    // Taken out for the moment: whatever reads one of its outputs reads what comes into its first input instead.
    bool bypassed = false;
    friend bool operator==(const Node&, const Node&) = default;
};

struct PortRef {
    NodeId node = NodeId::None;
    int port = 0;  // index among the node's outputs or inputs
    friend auto operator<=>(const PortRef&, const PortRef&) = default;
};

// An input port takes one edge at most, so `to` names the edge.
struct Edge {
    PortRef from, to;
    friend auto operator<=>(const Edge&, const Edge&) = default;
};

enum class NoteId : std::uint32_t { None = 0 };
inline constexpr int kNoteColors = 8;

// Something written on the drawing, for people: a comment, or a coloured frame with a title around a group of nodes.
// What is computed does not depend on it.
struct Note {
    enum class Kind { Comment, Frame };
    NoteId id = NoteId::None;
    Kind kind = Kind::Comment;
    std::string text;
    int color = 0;   // 0 .. kNoteColors - 1, a place in the theme's palette
    Point position;  // top-left corner
    double width = 240, height = 96;
    friend bool operator==(const Note&, const Note&) = default;
};

// How the drawing is meant to be looked at.
struct DrawingStyle {
    enum class Flow { Down, Right };
    enum class Edges { Curved, Orthogonal };
    Flow flow = Flow::Down;
    Edges edges = Edges::Curved;
    friend bool operator==(const DrawingStyle&, const DrawingStyle&) = default;
};

class ModelGraph {
public:
    std::span<const Node> nodes() const { return m_nodes; }  // in ascending order of id
    std::span<const Edge> edges() const { return m_edges; }  // in ascending order of `to`

    const Node* find(NodeId id) const;
    const Node* findByName(std::string_view name) const;
    std::optional<Edge> edgeInto(PortRef input) const;
    std::vector<Edge> edgesOf(NodeId node) const;  // in and out

    // Adds a node under a fresh id and returns it. A name that is empty, taken or not a name is replaced by a unique
    // one made from it, or from the op's name.
    NodeId add(Node node);
    // Puts back a node under the id it has (undo). The id must be free.
    void restore(Node node);
    // Removes the node and its edges; who shared its parameters gets parameters of its own.
    void remove(NodeId id);
    // Replaces whatever went into edge.to. Both nodes must exist; ports are checked by analyse(), not here.
    void connect(Edge edge);
    void disconnect(PortRef input);
    void setAttributes(NodeId id, Attributes attributes);
    void share(NodeId id, NodeId with);  // None: parameters of its own again
    void bypass(NodeId id, bool bypassed);
    void move(NodeId id, Point position);
    // False, and nothing changes, when the name is taken or not a name.
    bool rename(NodeId id, std::string name);

    std::span<const Note> notes() const { return m_notes; }  // in ascending order of id
    const Note* findNote(NoteId id) const;
    NoteId addNote(Note note);      // under a fresh id
    void restoreNote(Note note);    // under the id it has, which must be free
    void replaceNote(Note note);    // the one of the same id, which must exist
    void removeNote(NoteId id);
    const DrawingStyle& style() const { return m_style; }
    void setStyle(const DrawingStyle& style) { m_style = style; }

    // base1, base2, base3 ...: the first that is free. Digits at the end of `base` do not count: "conv3" continues
    // "conv".
    std::string uniqueName(std::string_view base) const;
    static bool isName(std::string_view text);

    friend bool operator==(const ModelGraph& a, const ModelGraph& b) {
        return a.m_nodes == b.m_nodes && a.m_edges == b.m_edges && a.m_notes == b.m_notes && a.m_style == b.m_style;
    }

private:
    Node* findMutable(NodeId id);
    std::vector<Node> m_nodes;
    std::vector<Edge> m_edges;
    std::vector<Note> m_notes;
    DrawingStyle m_style;
    std::uint32_t m_lastId = 0, m_lastNoteId = 0;
};

}  // namespace gradlens
