// SPDX-License-Identifier: GPL-3.0-or-later
// The analysis of a drawing with blocks, from that of what it unfolds to: a block counts as one node that stands where
// its last inner node does, its parameters named "conv1.weight" from inside. Pure function.
#pragma once
#include "core/graph/analysis.h"
#include "core/graph/flatten.h"

namespace gradlens {

GraphAnalysis folded(const ModelGraph& drawing, const OpCatalogue& catalogue, const FlatDrawing& flat,
                     const GraphAnalysis& inner);

}  // namespace gradlens
