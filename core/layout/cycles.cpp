// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/layout/layered_graph.h"

#include <utility>

namespace gradlens::layout {

namespace {
enum class Visit : unsigned char { New, Open, Done };

struct Frame {
    int node;
    std::size_t next;  // among the arcs that leave it
};

// Marks the arcs that lead back to a node the walk from `start` is still in.
void walk(int start, const Adjacency& leaving, std::vector<Arc>& arcs, std::vector<Visit>& visits,
          std::vector<Frame>& stack) {
    if (visits[static_cast<std::size_t>(start)] != Visit::New) return;
    visits[static_cast<std::size_t>(start)] = Visit::Open;
    stack.push_back({start, 0});
    while (!stack.empty()) {
        Frame& frame = stack.back();
        const auto list = leaving[frame.node];
        if (frame.next == list.size()) {
            visits[static_cast<std::size_t>(frame.node)] = Visit::Done;
            stack.pop_back();
            continue;
        }
        Arc& arc = arcs[static_cast<std::size_t>(list[frame.next++])];
        Visit& visit = visits[static_cast<std::size_t>(arc.to)];
        if (visit == Visit::Open) arc.reversed = true;
        if (visit != Visit::New) continue;
        visit = Visit::Open;
        stack.push_back({arc.to, 0});
    }
}
}  // namespace

void breakCycles(int nodes, std::vector<Arc>& arcs) {
    std::vector<int> owners;
    std::vector<bool> entered(static_cast<std::size_t>(nodes), false);
    owners.reserve(arcs.size());
    for (const Arc& arc : arcs) {
        owners.push_back(arc.from);
        entered[static_cast<std::size_t>(arc.to)] = true;
    }
    const Adjacency leaving(static_cast<std::size_t>(nodes), owners);
    std::vector<Visit> visits(static_cast<std::size_t>(nodes), Visit::New);
    std::vector<Frame> stack;
    // Sources first, so that a loop is opened where data flows back rather than in its middle.
    for (int node = 0; node < nodes; ++node)
        if (!entered[static_cast<std::size_t>(node)]) walk(node, leaving, arcs, visits, stack);
    for (int node = 0; node < nodes; ++node) walk(node, leaving, arcs, visits, stack);
    for (Arc& arc : arcs) {
        if (!arc.reversed) continue;
        std::swap(arc.from, arc.to);
        std::swap(arc.fromFraction, arc.toFraction);
    }
}

}  // namespace gradlens::layout
