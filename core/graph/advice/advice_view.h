// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing without blocks as rules look at it: nodes with what they read and who reads them, and the questions that
// several rules ask. Refers to what it was made from. Const; any thread.
#pragma once
#include "core/graph/advice/advice.h"
#include "core/graph/receptive_field.h"

#include <string_view>
#include <vector>

namespace gradlens {

class AdviceView {
public:
    AdviceView(const ModelGraph& flat, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
               const AdviceContext& context);

    const AdviceContext& context() const { return m_context; }
    const DatasetFacts* data() const { return m_context.data; }
    // Those that are known and take part in training, each after what it reads.
    const std::vector<const NodeAnalysis*>& nodes() const { return m_nodes; }
    std::int64_t parameters() const { return m_analysis.parameters; }

    const std::string& name(const NodeAnalysis& node) const { return drawn(node).name; }
    const Node& drawn(const NodeAnalysis& node) const { return *m_graph.find(node.id); }
    // What feeds an input, or null.
    const NodeAnalysis* into(const NodeAnalysis& node, int port = 0) const;
    // All that feed it, by port.
    const std::vector<const NodeAnalysis*>& inputs(const NodeAnalysis& node) const;
    // Who reads it, once an edge; also what takes no part in training.
    const std::vector<const NodeAnalysis*>& readers(const NodeAnalysis& node) const;
    // The one that reads it, or null when there is none or another.
    const NodeAnalysis* onlyReader(const NodeAnalysis& node) const;
    // What feeds an input, past layers that leave values alone (isTransparent).
    const NodeAnalysis* valuesInto(const NodeAnalysis& node, int port = 0) const;
    // Whether anyone reads this output.
    bool isRead(const NodeAnalysis& node, int port) const;
    const ReceptiveField& field(const NodeAnalysis& node) const;

    static bool is(const NodeAnalysis* node, std::string_view op) { return node != nullptr && node->op->name == op; }
    static bool isOneOf(const NodeAnalysis* node, std::initializer_list<std::string_view> ops);
    // Lays values out anew, or drops some while training: what comes out is what came in.
    static bool isTransparent(const NodeAnalysis& node);
    // Bends values one by one: ReLU, Tanh ... Softmax is none.
    static bool isActivation(const NodeAnalysis* node);
    // A linear map with trained weights: Dense and the convolutions.
    static bool isLinear(const NodeAnalysis* node);
    static bool isNormalisation(const NodeAnalysis* node);
    // The port of a loss that scores, logits or predictions come into; -1 of what is no loss.
    static int predictionPort(const NodeAnalysis& node);
    static int targetPort(const NodeAnalysis& node) { return predictionPort(node) < 0 ? -1 : 1; }
    static bool isFeatures(const NodeAnalysis* node);
    static bool isLabels(const NodeAnalysis* node);

private:
    struct Links {
        std::vector<const NodeAnalysis*> inputs, readers;
        std::vector<int> inputPorts;   // of `inputs`
        std::vector<int> readOutputs;  // of this node, by `readers`
    };
    const Links& links(const NodeAnalysis& node) const {
        return m_links[static_cast<std::size_t>(&node - m_analysis.nodes.data())];
    }

    const ModelGraph& m_graph;
    const GraphAnalysis& m_analysis;
    const AdviceContext& m_context;
    std::vector<const NodeAnalysis*> m_nodes;
    std::vector<Links> m_links;  // by place in the analysis
    std::vector<ReceptiveField> m_fields;
};

// --- Shorthands of the rules

// "4,096", "0.25", "1.5e-05"
std::string figure(double value);
Problem advice(const NodeAnalysis& node, std::string message, std::vector<Fix> fixes = {});
Fix removal(const AdviceView& view, const NodeAnalysis& node);
Fix setting(const NodeAnalysis& node, std::string title, Attributes attributes);
Fix replacement(const AdviceView& view, const NodeAnalysis& node, std::string op, Attributes attributes = {});

}  // namespace gradlens
