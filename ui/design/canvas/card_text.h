// SPDX-License-Identifier: GPL-3.0-or-later
// What cards, edges and tooltips of the canvas say, from the drawing and its analysis. GUI thread only.
#pragma once
#include "ui/design/canvas/node_item.h"
#include "ui/models/design_document.h"

#include <QString>

#include <unordered_map>

namespace gradlens {

// Looks up by id what the analysis keeps in a list; made once for many nodes. References must outlive it.
class CardWriter {
public:
    explicit CardWriter(DesignDocument& document);

    NodeCard card(const Node& node) const;
    // The shape on an edge; empty while it is not known.
    QString edgeLabel(const Edge& edge) const;
    bool isTroubled(PortRef input) const;
    bool isTroubled(NodeId node) const { return m_problems.contains(node); }

private:
    void addProblems(const Node& node, NodeCard& card) const;
    void addConnections(const Node& node, NodeCard& card) const;
    const NodeAnalysis* find(NodeId node) const;

    const DesignDocument& m_document;
    std::unordered_map<NodeId, const NodeAnalysis*> m_analysis;
    std::unordered_multimap<NodeId, Problem> m_problems;
    std::unordered_map<NodeId, bool> m_feeds;  // nodes whose output goes somewhere
};

// Name, sentence and formula of an op, as rich text for tooltips.
QString opTip(const OpDefinition& op);
QString portTip(const DesignDocument& document, PortRef port, bool input);

}  // namespace gradlens
