// SPDX-License-Identifier: GPL-3.0-or-later
// Which blocks use which, by name: a block must not stand inside itself, however long the way round. Pure functions.
#pragma once
#include "core/graph/block.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

// The blocks that stand in a drawing, each once, in the order of its nodes.
std::vector<std::string> blocksUsedIn(const ModelGraph& graph, const OpCatalogue& catalogue);

// From `block` through what stands inside it back to itself: {"A", "B", "A"}. Empty when it does not come back.
std::vector<std::string> wayBackTo(std::string_view block, const OpCatalogue& catalogue);
// "A uses B, which uses A"
std::string toText(std::span<const std::string> chain);

// `block` and every block of `own` that it needs, those that are used before their users.
std::vector<Block> withNeeded(const Block& block, std::span<const Block> own);

// The places of named things in an order in which whoever is used comes before its users; the given order where it may
// stay. `uses[i]` are the places that i uses. Places on a circle are left out.
std::vector<std::size_t> usedFirst(const std::vector<std::vector<std::size_t>>& uses);
// The same for blocks.
std::vector<std::size_t> usedFirst(std::span<const Block> blocks);

}  // namespace gradlens
