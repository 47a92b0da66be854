// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/connection_check.h"

#include "ui/models/node_geometry.h"

#include <algorithm>
#include <unordered_map>

namespace gradlens {

namespace {
std::unordered_set<std::uint32_t> reachable(const ModelGraph& graph, NodeId start, bool against) {
    std::unordered_multimap<std::uint32_t, NodeId> next;
    next.reserve(graph.edges().size());
    for (const Edge& edge : graph.edges()) {
        const NodeId tail = against ? edge.to.node : edge.from.node;
        const NodeId head = against ? edge.from.node : edge.to.node;
        next.emplace(toInteger(tail), head);
    }
    std::unordered_set<std::uint32_t> seen{toInteger(start)};
    std::vector<NodeId> open{start};
    while (!open.empty()) {
        const auto [first, last] = next.equal_range(toInteger(open.back()));
        open.pop_back();
        for (auto entry = first; entry != last; ++entry)
            if (seen.insert(toInteger(entry->second)).second) open.push_back(entry->second);
    }
    return seen;
}

std::string kindName(PortKind kind) {
    return kind == PortKind::Real ? "real numbers" : "class numbers";
}

std::string said(const OpProblem& problem, const Node& node) {
    std::string text = node.name + ": " + problem.message;
    if (!problem.expected.empty() && !problem.got.empty())
        text += " (expected " + problem.expected + ", got " + problem.got + ")";
    text += ".";
    if (!problem.hint.empty()) text += " " + problem.hint + (problem.hint.ends_with('.') ? "" : ".");
    return text;
}
}  // namespace

std::unordered_set<std::uint32_t> upstreamOf(const ModelGraph& graph, NodeId node) {
    return reachable(graph, node, true);
}

std::unordered_set<std::uint32_t> downstreamOf(const ModelGraph& graph, NodeId node) {
    return reachable(graph, node, false);
}

ConnectionCheck::ConnectionCheck(const ModelGraph& graph, const OpCatalogue& catalogue, const GraphAnalysis& analysis)
    : m_graph(graph), m_catalogue(catalogue), m_analysis(analysis) {}

bool ConnectionCheck::makesCycle(NodeId from, NodeId to) const {
    if (m_upstreamOf != from) {
        m_upstream = upstreamOf(m_graph, from);
        m_upstreamOf = from;
    }
    return m_upstream.contains(toInteger(to));
}

ConnectionVerdict ConnectionCheck::verdict(PortRef from, PortRef to) const {
    using Kind = ConnectionVerdict::Kind;
    const Node* source = m_graph.find(from.node);
    const Node* target = m_graph.find(to.node);
    if (source == nullptr || target == nullptr)
        return {Kind::Refused, "One end of this edge is no longer in the drawing."};
    if (from.node == to.node) return {Kind::Refused, source->name + " cannot feed itself."};
    if (makesCycle(from.node, to.node))
        return {Kind::Refused, "This would close a cycle: " + target->name + " already leads to " + source->name +
                                   ". Data must flow one way."};
    const OpDefinition* sourceOp = m_catalogue.find(source->op);
    const OpDefinition* targetOp = m_catalogue.find(target->op);
    if (sourceOp == nullptr || targetOp == nullptr) return {};
    const PortSpec* output = outputPortSpec(*sourceOp, from.port);
    const PortSpec* input = inputPortSpec(*targetOp, to.port);
    if (output == nullptr) return {Kind::Refused, source->name + " has no output " + std::to_string(from.port) + "."};
    if (input == nullptr) return {Kind::Refused, target->name + " has no input " + std::to_string(to.port) + "."};
    return inferred(from, to, *target, *targetOp);
}

ConnectionVerdict ConnectionCheck::inferred(PortRef from, PortRef to, const Node& target,
                                            const OpDefinition& op) const {
    const TensorType* type = m_analysis.typeOf(from);
    if (type == nullptr || op.infer == nullptr) return {};
    using Kind = ConnectionVerdict::Kind;
    const PortSpec* spec = inputPortSpec(op, to.port);
    if (isReal(type->dtype) != (spec->kind == PortKind::Real)) {
        const PortKind given = isReal(type->dtype) ? PortKind::Real : PortKind::ClassIndex;
        return {Kind::Mismatch, target.name + "." + inputPortName(op, to.port) + " expects " + kindName(spec->kind) +
                                    ", this output gives " + kindName(given) + "."};
    }
    // The other inputs as they are now; while one of them is open nothing more can be said.
    const int count =
        std::max({static_cast<int>(op.inputs.size()), connectedInputCount(m_graph, target.id), to.port + 1});
    std::vector<TensorType> inputs(static_cast<std::size_t>(count));
    for (std::size_t port = 0; port < inputs.size(); ++port) {
        const PortRef input{target.id, static_cast<int>(port)};
        if (input == to) {
            inputs[port] = *type;
            continue;
        }
        const auto edge = m_graph.edgeInto(input);
        const TensorType* known = edge ? m_analysis.typeOf(edge->from) : nullptr;
        if (known == nullptr) return {};
        inputs[port] = *known;
    }
    std::vector<AttributeFault> faults;
    const Attributes attributes = completed(op.attributes, target.attributes, &faults);
    if (!faults.empty()) return {};
    const Inference inference = op.infer(attributes, inputs);
    for (const OpProblem& problem : inference.problems)
        if (problem.port == to.port || problem.port < 0) return {Kind::Mismatch, said(problem, target)};
    return {};
}

}  // namespace gradlens
