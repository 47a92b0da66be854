// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/graph_delta.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

bool GraphDelta::empty() const {
    return removed.empty() && added.empty() && changed.empty() && cut.empty() && joined.empty();
}

GraphDelta GraphDelta::inverted() const {
    GraphDelta inverse{added, removed, changed, joined, cut};
    for (NodeChange& change : inverse.changed) std::swap(change.before, change.after);
    return inverse;
}

GraphDelta difference(const ModelGraph& before, const ModelGraph& after) {
    GraphDelta delta;
    const auto old = before.nodes();
    const auto now = after.nodes();
    for (std::size_t i = 0, j = 0; i < old.size() || j < now.size();) {
        if (j == now.size() || (i < old.size() && old[i].id < now[j].id)) {
            delta.removed.push_back(old[i++]);
        } else if (i == old.size() || now[j].id < old[i].id) {
            delta.added.push_back(now[j++]);
        } else {
            if (old[i] != now[j]) delta.changed.push_back({old[i], now[j]});
            ++i, ++j;
        }
    }
    std::ranges::set_difference(
        before.edges(), after.edges(), std::back_inserter(delta.cut),
        [](const Edge& a, const Edge& b) { return std::pair(a.to, a.from) < std::pair(b.to, b.from); });
    std::ranges::set_difference(
        after.edges(), before.edges(), std::back_inserter(delta.joined),
        [](const Edge& a, const Edge& b) { return std::pair(a.to, a.from) < std::pair(b.to, b.from); });
    return delta;
}

void apply(const GraphDelta& delta, ModelGraph& graph) {
    for (const Edge& edge : delta.cut) graph.disconnect(edge.to);
    for (const Node& node : delta.removed) graph.remove(node.id);
    for (const NodeChange& change : delta.changed) {
        if (change.before.name != change.after.name) {
            [[maybe_unused]] const bool renamed = graph.rename(change.after.id, change.after.name);
            assert(renamed);
        }
        if (change.before.attributes != change.after.attributes)
            graph.setAttributes(change.after.id, change.after.attributes);
        if (change.before.sharesWith != change.after.sharesWith) graph.share(change.after.id, change.after.sharesWith);
        if (change.before.position != change.after.position) graph.move(change.after.id, change.after.position);
    }
    for (const Node& node : delta.added) graph.restore(node);
    for (const Edge& edge : delta.joined) graph.connect(edge);
}

}  // namespace gradlens
