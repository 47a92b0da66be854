// SPDX-License-Identifier: GPL-3.0-or-later
// Where things are on the canvas, in its units (pixels at 100 %): the card of a node, its ports, the grid. A drawing
// flows down (inputs on the upper edge of a card, outputs on the lower) or to the right (inputs on the left edge,
// outputs on the right). Pure functions.
#pragma once
#include "core/graph/model_graph.h"
#include "core/ops/catalogue/catalogue.h"

namespace gradlens {

inline constexpr double kCardWidth = 216;
inline constexpr double kCardHeight = 80;
inline constexpr double kCardGap = 32;         // between two cards of a chain, and beside a card
inline constexpr double kCardGapToRight = 88;  // between two cards of a chain to the right: a shape stands between
inline constexpr double kCanvasGrid = 8;       // cards snap to it
inline constexpr double kFrameMargin = 16;     // between a frame and the cards in it
inline constexpr double kFrameTop = 28;        // above them: the title fits between two cards of a chain

// One past the highest input port with an edge.
int connectedInputCount(const ModelGraph& graph, NodeId node);
// How many ports a node shows. A variadic input shows one more than is connected, so that there is always a free one.
int inputPortCount(const ModelGraph& graph, const OpCatalogue& catalogue, const Node& node);
int outputPortCount(const OpCatalogue& catalogue, const Node& node);

// The centre of port `port` of `count` relative to the card's top-left corner.
Point inputPortPosition(int port, int count, DrawingStyle::Flow flow = DrawingStyle::Flow::Down);
Point outputPortPosition(int port, int count, DrawingStyle::Flow flow = DrawingStyle::Flow::Down);

// Along the flow and across it: what is the same for both flows is written once in these.
double along(Point point, DrawingStyle::Flow flow);
double across(Point point, DrawingStyle::Flow flow);
Point pointAt(double along, double across, DrawingStyle::Flow flow);
double cardAlong(DrawingStyle::Flow flow);  // the size of a card
double cardAcross(DrawingStyle::Flow flow);
double gapAlong(DrawingStyle::Flow flow);  // between two cards of a chain
// The corners of the cards next to the one at `card`.
Point placeBehind(Point card, DrawingStyle::Flow flow);
Point placeBeside(Point card, DrawingStyle::Flow flow);

// "input", or "inputs2" for the third edge of a variadic port.
std::string inputPortName(const OpDefinition& op, int port);
// The specification behind input `port`; null when there is none.
const PortSpec* inputPortSpec(const OpDefinition& op, int port);
const PortSpec* outputPortSpec(const OpDefinition& op, int port);

Point snapped(Point position);

}  // namespace gradlens
