// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/layout/grouped_layout.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gradlens {

namespace {
std::size_t index(int i) {
    return static_cast<std::size_t>(i);
}

// An item is a node (its number) or a group (its number behind the nodes'). Groups are laid out from the innermost
// out; the drawing itself is the last. Until then nodes and edges are placed relative to the item they are part of.
class GroupLayout {
public:
    GroupLayout(const LayoutInput& input, const std::vector<int>& groupOf, const std::vector<LayoutGroup>& groups,
                const LayoutOptions& options)
        : m_input(input), m_groups(groups), m_options(options), m_nodes(static_cast<int>(input.nodes.size())) {
        assert(groupOf.size() == input.nodes.size());
        for (const int group : groupOf) m_parent.push_back(group);
        for (std::size_t g = 0; g < groups.size(); ++g) {
            assert(groups[g].parent < static_cast<int>(g));
            m_parent.push_back(groups[g].parent);
        }
        m_members.resize(groups.size() + 1);
        m_nodesIn.resize(m_parent.size());
        m_edgesIn.resize(groups.size() + 1);
        for (int node = 0; node < m_nodes; ++node) m_nodesIn[index(node)] = {node};
        for (int item = 0; item < static_cast<int>(m_parent.size()); ++item)
            m_members[place(m_parent[index(item)])].push_back(item);
        m_result.drawing.positions.resize(input.nodes.size());
        m_result.drawing.routes.resize(input.edges.size());
        m_result.drawing.corners.resize(input.edges.size());
        m_result.groups.resize(groups.size());
        sortEdges();
    }

    std::optional<GroupedLayout> run(const std::stop_token& stop) {
        for (int group = static_cast<int>(m_groups.size()) - 1; group >= -1; --group)
            if (!layOut(group, stop)) return std::nullopt;
        return std::move(m_result);
    }

private:
    struct LevelEdge {
        int edge, from, to;  // from and to are items
    };

    // Where something of a group is kept: the drawing itself, group -1, comes first.
    static std::size_t place(int group) { return index(group + 1); }

    int depthOf(int item) const {
        int depth = 0;
        for (int group = m_parent[index(item)]; group >= 0; group = m_groups[index(group)].parent) ++depth;
        return depth;
    }

    // Every edge to the innermost group that holds both its ends, with the items there that they are part of.
    void sortEdges() {
        for (std::size_t e = 0; e < m_input.edges.size(); ++e) {
            int from = m_input.edges[e].fromNode, to = m_input.edges[e].toNode;
            int fromDepth = depthOf(from), toDepth = depthOf(to);
            const auto out = [&](int& item, int& depth) { item = m_nodes + m_parent[index(item)], --depth; };
            while (fromDepth > toDepth) out(from, fromDepth);
            while (toDepth > fromDepth) out(to, toDepth);
            while (m_parent[index(from)] != m_parent[index(to)]) out(from, fromDepth), out(to, toDepth);
            m_edgesIn[place(m_parent[index(from)])].push_back({static_cast<int>(e), from, to});
        }
    }

    bool layOut(int group, const std::stop_token& stop) {
        const auto& members = m_members[place(group)];
        LayoutInput level;
        m_levelIndex.resize(m_parent.size());
        for (std::size_t i = 0; i < members.size(); ++i) {
            m_levelIndex[index(members[i])] = static_cast<int>(i);
            level.nodes.push_back(boxOf(members[i]));
        }
        for (const LevelEdge& edge : m_edgesIn[place(group)]) level.edges.push_back(wire(edge, level));
        const auto laidOut = layeredLayout(level, m_options, stop);
        if (!laidOut) return false;
        const LayoutGroup padding = group < 0 ? LayoutGroup() : m_groups[index(group)];
        for (std::size_t i = 0; i < members.size(); ++i)
            shift(members[i], laidOut->positions[i].x + padding.left, laidOut->positions[i].y + padding.top);
        for (std::size_t i = 0; i < level.edges.size(); ++i) {
            const int edge = m_edgesIn[place(group)][i].edge;
            m_result.drawing.routes[index(edge)] = moved(laidOut->routes[i], padding.left, padding.top);
            m_result.drawing.corners[index(edge)] = moved(laidOut->corners[i], padding.left, padding.top);
        }
        gather(group, *laidOut, padding);
        return true;
    }

    LayoutNode boxOf(int item) const {
        if (item < m_nodes) return m_input.nodes[index(item)];
        const LayoutBox& box = m_result.groups[index(item - m_nodes)];
        return {box.width, box.height, {}, {}};
    }

    // A box has a port for every edge that goes through its side, in line with the port inside.
    LayoutEdge wire(const LevelEdge& edge, LayoutInput& level) const {
        const LayoutEdge& given = m_input.edges[index(edge.edge)];
        LayoutEdge result{m_levelIndex[index(edge.from)], given.fromPort, m_levelIndex[index(edge.to)], given.toPort};
        const auto across = [&](int node) {
            const LayoutPoint& at = m_result.drawing.positions[index(node)];
            return m_options.direction == LayoutDirection::Down ? at.x : at.y;
        };
        if (edge.from >= m_nodes) {
            auto& ports = level.nodes[index(result.fromNode)].outputs;
            ports.push_back(across(given.fromNode) +
                            m_input.nodes[index(given.fromNode)].outputs[index(given.fromPort)]);
            result.fromPort = static_cast<int>(ports.size()) - 1;
        }
        if (edge.to >= m_nodes) {
            auto& ports = level.nodes[index(result.toNode)].inputs;
            ports.push_back(across(given.toNode) + m_input.nodes[index(given.toNode)].inputs[index(given.toPort)]);
            result.toPort = static_cast<int>(ports.size()) - 1;
        }
        return result;
    }

    static std::vector<LayoutPoint> moved(std::vector<LayoutPoint> points, double dx, double dy) {
        for (LayoutPoint& point : points) point = {point.x + dx, point.y + dy};
        return points;
    }

    void shift(int item, double dx, double dy) {
        for (const int part : m_nodesIn[index(item)]) {
            LayoutPoint& at = m_result.drawing.positions[index(part)];
            at = {at.x + dx, at.y + dy};
        }
        if (item < m_nodes) return;
        const int group = item - m_nodes;
        for (const int inner : groupsWithin(group)) {
            m_result.groups[index(inner)].x += dx;
            m_result.groups[index(inner)].y += dy;
        }
        for (const int edge : edgesWithin(group))
            for (auto* way : {&m_result.drawing.routes[index(edge)], &m_result.drawing.corners[index(edge)]})
                *way = moved(std::move(*way), dx, dy);
    }

    // The group becomes a box that holds what its members hold.
    void gather(int group, const LayoutResult& laidOut, const LayoutGroup& padding) {
        if (group < 0) {
            m_result.drawing.width = laidOut.width;
            m_result.drawing.height = laidOut.height;
            return;
        }
        const auto& members = m_members[place(group)];
        if (!members.empty())
            m_result.groups[index(group)] = {0, 0, laidOut.width + padding.left + padding.right,
                                             laidOut.height + padding.top + padding.bottom};
        for (const int item : members)
            m_nodesIn[index(m_nodes + group)].insert(m_nodesIn[index(m_nodes + group)].end(),
                                                     m_nodesIn[index(item)].begin(), m_nodesIn[index(item)].end());
    }

    // The group itself and the groups within it.
    std::vector<int> groupsWithin(int group) const {
        std::vector<int> inside{group};
        for (int other = group + 1; other < static_cast<int>(m_groups.size()); ++other)
            if (std::ranges::find(inside, m_groups[index(other)].parent) != inside.end()) inside.push_back(other);
        return inside;
    }

    std::vector<int> edgesWithin(int group) const {
        std::vector<int> edges;
        for (const int inner : groupsWithin(group))
            for (const LevelEdge& edge : m_edgesIn[place(inner)]) edges.push_back(edge.edge);
        return edges;
    }

    const LayoutInput& m_input;
    const std::vector<LayoutGroup>& m_groups;
    const LayoutOptions& m_options;
    int m_nodes;
    std::vector<int> m_parent;                      // group of each item
    std::vector<std::vector<int>> m_members;        // items of each group
    std::vector<std::vector<int>> m_nodesIn;        // nodes of each item
    std::vector<std::vector<LevelEdge>> m_edgesIn;  // of each group
    std::vector<int> m_levelIndex;                  // of items, in the level that is being laid out
    GroupedLayout m_result;
};
}  // namespace

std::optional<GroupedLayout> groupedLayout(const LayoutInput& input, const std::vector<int>& groupOf,
                                           const std::vector<LayoutGroup>& groups, const LayoutOptions& options,
                                           const std::stop_token& stop) {
    return GroupLayout(input, groupOf, groups, options).run(stop);
}

}  // namespace gradlens
