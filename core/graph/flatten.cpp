// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/flatten.h"

#include "core/graph/block_parameters.h"
#include "core/graph/block_use.h"

#include <algorithm>
#include <map>
#include <set>

namespace gradlens {

namespace {
constexpr int kDeepest = 16;
constexpr std::size_t kMostNodes = 100000;

// The nodes of `graph` that are blocks, as the catalogue knows them.
const OpDefinition* blockOf(const OpCatalogue& catalogue, const Node& node) {
    const OpDefinition* op = catalogue.find(node.op);
    return op != nullptr && op->block != nullptr ? op : nullptr;
}

// Takes bypassed nodes out: what read an output of one reads what comes into its first input.
class WithoutBypassed {
public:
    explicit WithoutBypassed(const ModelGraph& graph) : m_graph(graph) {}

    // Nothing where nothing comes in, or bypassed nodes feed each other in a circle.
    std::optional<PortRef> sourceOf(PortRef output) const {
        for (std::size_t left = m_graph.nodes().size(); left > 0; --left) {
            if (!m_graph.find(output.node)->bypassed) return output;
            const auto edge = m_graph.edgeInto({output.node, 0});
            if (!edge) return std::nullopt;
            output = edge->from;
        }
        return std::nullopt;
    }

    ModelGraph result() const {
        ModelGraph result;
        for (Node node : m_graph.nodes()) {
            if (node.bypassed) continue;
            const Node* shared = m_graph.find(node.sharesWith);
            if (shared != nullptr && shared->bypassed) node.sharesWith = NodeId::None;
            result.restore(std::move(node));
        }
        for (const Edge& edge : m_graph.edges()) {
            if (m_graph.find(edge.to.node)->bypassed) continue;
            if (const auto source = sourceOf(edge.from)) result.connect({*source, edge.to});
        }
        return result;
    }

private:
    const ModelGraph& m_graph;
};

// One pass: every block of a graph is replaced by its nodes, which may be blocks again.
class Pass {
public:
    Pass(const ModelGraph& graph, const OpCatalogue& catalogue, std::vector<Problem>& problems)
        : m_graph(graph), m_catalogue(catalogue), m_problems(problems) {}

    // False when there was nothing to replace.
    bool run() {
        for (const Node& node : m_graph.nodes()) {
            if (const OpDefinition* op = blockOf(m_catalogue, node))
                m_blocks.emplace(node.id, op);
            else
                m_result.restore(node);
        }
        if (m_blocks.empty()) return false;
        m_nextId = m_graph.nodes().empty() ? 1 : toInteger(m_graph.nodes().back().id) + 1;
        for (const auto& [id, op] : m_blocks) copyBlock(*m_graph.find(id), *op);
        for (const auto& [id, op] : m_blocks) connectInside(id, *op);
        for (const Edge& edge : m_graph.edges())
            if (!m_blocks.contains(edge.to.node)) connect(sourceOf(edge.from), edge.to);
        return true;
    }

    ModelGraph& result() { return m_result; }
    // The node of the pass's graph that a new node came from.
    const std::map<NodeId, NodeId>& origins() const { return m_origins; }
    // What an output of the pass's graph is in the result. For a block: of its last copy, or the one given.
    std::optional<PortRef> sourceOf(PortRef output, std::optional<std::size_t> copy = {}) const {
        // Blocks may hand an input straight to an output: follow it, as long as no cycle of such blocks leads round.
        std::size_t left = (m_blocks.size() + 1) * static_cast<std::size_t>(kMostRepeats + 1);
        while (left-- > 0) {
            const auto block = m_blocks.find(output.node);
            if (block == m_blocks.end()) return output;
            const auto copies = m_copies.find(output.node);
            if (copies == m_copies.end()) return std::nullopt;
            const std::size_t k = copy.value_or(copies->second.size() - 1);
            const auto inside = insideSource(*block->second->block, output.port);
            if (!inside) return std::nullopt;
            const auto input = inputNumber(*block->second->block, inside->node);
            if (!input) return PortRef{copies->second[k].at(inside->node), inside->port};
            // The first input of a repetition is the first output of the one before.
            if (*input == 0 && k > 0) {
                copy = k - 1;
                output.port = 0;
                continue;
            }
            const auto edge = m_graph.edgeInto({output.node, *input});
            if (!edge) return std::nullopt;
            output = edge->from;
            copy.reset();
        }
        return std::nullopt;
    }

private:
    using Copy = std::map<NodeId, NodeId>;  // from the block's node to the result's

    static std::optional<PortRef> insideSource(const Block& block, int port) {
        const std::vector<NodeId> outputs = block.outputs();
        if (port < 0 || static_cast<std::size_t>(port) >= outputs.size()) return std::nullopt;
        const auto edge = block.graph.edgeInto({outputs[static_cast<std::size_t>(port)], 0});
        return edge ? std::optional(edge->from) : std::nullopt;
    }

    static std::optional<int> inputNumber(const Block& block, NodeId node) {
        const std::vector<NodeId> inputs = block.inputs();
        const auto found = std::ranges::find(inputs, node);
        return found == inputs.end() ? std::nullopt : std::optional(static_cast<int>(found - inputs.begin()));
    }

    void report(NodeId node, int port, std::string message, std::string hint) {
        m_problems.push_back({node,
                              port,
                              m_graph.find(node)->name + ": " + std::move(message),
                              {},
                              {},
                              std::move(hint),
                              Severity::Error});
    }

    void copyBlock(const Node& node, const OpDefinition& op) {
        std::vector<AttributeFault> faults;
        const Attributes parameters = completed(op.attributes, node.attributes, &faults);
        for (const AttributeFault& fault : faults)
            report(node.id, -1, fault.attribute + " " + fault.message, "Correct the attribute in the property form.");
        const std::int64_t repeats = parameters.integer(kBlockRepeat);
        if (m_result.nodes().size() + static_cast<std::size_t>(repeats) * op.block->graph.nodes().size() > kMostNodes) {
            report(node.id, -1, "unfolds to more than 100,000 layers", "Repeat it less often.");
            return;
        }
        const std::vector<NodeId> inputs = op.block->inputs();
        for (std::size_t port = 0; port < inputs.size(); ++port)
            if (!m_graph.edgeInto({node.id, static_cast<int>(port)}))
                report(node.id, static_cast<int>(port),
                       "nothing is connected to its input '" + op.inputs[port].name + "'",
                       "Drag an edge from another layer's output to this port.");
        std::vector<Copy>& copies = m_copies[node.id];
        for (std::int64_t k = 0; k < repeats; ++k) {
            const std::string prefix = node.name + (repeats > 1 ? "/" + std::to_string(k + 1) : "") + "/";
            copies.push_back(copyNodes(node, *op.block, parameters, prefix));
            if (k > 0 && parameters.flag(kBlockShare))
                for (const auto& [inside, copy] : copies.back()) m_result.share(copy, copies.front().at(inside));
        }
    }

    Copy copyNodes(const Node& user, const Block& block, const Attributes& parameters, const std::string& prefix) {
        Copy copy;
        for (const Node& inside : block.graph.nodes()) {
            if (inside.op == kBlockInput || inside.op == kBlockOutput) continue;
            Node node = inside;
            node.id = static_cast<NodeId>(m_nextId++);
            node.name = prefix + inside.name;
            node.sharesWith = NodeId::None;
            node.op = substituted(user, inside, inside.op, parameters);
            node.attributes = {};
            for (const auto& [name, value] : inside.attributes.entries())
                node.attributes.set(name, substituted(user, inside, name, value, parameters));
            copy.emplace(inside.id, node.id);
            m_origins.emplace(node.id, user.id);
            m_result.restore(std::move(node));
        }
        for (const Node& inside : block.graph.nodes())
            if (inside.sharesWith != NodeId::None && copy.contains(inside.id) && copy.contains(inside.sharesWith))
                m_result.share(copy.at(inside.id), copy.at(inside.sharesWith));
        return copy;
    }

    AttributeValue substituted(const Node& user, const Node& inside, const std::string& attribute,
                               const AttributeValue& value, const Attributes& parameters) {
        if (!isExpression(value)) return value;
        std::string message;
        if (auto result = evaluated(std::get<std::string>(value), parameters, &message)) return *result;
        report(user.id, -1,
               inside.name + "." + attribute + ": the expression " + std::get<std::string>(value) + " " + message,
               "Correct the block.");
        return value;
    }

    std::string substituted(const Node& user, const Node& inside, const std::string& op, const Attributes& parameters) {
        const AttributeValue value = substituted(user, inside, "op", AttributeValue(op), parameters);
        return std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : op;
    }

    void connect(std::optional<PortRef> from, PortRef to) {
        if (from) m_result.connect({*from, to});
    }

    void connectInside(NodeId user, const OpDefinition& op) {
        const auto copies = m_copies.find(user);
        if (copies == m_copies.end()) return;
        const Block& block = *op.block;
        for (std::size_t k = 0; k < copies->second.size(); ++k) {
            const Copy& copy = copies->second[k];
            for (const Edge& edge : block.graph.edges()) {
                const auto to = copy.find(edge.to.node);
                if (to == copy.end()) continue;  // an output of the block
                const PortRef target{to->second, edge.to.port};
                const auto input = inputNumber(block, edge.from.node);
                if (!input) {
                    connect(PortRef{copy.at(edge.from.node), edge.from.port}, target);
                } else if (*input == 0 && k > 0) {
                    connect(sourceOf({user, 0}, k - 1), target);
                } else if (const auto outside = m_graph.edgeInto({user, *input})) {
                    connect(sourceOf(outside->from), target);
                }
            }
        }
    }

    const ModelGraph& m_graph;
    const OpCatalogue& m_catalogue;
    std::vector<Problem>& m_problems;
    std::map<NodeId, const OpDefinition*> m_blocks;
    std::map<NodeId, std::vector<Copy>> m_copies;
    std::map<NodeId, NodeId> m_origins;
    ModelGraph m_result;
    std::uint32_t m_nextId = 1;
};
// The way in which a block leads back to itself, from any block that stands in this one; empty when none does.
std::vector<std::string> circleIn(const std::string& block, const OpCatalogue& catalogue) {
    std::vector<std::string> inside{block};
    for (std::size_t next = 0; next < inside.size(); ++next) {
        if (auto chain = wayBackTo(inside[next], catalogue); !chain.empty()) return chain;
        for (std::string& used : blocksUsedIn(catalogue.find(inside[next])->block->graph, catalogue))
            if (std::ranges::find(inside, used) == inside.end()) inside.push_back(std::move(used));
    }
    return {};
}

// Blocks that would never end are told, and left out.
void leaveOutCircles(FlatDrawing& flat, const OpCatalogue& catalogue) {
    for (const std::string& block : blocksUsedIn(flat.graph, catalogue)) {
        const std::vector<std::string> chain = circleIn(block, catalogue);
        if (chain.empty()) continue;
        std::vector<NodeId> users;
        for (const Node& node : flat.graph.nodes())
            if (node.op == block) users.push_back(node.id);
        for (const NodeId id : users) {
            flat.problems.push_back({id,
                                     -1,
                                     flat.graph.find(id)->name + ": a block stands inside itself: " + toText(chain),
                                     {},
                                     {},
                                     "Open " + chain.front() + " and take " + chain[1] + " out.",
                                     Severity::Error});
            flat.graph.remove(id);
            std::erase_if(flat.blockOutputs, [&](const auto& output) { return output.first.node == id; });
        }
    }
}
}  // namespace

NodeId FlatDrawing::ownerOf(NodeId flat) const {
    const auto found = std::ranges::lower_bound(owners, flat, {}, &std::pair<NodeId, NodeId>::first);
    return found != owners.end() && found->first == flat ? found->second : flat;
}

std::optional<PortRef> FlatDrawing::source(PortRef drawn) const {
    const auto found = std::ranges::lower_bound(blockOutputs, drawn, {}, &std::pair<PortRef, PortRef>::first);
    if (found != blockOutputs.end() && found->first == drawn) return found->second;
    return graph.find(drawn.node) != nullptr ? std::optional(drawn) : std::nullopt;
}

bool isFlat(const ModelGraph& drawing, const OpCatalogue& catalogue) {
    return std::ranges::none_of(drawing.nodes(), [&](const Node& node) {
        return node.bypassed || blockOf(catalogue, node) != nullptr;
    });
}

FlatDrawing flatten(const ModelGraph& drawing, const OpCatalogue& catalogue) {
    FlatDrawing flat;
    flat.graph = drawing;
    std::map<NodeId, NodeId> owners;
    for (const Node& node : drawing.nodes()) {
        const OpDefinition* op = catalogue.find(node.op);
        if (op == nullptr || (op->block == nullptr && !node.bypassed)) continue;
        const int count = outputCountOf(*op, completed(op->attributes, node.attributes, nullptr));
        for (int port = 0; port < count; ++port) flat.blockOutputs.push_back({{node.id, port}, {node.id, port}});
    }
    leaveOutCircles(flat, catalogue);
    const auto ownerOf = [&](NodeId id) {
        const auto found = owners.find(id);
        return found == owners.end() ? id : found->second;
    };
    const auto follow = [&](const auto& sourceOf) {
        std::vector<std::pair<PortRef, PortRef>> outputs;
        for (const auto& [drawn, now] : flat.blockOutputs)
            if (const auto source = sourceOf(now)) outputs.emplace_back(drawn, *source);
        flat.blockOutputs = std::move(outputs);
    };
    for (int depth = 0;; ++depth) {
        if (std::ranges::any_of(flat.graph.nodes(), &Node::bypassed)) {
            const WithoutBypassed without(flat.graph);
            follow([&](PortRef output) { return without.sourceOf(output); });
            flat.graph = without.result();
        }
        std::vector<Problem> problems;
        Pass pass(flat.graph, catalogue, problems);
        if (!pass.run()) break;
        for (Problem& problem : problems) {
            // A problem inside a block is its user's; only the user's own ports can be shown.
            if (ownerOf(problem.node) != problem.node) problem.port = -1;
            problem.node = ownerOf(problem.node);
            flat.problems.push_back(std::move(problem));
        }
        if (depth == kDeepest) {
            const Node& node = *std::ranges::find_if(
                flat.graph.nodes(), [&](const Node& each) { return blockOf(catalogue, each) != nullptr; });
            flat.problems.push_back({ownerOf(node.id),
                                     -1,
                                     node.name + ": its blocks nest more than 16 deep",
                                     {},
                                     {},
                                     "Check that no block contains itself.",
                                     Severity::Error});
            break;
        }
        for (const auto& [id, origin] : pass.origins()) owners[id] = ownerOf(origin);
        follow([&](PortRef output) { return pass.sourceOf(output); });
        flat.graph = std::move(pass.result());
    }
    for (const Node& node : flat.graph.nodes())
        if (const auto found = owners.find(node.id); found != owners.end()) flat.owners.push_back(*found);
    return flat;
}

}  // namespace gradlens
