// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/fold.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace gradlens {

namespace {
class Folding {
public:
    Folding(const ModelGraph& drawing, const OpCatalogue& catalogue, const FlatDrawing& flat,
            const GraphAnalysis& inner)
        : m_drawing(drawing), m_catalogue(catalogue), m_flat(flat), m_inner(inner) {
        for (const Problem& problem : flat.problems) m_faulty.insert(problem.node);
    }

    GraphAnalysis run() {
        m_result.batchSize = m_inner.batchSize;
        m_result.parameters = m_inner.parameters;
        m_result.forwardFlops = m_inner.forwardFlops;
        takeProblems();
        for (const NodeAnalysis& node : m_inner.nodes)
            if (m_flat.ownerOf(node.id) != node.id) addToBlock(node);
        for (const NodeAnalysis& node : m_inner.nodes) {
            const NodeId owner = m_flat.ownerOf(node.id);
            if (owner == node.id)
                m_result.nodes.push_back(node);
            else if (m_lastInside.at(owner) == node.id)
                m_result.nodes.push_back(finished(owner));
        }
        addBypassed();
        for (std::size_t i = 0; i < m_result.nodes.size(); ++i) m_result.places.emplace_back(m_result.nodes[i].id, i);
        std::ranges::sort(m_result.places);
        findInputs();
        return std::move(m_result);
    }

private:
    // What is wrong inside a block is said of the block; once only where the block itself is at fault.
    void takeProblems() {
        m_result.problems = m_flat.problems;
        for (Problem problem : m_inner.problems) {
            const NodeId owner = m_flat.ownerOf(problem.node);
            if (owner != problem.node && m_faulty.contains(owner)) continue;
            if (owner != problem.node) problem.port = -1;
            problem.node = owner;
            m_result.problems.push_back(std::move(problem));
        }
    }

    void addToBlock(const NodeAnalysis& node) {
        const NodeId owner = m_flat.ownerOf(node.id);
        m_lastInside[owner] = node.id;
        NodeAnalysis& block = m_blocks[owner];
        const Node& drawn = *m_drawing.find(owner);
        if (block.id == NodeId::None) {
            block.id = owner;
            block.op = m_catalogue.find(drawn.op);
            block.attributes = completed(block.op->attributes, drawn.attributes, nullptr);
            block.known = !m_faulty.contains(owner);
        }
        block.known = block.known && node.known;
        block.reachesLoss = block.reachesLoss || node.reachesLoss;
        add(block.cost.forward, node.cost.forward);
        add(block.cost.backward, node.cost.backward);
        const std::string inside = m_flat.graph.find(node.id)->name.substr(drawn.name.size() + 1);
        for (std::size_t i = 0; i < node.inference.parameters.size(); ++i) {
            block.inference.parameters.push_back(node.inference.parameters[i]);
            block.inference.parameters.back().name = inside + "." + node.inference.parameters[i].name;
            block.parameterOwners.push_back(node.parameterOwners[i] == node.id ? owner : node.parameterOwners[i]);
        }
    }

    static void add(Cost& sum, const Cost& part) {
        sum.flops += part.flops;
        sum.bytesRead += part.bytesRead;
        sum.bytesWritten += part.bytesWritten;
    }

    NodeAnalysis finished(NodeId owner) {
        NodeAnalysis block = std::move(m_blocks.at(owner));
        for (int port = 0; block.known && port < outputCountOf(*block.op, block.attributes); ++port) {
            const auto source = m_flat.source({owner, port});
            const TensorType* type = source ? m_inner.typeOf(*source) : nullptr;
            block.known = type != nullptr;
            if (type != nullptr) block.inference.outputs.push_back(*type);
        }
        return block;
    }

    // A bypassed node hands on what comes in: it stands behind what it hands on, at no cost.
    void addBypassed() {
        std::unordered_map<NodeId, std::vector<std::pair<int, NodeId>>> behind;  // with the length of the chain there
        std::vector<NodeId> loose;
        for (const Node& node : m_drawing.nodes()) {
            if (!node.bypassed || m_catalogue.find(node.op) == nullptr) continue;
            if (const auto source = m_flat.source({node.id, 0}))
                behind[m_flat.ownerOf(source->node)].emplace_back(chainLength(node.id), node.id);
            else
                loose.push_back(node.id);
        }
        if (behind.empty() && loose.empty()) return;
        std::vector<NodeAnalysis> nodes;
        for (NodeAnalysis& node : m_result.nodes) {
            const NodeId id = node.id;
            nodes.push_back(std::move(node));
            const auto followers = behind.find(id);
            if (followers == behind.end()) continue;
            std::ranges::sort(followers->second);
            for (const auto& [length, follower] : followers->second) nodes.push_back(bypassed(follower));
        }
        for (const NodeId id : loose) nodes.push_back(bypassed(id));
        m_result.nodes = std::move(nodes);
    }

    // How many bypassed nodes lie between this one and what it hands on.
    int chainLength(NodeId id) const {
        int length = 0;
        for (auto edge = m_drawing.edgeInto({id, 0}); edge && m_drawing.find(edge->from.node)->bypassed;
             edge = m_drawing.edgeInto({edge->from.node, 0}))
            ++length;
        return length;
    }

    NodeAnalysis bypassed(NodeId id) {
        NodeAnalysis node;
        const Node& drawn = *m_drawing.find(id);
        node.id = id;
        node.op = m_catalogue.find(drawn.op);
        node.attributes = completed(node.op->attributes, drawn.attributes, nullptr);
        const int count = outputCountOf(*node.op, node.attributes);
        for (int port = 0; port < count; ++port) {
            const auto source = m_flat.source({id, port});
            const TensorType* type = source ? m_inner.typeOf(*source) : nullptr;
            if (type == nullptr) return node;
            node.inference.outputs.push_back(*type);
        }
        node.known = true;
        return node;
    }

    void findInputs() {
        for (NodeAnalysis& node : m_result.nodes) {
            if (!m_blocks.contains(node.id)) continue;
            for (const Edge& edge : m_drawing.edgesOf(node.id))
                if (edge.to.node == node.id)
                    if (const TensorType* type = m_result.typeOf(edge.from)) node.inputs.push_back(*type);
        }
    }

    const ModelGraph& m_drawing;
    const OpCatalogue& m_catalogue;
    const FlatDrawing& m_flat;
    const GraphAnalysis& m_inner;
    GraphAnalysis m_result;
    std::unordered_set<NodeId> m_faulty;
    std::unordered_map<NodeId, NodeAnalysis> m_blocks;
    std::unordered_map<NodeId, NodeId> m_lastInside;
};
}  // namespace

GraphAnalysis folded(const ModelGraph& drawing, const OpCatalogue& catalogue, const FlatDrawing& flat,
                     const GraphAnalysis& inner) {
    return Folding(drawing, catalogue, flat, inner).run();
}

}  // namespace gradlens
