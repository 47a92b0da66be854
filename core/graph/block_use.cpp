// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/block_use.h"

#include <queue>

#include <algorithm>
#include <functional>
#include <map>

namespace gradlens {

std::vector<std::string> blocksUsedIn(const ModelGraph& graph, const OpCatalogue& catalogue) {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes()) {
        if (std::ranges::find(names, node.op) != names.end()) continue;
        const OpDefinition* op = catalogue.find(node.op);
        if (op != nullptr && op->block != nullptr) names.push_back(node.op);
    }
    return names;
}

std::vector<std::string> wayBackTo(std::string_view block, const OpCatalogue& catalogue) {
    // Breadth first, so that the shortest way is told.
    const std::string start(block);
    std::map<std::string, std::string> reachedFrom;
    std::vector<std::string> open{start};
    for (std::size_t next = 0; next < open.size(); ++next) {
        const std::string user = open[next];
        const OpDefinition* op = catalogue.find(user);
        if (op == nullptr || op->block == nullptr) continue;
        for (const std::string& used : blocksUsedIn(op->block->graph, catalogue)) {
            if (used == start) {
                std::vector<std::string> chain{start};
                for (std::string at = user; at != start; at = reachedFrom.at(at)) chain.push_back(at);
                chain.push_back(start);
                std::ranges::reverse(chain);
                return chain;
            }
            if (reachedFrom.emplace(used, user).second) open.push_back(used);
        }
    }
    return {};
}

std::string toText(std::span<const std::string> chain) {
    constexpr std::size_t kMostNamed = 12;
    std::string text;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        if (i >= kMostNamed && i + 1 < chain.size()) continue;
        text += i == 0 ? "" : i == kMostNamed ? ", ... which uses " : i == 1 ? " uses " : ", which uses ";
        text += chain[i];
    }
    return text;
}

std::vector<Block> withNeeded(const Block& block, std::span<const Block> own) {
    std::vector<Block> needed{block};
    for (std::size_t next = 0; next < needed.size(); ++next)
        for (const Block& other : own) {
            const bool used = std::ranges::find(needed[next].graph.nodes(), other.name, &Node::op) !=
                              needed[next].graph.nodes().end();
            if (used && std::ranges::find(needed, other.name, &Block::name) == needed.end()) needed.push_back(other);
        }
    std::vector<Block> ordered;
    for (const std::size_t place : usedFirst(needed)) ordered.push_back(needed[place]);
    return ordered;
}

std::vector<std::size_t> usedFirst(const std::vector<std::vector<std::size_t>>& uses) {
    // Kahn's algorithm, the first of those that are ready.
    std::vector<std::size_t> waitingFor(uses.size(), 0);
    std::vector<std::vector<std::size_t>> users(uses.size());
    for (std::size_t user = 0; user < uses.size(); ++user)
        for (const std::size_t used : uses[user]) {
            ++waitingFor[user];
            users[used].push_back(user);
        }
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < uses.size(); ++i)
        if (waitingFor[i] == 0) ready.push(i);
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        const std::size_t place = ready.top();
        ready.pop();
        order.push_back(place);
        for (const std::size_t user : users[place])
            if (--waitingFor[user] == 0) ready.push(user);
    }
    return order;
}

std::vector<std::size_t> usedFirst(std::span<const Block> blocks) {
    std::vector<std::vector<std::size_t>> uses(blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i)
        for (std::size_t j = 0; j < blocks.size(); ++j)
            if (std::ranges::find(blocks[i].graph.nodes(), blocks[j].name, &Node::op) != blocks[i].graph.nodes().end())
                uses[i].push_back(j);
    return usedFirst(uses);
}

}  // namespace gradlens
