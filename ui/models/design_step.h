// SPDX-License-Identifier: GPL-3.0-or-later
// One step of the history of a DesignDocument's drawings, as values: where it was done and what changed. Values.
#pragma once
#include "core/graph/block.h"
#include "ui/models/graph_delta.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gradlens {

// A block that is open: the node through which one looks into it, in the drawing around, and its name.
struct OpenBlock {
    NodeId node = NodeId::None;
    std::string block;
    friend bool operator==(const OpenBlock&, const OpenBlock&) = default;
};

// Which drawing: the blocks that were opened to come there, from the outside in. Empty: the project's own drawing.
using DrawingScope = std::vector<OpenBlock>;

// Done: the blocks are replaced, then the drawings change. Taken back: the other way round.
struct DesignStep {
    DrawingScope scope;
    GraphDelta delta;                                                // of the drawing in scope
    std::vector<std::pair<std::string, GraphDelta>> elsewhere = {};  // of blocks by name; "": of the project's drawing
    std::optional<std::pair<std::vector<Block>, std::vector<Block>>> blocks = {};  // all there are, before and after

    bool empty() const { return delta.empty() && elsewhere.empty() && !blocks; }
};

}  // namespace gradlens
