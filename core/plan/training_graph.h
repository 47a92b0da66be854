// SPDX-License-Identifier: GPL-3.0-or-later
// What really runs: every forward, backward and update instruction and every value, each with a link back to the node
// it came from. Built once for a drawing and a batch size ("lower", "differentiate"); immutable; any thread.
#pragma once
#include "core/graph/analysis.h"
#include "core/plan/optimizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

using ValueIndex = std::int32_t;
using InstructionIndex = std::int32_t;
inline constexpr ValueIndex kNoValue = -1;
inline constexpr const char* kAverageSlot = "ema";  // "conv1.weight.ema"

enum class ValueKind {
    Features,  // what the loader fills
    Labels,
    Activation,     // an output of a node
    Saved,          // left by a forward instruction for its backward
    Parameter,      // trainable, in the State
    RunningState,   // not trainable, in the State (running mean ...)
    OptimizerSlot,  // in the State
    Gradient,
};

struct Value {
    std::string name;  // "conv1.output", "conv1.weight", "conv1.weight.grad", "conv1.weight.momentum"
    ValueKind kind = ValueKind::Activation;
    TensorType type;
    NodeId node = NodeId::None;
    ValueIndex of = kNoValue;      // a gradient's value; a slot's parameter
    InstructionIndex writer = -1;  // the instruction that last writes it, or -1 (loader, State)
    bool inState() const {
        return kind == ValueKind::Parameter || kind == ValueKind::RunningState || kind == ValueKind::OptimizerSlot;
    }
};

enum class InstructionKind { Forward, SeedGradient, Backward, Accumulate, SumGradient, GradientNorm, Update };

struct Instruction {
    InstructionKind kind = InstructionKind::Forward;
    std::string name;  // "conv1 forward"
    NodeId node = NodeId::None;
    std::int32_t analysis = -1;  // index into TrainingGraph::nodes of the node's analysis
    // Forward: the op's contexts. Backward likewise; kNoValue where nothing flows.
    // SeedGradient: outputs[0] becomes factors[0]. Accumulate: inputs, each times its factor where there are
    // factors (scalars), are summed, in order, into outputs[0]. SumGradient (where several batches make an update):
    // outputs[0], which is inputs[1], becomes inputs[0] in the first batch, and has it added in later ones.
    // GradientNorm: outputs[0] becomes the length of all inputs together. Update: inputs = {gradient} or {gradient,
    // norm}, parameters = {parameter}, saved = slots, then the moving average if there is one.
    std::vector<ValueIndex> inputs, parameters, outputs, saved;
    std::vector<ValueIndex> gradOutputs, gradInputs, gradParameters;
    std::vector<double> factors;             // SeedGradient, Accumulate
    bool decays = true;                      // Update: the next three
    double learningRate = 1;                 // times the step's
    std::optional<double> weightDecay = {};  // instead of the optimizer's
};

struct TrainingGraph {
    std::int64_t batchSize = 0;
    bool training = true;  // false: forward only, for evaluation
    std::vector<NodeAnalysis> nodes;
    std::vector<Value> values;
    std::vector<Instruction> instructions;      // topological order; forward, backward, update
    std::vector<ParameterSpec> parameterSpecs;  // by value index of Parameter and RunningState, see specOf()
    ValueIndex loss = kNoValue;                 // what is minimised: the only loss, or the weighted sum "total_loss"
    std::vector<ValueIndex> losses;             // each loss of the drawing, in topological order
    std::optional<ValueIndex> scores, labels;   // for accuracy
    int classAxis = 1;                          // of the scores; -1: the last
    std::optional<ValueIndex> predictions, targets;  // of the first loss that compares real numbers
    OptimizerSpec optimizer;                         // completed
    UpdateOptions updates;
    ValueIndex gradientNorm = kNoValue;  // where gradients are clipped by norm
    // Values in the State that hold copies of others: {parameter, its moving average}, {value, as it was at its best}.
    std::vector<std::pair<ValueIndex, ValueIndex>> averages, bests;

    ValueIndex find(std::string_view valueName) const;
    // Values a viewer may open for a node of the drawing: outputs, parameters, their gradients and slots, in that
    // order.
    std::vector<ValueIndex> valuesOf(NodeId node) const;
    const ParameterSpec* specOf(ValueIndex value) const;  // null for what is not Parameter or RunningState

    // Which node of the drawing a node belongs to that came out of a block; others stand for themselves. By ascending
    // id.
    std::vector<std::pair<NodeId, NodeId>> owners;
    NodeId drawnNode(NodeId node) const;

    std::vector<std::int32_t> specIndex;  // by value: index into parameterSpecs or -1
};

// graph is flat (see flatten.h). analysis is its, valid() and made for training. Without `optimizer`, forward only
// (evaluation).
TrainingGraph lower(const ModelGraph& graph, const GraphAnalysis& analysis, const OptimizerSpec* optimizer,
                    const UpdateOptions& updates = {});

}  // namespace gradlens
