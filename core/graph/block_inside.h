// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a block as one of its uses sees it: the parameters have their values, what comes in has its type. So an
// opened block shows shapes and figures. Pure functions.
#pragma once
#include "core/graph/analysis.h"
#include "core/graph/block.h"

#include <optional>
#include <span>
#include <vector>

namespace gradlens {

// The block's drawing, ids and names as they are, with every expression replaced by its value. parameters are
// completed(). Expressions that cannot be evaluated stay and are reported.
ModelGraph withValues(const Block& block, const Attributes& parameters, std::vector<Problem>* problems);

// inputs: the type at each port of the block, nothing where it is not known. The nodes of the result refer to
// `catalogue`.
GraphAnalysis analyseInside(const Block& block, const Attributes& parameters,
                            std::span<const std::optional<TensorType>> inputs, const OpCatalogue& catalogue,
                            std::int64_t batchSize);

// The same for the last of a chain of uses: path[0] stands in `drawing`, path[1] in its block, and so on.
GraphAnalysis analyseInside(const ModelGraph& drawing, std::span<const NodeId> path, const OpCatalogue& catalogue,
                            std::int64_t batchSize);

}  // namespace gradlens
