// SPDX-License-Identifier: GPL-3.0-or-later
// Validation and shape inference: what a drawing would compute for a batch of a given size, and what stops it. Of a
// drawing with blocks the analysis tells of its own nodes: a block as one, with what is inside summed up.
// Problems are values, never exceptions. Pure function of its arguments; any thread.
#pragma once
#include "core/graph/problem.h"
#include "core/ops/catalogue/catalogue.h"

#include <string>
#include <utility>
#include <vector>

namespace gradlens {

// One node as inferred. When `known` is false a problem upstream or here left it open.
struct NodeAnalysis {
    NodeId id = NodeId::None;
    const OpDefinition* op = nullptr;  // null: unknown op
    Attributes attributes;             // completed
    std::vector<TensorType> inputs;
    Inference inference;
    // By parameter of the inference: the node it belongs to, this one or the one it shares parameters with.
    std::vector<NodeId> parameterOwners;
    OpCost cost;
    bool known = false;
    bool reachesLoss = false;             // takes part in training
    std::int64_t parameterCount() const;  // trainable elements, shared ones left to their owner
};

struct GraphAnalysis {
    std::int64_t batchSize = 1;
    std::vector<NodeAnalysis> nodes;  // topological order (ties by id); nodes on a cycle are left out
    std::vector<Problem> problems;
    std::int64_t parameters = 0;                         // trainable elements
    double forwardFlops = 0;                             // for the batch
    std::vector<std::pair<NodeId, std::size_t>> places;  // of each node in `nodes`, by ascending id

    const NodeAnalysis* find(NodeId id) const;
    // The type of an output port, or null when it is not known.
    const TensorType* typeOf(PortRef output) const;
    bool valid() const;  // no problem of severity Error
};

// requireTraining: also ask for a loss (several are summed by their weights), for features that reach it, and so on:
// what Run needs. Faults of nodes that do not reach the loss are warnings then: they take no part. Time: n log n in
// nodes and edges.
GraphAnalysis analyse(const ModelGraph& graph, const OpCatalogue& catalogue, std::int64_t batchSize,
                      DType realType = DType::Float32, bool requireTraining = true);

}  // namespace gradlens
