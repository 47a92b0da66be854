// SPDX-License-Identifier: GPL-3.0-or-later
// Which nodes of a drawing a typed text means. Pure function; any thread.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

#include <QString>

#include <vector>

namespace gradlens {

// Every word of `text` must be found, in any case, in the node's name, its op, the op's category, or an attribute as
// "units=64". From top to bottom of the drawing. Empty text: none.
std::vector<NodeId> findNodes(const ModelGraph& graph, const OpCatalogue& catalogue, const QString& text);

}  // namespace gradlens
