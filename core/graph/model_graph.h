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
    void move(NodeId id, Point position);
    // False, and nothing changes, when the name is taken or not a name.
    bool rename(NodeId id, std::string name);

    // base1, base2, base3 ...: the first that is free. Digits at the end of `base` do not count: "conv3" continues
    // "conv".
    std::string uniqueName(std::string_view base) const;
    static bool isName(std::string_view text);

    friend bool operator==(const ModelGraph& a, const ModelGraph& b) {
        return a.m_nodes == b.m_nodes && a.m_edges == b.m_edges;
    }

private:
    Node* findMutable(NodeId id);
    std::vector<Node> m_nodes;
    std::vector<Edge> m_edges;
    std::uint32_t m_lastId = 0;
};

}  // namespace gradlens
