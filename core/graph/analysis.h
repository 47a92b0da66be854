// SPDX-License-Identifier: GPL-3.0-or-later
// Validation and shape inference: what a drawing would compute for a batch of a given size, and what stops it.
// Problems are values, never exceptions. Pure function of its arguments; any thread.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

#include <string>
#include <utility>
#include <vector>

namespace gradlens {

enum class Severity { Error, Warning };

// What is wrong, where, and what to do: for the canvas, the problems list and `check`.
struct Problem {
    NodeId node = NodeId::None;  // None: the drawing as a whole
    int port = -1;               // an input of the node, or -1
    std::string message;         // whole sentence; names the layer and, for shapes, both shapes
    std::string expected, got;   // shapes or types, where there are two sides
    std::string hint;            // what to do
    Severity severity = Severity::Error;
    friend bool operator==(const Problem&, const Problem&) = default;
};

// One node as inferred. When `known` is false a problem upstream or here left it open.
struct NodeAnalysis {
    NodeId id = NodeId::None;
    const OpDefinition* op = nullptr;  // null: unknown op
    Attributes attributes;             // completed
    std::vector<TensorType> inputs;
    Inference inference;
    OpCost cost;
    bool known = false;
    bool reachesLoss = false;          // takes part in training
    std::int64_t parameterCount() const;  // trainable elements
};

struct GraphAnalysis {
    std::int64_t batchSize = 1;
    std::vector<NodeAnalysis> nodes;   // topological order (ties by id); nodes on a cycle are left out
    std::vector<Problem> problems;
    std::int64_t parameters = 0;       // trainable elements
    double forwardFlops = 0;           // for the batch
    std::vector<std::pair<NodeId, std::size_t>> places;  // of each node in `nodes`, by ascending id

    const NodeAnalysis* find(NodeId id) const;
    // The type of an output port, or null when it is not known.
    const TensorType* typeOf(PortRef output) const;
    bool valid() const;                // no problem of severity Error
};

// requireTraining: also ask for a loss (several are summed by their weights), for features that reach it, and so on: what Run needs. Faults of nodes that do
// not reach the loss are warnings then: they take no part. Time: n log n in nodes and edges.
GraphAnalysis analyse(const ModelGraph& graph, const OpCatalogue& catalogue, std::int64_t batchSize,
                      DType realType = DType::Float32, bool requireTraining = true);

}  // namespace gradlens
