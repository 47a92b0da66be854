// SPDX-License-Identifier: GPL-3.0-or-later
// Carries fixes out, and finds those of faults that stop a drawing. Pure functions; any thread.
#pragma once
#include "core/graph/analysis.h"

namespace gradlens {

// Whether a fix changes the drawing, and not the settings of training or data.
bool changesDrawing(const Fix& fix);

// The drawing with a fix carried out; the drawing as it is where the fix no longer applies, or changes settings. New
// nodes are put between their neighbours, and what follows is pushed on to make room.
ModelGraph fixed(const ModelGraph& drawing, const OpCatalogue& catalogue, const Fix& fix);

// Puts `node` in the place of the one with its id, whose edges, and whoever shares its parameters, stay.
void replaceNode(ModelGraph& graph, Node node);

// Gives `problems`, which analyse() found in the drawing, the fixes that are known to put them right: each is tried,
// and kept if the problem is then gone and nothing worse came of it. Bounded: nothing is tried on drawings of more than
// 2,000 nodes, nor for more than eight problems.
void offerFixes(const ModelGraph& drawing, const OpCatalogue& catalogue, const GraphAnalysis& analysis,
                std::vector<Problem>& problems);

}  // namespace gradlens
