// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/training_graph.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <unordered_map>

namespace gradlens {

namespace {
class Lowering {
public:
    Lowering(const ModelGraph& drawing, const GraphAnalysis& analysis, const OptimizerSpec* optimizer,
             const UpdateOptions& updates)
        : m_drawing(drawing), m_analysis(analysis), m_optimizer(optimizer) {
        assert(analysis.valid());
        m_graph.batchSize = analysis.batchSize;
        m_graph.training = optimizer != nullptr;
        m_graph.updates = updates;
    }

    TrainingGraph run() {
        std::ranges::copy_if(m_analysis.nodes, std::back_inserter(m_graph.nodes), &NodeAnalysis::reachesLoss);
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) lowerForward(i);
        sumLosses();
        if (m_optimizer != nullptr) {
            assert(m_graph.loss != kNoValue);
            differentiate();
            lowerUpdates();
        }
        return std::move(m_graph);
    }

private:
    const std::string& nameOf(NodeId id) const { return m_drawing.find(id)->name; }

    ValueIndex addValue(std::string name, ValueKind kind, TensorType type, NodeId node, ValueIndex of = kNoValue) {
        m_graph.values.push_back({std::move(name), kind, type, node, of, -1});
        m_graph.specIndex.push_back(-1);
        m_needsGradient.push_back(false);
        return static_cast<ValueIndex>(m_graph.values.size() - 1);
    }

    // Appends and notes who writes what.
    void addInstruction(Instruction instruction) {
        const auto index = static_cast<InstructionIndex>(m_graph.instructions.size());
        const auto written = [&](const std::vector<ValueIndex>& values, bool onlyRunning = false) {
            for (const ValueIndex value : values) {
                if (value == kNoValue) continue;
                Value& target = m_graph.values[static_cast<std::size_t>(value)];
                if (!onlyRunning || target.kind == ValueKind::RunningState) target.writer = index;
            }
        };
        if (instruction.kind == InstructionKind::Backward) {
            written(instruction.gradInputs);
            written(instruction.gradParameters);
        } else {
            written(instruction.outputs);
            written(instruction.saved);
            written(instruction.parameters, instruction.kind == InstructionKind::Forward);
        }
        m_graph.instructions.push_back(std::move(instruction));
    }

    // The edges into a node, ascending in the port: a piece of the drawing's list.
    std::span<const Edge> edgesInto(NodeId node) const {
        const auto found =
            std::ranges::equal_range(m_drawing.edges(), node, {}, [](const Edge& edge) { return edge.to.node; });
        return {found.begin(), found.end()};
    }

    void lowerForward(std::size_t position) {
        const NodeAnalysis& node = m_graph.nodes[position];
        const std::string& name = nameOf(node.id);
        Instruction instruction;
        instruction.name = name + " forward";
        instruction.node = node.id;
        instruction.analysis = static_cast<std::int32_t>(position);
        for (const Edge& edge : edgesInto(node.id)) instruction.inputs.push_back(m_outputs.at(edge.from));
        bool needsGradient = std::ranges::any_of(
            instruction.inputs, [&](ValueIndex value) { return m_needsGradient[static_cast<std::size_t>(value)]; });
        for (std::size_t i = 0; i < node.inference.parameters.size(); ++i) {
            instruction.parameters.push_back(parameterValue(node, i));
            needsGradient = needsGradient || m_needsGradient[static_cast<std::size_t>(instruction.parameters.back())];
        }
        const bool isInput = node.op->inputs.empty();
        for (std::size_t port = 0; port < node.inference.outputs.size(); ++port) {
            ValueKind kind = ValueKind::Activation;
            if (isInput) kind = node.attributes.choice("source") == "labels" ? ValueKind::Labels : ValueKind::Features;
            const ValueIndex value = addValue(name + "." + outputNameOf(*node.op, static_cast<int>(port)), kind,
                                              node.inference.outputs[port], node.id);
            m_needsGradient.back() = needsGradient;
            m_outputs[{node.id, static_cast<int>(port)}] = value;
            instruction.outputs.push_back(value);
        }
        for (std::size_t i = 0; i < node.inference.saved.size(); ++i)
            instruction.saved.push_back(
                addValue(name + ".saved" + std::to_string(i), ValueKind::Saved, node.inference.saved[i], node.id));
        if (isInput) return;
        if (node.op->isLoss) {
            m_graph.losses.push_back(instruction.outputs[0]);
            m_lossWeights.push_back(node.attributes.real("weight"));
            if (!m_graph.predictions && node.op->inputs.size() == 2 && node.op->inputs[1].name == "target") {
                m_graph.predictions = instruction.inputs[0];
                m_graph.targets = instruction.inputs[1];
            }
            if (node.op->accuracy && !m_graph.scores) {
                m_graph.scores = instruction.inputs[static_cast<std::size_t>(node.op->accuracy->scores)];
                m_graph.labels = instruction.inputs[static_cast<std::size_t>(node.op->accuracy->labels)];
                const AttributeValue* axis = node.attributes.find("class_axis");
                m_graph.classAxis = axis != nullptr && std::get<std::string>(*axis) == "last" ? -1 : 1;
            }
        }
        addInstruction(std::move(instruction));
    }

    // The value of a node's parameter, made by the first node that uses it.
    ValueIndex parameterValue(const NodeAnalysis& node, std::size_t number) {
        const ParameterSpec& parameter = node.inference.parameters[number];
        const NodeId owner = node.parameterOwners[number];
        const auto [place, fresh] = m_parameters.try_emplace({owner, parameter.name}, kNoValue);
        if (!fresh) return place->second;
        const ValueKind kind = parameter.trainable ? ValueKind::Parameter : ValueKind::RunningState;
        place->second = addValue(nameOf(owner) + "." + parameter.name, kind, {realType(node), parameter.shape}, owner);
        m_graph.specIndex.back() = static_cast<std::int32_t>(m_graph.parameterSpecs.size());
        m_graph.parameterSpecs.push_back(parameter);
        const ParameterGroup* group = groupOf(m_graph.updates.groups, m_graph.values.back().name);
        m_needsGradient.back() = parameter.trainable && (group == nullptr || !group->frozen);
        return place->second;
    }

    // One loss that counts once is what is minimised; otherwise the weighted sum is.
    void sumLosses() {
        if (m_graph.losses.empty()) return;
        m_graph.loss = m_graph.losses[0];
        if (m_graph.losses.size() == 1 && m_lossWeights[0] == 1) return;
        const Value first = m_graph.values[static_cast<std::size_t>(m_graph.losses[0])];
        m_graph.loss = addValue("total_loss", ValueKind::Activation, first.type, first.node);
        Instruction sum;
        sum.kind = InstructionKind::Accumulate;
        sum.name = "total_loss";
        sum.node = first.node;
        sum.inputs = m_graph.losses;
        sum.factors = m_lossWeights;
        sum.outputs = {m_graph.loss};
        addInstruction(std::move(sum));
    }

    static DType realType(const NodeAnalysis& node) {
        for (const auto* types : {&node.inputs, &node.inference.outputs})
            for (const TensorType& type : *types)
                if (isReal(type.dtype)) return type.dtype;
        return DType::Float32;
    }

    // Backward instructions in reverse order. Each consumer of a value writes a gradient of its own; where there are
    // several, an Accumulate sums them before the value's writer runs backward.
    void differentiate() {
        const std::vector<Instruction> forward = m_graph.instructions;
        countConsumers(forward);
        for (std::size_t i = 0; i < m_graph.losses.size(); ++i) seedGradient(m_graph.losses[i], m_lossWeights[i]);
        for (auto source = forward.rbegin(); source != forward.rend(); ++source) {
            if (source->kind != InstructionKind::Forward || !wantsBackward(*source)) continue;
            lowerBackward(*source);
        }
        // Parameters that several nodes share.
        const auto count = static_cast<ValueIndex>(m_graph.values.size());
        for (ValueIndex value = 0; value < count; ++value)
            if (m_graph.values[static_cast<std::size_t>(value)].kind == ValueKind::Parameter) gradientOf(value);
    }

    // The total's derivative by each loss is the loss's weight.
    void seedGradient(ValueIndex index, double weight) {
        const Value loss = m_graph.values[static_cast<std::size_t>(index)];
        m_gradient[index] = addValue(loss.name + ".grad", ValueKind::Gradient, loss.type, loss.node, index);
        Instruction begin;
        begin.kind = InstructionKind::SeedGradient;
        begin.name = m_graph.loss == index ? "dL/dL = 1" : "dL/d" + loss.name;
        begin.node = loss.node;
        begin.outputs = {m_gradient[index]};
        begin.factors = {weight};
        addInstruction(std::move(begin));
    }

    // Whether a gradient comes to one of the outputs and is wanted further up.
    bool wantsBackward(const Instruction& forward) const {
        return std::ranges::any_of(forward.outputs, [&](ValueIndex output) {
            return m_needsGradient[static_cast<std::size_t>(output)] &&
                   (m_gradient.contains(output) || m_parts.contains(output));
        });
    }

    void countConsumers(const std::vector<Instruction>& forward) {
        for (const Instruction& instruction : forward) {
            if (instruction.kind != InstructionKind::Forward ||
                !m_needsGradient[static_cast<std::size_t>(instruction.outputs[0])])
                continue;
            for (const ValueIndex input : instruction.inputs) ++m_consumers[input];
            for (const ValueIndex parameter : instruction.parameters) ++m_consumers[parameter];
        }
    }

    void lowerBackward(const Instruction& source) {
        const NodeAnalysis& node = m_graph.nodes[static_cast<std::size_t>(source.analysis)];
        assert(node.op->backward != nullptr);
        Instruction instruction = source;
        instruction.kind = InstructionKind::Backward;
        instruction.name = nameOf(source.node) + " backward";
        for (const ValueIndex output : source.outputs) instruction.gradOutputs.push_back(gradientOf(output));
        for (const ValueIndex input : source.inputs)
            instruction.gradInputs.push_back(contributionTo(input, source.node));
        for (const ValueIndex parameter : source.parameters)
            instruction.gradParameters.push_back(contributionTo(parameter, source.node));
        addInstruction(std::move(instruction));
    }

    // The finished gradient of a value, summed first when several consumers contributed.
    ValueIndex gradientOf(ValueIndex value) {
        if (const auto found = m_gradient.find(value); found != m_gradient.end()) return found->second;
        const auto parts = m_parts.find(value);
        if (parts == m_parts.end()) return kNoValue;  // an output that nobody used
        if (parts->second.size() == 1) return m_gradient[value] = parts->second[0];
        const Value source = m_graph.values[static_cast<std::size_t>(value)];
        const ValueIndex sum = addValue(source.name + ".grad", ValueKind::Gradient, source.type, source.node, value);
        Instruction instruction;
        instruction.kind = InstructionKind::Accumulate;
        instruction.name = source.name + ".grad sum";
        instruction.node = source.node;
        instruction.inputs = parts->second;
        instruction.outputs = {sum};
        addInstruction(std::move(instruction));
        m_gradient[value] = sum;
        return sum;
    }

    ValueIndex contributionTo(ValueIndex value, NodeId consumer) {
        if (!m_needsGradient[static_cast<std::size_t>(value)]) return kNoValue;
        const Value source = m_graph.values[static_cast<std::size_t>(value)];
        if (m_consumers[value] == 1) {
            m_gradient[value] = addValue(source.name + ".grad", ValueKind::Gradient, source.type, source.node, value);
            return m_gradient[value];
        }
        auto& parts = m_parts[value];
        const std::string name =
            source.name + ".grad." + nameOf(consumer) + (parts.empty() ? "" : "." + std::to_string(parts.size()));
        parts.push_back(addValue(name, ValueKind::Gradient, source.type, consumer, value));
        return parts.back();
    }

    void lowerUpdates() {
        const OptimizerDefinition* definition = findOptimizer(m_optimizer->name);
        assert(definition != nullptr);
        m_graph.optimizer = {definition->name, completed(definition->attributes, m_optimizer->attributes, nullptr)};
        std::vector<ValueIndex> trained;  // parameters that get a gradient
        const auto count = static_cast<ValueIndex>(m_graph.values.size());
        for (ValueIndex value = 0; value < count; ++value)
            if (m_graph.values[static_cast<std::size_t>(value)].kind == ValueKind::Parameter &&
                m_gradient.contains(value))
                trained.push_back(value);
        std::vector<ValueIndex> gradients;
        for (const ValueIndex parameter : trained)
            gradients.push_back(m_graph.updates.accumulate > 1 ? summedGradient(parameter) : m_gradient.at(parameter));
        if (m_graph.updates.clipNorm > 0 && !gradients.empty()) takeGradientNorm(gradients);
        const std::vector<std::string> slots = definition->slotNames(m_graph.optimizer.attributes);
        for (std::size_t i = 0; i < trained.size(); ++i) lowerUpdate(trained[i], gradients[i], slots);
        if (m_graph.updates.keepsBest) keepBest();
    }

    ValueIndex addSlot(ValueIndex of, const std::string& name) {
        const Value value = m_graph.values[static_cast<std::size_t>(of)];
        return addValue(value.name + "." + name, ValueKind::OptimizerSlot, value.type, value.node, of);
    }

    // In the State: it outlives a batch, and batches of different size share it.
    ValueIndex summedGradient(ValueIndex parameter) {
        Instruction instruction;
        instruction.kind = InstructionKind::SumGradient;
        instruction.name = m_graph.values[static_cast<std::size_t>(parameter)].name + ".grad over batches";
        instruction.node = m_graph.values[static_cast<std::size_t>(parameter)].node;
        instruction.outputs = {addSlot(parameter, "grad_sum")};
        instruction.inputs = {m_gradient.at(parameter), instruction.outputs[0]};
        addInstruction(instruction);
        return instruction.outputs[0];
    }

    void takeGradientNorm(const std::vector<ValueIndex>& gradients) {
        const Value loss = m_graph.values[static_cast<std::size_t>(m_graph.loss)];
        m_graph.gradientNorm = addValue("gradient_norm", ValueKind::Activation, loss.type, loss.node);
        Instruction instruction;
        instruction.kind = InstructionKind::GradientNorm;
        instruction.name = "gradient_norm";
        instruction.node = loss.node;
        instruction.inputs = gradients;
        instruction.outputs = {m_graph.gradientNorm};
        addInstruction(std::move(instruction));
    }

    void lowerUpdate(ValueIndex parameter, ValueIndex gradient, const std::vector<std::string>& slots) {
        const Value value = m_graph.values[static_cast<std::size_t>(parameter)];
        Instruction instruction;
        instruction.kind = InstructionKind::Update;
        instruction.name = value.name + " update";
        instruction.node = value.node;
        instruction.inputs = {gradient};
        if (m_graph.gradientNorm != kNoValue) instruction.inputs.push_back(m_graph.gradientNorm);
        instruction.parameters = {parameter};
        instruction.decays = m_graph.specOf(parameter)->decays;
        if (const ParameterGroup* group = groupOf(m_graph.updates.groups, value.name)) {
            instruction.learningRate = group->learningRate;
            instruction.weightDecay = group->weightDecay;
        }
        for (const std::string& slot : slots) instruction.saved.push_back(addSlot(parameter, slot));
        if (m_graph.updates.averageDecay > 0) {
            instruction.saved.push_back(addSlot(parameter, kAverageSlot));
            m_graph.averages.emplace_back(parameter, instruction.saved.back());
        }
        addInstruction(std::move(instruction));
    }

    // Of everything that evaluation reads and training changes.
    void keepBest() {
        std::vector<ValueIndex> values;
        for (std::size_t i = 0; i < m_graph.values.size(); ++i) {
            const auto index = static_cast<ValueIndex>(i);
            const ValueKind kind = m_graph.values[i].kind;
            if (kind == ValueKind::RunningState || (kind == ValueKind::Parameter && m_gradient.contains(index)))
                values.push_back(index);
        }
        for (const auto& [parameter, average] : m_graph.averages) values.push_back(average);
        for (const ValueIndex value : values) m_graph.bests.emplace_back(value, addSlot(value, "best"));
    }

    const ModelGraph& m_drawing;
    const GraphAnalysis& m_analysis;
    const OptimizerSpec* m_optimizer;
    TrainingGraph m_graph;
    std::map<PortRef, ValueIndex> m_outputs;
    std::map<std::pair<NodeId, std::string>, ValueIndex> m_parameters;  // by owner and name
    std::vector<bool> m_needsGradient;                                  // by value
    std::vector<double> m_lossWeights;                                  // by TrainingGraph::losses
    std::unordered_map<ValueIndex, int> m_consumers;
    std::unordered_map<ValueIndex, ValueIndex> m_gradient;
    std::unordered_map<ValueIndex, std::vector<ValueIndex>> m_parts;
};

int displayOrder(const Value& value) {
    switch (value.kind) {
        case ValueKind::Features:
        case ValueKind::Labels:
        case ValueKind::Activation:
            return 0;
        case ValueKind::Parameter:
            return 1;
        case ValueKind::RunningState:
            return 2;
        case ValueKind::Gradient:
            return 3;
        case ValueKind::OptimizerSlot:
            return 4;
        case ValueKind::Saved:
            return 5;
    }
    return 6;
}
}  // namespace

ValueIndex TrainingGraph::find(std::string_view valueName) const {
    const auto found = std::ranges::find(values, valueName, &Value::name);
    return found == values.end() ? kNoValue : static_cast<ValueIndex>(found - values.begin());
}

NodeId TrainingGraph::drawnNode(NodeId node) const {
    const auto found = std::ranges::lower_bound(owners, node, {}, &std::pair<NodeId, NodeId>::first);
    return found != owners.end() && found->first == node ? found->second : node;
}

std::vector<ValueIndex> TrainingGraph::valuesOf(NodeId node) const {
    std::vector<std::pair<int, ValueIndex>> found;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (drawnNode(values[i].node) == node && values[i].kind != ValueKind::Saved)
            found.emplace_back(displayOrder(values[i]), static_cast<ValueIndex>(i));
    std::ranges::sort(found);
    std::vector<ValueIndex> result;
    for (const auto& [order, index] : found) result.push_back(index);
    return result;
}

const ParameterSpec* TrainingGraph::specOf(ValueIndex value) const {
    const std::int32_t index = specIndex[static_cast<std::size_t>(value)];
    return index < 0 ? nullptr : &parameterSpecs[static_cast<std::size_t>(index)];
}

TrainingGraph lower(const ModelGraph& graph, const GraphAnalysis& analysis, const OptimizerSpec* optimizer,
                    const UpdateOptions& updates) {
    return Lowering(graph, analysis, optimizer, updates).run();
}

}  // namespace gradlens
