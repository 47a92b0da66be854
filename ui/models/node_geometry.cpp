// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/node_geometry.h"

#include <algorithm>
#include <cmath>

namespace gradlens {

namespace {
using Flow = DrawingStyle::Flow;

double spread(double side, int port, int count) {
    return side * (port + 1) / (std::max(count, 1) + 1);
}
}  // namespace

int connectedInputCount(const ModelGraph& graph, NodeId node) {
    // The edges into a node lie together: they are sorted by `to`.
    const auto edges = graph.edges();
    auto edge = std::ranges::lower_bound(edges, PortRef{node, 0}, {}, &Edge::to);
    int connected = 0;
    for (; edge != edges.end() && edge->to.node == node; ++edge) connected = edge->to.port + 1;
    return connected;
}

int inputPortCount(const ModelGraph& graph, const OpCatalogue& catalogue, const Node& node) {
    const OpDefinition* op = catalogue.find(node.op);
    const int connected = connectedInputCount(graph, node.id);
    if (op == nullptr) return connected;
    const int declared = static_cast<int>(op->inputs.size());
    const bool variadic = declared > 0 && op->inputs.back().variadic;
    return variadic ? std::max(declared, connected + 1) : std::max(declared, connected);
}

int outputPortCount(const OpCatalogue& catalogue, const Node& node) {
    const OpDefinition* op = catalogue.find(node.op);
    return op != nullptr ? outputCountOf(*op, completed(op->attributes, node.attributes, nullptr)) : 1;
}

Point inputPortPosition(int port, int count, Flow flow) {
    return pointAt(0, spread(cardAcross(flow), port, count), flow);
}

Point outputPortPosition(int port, int count, Flow flow) {
    return pointAt(cardAlong(flow), spread(cardAcross(flow), port, count), flow);
}

double along(Point point, Flow flow) {
    return flow == Flow::Down ? point.y : point.x;
}

double across(Point point, Flow flow) {
    return flow == Flow::Down ? point.x : point.y;
}

Point pointAt(double along, double across, Flow flow) {
    return flow == Flow::Down ? Point{across, along} : Point{along, across};
}

double cardAlong(Flow flow) {
    return flow == Flow::Down ? kCardHeight : kCardWidth;
}

double cardAcross(Flow flow) {
    return flow == Flow::Down ? kCardWidth : kCardHeight;
}

double gapAlong(Flow flow) {
    return flow == Flow::Down ? kCardGap : kCardGapToRight;
}

Point placeBehind(Point card, Flow flow) {
    return pointAt(along(card, flow) + cardAlong(flow) + gapAlong(flow), across(card, flow), flow);
}

Point placeBeside(Point card, Flow flow) {
    return pointAt(along(card, flow), across(card, flow) + cardAcross(flow) + kCardGap, flow);
}

const PortSpec* inputPortSpec(const OpDefinition& op, int port) {
    const auto index = static_cast<std::size_t>(port);
    if (port < 0 || op.inputs.empty()) return nullptr;
    if (index < op.inputs.size()) return &op.inputs[index];
    return op.inputs.back().variadic ? &op.inputs.back() : nullptr;
}

const PortSpec* outputPortSpec(const OpDefinition& op, int port) {
    const auto index = static_cast<std::size_t>(port);
    if (port < 0 || op.outputs.empty()) return nullptr;
    if (index < op.outputs.size()) return &op.outputs[index];
    return op.outputs.back().variadic ? &op.outputs.back() : nullptr;
}

std::string inputPortName(const OpDefinition& op, int port) {
    const PortSpec* spec = inputPortSpec(op, port);
    if (spec == nullptr) return "input " + std::to_string(port);
    if (!spec->variadic) return spec->name;
    return spec->name + std::to_string(port - static_cast<int>(op.inputs.size()) + 1);
}

Point snapped(Point position) {
    return {std::round(position.x / kCanvasGrid) * kCanvasGrid, std::round(position.y / kCanvasGrid) * kCanvasGrid};
}

}  // namespace gradlens
