// SPDX-License-Identifier: GPL-3.0-or-later
// Another kind of node in the same place: id, name, position, edges and who shares its parameters stay. Pure function.
#pragma once
#include "core/graph/model_graph.h"

#include <string>

namespace gradlens {

void replaceOp(ModelGraph& graph, NodeId id, std::string op, Attributes attributes);

}  // namespace gradlens
