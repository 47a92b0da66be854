// SPDX-License-Identifier: GPL-3.0-or-later
// Every op there is, by name. Immutable after construction; any thread. Make one and pass it on, or use the shared one.
#pragma once
#include "core/ops/catalogue/op.h"

#include <string_view>
#include <vector>

namespace gradlens {

class OpCatalogue {
public:
    // All ops of the manifest, sorted by name.
    OpCatalogue();

    // This one, and blocks beside its ops. A block replaces one of the same name; an op's name stays the op's.
    OpCatalogue withBlocks(std::vector<OpDefinition> blocks) const;

    // An op or a block.
    const OpDefinition* find(std::string_view name) const;
    std::span<const OpDefinition> ops() const { return m_ops; }
    std::span<const OpDefinition> blocks() const { return m_blocks; }  // sorted by name
    // Categories, blocks' too, in the order a palette shows them.
    std::vector<std::string> categories() const;
    // The op whose name is nearest to a misspelt one, for hints; null when none is near.
    const OpDefinition* nearest(std::string_view name) const;

private:
    std::vector<OpDefinition> m_ops, m_blocks;
};

// The one immutable instance, made at first use. Without blocks: drawings are read with drawingCatalogue().
const OpCatalogue& opCatalogue();

}  // namespace gradlens
