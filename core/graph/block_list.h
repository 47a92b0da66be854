// SPDX-License-Identifier: GPL-3.0-or-later
// The blocks of a project, or of a file of the user's library, as JSON: a list in which those that are used may stand
// before or behind their users. Pure functions.
#pragma once
#include "core/graph/block.h"

#include <span>
#include <vector>

namespace gradlens {

// In the order of the list. Throws Error naming the place: what blockFromJson() refuses, a name twice or of a layer,
// and blocks that stand inside themselves, with the way round.
std::vector<Block> blocksFromJson(const JsonPlace& place, const OpCatalogue& catalogue);
nlohmann::ordered_json toJson(std::span<const Block> blocks, const OpCatalogue& catalogue);

}  // namespace gradlens
