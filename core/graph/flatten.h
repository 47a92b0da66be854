// SPDX-License-Identifier: GPL-3.0-or-later
// Replaces the blocks of a drawing by what is inside them, nested blocks and repetitions too, and leaves out what is
// bypassed: what is inferred and run.
// Nodes that stand in no block keep their ids and names; those of a block are called "residual1/conv2", in a
// repetition "residual1/3/conv2". Pure function; any thread.
#pragma once
#include "core/graph/block.h"
#include "core/graph/problem.h"

#include <utility>
#include <vector>

namespace gradlens {

struct FlatDrawing {
    ModelGraph graph;
    std::vector<std::pair<NodeId, NodeId>> owners;  // by ascending id in `graph`: the node of the drawing it belongs to
    std::vector<Problem> problems;                  // about nodes of the drawing; the blocks concerned were left out

    NodeId ownerOf(NodeId flat) const;
    // What an output of the drawing is in `graph`; nothing when it is of a block that does not connect it, or of a
    // bypassed node that nothing comes into.
    std::optional<PortRef> source(PortRef drawn) const;

    std::vector<std::pair<PortRef, PortRef>> blockOutputs;  // by ascending port in the drawing
};

// Whether flatten() would change anything.
bool isFlat(const ModelGraph& drawing, const OpCatalogue& catalogue);

FlatDrawing flatten(const ModelGraph& drawing, const OpCatalogue& catalogue);

}  // namespace gradlens
