// SPDX-License-Identifier: GPL-3.0-or-later
// Where things are on the canvas, in its units (pixels at 100 %): the card of a node, its ports, the grid. The drawing
// flows from top to bottom: inputs on the upper edge, outputs on the lower. Pure functions.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

namespace gradlens {

inline constexpr double kCardWidth = 216;
inline constexpr double kCardHeight = 80;
inline constexpr double kCardGap = 32;    // between two cards of a chain
inline constexpr double kCanvasGrid = 8;  // cards snap to it

// One past the highest input port with an edge.
int connectedInputCount(const ModelGraph& graph, NodeId node);
// How many ports a node shows. A variadic input shows one more than is connected, so that there is always a free one.
int inputPortCount(const ModelGraph& graph, const OpCatalogue& catalogue, const Node& node);
int outputPortCount(const OpCatalogue& catalogue, const Node& node);

// The centre of port `port` of `count` relative to the card's top-left corner.
Point inputPortPosition(int port, int count);
Point outputPortPosition(int port, int count);

// "input", or "inputs2" for the third edge of a variadic port.
std::string inputPortName(const OpDefinition& op, int port);
// The specification behind input `port`; null when there is none.
const PortSpec* inputPortSpec(const OpDefinition& op, int port);
const PortSpec* outputPortSpec(const OpDefinition& op, int port);

Point snapped(Point position);

}  // namespace gradlens
