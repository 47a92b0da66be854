// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing as JSON: {"nodes":[{"id","name","op","attributes","bypassed":true,"position":[x,y],"shares_with":"conv1"}],
// "edges":[{"from":"conv1.output","to":"relu1.input"}],"notes":[{"id","kind":"frame","text","color","position",
// "size":[w,h]}],"style":{"flow":"right","edges":"orthogonal"}}. Ports go by name, so that files read well and survive a new
// port order.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace gradlens {

nlohmann::ordered_json toJson(const AttributeValue& value);
nlohmann::ordered_json toJson(const ModelGraph& graph, const OpCatalogue& catalogue);
// Part of a drawing (the clipboard): the given nodes and the edges among them.
nlohmann::ordered_json toJson(const ModelGraph& graph, const OpCatalogue& catalogue, const std::vector<NodeId>& nodes);

// Throws Error (where: `where` + the place inside) for JSON that is no drawing: wrong types, an id or name twice, an
// edge whose end is no node or no port. Unknown ops and attributes are kept: analyse() reports them. Bounded: at most
// 100,000 nodes.
ModelGraph graphFromJson(const nlohmann::ordered_json& json, const OpCatalogue& catalogue, const std::string& where);

}  // namespace gradlens
