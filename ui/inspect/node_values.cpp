// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/node_values.h"

#include <QObject>

#include <algorithm>
#include <optional>

namespace gradlens {

namespace {
QString textOf(const std::string& text) {
    return QString::fromStdString(text);
}

const Value& valueAt(const TrainingGraph& graph, ValueIndex index) {
    return graph.values[static_cast<std::size_t>(index)];
}

ValueIndex gradientOf(const TrainingGraph& graph, ValueIndex value) {
    for (std::size_t i = 0; i < graph.values.size(); ++i)
        if (graph.values[i].kind == ValueKind::Gradient && graph.values[i].of == value)
            return static_cast<ValueIndex>(i);
    return kNoValue;
}

TensorRole roleOf(const TrainingGraph& graph, const Value& value) {
    const Value& base = value.kind == ValueKind::Gradient && value.of != kNoValue ? valueAt(graph, value.of) : value;
    TensorRole role;
    const bool flows =
        base.kind == ValueKind::Features || base.kind == ValueKind::Labels || base.kind == ValueKind::Activation;
    role.batched = flows && value.type.shape.rank() > 0 && value.type.shape[0] == graph.batchSize;
    role.isSigned = value.kind == ValueKind::Gradient || value.kind == ValueKind::Parameter;
    return role;
}

// "conv1.weight" of conv1 is "weight".
QString shortName(const Value& value) {
    const QString name = textOf(value.name);
    return name.mid(name.indexOf(QLatin1Char('.')) + 1);
}

const Instruction* forwardOf(const TrainingGraph& graph, NodeId node) {
    for (const Instruction& instruction : graph.instructions)
        if (instruction.kind == InstructionKind::Forward && instruction.node == node) return &instruction;
    return nullptr;
}

class Collector {
public:
    explicit Collector(const TrainingGraph& graph) : m_graph(graph) {}

    void add(ValueIndex index, const QString& label) {
        if (index == kNoValue) return;
        const Value& value = valueAt(m_graph, index);
        const QString name = textOf(value.name);
        if (std::any_of(m_values.begin(), m_values.end(), [&](const NodeValue& known) { return known.name == name; }))
            return;
        m_values.push_back({name, label, roleOf(m_graph, value)});
    }
    void addWithGradient(ValueIndex index, const QString& label) {
        add(index, label);
        add(gradientOf(m_graph, index), QObject::tr("%1 gradient").arg(label));
    }
    std::vector<NodeValue> take() { return std::move(m_values); }

private:
    const TrainingGraph& m_graph;
    std::vector<NodeValue> m_values;
};

// An input goes by the name of the value that feeds it.
QString inputLabel(const TrainingGraph& graph, ValueIndex input) {
    return QObject::tr("input (%1)").arg(textOf(valueAt(graph, input).name));
}
}  // namespace

std::vector<NodeValue> nodeValues(const TrainingGraph& graph, NodeId node) {
    Collector collector(graph);
    const std::vector<ValueIndex> own = graph.valuesOf(node);
    const auto addOwn = [&](auto&& wanted) {
        for (const ValueIndex index : own)
            if (wanted(valueAt(graph, index).kind)) collector.addWithGradient(index, shortName(valueAt(graph, index)));
    };
    addOwn([](ValueKind kind) { return kind == ValueKind::Parameter; });
    addOwn([](ValueKind kind) {
        return kind == ValueKind::Activation || kind == ValueKind::Features || kind == ValueKind::Labels;
    });
    if (const Instruction* forward = forwardOf(graph, node))
        for (const ValueIndex input : forward->inputs)
            if (input != kNoValue) collector.addWithGradient(input, inputLabel(graph, input));
    for (const ValueIndex index : own)
        if (valueAt(graph, index).kind != ValueKind::Gradient) collector.add(index, shortName(valueAt(graph, index)));
    return collector.take();
}

std::vector<NodeValue> tellingValues(const TrainingGraph& graph, NodeId node) {
    const std::vector<ValueIndex> own = graph.valuesOf(node);
    const auto first = [&](ValueKind kind) {
        const auto found =
            std::find_if(own.begin(), own.end(), [&](ValueIndex index) { return valueAt(graph, index).kind == kind; });
        return found == own.end() ? kNoValue : *found;
    };
    const ValueIndex parameter = first(ValueKind::Parameter);
    ValueIndex output = first(ValueKind::Activation);
    if (output == kNoValue) output = first(ValueKind::Features);
    if (output == kNoValue) output = first(ValueKind::Labels);
    Collector collector(graph);
    if (parameter != kNoValue) collector.addWithGradient(parameter, shortName(valueAt(graph, parameter)));
    if (output != kNoValue) {
        const QString label = shortName(valueAt(graph, output));
        if (parameter != kNoValue)
            collector.add(output, label);
        else
            collector.addWithGradient(output, label);
    }
    if (const Instruction* forward = forwardOf(graph, node); forward != nullptr && parameter == kNoValue)
        for (const ValueIndex input : forward->inputs)
            if (input != kNoValue) collector.add(input, inputLabel(graph, input));
    std::vector<NodeValue> values = collector.take();
    if (values.size() > 3) values.resize(3);
    return values;
}

std::vector<InspectedNode> inspectedNodes(const TrainingGraph& graph) {
    std::vector<InspectedNode> nodes;
    for (const NodeAnalysis& analysis : graph.nodes) {
        const std::vector<ValueIndex> own = graph.valuesOf(analysis.id);
        if (own.empty()) continue;
        const QString name = textOf(valueAt(graph, own.front()).name);
        nodes.push_back({analysis.id, name.left(name.indexOf(QLatin1Char('.'))),
                         analysis.op != nullptr ? textOf(analysis.op->name) : QString()});
    }
    return nodes;
}

}  // namespace gradlens
