// SPDX-License-Identifier: GPL-3.0-or-later
// What one edit did to a drawing, as values: enough to do it and to take it back. Pure functions; any thread.
#pragma once
#include "core/graph/model_graph.h"

#include <optional>
#include <utility>
#include <vector>

namespace gradlens {

struct NodeChange {
    Node before, after;  // the same id and op
    friend bool operator==(const NodeChange&, const NodeChange&) = default;
};

struct GraphDelta {
    std::vector<Node> removed, added;  // a node of another op than before is in both
    std::vector<NodeChange> changed;  // name, attributes, sharing or position
    std::vector<Edge> cut, joined;    // an edge that changed its source is in both
    std::vector<Note> notesRemoved, notesAdded;               // a note that changed is in both
    std::optional<std::pair<DrawingStyle, DrawingStyle>> style = {};  // before, after

    bool empty() const;
    GraphDelta inverted() const;
};

// What leads from `before` to `after`.
GraphDelta difference(const ModelGraph& before, const ModelGraph& after);
// graph must be what the delta was made from.
void apply(const GraphDelta& delta, ModelGraph& graph);

}  // namespace gradlens
