// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/graph/advice/advice_view.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gradlens {

AdviceView::AdviceView(const ModelGraph& flat, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                       const AdviceContext& context)
    : m_graph(flat),
      m_analysis(analysis),
      m_context(context),
      m_links(analysis.nodes.size()),
      m_fields(receptiveFields(flat, catalogue, analysis)) {
    for (const NodeAnalysis& node : analysis.nodes)
        if (node.known && node.reachesLoss) m_nodes.push_back(&node);
    // Edges come sorted by the port they go to.
    for (const Edge& edge : flat.edges()) {
        const NodeAnalysis *from = analysis.find(edge.from.node), *to = analysis.find(edge.to.node);
        if (from == nullptr || to == nullptr || from->op == nullptr || to->op == nullptr) continue;
        Links& before = m_links[static_cast<std::size_t>(from - analysis.nodes.data())];
        Links& after = m_links[static_cast<std::size_t>(to - analysis.nodes.data())];
        before.readers.push_back(to);
        before.readOutputs.push_back(edge.from.port);
        after.inputs.push_back(from);
        after.inputPorts.push_back(edge.to.port);
    }
}

const NodeAnalysis* AdviceView::into(const NodeAnalysis& node, int port) const {
    const Links& around = links(node);
    const auto found = std::ranges::find(around.inputPorts, port);
    return found == around.inputPorts.end()
               ? nullptr
               : around.inputs[static_cast<std::size_t>(found - around.inputPorts.begin())];
}

const std::vector<const NodeAnalysis*>& AdviceView::inputs(const NodeAnalysis& node) const {
    return links(node).inputs;
}

const std::vector<const NodeAnalysis*>& AdviceView::readers(const NodeAnalysis& node) const {
    return links(node).readers;
}

const NodeAnalysis* AdviceView::onlyReader(const NodeAnalysis& node) const {
    const auto& all = readers(node);
    return all.size() == 1 ? all.front() : nullptr;
}

const NodeAnalysis* AdviceView::valuesInto(const NodeAnalysis& node, int port) const {
    const NodeAnalysis* at = into(node, port);
    while (at != nullptr && isTransparent(*at)) at = into(*at, 0);
    return at;
}

bool AdviceView::isRead(const NodeAnalysis& node, int port) const {
    return std::ranges::find(links(node).readOutputs, port) != links(node).readOutputs.end();
}

const ReceptiveField& AdviceView::field(const NodeAnalysis& node) const {
    return m_fields[static_cast<std::size_t>(&node - m_analysis.nodes.data())];
}

bool AdviceView::isOneOf(const NodeAnalysis* node, std::initializer_list<std::string_view> ops) {
    return node != nullptr && std::ranges::find(ops, node->op->name) != ops.end();
}

bool AdviceView::isTransparent(const NodeAnalysis& node) {
    return isOneOf(&node, {"Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "SpatialDropout"});
}

bool AdviceView::isActivation(const NodeAnalysis* node) {
    return node != nullptr && node->op->category == "Activation" && !isOneOf(node, {"Softmax", "LogSoftmax"});
}

bool AdviceView::isLinear(const NodeAnalysis* node) {
    return isOneOf(node, {"Dense", "Conv1D", "Conv2D", "ConvTranspose2D"});
}

bool AdviceView::isNormalisation(const NodeAnalysis* node) {
    return node != nullptr && node->op->category == "Normalisation";
}

int AdviceView::predictionPort(const NodeAnalysis& node) {
    if (!node.op->isLoss || node.op->inputs.size() < 2) return -1;
    return node.op->accuracy ? node.op->accuracy->scores : 0;
}

bool AdviceView::isFeatures(const NodeAnalysis* node) {
    return is(node, "Input") && node->attributes.choice("source") == "features";
}

bool AdviceView::isLabels(const NodeAnalysis* node) {
    return is(node, "Input") && node->attributes.choice("source") == "labels";
}

std::string figure(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) {
        std::string digits = std::to_string(std::llround(std::abs(value)));
        for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
            digits.insert(static_cast<std::size_t>(at), ",");
        return (value < 0 ? "-" : "") + digits;
    }
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

Problem advice(const NodeAnalysis& node, std::string message, std::vector<Fix> fixes) {
    Problem problem;
    problem.node = node.id;
    problem.message = std::move(message);
    problem.severity = Severity::Warning;
    problem.fixes = std::move(fixes);
    return problem;
}

Fix removal(const AdviceView& view, const NodeAnalysis& node) {
    return {Fix::Kind::Remove, "Remove " + view.name(node), node.id};
}

Fix setting(const NodeAnalysis& node, std::string title, Attributes attributes) {
    return {Fix::Kind::SetAttributes, std::move(title), node.id, 0, {}, std::move(attributes)};
}

Fix replacement(const AdviceView& view, const NodeAnalysis& node, std::string op, Attributes attributes) {
    std::string title = "Make " + view.name(node) + " a " + op;
    return {Fix::Kind::Replace, std::move(title), node.id, 0, std::move(op), std::move(attributes)};
}

}  // namespace gradlens
