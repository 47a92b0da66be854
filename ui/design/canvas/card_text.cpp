// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/design/canvas/card_text.h"

#include "core/graph/block.h"
#include "ui/models/node_geometry.h"
#include "ui/models/words.h"

#include <algorithm>

namespace gradlens {

namespace {
constexpr int kBits = 32;

// 1 as well where a parameter of the block around says how many.
int copiesOf(const Node& node) {
    const AttributeValue* repeat = node.attributes.find(kBlockRepeat);
    const auto* times = repeat == nullptr ? nullptr : std::get_if<std::int64_t>(repeat);
    return times == nullptr ? 1 : static_cast<int>(std::clamp<std::int64_t>(*times, 1, kMostRepeats));
}

QString escaped(const std::string& text) {
    return QString::fromStdString(text).toHtmlEscaped();
}
}  // namespace

CardWriter::CardWriter(DesignDocument& document) : m_document(document) {
    for (const NodeAnalysis& node : document.knownAnalysis().nodes) m_analysis.emplace(node.id, &node);
    for (Problem& problem : document.problems()) {
        const NodeId node = problem.node;
        m_problems.emplace(node, std::move(problem));
    }
    for (const Edge& edge : document.graph().edges()) m_feeds[edge.from.node] = true;
}

const NodeAnalysis* CardWriter::find(NodeId node) const {
    const auto found = m_analysis.find(node);
    return found == m_analysis.end() ? nullptr : found->second;
}

NodeCard CardWriter::card(const Node& node) const {
    const OpCatalogue& catalogue = m_document.catalogue();
    const OpDefinition* op = catalogue.find(node.op);
    NodeCard card;
    card.name = QString::fromStdString(node.name);
    card.op = QString::fromStdString(node.op);
    card.bypassed = node.bypassed;
    card.inputs = inputPortCount(m_document.graph(), catalogue, node);
    card.outputs = outputPortCount(catalogue, node);
    addConnections(node, card);
    addProblems(node, card);
    // A kind that a parameter of the block around chooses is known from the use that one looks through.
    const NodeAnalysis* known = find(node.id);
    if (op == nullptr && known != nullptr) op = known->op;
    if (op == nullptr) {
        card.detail = DesignDocument::tr("Unknown kind of layer");
        return card;
    }
    card.category = QString::fromStdString(op->category);
    if (op->block != nullptr) card.copies = copiesOf(node);
    card.tip = opTip(*op);
    card.detail = attributeSummary(*op, known != nullptr && known->op == op
                                            ? known->attributes
                                            : completed(op->attributes, node.attributes, nullptr));
    if (card.detail.isEmpty()) card.detail = card.category;
    if (node.bypassed) card.detail = DesignDocument::tr("Bypassed: hands on what comes in");
    const NodeAnalysis* analysis = find(node.id);
    if (analysis == nullptr || !analysis->known) return card;
    if (!analysis->inference.outputs.empty()) card.shape = shapeText(analysis->inference.outputs.front().shape);
    card.figures = parameterText(analysis->parameterCount());
    if (card.figures.isEmpty())
        card.figures =
            flopsText(analysis->cost.forward.flops / static_cast<double>(m_document.knownAnalysis().batchSize));
    return card;
}

void CardWriter::addConnections(const Node& node, NodeCard& card) const {
    for (int port = 0; port < std::min(card.inputs, kBits); ++port)
        if (m_document.graph().edgeInto({node.id, port})) card.connectedInputs |= 1u << port;
    card.outputConnected = m_feeds.contains(node.id);
}

void CardWriter::addProblems(const Node& node, NodeCard& card) const {
    const auto [first, last] = m_problems.equal_range(node.id);
    for (auto entry = first; entry != last; ++entry) {
        const Problem& problem = entry->second;
        const bool error = problem.severity == Severity::Error;
        if (error || card.trouble == NodeCard::Trouble::None)
            card.trouble = error ? NodeCard::Trouble::Error : NodeCard::Trouble::Warning;
        if (problem.port >= 0 && problem.port < kBits) card.troubledInputs |= 1u << problem.port;
        if (!card.troubleTip.isEmpty()) card.troubleTip += "<hr>";
        card.troubleTip += problemTip(problem);
    }
}

QString CardWriter::edgeLabel(const Edge& edge) const {
    const NodeAnalysis* source = find(edge.from.node);
    const auto port = static_cast<std::size_t>(edge.from.port);
    if (source == nullptr || !source->known || port >= source->inference.outputs.size()) return {};
    return shapeText(source->inference.outputs[port].shape);
}

bool CardWriter::isTroubled(PortRef input) const {
    const auto [first, last] = m_problems.equal_range(input.node);
    for (auto entry = first; entry != last; ++entry)
        if (entry->second.port == input.port && entry->second.severity == Severity::Error) return true;
    return false;
}

QString opTip(const OpDefinition& op) {
    return QString("<p><b>%1</b> &nbsp;<span>%2</span></p><p>%3</p><p><i>%4</i></p>")
        .arg(escaped(op.name), escaped(op.category), escaped(op.summary), escaped(op.maths).replace('\n', "<br>"));
}

QString portTip(const DesignDocument& document, PortRef port, bool input) {
    const Node* node = document.graph().find(port.node);
    const OpDefinition* op = node == nullptr ? nullptr : document.catalogue().find(node->op);
    if (op == nullptr) return {};
    const PortSpec* spec = input ? inputPortSpec(*op, port.port) : outputPortSpec(*op, port.port);
    if (spec == nullptr) return {};
    const std::string name = input ? inputPortName(*op, port.port) : spec->name;
    QString text = QString("<p><b>%1.%2</b></p><p>%3</p>").arg(escaped(node->name), escaped(name), escaped(spec->help));
    if (input) {
        const auto edge = document.graph().edgeInto(port);
        text += edge ? DesignDocument::tr("<p>Fed by %1. Drag it off to disconnect.</p>")
                           .arg(escaped(document.graph().find(edge->from.node)->name))
                     : DesignDocument::tr("<p>Nothing is connected here. Drag from an output to this port.</p>");
    } else {
        const TensorType* type = document.knownAnalysis().typeOf(port);
        if (type != nullptr)
            text += "<p>" + shapeText(type->shape) + " " + QString::fromStdString(std::string(nameOf(type->dtype))) +
                    "</p>";
        text += DesignDocument::tr("<p>Drag to an input to connect, or to free space to add a layer.</p>");
    }
    return text;
}

QString problemTip(const Problem& problem) {
    QString text = QString("<p><b>%1</b></p>").arg(escaped(problem.message));
    if (!problem.expected.empty() || !problem.got.empty())
        text += QString(
                    "<table><tr><td>%1&nbsp;</td><td><tt>%2</tt></td></tr><tr><td>%3&nbsp;</td><td><tt>%4</tt></td></"
                    "tr></table>")
                    .arg(DesignDocument::tr("expected"), escaped(problem.expected), DesignDocument::tr("got"),
                         escaped(problem.got));
    if (!problem.hint.empty()) text += QString("<p>%1</p>").arg(escaped(problem.hint));
    return text;
}

}  // namespace gradlens
