// SPDX-License-Identifier: GPL-3.0-or-later
// A block: a group of nodes saved as a drawing, with parameters, that a drawing uses like one node. Its ports are the
// BlockInput and BlockOutput nodes inside it, in ascending order of id. Inside, an attribute may be an expression of
// the parameters ("$filters * 4", see block_parameters.h), and a node's op may be one ("$activation"). Plain value.
#pragma once
#include "core/graph/json_fields.h"
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gradlens {

inline constexpr std::string_view kBlockInput = "BlockInput", kBlockOutput = "BlockOutput";
// Attributes that every use of a block has beside its parameters.
inline constexpr std::string_view kBlockRepeat = "repeat", kBlockShare = "share_weights";
inline constexpr std::int64_t kMostRepeats = 1000;

struct Block {
    std::string name;         // "ResidualBlock"; a name like an op's
    std::string baseName;     // of new nodes: "residual"
    std::string summary;      // one sentence
    std::string description;  // for the help page, with the source
    std::vector<AttributeSpec> parameters;
    ModelGraph graph;

    std::vector<NodeId> inputs() const;
    std::vector<NodeId> outputs() const;
    friend bool operator==(const Block& a, const Block& b);
};

// {"gradlens_block":1,"name","base_name","summary","description","parameters":[{"name","label","type","default",...}],
// "nodes":[...],"edges":[...]}. The catalogue knows the ops and blocks that it may use. Throws Error naming the place.
Block blockFromJson(const JsonPlace& place, const OpCatalogue& catalogue);
nlohmann::ordered_json toJson(const Block& block, const OpCatalogue& catalogue);

// How a catalogue lists it: ports, parameters, repeat and share_weights; no functions.
OpDefinition definitionOf(std::shared_ptr<const Block> block);

}  // namespace gradlens
