// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/preview_pass.h"

#include "core/base/error.h"
#include "core/graph/block_library.h"
#include "core/train/training_run.h"

#include <algorithm>

namespace gradlens {

namespace {
std::span<const Edge> edgesInto(const ModelGraph& graph, NodeId node) {
    const auto found = std::ranges::equal_range(graph.edges(), node, {}, [](const Edge& edge) { return edge.to.node; });
    return {found.begin(), found.end()};
}

// Of a value with a batch axis the first sample; a scalar is the batch's.
TensorView firstSample(const TensorView& value) {
    const bool batched = value.shape().rank() > 0;
    return TensorView(value.data(), value.dtype(), batched ? value.shape().slice(1) : value.shape());
}

std::shared_ptr<const TrainingGraph> lowered(const ModelGraph& flat, const GraphAnalysis& sound,
                                             PreviewPass::Mode mode) {
    // Nothing is updated: the optimizer without a memory is the cheapest.
    const OptimizerSpec optimizer{"SGD", {}};
    return std::make_shared<const TrainingGraph>(
        lower(flat, sound, mode == PreviewPass::Mode::Train ? &optimizer : nullptr));
}
}  // namespace

GraphAnalysis soundPart(const ModelGraph& flat, const Dataset& dataset, std::int64_t batchSize, DType precision,
                        const std::set<NodeId>& excluded, std::string& fault) {
    GraphAnalysis analysis = analyse(flat, drawingCatalogue(), batchSize, precision, false);
    for (NodeAnalysis& node : analysis.nodes) node.reachesLoss = node.known;
    std::set<NodeId> unsound = excluded;
    Project drawing;
    drawing.graph = flat;
    for (const Problem& problem : problemsWithDataset(drawing, analysis, dataset)) {
        if (problem.severity != Severity::Error) continue;
        unsound.insert(problem.node);
        if (fault.empty()) fault = problem.message + ". " + problem.hint;
    }
    std::vector<NodeAnalysis> nodes;
    for (NodeAnalysis& node : analysis.nodes) {
        const bool fed = std::ranges::none_of(edgesInto(flat, node.id),
                                              [&](const Edge& edge) { return unsound.contains(edge.from.node); });
        if (!node.known || !fed || unsound.contains(node.id)) {
            unsound.insert(node.id);
            continue;
        }
        // The first attribute of what is random says how much of it there is.
        if (node.op->random) node.attributes.set(node.op->attributes.front().name, 0.0);
        nodes.push_back(std::move(node));
    }
    analysis.nodes = std::move(nodes);
    analysis.places.clear();
    analysis.problems.clear();
    return analysis;
}

bool normalisesOverBatch(const GraphAnalysis& sound) {
    return std::ranges::any_of(sound.nodes, [](const NodeAnalysis& node) {
        return std::ranges::any_of(node.inference.parameters,
                                   [](const ParameterSpec& parameter) { return !parameter.trainable; });
    });
}

bool hasLoss(const GraphAnalysis& sound) {
    return std::ranges::any_of(sound.nodes, [](const NodeAnalysis& node) { return node.op->isLoss; });
}

PreviewPass::PreviewPass(const Arena& arena, std::shared_ptr<Workspace> workspace, const ModelGraph& flat,
                         const GraphAnalysis& sound, Mode mode)
    : m_graph(lowered(flat, sound, mode)),
      // An instruction at a time, so that every value is there to be copied once, and stopping is quick.
      m_plan(std::make_shared<const Plan>(makePlan(m_graph, {{}, false}))),
      m_executor(std::make_unique<Executor>(m_plan, arena, std::move(workspace))),
      m_takenAfter(m_graph->instructions.size()) {
    for (const Instruction& instruction : m_graph->instructions)
        if (instruction.kind == InstructionKind::Forward) m_outputs[instruction.node] = instruction.outputs;
    for (std::size_t i = 0; i < m_graph->values.size(); ++i) {
        const Value& value = m_graph->values[i];
        const auto index = static_cast<ValueIndex>(i);
        if (value.kind == ValueKind::Features || value.kind == ValueKind::Labels) m_outputs[value.node] = {index};
        if (value.kind != ValueKind::Gradient) continue;
        // The sum of what several readers contribute, or what the only one that contributes does.
        const bool whole = value.name == m_graph->values[static_cast<std::size_t>(value.of)].name + ".grad";
        const auto [place, first] = m_gradients.try_emplace(value.of, index);
        if (whole && !first) place->second = index;
    }
}

ValueIndex PreviewPass::outputValue(PortRef port) const {
    const auto found = m_outputs.find(port.node);
    const auto index = static_cast<std::size_t>(port.port);
    return found == m_outputs.end() || index >= found->second.size() ? kNoValue : found->second[index];
}

ValueIndex PreviewPass::gradientValue(PortRef port) const {
    const auto found = m_gradients.find(outputValue(port));
    return found == m_gradients.end() ? kNoValue : found->second;
}

void PreviewPass::want(ValueIndex value) {
    if (value == kNoValue || !m_taken.try_emplace(value).second) return;
    const InstructionIndex writer = m_graph->values[static_cast<std::size_t>(value)].writer;
    (writer < 0 ? m_takenFirst : m_takenAfter[static_cast<std::size_t>(writer)]).push_back(value);
}

void PreviewPass::takeOutputs(const std::vector<PortRef>& outputs) {
    for (const PortRef port : outputs) want(outputValue(port));
}

void PreviewPass::takeGradients(const std::vector<PortRef>& outputs) {
    for (const PortRef port : outputs) want(gradientValue(port));
}

std::size_t PreviewPass::takenBytes() const {
    std::size_t bytes = 0;
    for (const auto& [value, tensor] : m_taken)
        bytes += m_plan->placements[static_cast<std::size_t>(value)].bytes /
                 static_cast<std::size_t>(std::max<std::int64_t>(m_graph->batchSize, 1));
    return bytes;
}

// The loss of a batch is a mean: a sample's part of it counts as if it were alone.
void PreviewPass::take(ValueIndex value) {
    const TensorView view = firstSample(m_executor->view(value));
    Tensor copy(view.dtype(), view.shape());
    copy.copyFrom(view);
    const bool gradient = m_graph->values[static_cast<std::size_t>(value)].kind == ValueKind::Gradient;
    if (gradient && m_graph->batchSize > 1 && m_executor->view(value).shape().rank() > 0)
        dispatchReal(copy.dtype(), [&]<class T>() {
            for (T& element : copy.as<T>()) element *= static_cast<T>(m_graph->batchSize);
        });
    m_taken[value] = std::move(copy);
}

PreviewPass::Outcome PreviewPass::run(const StepInputs& inputs, std::span<const TensorView> state,
                                      const std::stop_token& stop) {
    m_executor->bindState(state);
    m_executor->begin(inputs);
    for (const ValueIndex value : m_takenFirst) take(value);
    while (!m_executor->done()) {
        const InstructionIndex index = m_executor->next();
        const Instruction& instruction = m_graph->instructions[static_cast<std::size_t>(index)];
        if (instruction.kind == InstructionKind::Update) break;
        if (stop.stop_requested()) {
            m_executor->abandon();
            return Outcome::Stopped;
        }
        try {
            m_executor->executeNext();
        } catch (const Error& error) {
            m_executor->abandon();
            m_failedNode = instruction.node;
            m_failure = error.what();
            return Outcome::Failed;
        } catch (...) {
            m_executor->abandon();
            throw;
        }
        for (const ValueIndex value : m_takenAfter[static_cast<std::size_t>(index)]) take(value);
    }
    m_executor->abandon();
    return Outcome::Done;
}

Tensor PreviewPass::taken(ValueIndex value) const {
    const auto found = m_taken.find(value);
    return found == m_taken.end() ? Tensor() : found->second;
}

Tensor PreviewPass::output(PortRef port) const {
    return taken(outputValue(port));
}

Tensor PreviewPass::gradient(PortRef port) const {
    return taken(gradientValue(port));
}

}  // namespace gradlens
