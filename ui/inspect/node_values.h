// SPDX-License-Identifier: GPL-3.0-or-later
// Which values of a TrainingGraph belong to a node, what to call them in a list, and which three say most. Pure
// functions.
#pragma once
#include "core/plan/training_graph.h"
#include "ui/widgets/tensor_picture.h"

#include <QString>

#include <vector>

namespace gradlens {

struct NodeValue {
    QString name;   // in the graph: "conv1.weight.grad"
    QString label;  // in a list of the node's values: "weight gradient"
    TensorRole role;
    friend bool operator==(const NodeValue&, const NodeValue&) = default;
};

// What may be looked at: parameters, outputs, inputs, each followed by its gradient; then what the optimizer keeps.
std::vector<NodeValue> nodeValues(const TrainingGraph& graph, NodeId node);
// Weight, its gradient and the output; for a node without weights the output, its gradient and the input. At most
// three.
std::vector<NodeValue> tellingValues(const TrainingGraph& graph, NodeId node);

struct InspectedNode {
    NodeId id = NodeId::None;
    QString name, op;
};
// All nodes with values, in the order they run.
std::vector<InspectedNode> inspectedNodes(const TrainingGraph& graph);

}  // namespace gradlens
