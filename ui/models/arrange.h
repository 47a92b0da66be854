// SPDX-License-Identifier: GPL-3.0-or-later
// Where cards go when they are aligned, distributed, framed or put where there is room, and how one walks from card to
// card. Pure functions; any thread.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"
#include "ui/models/design_document.h"

#include <QRectF>

#include <vector>

namespace gradlens {

QRectF cardOf(const Node& node);
QRectF rectOf(const Note& note);
Note placedAt(Note note, const QRectF& rect);

// On one line; those that would lie on each other step apart along it, in the order they have.
std::vector<NodePosition> aligned(const ModelGraph& graph, const std::vector<NodeId>& nodes, Alignment alignment);
// Equal gaps from the first to the last; where that is too short for all, from the first on.
std::vector<NodePosition> distributed(const ModelGraph& graph, const std::vector<NodeId>& nodes, Qt::Orientation along);
// In the order one reads them: along the direction they are spread in.
std::vector<NodeId> inReadingOrder(const ModelGraph& graph, const std::vector<NodeId>& nodes);

// The frame around these nodes, with room for its title; null for none.
QRectF frameAround(const ModelGraph& graph, const std::vector<NodeId>& nodes);
// What moves along with a frame: cards with their middle in it, and notes that lie in it as a whole.
struct FrameContents {
    std::vector<NodeId> nodes;
    std::vector<NoteId> notes;
};
FrameContents contentsOf(const ModelGraph& graph, const Note& frame);

// Cards of `graph` stand elsewhere than `before`: frames go where their content went, and comments along with the card
// they are nearest to.
void keepNotesAlong(ModelGraph& graph, const ModelGraph& before);

// The node one reaches from another: with the flow along an edge, across it beside. None: the drawing ends there.
enum class Step { Left, Right, Up, Down };
NodeId neighbour(const ModelGraph& graph, NodeId from, Step step);

}  // namespace gradlens
