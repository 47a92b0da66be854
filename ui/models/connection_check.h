// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an edge may be drawn, and what would come of it. Pure functions; any thread.
#pragma once
#include "core/graph/analysis.h"
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

#include <string>
#include <unordered_set>

namespace gradlens {

struct ConnectionVerdict {
    enum class Kind {
        Fits,      // as far as shapes are known
        Mismatch,  // may be drawn, but the layer will say `reason`
        Refused,   // may not be drawn: `reason`
    };
    Kind kind = Kind::Fits;
    std::string reason;  // a whole sentence, with a hint
};

// Everything that leads to `node`, and the node itself.
std::unordered_set<std::uint32_t> upstreamOf(const ModelGraph& graph, NodeId node);
// Everything that `node` leads to, and the node itself.
std::unordered_set<std::uint32_t> downstreamOf(const ModelGraph& graph, NodeId node);

// An edge `from` (output) -> `to` (input). For many questions about one end, make it once and ask often.
class ConnectionCheck {
public:
    // References must outlive it.
    ConnectionCheck(const ModelGraph& graph, const OpCatalogue& catalogue, const GraphAnalysis& analysis);

    ConnectionVerdict verdict(PortRef from, PortRef to) const;

private:
    bool makesCycle(NodeId from, NodeId to) const;
    ConnectionVerdict inferred(PortRef from, PortRef to, const Node& target, const OpDefinition& op) const;

    const ModelGraph& m_graph;
    const OpCatalogue& m_catalogue;
    const GraphAnalysis& m_analysis;
    // What was asked last: the nodes above `from` do not change while one edge is dragged.
    mutable NodeId m_upstreamOf = NodeId::None;
    mutable std::unordered_set<std::uint32_t> m_upstream;
};

}  // namespace gradlens
