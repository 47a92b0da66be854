// SPDX-License-Identifier: GPL-3.0-or-later
// One way through what is sound of a drawing, forward and perhaps backward, and what is taken from it as it goes by.
// Internal to core/train.
#pragma once
#include "core/data/dataset.h"
#include "core/engine/executor.h"

#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace gradlens {

// The nodes of a drawing without blocks that can run on the dataset, in topological order, leaving out `excluded` and
// what needs it. Dropout and its like are switched off. Says in `fault`, once, where drawing and data disagree.
GraphAnalysis soundPart(const ModelGraph& flat, const Dataset& dataset, std::int64_t batchSize, DType precision,
                        const std::set<NodeId>& excluded, std::string& fault);

// Whether what comes out for a sample depends on the others of its batch.
bool normalisesOverBatch(const GraphAnalysis& sound);
bool hasLoss(const GraphAnalysis& sound);

class PreviewPass {
public:
    enum class Mode { Evaluate, Train };  // Train: also backward; needs a loss
    // `flat` is what `sound` was made of.
    PreviewPass(const Arena& arena, std::shared_ptr<Workspace> workspace, const ModelGraph& flat,
                const GraphAnalysis& sound, Mode mode);

    const TrainingGraph& graph() const { return *m_graph; }
    const Plan& plan() const { return *m_plan; }

    // What run() is to leave of the values of these outputs (of the drawing without blocks) or of their gradients.
    void takeOutputs(const std::vector<PortRef>& outputs);
    void takeGradients(const std::vector<PortRef>& outputs);
    std::size_t takenBytes() const;

    enum class Outcome { Done, Stopped, Failed };
    // state: by value index. The batch's first sample is the one that counts; its gradients are as if it were alone.
    Outcome run(const StepInputs& inputs, std::span<const TensorView> state, const std::stop_token& stop);
    // After Failed: where and why.
    NodeId failedNode() const { return m_failedNode; }
    const std::string& failure() const { return m_failure; }
    // After Done: copies of the first sample; null where there is no such value.
    Tensor output(PortRef port) const;
    Tensor gradient(PortRef port) const;

private:
    ValueIndex outputValue(PortRef port) const;
    ValueIndex gradientValue(PortRef port) const;
    void want(ValueIndex value);
    void take(ValueIndex value);
    Tensor taken(ValueIndex value) const;

    std::shared_ptr<const TrainingGraph> m_graph;
    std::shared_ptr<const Plan> m_plan;
    std::unique_ptr<Executor> m_executor;
    std::unordered_map<NodeId, std::vector<ValueIndex>> m_outputs;  // by node: of its ports
    std::unordered_map<ValueIndex, ValueIndex> m_gradients;         // by value
    std::vector<std::vector<ValueIndex>> m_takenAfter;              // by instruction
    std::vector<ValueIndex> m_takenFirst;                           // what the batch brings
    std::unordered_map<ValueIndex, Tensor> m_taken;                 // null until it is taken
    NodeId m_failedNode = NodeId::None;
    std::string m_failure;
};

}  // namespace gradlens
