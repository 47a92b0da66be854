// SPDX-License-Identifier: GPL-3.0-or-later
// Layers become a block, and a block becomes its layers again: what people do with the hand, as functions of drawings.
// Nothing that is computed changes. Pure functions; any thread.
#pragma once
#include "core/graph/block.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gradlens {

// Room that a card and the gap behind it take, in units of the canvas.
struct CardStep {
    double across = 0, along = 0;
};

// Why `nodes` cannot become a block, for people; empty when they can.
std::string whyNoBlock(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes);

struct MadeBlock {
    Block block;
    ModelGraph graph;  // the drawing with one node instead of them
    NodeId node = NodeId::None;
};
// There must be no reason against it. Edges that come into the nodes become the block's inputs, one for each source in
// the order in which they are needed; those that leave become its outputs, the last result first. Expressions of the
// parameters of the block around, if there is one, go on to the new block.
MadeBlock madeBlock(const ModelGraph& graph, const OpCatalogue& catalogue, std::span<const NodeId> nodes,
                    const std::string& name, std::span<const AttributeSpec> parametersAround, CardStep step);

inline constexpr std::int64_t kMostDissolved = 1000;  // layers

struct DissolvedBlock {
    std::string refusal;  // not empty: why it stays
    ModelGraph graph;
    std::vector<NodeId> nodes;  // what came out of it
};
// The node's block by its layers, repetitions one behind the other, parameters filled in. In a block, expressions of
// its parameters go on to the layers.
DissolvedBlock dissolved(const ModelGraph& graph, const OpCatalogue& catalogue, NodeId node, CardStep step);

// A lower-case name for nodes of a block: "ResidualBlock" gives "residual_block", without the "_block".
std::string baseNameOf(const std::string& blockName);

}  // namespace gradlens
