// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/replace_op.h"

namespace gradlens {

void replaceOp(ModelGraph& graph, NodeId id, std::string op, Attributes attributes) {
    Node node = *graph.find(id);
    const std::vector<Edge> edges = graph.edgesOf(id);
    std::vector<NodeId> sharers;
    for (const Node& other : graph.nodes())
        if (other.sharesWith == id) sharers.push_back(other.id);
    node.op = std::move(op);
    node.attributes = std::move(attributes);
    graph.remove(id);
    graph.restore(std::move(node));
    for (const Edge& edge : edges) graph.connect(edge);
    for (const NodeId sharer : sharers) graph.share(sharer, id);
}

}  // namespace gradlens
