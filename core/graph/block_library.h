// SPDX-License-Identifier: GPL-3.0-or-later
// The blocks that come with the program (resources/blocks, compiled in), and catalogues that hold blocks. Immutable
// once made; any thread.
#pragma once
#include "core/graph/block.h"

#include <span>
#include <vector>

namespace gradlens {

// All ops, the built-in blocks, and the ports inside blocks (BlockInput, BlockOutput): what drawings are read with.
const OpCatalogue& drawingCatalogue();

// `base` with a project's own blocks in addition. Later ones may use earlier ones.
OpCatalogue withBlocks(const OpCatalogue& base, std::span<const Block> blocks);

// What a palette or a list offers: ops and blocks category by category, without the ports inside blocks.
std::vector<const OpDefinition*> listedOps(const OpCatalogue& catalogue);

}  // namespace gradlens
