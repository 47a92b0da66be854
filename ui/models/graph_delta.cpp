// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/graph_delta.h"

#include <algorithm>
#include <cassert>

namespace gradlens {

bool GraphDelta::empty() const {
    return removed.empty() && added.empty() && changed.empty() && cut.empty() && joined.empty() &&
           notesRemoved.empty() && notesAdded.empty() && !style;
}

GraphDelta GraphDelta::inverted() const {
    GraphDelta inverse{added, removed, changed, joined, cut, notesAdded, notesRemoved, style};
    if (inverse.style) std::swap(inverse.style->first, inverse.style->second);
    for (NodeChange& change : inverse.changed) std::swap(change.before, change.after);
    return inverse;
}

GraphDelta difference(const ModelGraph& before, const ModelGraph& after) {
    GraphDelta delta;
    std::vector<NodeId> replaced;  // of another op now
    const auto old = before.nodes();
    const auto now = after.nodes();
    for (std::size_t i = 0, j = 0; i < old.size() || j < now.size();) {
        if (j == now.size() || (i < old.size() && old[i].id < now[j].id)) {
            delta.removed.push_back(old[i++]);
        } else if (i == old.size() || now[j].id < old[i].id) {
            delta.added.push_back(now[j++]);
        } else {
            if (old[i].op != now[j].op) {
                replaced.push_back(old[i].id);
                delta.removed.push_back(old[i]);
                delta.added.push_back(now[j]);
            } else if (old[i] != now[j]) {
                delta.changed.push_back({old[i], now[j]});
            }
            ++i, ++j;
        }
    }
    std::ranges::set_difference(
        before.edges(), after.edges(), std::back_inserter(delta.cut),
        [](const Edge& a, const Edge& b) { return std::pair(a.to, a.from) < std::pair(b.to, b.from); });
    std::ranges::set_difference(
        after.edges(), before.edges(), std::back_inserter(delta.joined),
        [](const Edge& a, const Edge& b) { return std::pair(a.to, a.from) < std::pair(b.to, b.from); });
    // A node that goes takes its edges along, even where it comes again.
    const auto isReplaced = [&](NodeId id) { return std::ranges::binary_search(replaced, id); };
    for (const Edge& edge : before.edges()) {
        if (!isReplaced(edge.from.node) && !isReplaced(edge.to.node)) continue;
        if (after.edgeInto(edge.to) != edge) continue;
        delta.cut.push_back(edge);
        delta.joined.push_back(edge);
    }
    const auto isIn = [](const ModelGraph& graph, const Note& note) {
        const Note* other = graph.findNote(note.id);
        return other != nullptr && *other == note;
    };
    for (const Note& note : before.notes())
        if (!isIn(after, note)) delta.notesRemoved.push_back(note);
    for (const Note& note : after.notes())
        if (!isIn(before, note)) delta.notesAdded.push_back(note);
    if (before.style() != after.style()) delta.style = {before.style(), after.style()};
    return delta;
}

void apply(const GraphDelta& delta, ModelGraph& graph) {
    // Who shares the parameters of a node that goes and comes again, of another op, shares them still.
    std::vector<std::pair<NodeId, NodeId>> sharers;
    for (const Node& node : delta.removed)
        if (std::ranges::find(delta.added, node.id, &Node::id) != delta.added.end())
            for (const Node& other : graph.nodes())
                if (other.sharesWith == node.id) sharers.emplace_back(other.id, node.id);
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
        if (change.before.bypassed != change.after.bypassed) graph.bypass(change.after.id, change.after.bypassed);
        if (change.before.position != change.after.position) graph.move(change.after.id, change.after.position);
    }
    for (const Node& node : delta.added) graph.restore(node);
    const auto isChanged = [&](NodeId id) {
        return std::ranges::any_of(delta.changed, [&](const NodeChange& change) { return change.after.id == id; });
    };
    for (const auto& [sharer, with] : sharers)
        if (graph.find(sharer) != nullptr && !isChanged(sharer)) graph.share(sharer, with);
    for (const Edge& edge : delta.joined) graph.connect(edge);
    for (const Note& note : delta.notesRemoved) graph.removeNote(note.id);
    for (const Note& note : delta.notesAdded) graph.restoreNote(note);
    if (delta.style) graph.setStyle(delta.style->second);
}

}  // namespace gradlens
